//! Messages out as signed JSON to one address, by the convention of standardwebhooks.com.

use std::{fmt, time::Duration};

use base64::{Engine, prelude::BASE64_STANDARD};
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::{Certificate, StatusCode, header::CONTENT_TYPE};
use serde_json::Value;
use sha2::Sha256;
use url::Url;

use crate::domain::delivery::{Delivery, causes};

/// One receiver: where it listens and the secret that proves who speaks.
pub struct Hook {
    client: reqwest::Client,
    url: Url,
    key: Vec<u8>,
    wait: Duration,
}

/// A receiver that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum HookError {
    /// Never holds the whole address: its path often is a secret.
    #[error("the address of the webhook at `{host}` is none of the web")]
    Address { host: String },
    #[error("the secret of the webhook at `{host}` is not `whsec_` and the base64 form of 24 to 64 bytes")]
    Secret { host: String },
    #[error("set up the HTTP client for the webhook at `{host}`")]
    Client {
        host: String,
        #[source]
        cause: reqwest::Error,
    },
}

/// The whole of one attempt. The convention asks for 15 to 30 seconds.
const WAIT: Duration = Duration::from_secs(20);
/// What is read of an answer; it only serves to show what the receiver said.
const ANSWER_BYTES_MAX: usize = 4 * 1024;
const USER_AGENT: &str = concat!("diembao/", env!("CARGO_PKG_VERSION"));

impl Hook {
    /// Sets up a receiver; nothing is sent yet. `secret` is `whsec_` and the key in base64, as the convention writes it.
    ///
    /// # Errors
    /// Where the address is not `http` or `https`, the secret has another form, or TLS cannot be set up.
    pub fn new(url: Url, secret: &str) -> Result<Self, HookError> {
        let host = url.host_str().unwrap_or_default().to_owned();
        if !matches!(url.scheme(), "http" | "https") {
            return Err(HookError::Address { host });
        }
        let key = secret.trim().strip_prefix("whsec_").and_then(|it| BASE64_STANDARD.decode(it).ok());
        let Some(key) = key.filter(|it| (24..=64).contains(&it.len())) else { return Err(HookError::Secret { host }) };
        let client = client().map_err(|cause| HookError::Client { host, cause })?;
        Ok(Self { client, url, key, wait: WAIT })
    }

    /// The same receiver with another limit for the whole of one attempt.
    #[must_use]
    pub const fn waiting(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// Makes one attempt. The receiver knows a repeated one by `id`, so a lost answer is no reason not to try again.
    /// `now` is part of what is signed: the receiver refuses what is old.
    pub async fn deliver(&self, id: &str, now: DateTime<Utc>, body: &Value) -> Delivery {
        // A full stop would let one id and time be read as another (the three signed parts are joined by it).
        if id.is_empty() || !id.chars().all(|it| it.is_ascii_graphic() && it != '.') {
            return Delivery::refused(format!("the id {id:?} of a webhook's message has other signs than ASCII without spaces and `.`"));
        }
        let body = body.to_string();
        let seconds = now.timestamp().to_string();
        let Some(signature) = signature(&self.key, &[id, &seconds, &body].join(".")) else {
            return Delivery::refused("the secret of the webhook cannot sign");
        };
        let sent = self
            .client
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", &seconds)
            .header("webhook-signature", format!("v1,{signature}"))
            .body(body)
            .timeout(self.wait)
            .send()
            .await;
        match sent {
            Ok(answer) => outcome(answer.status(), &self.said(answer).await),
            Err(error) => Delivery::later(self.at(&causes(&error.without_url()))),
        }
    }

    /// The status and the beginning of what was answered. A body that breaks off changes nothing: the status has come.
    async fn said(&self, mut answer: reqwest::Response) -> String {
        let status = answer.status();
        let mut bytes = Vec::new();
        while bytes.len() < ANSWER_BYTES_MAX
            && let Ok(Some(more)) = answer.chunk().await
        {
            bytes.extend_from_slice(&more);
        }
        bytes.truncate(ANSWER_BYTES_MAX);
        self.at(&format!("{status} {}", String::from_utf8_lossy(&bytes)))
    }

    fn at(&self, what: &str) -> String {
        format!("webhook at {}: {what}", self.url.host_str().unwrap_or_default())
    }
}

impl fmt::Debug for Hook {
    /// Without the secret, and without the path, which often is one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hook").field("host", &self.url.host_str()).finish_non_exhaustive()
    }
}

/// What a status means. A redirect is not followed: the signed message would go where nobody configured it to.
fn outcome(status: StatusCode, said: &str) -> Delivery {
    match status {
        it if it.is_success() => Delivery::sent(said, Vec::new()),
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS => Delivery::later(said),
        it if it.is_client_error() => Delivery::refused(said),
        _ => Delivery::later(said),
    }
}

/// HMAC-SHA256 in base64.
fn signature(key: &[u8], signed: &str) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(signed.as_bytes());
    Some(BASE64_STANDARD.encode(mac.finalize().into_bytes()))
}

/// The system's roots and the bundled ones, since the system's may be missing.
fn client() -> Result<reqwest::Client, reqwest::Error> {
    let roots: Result<Vec<Certificate>, _> = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().map(|it| Certificate::from_der(it)).collect();
    reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .redirect(reqwest::redirect::Policy::none())
        .tls_certs_merge(roots?)
        .referer(false)
        .no_proxy()
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_the_conventions_example() {
        let key = BASE64_STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signed = r#"msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}"#;
        assert_eq!(signature(&key, signed).unwrap(), "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_status_says_whether_to_try_again() {
        let end = |status: u16| outcome(StatusCode::from_u16(status).unwrap(), "said");
        for status in [200, 201, 204] {
            assert_eq!(end(status), Delivery::sent("said", Vec::new()), "{status}");
        }
        for status in [400, 401, 403, 404, 410, 422] {
            assert_eq!(end(status), Delivery::refused("said"), "{status}");
        }
        for status in [301, 302, 408, 425, 429, 500, 503] {
            assert_eq!(end(status), Delivery::later("said"), "{status}");
        }
    }

    #[test]
    fn an_address_or_a_secret_of_another_form_is_refused_and_neither_is_shown() {
        let good = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let hook = Hook::new("https://nhan.example/bi-mat".parse().unwrap(), good).unwrap();
        let shown = format!("{hook:?}");
        assert!(shown.contains("nhan.example") && !shown.contains("bi-mat") && !shown.contains("77"), "{shown}");
        for (url, secret) in [
            ("ftp://nhan.example/bi-mat", good),
            ("https://nhan.example/bi-mat", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
            ("https://nhan.example/bi-mat", "whsec_%%%"),
            ("https://nhan.example/bi-mat", "whsec_c2hvcnQ="),
        ] {
            let error = Hook::new(url.parse().unwrap(), secret).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("bi-mat"), "{error}");
        }
    }
}
