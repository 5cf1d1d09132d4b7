//! Files that officers attach to off-web evidence: each kept once, under the digest of its bytes.

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU64, Ordering},
};

use sha2::{Digest, Sha256};

use crate::domain::digest::{hex, is_sha256, sha256};

/// The folder of the attached files of one installation.
#[derive(Debug, Clone)]
pub struct Attachments {
    dir: PathBuf,
}

/// Something that was attempted with an attached file and failed.
#[derive(Debug, thiserror::Error)]
pub enum AttachmentError {
    /// The file that was to be attached cannot be: a fault of the one who names it.
    #[error("{0}: {1}")]
    Unfit(PathBuf, Unfit),
    #[error("{attempt}")]
    Io {
        attempt: String,
        #[source]
        cause: io::Error,
    },
    #[error("`{0}` is no digest of an attached file")]
    NoDigest(String),
    #[error("the attached file {0} was changed: its bytes do not have that digest")]
    Changed(String),
}

/// Why a file cannot be attached.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    #[error("it cannot be opened: {0}")]
    Closed(io::Error),
    #[error("it is no file")]
    NoFile,
    #[error("it is empty")]
    Empty,
    #[error("it has more than {max} MiB", max = Attachments::BYTES_MAX / (1024 * 1024))]
    TooLarge,
}

/// Tells files that are being copied apart within one process.
static COPIES: AtomicU64 = AtomicU64::new(0);

impl Attachments {
    /// Most bytes of one file: an hour of sound, or some minutes of picture.
    pub const BYTES_MAX: u64 = 200 * 1024 * 1024;

    /// The folder `evidence` under the data folder. It is made with the first file.
    pub fn under(data: &Path) -> Self {
        Self { dir: data.join("evidence") }
    }

    /// Copies a file in and brings it to the disk; says its digest. One that is there already is not written again.
    ///
    /// # Errors
    /// Where the file cannot be attached, or the folder refuses.
    pub fn keep(&self, file: &Path) -> Result<String, AttachmentError> {
        let unfit = |why| AttachmentError::Unfit(file.to_owned(), why);
        let known = fs::metadata(file).map_err(|cause| unfit(Unfit::Closed(cause)))?;
        match () {
            () if !known.is_file() => return Err(unfit(Unfit::NoFile)),
            () if known.len() > Self::BYTES_MAX => return Err(unfit(Unfit::TooLarge)),
            () => {}
        }
        let source = File::open(file).map_err(|cause| unfit(Unfit::Closed(cause)))?;
        self.keep_from(source, file)
    }

    /// The same of bytes that somebody sent; `name` is what the file is called in an error.
    ///
    /// # Errors
    /// As [`Attachments::keep`].
    pub fn keep_bytes(&self, bytes: &[u8], name: &Path) -> Result<String, AttachmentError> {
        self.keep_from(bytes, name)
    }

    fn keep_from(&self, source: impl Read, file: &Path) -> Result<String, AttachmentError> {
        let unfit = |why| AttachmentError::Unfit(file.to_owned(), why);
        fs::create_dir_all(&self.dir).map_err(doing("make the folder", &self.dir))?;
        let copy = self.dir.join(format!(".{}-{}.copying", process::id(), COPIES.fetch_add(1, Ordering::Relaxed)));
        let kept = self.copy_in(source, &copy).and_then(|(bytes, digest)| match bytes {
            0 => Err(unfit(Unfit::Empty)),
            // It grew since it was looked at.
            bytes if bytes > Self::BYTES_MAX => Err(unfit(Unfit::TooLarge)),
            _ => self.settle(&copy, digest),
        });
        // Where it was settled it has another name by now.
        fs::remove_file(&copy).ok();
        kept
    }

    /// The bytes of an attached file.
    ///
    /// # Errors
    /// [`AttachmentError::Changed`] where they are not those that were attached; others where there are none.
    pub fn read(&self, digest: &str) -> Result<Vec<u8>, AttachmentError> {
        if !is_sha256(digest) {
            return Err(AttachmentError::NoDigest(digest.to_owned()));
        }
        let path = self.dir.join(digest);
        let bytes = fs::read(&path).map_err(doing("read the attached file", &path))?;
        if sha256(&bytes) == digest { Ok(bytes) } else { Err(AttachmentError::Changed(digest.to_owned())) }
    }

    fn copy_in(&self, source: impl Read, copy: &Path) -> Result<(u64, String), AttachmentError> {
        let failed = || doing("copy the attached file to", copy);
        let mut source = source.take(Self::BYTES_MAX + 1);
        let mut target = File::create(copy).map_err(failed())?;
        let (mut hash, mut bytes, mut piece) = (Sha256::new(), 0, vec![0; 1 << 16]);
        loop {
            let read = source.read(&mut piece).map_err(failed())?;
            if read == 0 {
                break;
            }
            hash.update(&piece[..read]);
            target.write_all(&piece[..read]).map_err(failed())?;
            bytes += read as u64;
        }
        target.sync_all().map_err(failed())?;
        Ok((bytes, hex(hash.finalize())))
    }

    /// Gives a whole copy its name, unless a whole file of that name is there.
    fn settle(&self, copy: &Path, digest: String) -> Result<String, AttachmentError> {
        if self.read(&digest).is_err() {
            let path = self.dir.join(&digest);
            fs::rename(copy, &path).map_err(doing("name the attached file", &path))?;
            let folder = File::open(&self.dir).and_then(|it| it.sync_all());
            folder.map_err(doing("bring to the disk the folder", &self.dir))?;
        }
        Ok(digest)
    }
}

fn doing<'a>(verb: &'a str, path: &'a Path) -> impl FnOnce(io::Error) -> AttachmentError + 'a {
    move |cause| AttachmentError::Io { attempt: format!("{verb} {}", path.display()), cause }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_kept_once_and_its_bytes_are_checked_when_it_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let attachments = Attachments::under(dir.path());
        let scan = dir.path().join("trang-1.pdf");
        fs::write(&scan, "trang một").unwrap();
        let digest = attachments.keep(&scan).unwrap();
        assert_eq!(digest, sha256("trang một"));
        let kept = dir.path().join("evidence").join(&digest);
        let written = fs::metadata(&kept).unwrap().modified().unwrap();
        assert_eq!(attachments.keep(&scan).unwrap(), digest);
        assert_eq!(fs::metadata(&kept).unwrap().modified().unwrap(), written, "not written again");
        assert_eq!(attachments.read(&digest).unwrap(), "trang một".as_bytes());
        fs::write(&kept, "trang hai").unwrap();
        assert!(matches!(attachments.read(&digest), Err(AttachmentError::Changed(_))));
        attachments.keep(&scan).unwrap();
        assert_eq!(attachments.read(&digest).unwrap(), "trang một".as_bytes(), "a damaged one is made whole");
        let names: Vec<_> = fs::read_dir(dir.path().join("evidence")).unwrap().map(|it| it.unwrap().file_name()).collect();
        assert_eq!(names, [digest.as_str()], "no copy is left behind");
    }

    #[test]
    fn what_is_no_file_empty_or_too_large_is_refused_and_nothing_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        let attachments = Attachments::under(dir.path());
        let (empty, large) = (dir.path().join("empty"), dir.path().join("large"));
        File::create(&empty).unwrap();
        File::create(&large).unwrap().set_len(Attachments::BYTES_MAX + 1).unwrap();
        for (file, says) in [
            (dir.path().join("absent"), "cannot be opened"),
            (dir.path().to_owned(), "no file"),
            (empty, "empty"),
            (large, "more than 200 MiB"),
        ] {
            let refused = attachments.keep(&file).unwrap_err();
            assert!(matches!(refused, AttachmentError::Unfit(..)) && refused.to_string().contains(says), "{refused}");
        }
        assert_eq!(fs::read_dir(dir.path().join("evidence")).map_or(0, Iterator::count), 0);
        for digest in ["", "../../etc/passwd", &"A".repeat(64)] {
            assert!(matches!(attachments.read(digest), Err(AttachmentError::NoDigest(_))), "{digest}");
        }
    }
}
