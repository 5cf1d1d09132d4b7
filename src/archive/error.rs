//! What can go wrong with the archive, each with what was attempted and why it failed.

use std::{fmt::Display, io};

/// Something that was attempted on the archive and failed.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The file system refused; `attempt` says what was tried on which file.
    #[error("{attempt}")]
    Io {
        attempt: String,
        #[source]
        cause: io::Error,
    },
    /// A record is not as it was written, or not where it was looked for.
    #[error("read the record at byte {offset} of {file}")]
    Damaged {
        file: String,
        offset: u64,
        #[source]
        flaw: Flaw,
    },
    /// A place names something that cannot be a file of the archive; nothing was opened.
    #[error("open archive file `{0}`: that is no name of one")]
    ForeignName(String),
    /// An exchange exceeds a limit of the archive; nothing was written.
    #[error("archive {url}: its {part} of {bytes} bytes exceeds the limit of {max}")]
    TooLarge { url: String, part: &'static str, bytes: usize, max: usize },
    /// A file was given up before the disk had all of it; what was kept there last may be lost.
    #[error("bring to disk {0}: it was given up after a failure")]
    GivenUp(String),
    /// As many files were begun in one second as there are numbers for.
    #[error("begin an archive file: all names for {0} are taken")]
    NoNameLeft(String),
}

/// Why a record cannot be taken as the one that was written.
#[derive(Debug, thiserror::Error)]
pub enum Flaw {
    #[error("its file cannot be read")]
    Io(#[source] io::Error),
    #[error("no record of ours begins here")]
    NoRecord,
    #[error("the record is cut short")]
    CutShort,
    #[error("its stored bytes were changed: they do not have the digest that was kept with them")]
    Changed,
    #[error("it does not unpack")]
    Unpack(#[source] io::Error),
    #[error("its {0} is not well formed")]
    Form(&'static str),
    #[error("its {0} does not agree with its content")]
    Mismatch(&'static str),
    #[error("it is not the record that was looked for: its {0} differs")]
    Other(&'static str),
}

/// Turns an error of the file system into one that says what was attempted on what.
pub(super) fn doing(verb: &'static str, what: impl Display) -> impl FnOnce(io::Error) -> ArchiveError {
    move |cause| ArchiveError::Io { attempt: format!("{verb} {what}"), cause }
}
