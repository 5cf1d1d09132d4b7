//! The archive's folder: names of files, who writes which one, and what a crash left behind.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use chrono::{DateTime, NaiveDate, Utc};

use crate::archive::{
    Settings,
    error::{ArchiveError, Flaw, doing},
    member, record,
};

const NAME_START: &str = "diembao-";
const NAME_END: &str = ".warc.gz";
/// Beside each file that is being written stands a locked one of this ending; if it outlives its lock, there was a crash.
const MARKER_END: &str = ".writing";
/// Whoever begins a file or looks for crashes holds this one's lock, so that neither sees the other half done.
const LOCK: &str = "archive.lock";
const TORN_END: &str = ".torn";
/// Files of one second.
const NUMBERS: u32 = 99_999;
/// So many of the newest files are looked at even if they were closed in order: their tail may have been lost since.
const LOOKED_AT: usize = 8;

/// What was found, and mended, when an archive was opened.
#[derive(Debug, Default)]
pub struct Repair {
    /// Files that ended in the middle of a record.
    pub torn: Vec<Torn>,
    /// Records that are damaged though whole ones follow them: no crash does this. Nothing was changed.
    pub damaged: Vec<ArchiveError>,
}

/// A file that ended in the middle of a record and no longer does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Torn {
    pub file: String,
    /// Bytes of whole records that were kept; at 0 the file is gone.
    pub kept: u64,
    /// Bytes that were moved aside.
    pub moved: u64,
    /// The file that has them.
    pub aside: String,
}

/// Whether a name may be that of a file of the archive; no other is ever opened.
pub(super) fn is_name(name: &str) -> bool {
    let middle = name.strip_prefix(NAME_START).and_then(|it| it.strip_suffix(NAME_END));
    middle.is_some_and(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit() || it == b'-'))
}

/// The names of the archive's files, oldest first.
pub(super) fn names(dir: &Path) -> Result<Vec<String>, ArchiveError> {
    let mut names = Vec::new();
    for entry in fs::read_dir(dir).map_err(doing("list", dir.display()))? {
        let entry = entry.map_err(doing("list", dir.display()))?;
        // A name that is no text is none of ours.
        names.extend(entry.file_name().into_string().ok().filter(|it| is_name(it)));
    }
    names.sort_unstable();
    Ok(names)
}

/// A file that this process is writing.
#[derive(Debug)]
pub(super) struct Writing {
    pub(super) name: String,
    pub(super) len: u64,
    /// Bytes that the disk is known to have.
    pub(super) synced: u64,
    day: NaiveDate,
    path: PathBuf,
    file: Arc<File>,
    /// Whether the end waits for the disk.
    sync: bool,
    /// Holds the lock.
    marker: File,
}

impl Writing {
    /// Begins a file that is named for the instant, with the record that says what it is.
    pub(super) fn begin(dir: &Path, settings: &Settings, at: DateTime<Utc>) -> Result<Self, ArchiveError> {
        make(dir)?;
        let _lock = lock(dir)?;
        let name = free_name(dir, at)?;
        let path = dir.join(&name);
        let marker_path = marker_of(&path);
        let marker = create(&marker_path)?;
        marker.try_lock().map_err(io::Error::from).map_err(doing("lock", marker_path.display()))?;
        let file = Arc::new(create(&path)?);
        let info = record::info(&name, &settings.software, at).map_err(doing("pack the first record of", &name))?;
        let mut writing = Self { name, len: 0, synced: 0, day: at.date_naive(), path, file, sync: settings.sync, marker };
        writing.write(&[&info.member]).map_err(|(error, _)| error)?;
        if settings.sync {
            // The folder itself may be new.
            let above = dir.parent().filter(|it| !it.as_os_str().is_empty());
            [Some(dir), above].into_iter().flatten().try_for_each(sync_folder)?;
        }
        Ok(writing)
    }

    /// Whether an exchange of this instant belongs into the next file. A clock that steps back begins no new one.
    pub(super) fn is_full(&self, at: DateTime<Utc>, bytes_max: u64) -> bool {
        self.len >= bytes_max || at.date_naive() > self.day
    }

    /// Writes all members or none of them; the error says with it whether that held.
    pub(super) fn write(&mut self, members: &[&[u8]]) -> Result<(), (ArchiveError, Undone)> {
        let mut file = &*self.file;
        let written = members.iter().try_for_each(|it| file.write_all(it)).map_err(doing("write to", self.path.display()));
        match written {
            Ok(()) => {
                self.len += members.iter().map(|it| it.len() as u64).sum::<u64>();
                Ok(())
            }
            Err(error) => {
                let back = file.set_len(self.len).and_then(|()| file.seek(SeekFrom::Start(self.len)));
                Err((error, if back.is_ok() { Undone::Yes } else { Undone::No }))
            }
        }
    }

    /// The file and its length, where the disk is not known to have all of it.
    pub(super) fn unsynced(&self) -> Option<(Arc<File>, u64)> {
        (self.synced < self.len).then(|| (self.file.clone(), self.len))
    }

    /// Ends the file. If that fails the marker stays, and the next who mends the archive looks at the file.
    pub(super) fn close(self) -> Result<(), ArchiveError> {
        if self.sync {
            self.file.sync_all().map_err(doing("bring to disk", self.path.display()))?;
        }
        let marker = marker_of(&self.path);
        // Some systems do not remove a file that is open.
        drop(self.marker);
        remove_if_there(&marker)
    }
}

/// Whether a failed write left the file as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Undone {
    Yes,
    /// The file is to be given up; the next who mends the archive looks at it.
    No,
}

/// Makes the archive's folder where it is not there.
pub(super) fn make(dir: &Path) -> Result<(), ArchiveError> {
    fs::create_dir_all(dir).map_err(doing("make the folder", dir.display()))
}

/// Whether the disk has all of a file that nobody here is writing any more: its marker is taken away only then.
pub(super) fn ended_in_order(dir: &Path, name: &str) -> Result<(), ArchiveError> {
    let marker = marker_of(&dir.join(name));
    match marker.try_exists().map_err(doing("look for", marker.display()))? {
        true => Err(ArchiveError::GivenUp(name.to_owned())),
        false => Ok(()),
    }
}

/// Looks for files that a crash left torn, and mends them.
pub(super) fn repair(dir: &Path) -> Result<Repair, ArchiveError> {
    let _lock = lock(dir)?;
    let mut repair = Repair::default();
    let names = names(dir)?;
    drop_lone_markers(dir, &names)?;
    for (age, name) in names.iter().rev().enumerate() {
        let path = dir.join(name);
        let marker_path = marker_of(&path);
        match OpenOptions::new().write(true).open(&marker_path) {
            Ok(marker) => match marker.try_lock() {
                Ok(()) => {
                    mend(dir, name, &mut repair)?;
                    drop(marker);
                    remove_if_there(&marker_path)?;
                }
                // Somebody is writing it.
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(cause)) => return Err(doing("lock", marker_path.display())(cause)),
            },
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
                if age < LOOKED_AT && !ends_whole(&path)? {
                    mend(dir, name, &mut repair)?;
                }
            }
            Err(cause) => return Err(doing("open", marker_path.display())(cause)),
        }
    }
    Ok(repair)
}

/// A crash between a marker and its file leaves the marker alone.
fn drop_lone_markers(dir: &Path, names: &[String]) -> Result<(), ArchiveError> {
    for entry in fs::read_dir(dir).map_err(doing("list", dir.display()))? {
        let name = entry.map_err(doing("list", dir.display()))?.file_name().into_string().unwrap_or_default();
        if name.strip_suffix(MARKER_END).is_some_and(|it| is_name(it) && !names.iter().any(|name| name == it)) {
            remove_if_there(&dir.join(name))?;
        }
    }
    Ok(())
}

/// Goes from member to member by their lengths alone.
fn ends_whole(path: &Path) -> Result<bool, ArchiveError> {
    let (mut file, end) = open_with_len(path)?;
    let mut offset = 0;
    while offset < end {
        match member::len_at(&mut file, offset, end) {
            Ok(len) => offset += len as u64,
            Err(Flaw::Io(cause)) => return Err(doing("read", path.display())(cause)),
            Err(_) => return Ok(false),
        }
    }
    Ok(end > 0)
}

/// Moves the torn tail of a file aside, if it has one. What is damaged before the last whole record is only told.
fn mend(dir: &Path, name: &str, repair: &mut Repair) -> Result<(), ArchiveError> {
    let path = dir.join(name);
    let reading = |cause| doing("read", path.display())(cause);
    let (mut file, end) = open_with_len(&path)?;
    let mut offset = 0;
    while offset < end {
        let flaw = match member::load(&mut file, offset, end) {
            Ok(member) => {
                offset += member.len() as u64;
                continue;
            }
            Err(Flaw::Io(cause)) => return Err(reading(cause)),
            Err(flaw) => flaw,
        };
        match member::next_whole(&mut file, offset + 1, end) {
            Ok(Some(next)) => {
                repair.damaged.push(ArchiveError::Damaged { file: name.to_owned(), offset, flaw });
                offset = next;
            }
            Ok(None) => break,
            Err(Flaw::Io(cause)) => return Err(reading(cause)),
            Err(flaw) => return Err(ArchiveError::Damaged { file: name.to_owned(), offset, flaw }),
        }
    }
    drop(file);
    if offset < end {
        let aside = set_aside(dir, name, offset)?;
        repair.torn.push(Torn { file: name.to_owned(), kept: offset, moved: end - offset, aside });
    }
    if offset == 0 {
        // A file without a record is no WARC file; standard tools stumble over it.
        remove_if_there(&path)?;
    }
    Ok(())
}

/// Copies all from `offset` on into a file of its own, which is on the disk before the original is cut.
fn set_aside(dir: &Path, name: &str, offset: u64) -> Result<String, ArchiveError> {
    let path = dir.join(name);
    let taken = |it: &String| dir.join(it).exists();
    let aside = (1..).map(|it| if it == 1 { format!("{name}{TORN_END}") } else { format!("{name}{TORN_END}{it}") });
    let aside = aside.into_iter().find(|it| !taken(it)).unwrap_or_default();
    let mut from = OpenOptions::new().read(true).write(true).open(&path).map_err(doing("open", path.display()))?;
    let mut to = create(&dir.join(&aside))?;
    let copied = from.seek(SeekFrom::Start(offset)).and_then(|_| io::copy(&mut from, &mut to)).and_then(|_| to.sync_all());
    copied.map_err(doing("move a torn record aside into", &aside))?;
    sync_folder(dir)?;
    from.set_len(offset).and_then(|()| from.sync_all()).map_err(doing("cut the torn record from", path.display()))?;
    Ok(aside)
}

/// Opens a file for reading, with its length in bytes.
pub(super) fn open_with_len(path: &Path) -> Result<(File, u64), ArchiveError> {
    let opened = File::open(path).and_then(|file| file.metadata().map(|it| (file, it.len())));
    opened.map_err(doing("open", path.display()))
}

fn free_name(dir: &Path, at: DateTime<Utc>) -> Result<String, ArchiveError> {
    let second = at.format("%Y%m%d%H%M%S").to_string();
    let free = |name: &String| !dir.join(name).exists() && !marker_of(&dir.join(name)).exists();
    let mut names = (1..=NUMBERS).map(|number| format!("{NAME_START}{second}-{number:05}{NAME_END}"));
    names.find(free).ok_or(ArchiveError::NoNameLeft(second))
}

fn marker_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(MARKER_END);
    name.into()
}

/// Waits for its turn; the lock ends with the value.
fn lock(dir: &Path) -> Result<File, ArchiveError> {
    let path = dir.join(LOCK);
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
    file.and_then(|it| it.lock().map(|()| it)).map_err(doing("lock", path.display()))
}

fn create(path: &Path) -> Result<File, ArchiveError> {
    OpenOptions::new().create_new(true).write(true).open(path).map_err(doing("create", path.display()))
}

fn remove_if_there(path: &Path) -> Result<(), ArchiveError> {
    match fs::remove_file(path) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => Err(doing("remove", path.display())(cause)),
        _ => Ok(()),
    }
}

/// Puts new names on the disk, where the system keeps them apart from the files.
fn sync_folder(dir: &Path) -> Result<(), ArchiveError> {
    if cfg!(unix) { File::open(dir).and_then(|it| it.sync_all()).map_err(doing("bring to disk", dir.display())) } else { Ok(()) }
}
