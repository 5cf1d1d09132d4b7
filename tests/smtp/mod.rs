//! A real mail server (tests/smtp/server.py), one for each test that starts one.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use serde_json::Value;
use tempfile::TempDir;
use url::Url;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/smtp/server.py");
/// Waiting for the server to listen.
const START_SECONDS: u64 = 30;

/// A server that runs until it is dropped.
pub struct Server {
    port: u16,
    folder: TempDir,
    /// Ends by itself too when its standard input, a pipe from this program, is closed.
    child: Child,
}

/// A root of our own and what it vouches for.
pub struct Authority {
    /// DER.
    pub root: Vec<u8>,
    folder: TempDir,
}

impl Server {
    /// Starts a server with these words of its command line.
    pub fn start(words: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(python())
            .args([SCRIPT, "serve"])
            .arg(folder.path())
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let out = child.stdout.take().unwrap();
        let (tell, told) = mpsc::channel();
        thread::spawn(move || {
            let mut line = String::new();
            BufReader::new(out).read_line(&mut line).ok();
            tell.send(line).ok();
        });
        let line = told.recv_timeout(Duration::from_secs(START_SECONDS)).unwrap_or_default();
        let Some(port) = line.strip_prefix("port ").and_then(|it| it.trim().parse().ok()) else {
            child.kill().ok();
            panic!("the mail server did not start: {line:?}");
        };
        Self { port, folder, child }
    }

    /// The address, with something between scheme and host and something behind.
    pub fn url(&self, before: &str, behind: &str) -> Url {
        format!("{before}127.0.0.1:{}{behind}", self.port).parse().unwrap()
    }

    /// The messages that the server took over, in order.
    pub fn kept(&self) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> = fs::read_dir(self.folder.path()).unwrap().map(|it| it.unwrap().path()).collect();
        files.retain(|it| it.extension().is_some_and(|it| it == "eml"));
        files.sort();
        files
    }

    /// Sender, recipients, encryption and log-in of a kept message.
    pub fn envelope(&self, at: usize) -> Value {
        serde_json::from_str(&fs::read_to_string(self.kept()[at].with_extension("json")).unwrap()).unwrap()
    }

    /// How often somebody connected.
    pub fn connections(&self) -> usize {
        fs::read_to_string(self.folder.path().join("connections")).unwrap_or_default().lines().count()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Authority {
    /// Makes a root, and a certificate for 127.0.0.1 with its key as files.
    pub fn new() -> Self {
        let params = |name: &str, hosts: Vec<String>| {
            let mut params = CertificateParams::new(hosts).unwrap();
            params.distinguished_name.push(DnType::CommonName, name);
            params
        };
        let [root_key, key] = [(); 2].map(|()| KeyPair::generate().unwrap());
        let mut root = params("CA thu mau", Vec::new());
        root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let der = root.self_signed(&root_key).unwrap().der().to_vec();
        let issuer = Issuer::new(root, root_key);
        let leaf = params("thu mau", vec!["127.0.0.1".to_owned()]).signed_by(&key, &issuer).unwrap();
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("cert.pem"), pem("CERTIFICATE", leaf.der())).unwrap();
        fs::write(folder.path().join("key.pem"), pem("PRIVATE KEY", &key.serialize_der())).unwrap();
        Self { root: der, folder }
    }

    /// The path of `cert.pem` or `key.pem`.
    pub fn file(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }
}

/// A message as Python's library reads it.
pub fn read(file: &Path) -> Value {
    let done = Command::new(python()).args([SCRIPT, "read"]).arg(file).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    serde_json::from_slice(&done.stdout).unwrap()
}

fn pem(label: &str, der: &[u8]) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der))
}

fn python() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let python = target.join("venv-aiosmtpd==1.4.6/bin/python");
    assert!(python.exists(), "{} is missing: scripts/test.sh makes it", python.display());
    python
}
