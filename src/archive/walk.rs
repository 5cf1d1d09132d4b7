//! All records of one file, one after the other, each checked; memory holds one at a time.

use std::{fs::File, path::Path};

use chrono::{DateTime, Utc};

use crate::archive::{
    error::{ArchiveError, Flaw},
    folder, member,
    record::{Keep, Kind, Record},
};

/// A record that was met and found to be as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Byte of the file at which its gzip member begins.
    pub offset: u64,
    /// Bytes that it takes in the file.
    pub len: u64,
    pub kind: Kind,
    /// `urn:uuid:…`.
    pub record: String,
    pub at: DateTime<Utc>,
    /// The address; the record that opens a file has none.
    pub url: Option<String>,
    /// Of the body, on answers: `sha256:` and 64 hexadecimal digits.
    pub digest: Option<String>,
}

/// Goes over a file. What is damaged comes as an error, and the walk goes on behind it where it finds a whole record.
#[derive(Debug)]
pub struct Walk {
    name: String,
    file: File,
    offset: u64,
    end: u64,
}

/// Begins a walk over a file. A file that is being written may end in the middle of a record.
///
/// # Errors
/// Where the file cannot be opened.
pub fn walk(path: &Path) -> Result<Walk, ArchiveError> {
    let (file, end) = folder::open_with_len(path)?;
    let name = path.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(Walk { name, file, offset: 0, end })
}

impl Walk {
    fn step(&mut self) -> Result<Found, Flaw> {
        let member = member::load(&mut self.file, self.offset, self.end)?;
        let record = Record::read(&member, &self.name, self.offset, Keep::Nothing)?;
        let field = |name| record.field(name).map(str::to_owned);
        let (url, digest) = (field("WARC-Target-URI"), field("WARC-Payload-Digest"));
        let len = member.len() as u64;
        Ok(Found { offset: self.offset, len, kind: record.kind, at: record.at, url, digest, record: record.id })
    }
}

impl Iterator for Walk {
    type Item = Result<Found, ArchiveError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.offset >= self.end {
            return None;
        }
        let offset = self.offset;
        match self.step() {
            Ok(found) => {
                self.offset += found.len;
                Some(Ok(found))
            }
            Err(flaw) => {
                let next = match flaw {
                    Flaw::Io(_) => None,
                    // A second fault while searching ends the walk; the first one is what is told.
                    _ => member::next_whole(&mut self.file, offset + 1, self.end).ok().flatten(),
                };
                self.offset = next.unwrap_or(self.end);
                Some(Err(ArchiveError::Damaged { file: self.name.clone(), offset, flaw }))
            }
        }
    }
}
