//! What nobody may guess or read: random tokens, and passwords as they are kept.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};

use crate::domain::digest::sha256;

/// Bytes of a token: more than anybody can try.
const TOKEN_BYTES: usize = 32;

/// A secret could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    #[error("the system gives no random bytes")]
    Random(#[from] getrandom::Error),
    #[error("hash a password")]
    Hash(argon2::password_hash::Error),
    #[error("hash a password")]
    Stopped(#[from] tokio::task::JoinError),
}

/// A new token in hexadecimal digits, and the digest by which it is looked up: whoever reads the store cannot use what it holds.
///
/// # Errors
/// Where the system gives no random bytes.
pub fn new_token() -> Result<(String, String), SecretError> {
    let mut bytes = [0; TOKEN_BYTES];
    getrandom::fill(&mut bytes)?;
    let token: String = bytes.iter().map(|it| format!("{it:02x}")).collect();
    let digest = digest_of(&token);
    Ok((token, digest))
}

/// The digest of a token.
pub fn digest_of(token: &str) -> String {
    sha256(token.as_bytes())
}

/// A password as it is kept: argon2id in PHC form (RFC 9106, the second recommended parameters of OWASP: 19 MiB, two passes).
///
/// # Errors
/// Where the system gives no random bytes.
pub async fn hash_password(password: String) -> Result<String, SecretError> {
    let hashed = tokio::task::spawn_blocking(move || Argon2::default().hash_password(password.as_bytes()).map(|it| it.to_string()));
    hashed.await?.map_err(SecretError::Hash)
}

/// Whether a password is the one that was kept. Against none the same work is done, so that the time tells nobody which names exist.
///
/// # Errors
/// Where the work could not be done.
pub async fn is_password(password: String, kept: Option<String>) -> Result<bool, SecretError> {
    let work = move || {
        let known = kept.is_some();
        let kept = kept.unwrap_or_else(|| NOBODY.to_owned());
        let same = PasswordHash::new(&kept).is_ok_and(|it| Argon2::default().verify_password(password.as_bytes(), &it).is_ok());
        known && same
    };
    Ok(tokio::task::spawn_blocking(work).await?)
}

/// What a password for nobody is compared with: a hash of random bytes that were thrown away.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$0TMlOaLbtAuPIZGhPlfxNRXdXQqM3k1dKQyKZT4cJ4k";

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_kept_as_a_hash_that_only_it_fits() {
        let kept = hash_password("trời xanh mây trắng".to_owned()).await.unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        for (password, hash, same) in [
            ("trời xanh mây trắng", Some(kept.clone()), true),
            ("trời xanh mây trăng", Some(kept.clone()), false),
            ("trời xanh mây trắng", None, false),
        ] {
            assert_eq!(is_password(password.to_owned(), hash).await.unwrap(), same);
        }
        assert!(PasswordHash::new(NOBODY).is_ok(), "the same work is done for names that do not exist");
    }

    #[test]
    fn no_two_tokens_are_alike_and_the_store_sees_only_digests() {
        let (first, second) = (new_token().unwrap(), new_token().unwrap());
        assert_ne!(first.0, second.0);
        assert_eq!(first.0.len(), 64);
        assert_eq!(digest_of(&first.0), first.1);
        assert_ne!(first.0, first.1);
    }
}
