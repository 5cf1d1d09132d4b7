//! The sealed form of a dossier: one ZIP with a manifest, and in its comment the digest of every byte before it.

use std::io::{Cursor, Read, Write};

use serde::{Deserialize, Serialize};
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter, result::ZipError, write::SimpleFileOptions};

use crate::domain::{closing::sha256, month::Month, outlet::OutletId};

/// The form of the manifest and of the files that it lists.
pub const FORMAT: u32 = 1;
/// The file that lists the others.
pub const MANIFEST: &str = "manifest.json";
/// Files that a dossier may hold.
pub const FILES_MAX: usize = 20_000;
/// Bytes that the files of a dossier may come to once unpacked.
pub const UNPACKED_BYTES_MAX: u64 = 2 * 1024 * 1024 * 1024;

const SEAL_PREFIX: &str = "diembao dossier sha256:";
const DIGEST_LEN: usize = 64;

/// What the sealed file is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub format: u32,
    pub program: String,
    pub made_at: chrono::DateTime<chrono::FixedOffset>,
    pub outlet: OutletId,
    pub month: Month,
    /// Digest of the last closing when it was made: ties the dossier to the chain of closed months.
    pub previous: Option<String>,
    pub files: Vec<ListedFile>,
}

/// One file as the manifest lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedFile {
    pub name: String,
    pub bytes: u64,
    pub sha256: String,
}

/// One file of a dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedFile {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// Why bytes are no sealed file.
#[derive(Debug, thiserror::Error)]
pub enum Unsealed {
    #[error("the file bears no seal of a dossier")]
    NoSeal,
    #[error("the seal does not fit the file: a byte of it was changed")]
    Broken,
}

/// Packs the files in their order, with the manifest behind them, and seals the whole. The same files give the same bytes.
///
/// # Errors
/// Where a file cannot be packed.
pub fn seal(mut manifest: Manifest, mut files: Vec<PackedFile>) -> Result<Vec<u8>, ZipError> {
    let listed = |it: &PackedFile| ListedFile { name: it.name.clone(), bytes: it.bytes.len() as u64, sha256: sha256(&it.bytes) };
    manifest.files = files.iter().map(listed).collect();
    let text = serde_json::to_string_pretty(&manifest).map_err(std::io::Error::from)?;
    files.push(PackedFile { name: MANIFEST.to_owned(), bytes: (text + "\n").into_bytes() });
    pack(&files)
}

/// Packs files as they are and puts the seal on.
pub(super) fn pack(files: &[PackedFile]) -> Result<Vec<u8>, ZipError> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for file in files {
        zip.start_file(file.name.as_str(), options)?;
        zip.write_all(&file.bytes)?;
    }
    zip.set_comment(format!("{SEAL_PREFIX}{}", "0".repeat(DIGEST_LEN)))?;
    let mut bytes = zip.finish()?.into_inner();
    let covered = bytes.len() - DIGEST_LEN;
    let digest = sha256(&bytes[..covered]);
    bytes[covered..].copy_from_slice(digest.as_bytes());
    Ok(bytes)
}

/// The digest that the seal bears, after checking it against every byte before it.
///
/// # Errors
/// Where there is no seal or it does not fit.
pub fn check_seal(bytes: &[u8]) -> Result<String, Unsealed> {
    let covered = bytes.len().checked_sub(DIGEST_LEN).ok_or(Unsealed::NoSeal)?;
    let (before, borne) = bytes.split_at(covered);
    if !before.ends_with(SEAL_PREFIX.as_bytes()) {
        return Err(Unsealed::NoSeal);
    }
    let digest = sha256(before);
    if digest.as_bytes() == borne { Ok(digest) } else { Err(Unsealed::Broken) }
}

/// Unpacks the files, each with what went wrong where it cannot be read.
///
/// # Errors
/// Where the whole is no ZIP file, or exceeds [`FILES_MAX`] or [`UNPACKED_BYTES_MAX`].
pub fn unpack(bytes: &[u8]) -> Result<Vec<Result<PackedFile, String>>, String> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|fault| fault.to_string())?;
    if zip.len() > FILES_MAX {
        return Err(format!("more than {FILES_MAX} files"));
    }
    let (mut files, mut left) = (Vec::new(), UNPACKED_BYTES_MAX);
    for at in 0..zip.len() {
        let mut content = Vec::new();
        let read = zip.by_index(at).map_err(|fault| fault.to_string()).and_then(|file| {
            let name = file.name().map_err(|fault| fault.to_string())?.into_owned();
            file.take(left + 1).read_to_end(&mut content).map_err(|fault| format!("{name}: {fault}"))?;
            Ok(name)
        });
        left = left.checked_sub(content.len() as u64).ok_or_else(|| format!("more than {UNPACKED_BYTES_MAX} bytes once unpacked"))?;
        files.push(read.map(|name| PackedFile { name, bytes: content }));
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed() -> Vec<u8> {
        let manifest = Manifest {
            format: FORMAT,
            program: "diembao 0.1.0".to_owned(),
            made_at: "2026-04-10T08:00:00+07:00".parse().unwrap(),
            outlet: "a".parse().unwrap(),
            month: "2026-03".parse().unwrap(),
            previous: None,
            files: vec![],
        };
        let file = |name: &str, bytes: &[u8]| PackedFile { name: name.to_owned(), bytes: bytes.to_vec() };
        seal(manifest, vec![file("a.txt", b"mot"), file("b/c.txt", &[7; 5000])]).unwrap()
    }

    #[test]
    fn what_is_sealed_is_unpacked_as_it_was() {
        let bytes = sealed();
        assert_eq!(bytes, sealed(), "the same files give the same bytes");
        check_seal(&bytes).unwrap();
        let files: Vec<_> = unpack(&bytes).unwrap().into_iter().map(Result::unwrap).collect();
        assert_eq!(files.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["a.txt", "b/c.txt", MANIFEST]);
        assert_eq!((files[0].bytes.as_slice(), files[1].bytes.as_slice()), (b"mot".as_slice(), [7; 5000].as_slice()));
        let manifest: Manifest = serde_json::from_slice(&files[2].bytes).unwrap();
        assert_eq!((manifest.files.len(), manifest.files[1].bytes), (2, 5000));
    }

    #[test]
    fn every_bit_of_every_byte_is_under_the_seal() {
        let bytes = sealed();
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut changed = bytes.clone();
                changed[at] ^= 1 << bit;
                assert!(check_seal(&changed).is_err(), "bit {bit} of byte {at} of {}", bytes.len());
            }
        }
    }

    #[test]
    fn what_is_cut_grown_or_something_else_bears_no_seal_and_is_no_fault_of_the_reader() {
        let bytes = sealed();
        for changed in [&bytes[1..], &bytes[..bytes.len() - 1], &[bytes.as_slice(), b"x"].concat(), b"", b"PK", &[0; 64]] {
            assert!(check_seal(changed).is_err());
        }
        assert!(unpack(b"no zip at all").is_err());
    }
}
