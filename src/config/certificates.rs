//! Files of certificates that the register names.

use std::{fs, path::Path};

use rustls::pki_types::{CertificateDer, pem::PemObject};
use webpki::EndEntityCert;

/// Reads a file of intermediate certificates, PEM or DER, as DER.
///
/// # Errors
/// Says what is wrong with the file, in words that follow its name.
pub(super) fn read(file: &Path) -> Result<Vec<Vec<u8>>, String> {
    let bytes = fs::read(file).map_err(|error| format!("cannot be read: {error}"))?;
    let certificates = if bytes.windows(11).any(|it| it == b"-----BEGIN ") {
        let read: Result<Vec<CertificateDer<'static>>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
        read.map_err(|_| "is no PEM file that can be read")?
    } else {
        vec![CertificateDer::from(bytes)]
    };
    if certificates.is_empty() {
        return Err("holds no certificate".to_owned());
    }
    for der in &certificates {
        let certificate = EndEntityCert::try_from(der).map_err(|_| "holds something else than certificates")?;
        if certificate.subject() == certificate.issuer() {
            return Err("holds a root, which signed itself: pin the certificate that stands between the root and the site's own".to_owned());
        }
    }
    Ok(certificates.into_iter().map(|it| it.to_vec()).collect())
}
