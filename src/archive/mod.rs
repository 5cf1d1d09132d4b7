//! The archive: every document that was read, as WARC 1.1 records (ISO 28500:2017) that standard tools open.

mod error;
mod exchange;
mod folder;
mod http;
mod member;
mod record;
mod walk;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::archive::{
    error::doing,
    folder::{Undone, Writing},
    record::{Keep, Record},
};

pub use crate::archive::{
    error::{ArchiveError, Flaw},
    exchange::{Earlier, Exchange, Payload, Place, Protocol, Stored, Truncated},
    folder::{Repair, Torn},
    record::{Kind, payload_digest},
    walk::{Found, Walk, walk},
};

/// How the archive writes.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Name and version of the program, for the record that opens each file.
    pub software: String,
    /// A file that has this many bytes is closed and the next one begun.
    pub file_bytes_max: u64,
    /// Bring each exchange to the disk before [`Archive::append`] returns, not only at [`Archive::sync`] and when a file
    /// is closed.
    pub sync_each: bool,
}

impl Settings {
    /// 512 MiB: few enough files for years, short enough to copy and check one.
    pub const FILE_BYTES_MAX: u64 = 512 * 1024 * 1024;
}

/// A folder of WARC files. Any number of processes may have it open: each writes files of its own, one at a time.
#[derive(Debug)]
pub struct Archive {
    dir: PathBuf,
    settings: Settings,
    current: Mutex<Option<Writing>>,
}

impl Archive {
    /// Opens the archive in a folder, which is made if it is not there, and mends what a crash left torn. The first file is
    /// begun with the first exchange.
    ///
    /// # Errors
    /// Where the folder or a file in it cannot be made, read or mended.
    pub fn open(dir: &Path, settings: Settings) -> Result<(Self, Repair), ArchiveError> {
        fs::create_dir_all(dir).map_err(doing("make the folder", dir.display()))?;
        let repair = folder::repair(dir)?;
        Ok((Self { dir: dir.to_owned(), settings, current: Mutex::new(None) }, repair))
    }

    /// Keeps an exchange: a record of the request and one of the answer, or a `revisit` record in its stead where `earlier`
    /// has the same body. The place is that of the answer.
    ///
    /// # Errors
    /// Where a limit is exceeded or the file cannot be written; then nothing of the exchange is kept. Where only bringing it
    /// to the disk failed, its records may stand in the file all the same, as ones that nobody has the place of.
    pub fn append(&self, exchange: &Exchange) -> Result<Place, ArchiveError> {
        record::within_limits(exchange)?;
        let digest = payload_digest(exchange.body);
        let mut current = self.current();
        if let Some(full) = current.take_if(|it| it.is_full(exchange.at, self.settings.file_bytes_max)) {
            full.close()?;
        }
        let writing = match &mut *current {
            Some(writing) => writing,
            none => none.insert(Writing::begin(&self.dir, &self.settings.software, exchange.at)?),
        };
        let packing = || doing("pack a record of", exchange.url);
        let request = record::request(exchange, &writing.name, writing.len).map_err(packing())?;
        let offset = writing.len + request.member.len() as u64;
        let answer = record::answer(exchange, &digest, &request.id, &writing.name, offset).map_err(packing())?;
        let place = Place { file: writing.name.clone(), offset, digest, record: answer.id };
        match writing.write(&[&request.member, &answer.member]) {
            Ok(()) if self.settings.sync_each => writing.sync().map(|()| place),
            Ok(()) => Ok(place),
            Err((error, undone)) => {
                if undone == Undone::No {
                    *current = None;
                }
                Err(error)
            }
        }
    }

    /// Brings all that was appended to the disk.
    ///
    /// # Errors
    /// Where the disk refuses.
    pub fn sync(&self) -> Result<(), ArchiveError> {
        self.current().as_ref().map_or(Ok(()), Writing::sync)
    }

    /// Ends the file under way, if there is one; a later exchange begins another. Dropping the archive does the same, but
    /// cannot tell of a failure.
    ///
    /// # Errors
    /// Where the disk refuses; the file is then looked at when the archive is opened the next time.
    pub fn close(&self) -> Result<(), ArchiveError> {
        self.current().take().map_or(Ok(()), Writing::close)
    }

    /// The answer that was kept at a place; see [`read`].
    ///
    /// # Errors
    /// As [`read`].
    pub fn read(&self, place: &Place) -> Result<Stored, ArchiveError> {
        read(&self.dir, place)
    }

    fn current(&self) -> MutexGuard<'_, Option<Writing>> {
        // A panic elsewhere leaves at worst a torn tail, which writing on would bury: that file is given up.
        self.current.lock().unwrap_or_else(|poisoned: PoisonError<_>| {
            let mut current = poisoned.into_inner();
            *current = None;
            self.current.clear_poison();
            current
        })
    }
}

impl Drop for Archive {
    fn drop(&mut self) {
        // Nobody is left to tell; the marker beside the file stays and the next who opens the archive looks at it.
        let _ = self.close();
    }
}

/// The paths of an archive's files, oldest first.
///
/// # Errors
/// Where the folder cannot be listed.
pub fn files(dir: &Path) -> Result<Vec<PathBuf>, ArchiveError> {
    Ok(folder::names(dir)?.iter().map(|it| dir.join(it)).collect())
}

/// Reads the answer that was kept at a place of the archive in `dir`. Every byte of its record is checked, and that it is
/// the one the place was given for.
///
/// # Errors
/// [`ArchiveError::Damaged`] where anything differs from what was written; others where the file cannot be read.
pub fn read(dir: &Path, place: &Place) -> Result<Stored, ArchiveError> {
    read_copy(&copy(dir, place)?, place)
}

/// The stored bytes of the record at a place: a WARC file of one record by themselves, for a dossier.
///
/// # Errors
/// Where no whole record stands there or the file cannot be read.
pub fn copy(dir: &Path, place: &Place) -> Result<Vec<u8>, ArchiveError> {
    if !folder::is_name(&place.file) {
        return Err(ArchiveError::ForeignName(place.file.clone()));
    }
    let (mut file, end) = folder::open_with_len(&dir.join(&place.file))?;
    member::load(&mut file, place.offset, end).map_err(|flaw| damaged(place, flaw))
}

/// Reads the answer from a copy of the record that stood at a place; checks as much as [`read`] does.
///
/// # Errors
/// [`ArchiveError::Damaged`] where anything differs from what was written.
pub fn read_copy(copy: &[u8], place: &Place) -> Result<Stored, ArchiveError> {
    let record = Record::read(copy, &place.file, place.offset, Keep::Body);
    record.and_then(|it| it.into_stored(place)).map_err(|flaw| damaged(place, flaw))
}

fn damaged(place: &Place, flaw: Flaw) -> ArchiveError {
    ArchiveError::Damaged { file: place.file.clone(), offset: place.offset, flaw }
}

#[cfg(test)]
mod tests;
