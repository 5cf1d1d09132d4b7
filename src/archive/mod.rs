//! The archive: every document that was read, as WARC 1.1 records (ISO 28500:2017) that standard tools open.

mod error;
mod exchange;
mod folder;
mod http;
mod member;
mod record;
mod walk;

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::archive::{
    error::doing,
    folder::{Undone, Writing},
    record::{Keep, Record},
};

pub use crate::{
    archive::{
        error::{ArchiveError, Flaw},
        exchange::{Earlier, Exchange, Kept, Payload, Stored},
        folder::{Repair, Torn},
        record::{Kind, payload_digest},
        walk::{Found, Walk, walk},
    },
    domain::capture::{Place, Protocol, Truncated},
};

/// How the archive writes.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Name and version of the program, for the record that opens each file.
    pub software: String,
    /// A file that has this many bytes is closed and the next one begun.
    pub file_bytes_max: u64,
    /// Whether [`Archive::sync`] and [`Archive::close`] wait until the disk has everything. To be switched off only for a
    /// folder that is made anew each time: a loss of power may then cost what was kept.
    pub sync: bool,
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
    /// Held by whoever waits for the disk.
    syncing: Mutex<()>,
}

impl Archive {
    /// The archive in a folder. Nothing is touched before the first exchange is kept, which makes the folder and begins a
    /// file: whoever only reads needs no permission to write.
    pub fn new(dir: &Path, settings: Settings) -> Self {
        Self { dir: dir.to_owned(), settings, current: Mutex::new(None), syncing: Mutex::new(()) }
    }

    /// Mends what a crash left torn, of whichever process; to be called once before writing.
    ///
    /// # Errors
    /// Where the folder or a file in it cannot be made, read or mended.
    pub fn mend(&self) -> Result<Repair, ArchiveError> {
        folder::make(&self.dir)?;
        folder::repair(&self.dir)
    }

    /// Keeps an exchange: a record of the request and one of the answer; or, where one of the earlier exchanges had the same
    /// body, a `revisit` record alone. The place is that of the answer.
    ///
    /// It stands in the file when this returns, so that a crash of the program loses nothing; a loss of power may, until
    /// [`Archive::sync`] returns.
    ///
    /// # Errors
    /// Where a limit is exceeded or the file cannot be written; then nothing of the exchange is kept.
    pub fn append(&self, exchange: &Exchange) -> Result<Kept, ArchiveError> {
        record::within_limits(exchange)?;
        let digest = payload_digest(exchange.body);
        let repeats = record::repeated(exchange, &digest);
        let mut current = self.current();
        if let Some(full) = current.take_if(|it| it.is_full(exchange.at, self.settings.file_bytes_max)) {
            full.close()?;
        }
        let writing = match &mut *current {
            Some(writing) => writing,
            none => none.insert(Writing::begin(&self.dir, &self.settings, exchange.at)?),
        };
        let packing = || doing("pack a record of", exchange.url);
        let (file, len) = (writing.name.as_str(), writing.len);
        // A revisit costs a third less without a request that asked what the one before it had asked.
        let request = if repeats.is_none() { Some(record::request(exchange, file, len).map_err(packing())?) } else { None };
        let offset = len + request.as_ref().map_or(0, |it| it.member.len() as u64);
        let earlier = repeats.and_then(|it| exchange.earlier.get(it));
        let asked = request.as_ref().map(|it| it.id.as_str());
        let answer = record::answer(exchange, &digest, earlier, asked, file, offset).map_err(packing())?;
        let place = Place { file: file.to_owned(), offset, digest, record: answer.id };
        let members: Vec<&[u8]> = request.iter().map(|it| it.member.as_slice()).chain([answer.member.as_slice()]).collect();
        match writing.write(&members) {
            Ok(()) => Ok(Kept { place, repeats }),
            Err((error, undone)) => {
                if undone == Undone::No {
                    *current = None;
                }
                Err(error)
            }
        }
    }

    /// Waits until the disk has what was kept at these places. Exchanges go on being kept meanwhile, and whoever waits next
    /// finds them brought along: many at once cost little more than one.
    ///
    /// # Errors
    /// Where the disk refuses, now or when it was asked by somebody else: no row may then point there.
    pub fn sync(&self, places: &[Place]) -> Result<(), ArchiveError> {
        if !self.settings.sync {
            return Ok(());
        }
        let _turn = self.syncing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut files: Vec<&str> = places.iter().map(|it| it.file.as_str()).collect();
        files.dedup();
        files.into_iter().try_for_each(|it| self.sync_file(it))
    }

    fn sync_file(&self, name: &str) -> Result<(), ArchiveError> {
        let Some(unsynced) = self.current().as_ref().filter(|it| it.name == name).map(Writing::unsynced) else {
            return folder::ended_in_order(&self.dir, name);
        };
        let Some((file, len)) = unsynced else { return Ok(()) };
        let synced = file.sync_data().map_err(doing("bring to disk", name));
        let mut current = self.current();
        match (&synced, current.as_mut().filter(|it| it.name == name)) {
            (Ok(()), Some(writing)) => writing.synced = writing.synced.max(len),
            // What a disk refused once it may forget: a later success would say nothing about these bytes.
            (Err(_), Some(_)) => *current = None,
            (_, None) => {}
        }
        synced
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

    /// The stored bytes of the record at a place; see [`copy`].
    ///
    /// # Errors
    /// As [`copy`].
    pub fn copy(&self, place: &Place) -> Result<Vec<u8>, ArchiveError> {
        copy(&self.dir, place)
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
