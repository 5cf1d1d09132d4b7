//! TLS: always verified. Pinned intermediate certificates complete the chains of servers that leave one out.

use std::{collections::BTreeMap, fmt, sync::Arc};

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, OtherError, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use rustls_platform_verifier::Verifier;
use webpki::EndEntityCert;

use crate::domain::outlet::{Host, Intermediates};

/// The TLS settings of the one HTTP client. The bundled roots are added to the system's, which may be missing.
///
/// # Errors
/// Where no verifier can be built of the roots.
pub fn config(intermediates: &Intermediates, extra_roots: &[Vec<u8>]) -> Result<ClientConfig, Error> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let bundled = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned();
    let extra = extra_roots.iter().map(|it| CertificateDer::from(it.clone()));
    let inner = Verifier::new_with_extra_roots(bundled.chain(extra), provider.clone())?;
    let mut pinned: BTreeMap<String, Vec<CertificateDer<'static>>> = BTreeMap::new();
    for (host, certificates) in intermediates {
        pinned.entry(host.name().to_owned()).or_default().extend(certificates.iter().map(|it| CertificateDer::from(it.clone())));
    }
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Completing { inner, pinned }))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// The ordinary verifier, given more certificates to build a chain of. None of them is trusted by itself.
#[derive(Debug)]
struct Completing {
    inner: Verifier,
    /// By the name of the host, without `www.` and port.
    pinned: BTreeMap<String, Vec<CertificateDer<'static>>>,
}

impl ServerCertVerifier for Completing {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        sent: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let name: Option<Host> = server_name.to_str().parse().ok();
        let pinned = name.and_then(|it| self.pinned.get(it.name())).map(Vec::as_slice).unwrap_or_default();
        let given: Vec<CertificateDer<'_>> = sent.iter().chain(pinned).cloned().collect();
        self.inner.verify_server_cert(end_entity, &given, server_name, ocsp_response, now).map_err(|error| match error {
            Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
                Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(ChainFault::of(end_entity, &given)))))
            }
            other => other,
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

/// Why no chain to a trusted root could be built.
#[derive(Debug, PartialEq, Eq)]
enum ChainFault {
    SelfSigned,
    /// The chain ends in this root, which nobody trusts.
    UnknownRoot(String),
    /// The certificate of this issuer was not sent.
    Incomplete(String),
}

impl ChainFault {
    /// Follows the issuers' names from the server's certificate up, as far as certificates are at hand.
    fn of(end_entity: &CertificateDer<'_>, given: &[CertificateDer<'_>]) -> Self {
        let names = |der: &CertificateDer<'_>| {
            let certificate = EndEntityCert::try_from(der).ok()?;
            Some((certificate.subject().to_vec(), certificate.issuer().to_vec()))
        };
        let Some((mut subject, mut issuer)) = names(end_entity) else { return Self::Incomplete("(unreadable)".to_owned()) };
        if subject == issuer {
            return Self::SelfSigned;
        }
        let above: BTreeMap<Vec<u8>, Vec<u8>> = given.iter().filter_map(names).collect();
        for _ in 0..=above.len() {
            let Some(next) = above.get(&issuer) else { return Self::Incomplete(common_name(&issuer)) };
            (subject, issuer) = (issuer, next.clone());
            if subject == issuer {
                break;
            }
        }
        Self::UnknownRoot(common_name(&issuer))
    }
}

impl std::error::Error for ChainFault {}

impl fmt::Display for ChainFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SelfSigned => f.write_str("the certificate signed itself: it has no issuer that anybody trusts"),
            Self::UnknownRoot(root) => write!(f, "the chain ends in the root `{root}`, which is not trusted"),
            Self::Incomplete(issuer) => write!(
                f,
                "chain incomplete: no certificate of the issuer `{issuer}` was sent, and no trusted root has that name; if it stands \
                 between a root and the site, it can be pinned with the outlet's key `intermediates`"
            ),
        }
    }
}

/// The common name in a distinguished name (X.501, DER), or the organisation's where there is none.
fn common_name(name: &[u8]) -> String {
    let value = |attribute: u8| {
        // An object identifier of three bytes (2.5.4.x), then a string: its tag, its length in one byte, its text.
        let oid = [0x06, 0x03, 0x55, 0x04, attribute];
        let at = name.windows(oid.len()).position(|it| it == oid)? + oid.len();
        let length = usize::from(*name.get(at + 1)?);
        let text = name.get(at + 2..at + 2 + length)?;
        Some(String::from_utf8_lossy(text).into_owned())
    };
    value(3).or_else(|| value(10)).unwrap_or_else(|| "(no name)".to_owned())
}
