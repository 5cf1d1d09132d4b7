//! A folder of `.eml` files: each is whole or not there, and one that is there was delivered.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use crate::{domain::delivery::Delivery, mail::mime::Sealed};

/// Writes each message as a file named for its id.
#[derive(Debug, Clone)]
pub struct FolderPost {
    folder: PathBuf,
}

impl FolderPost {
    /// The folder is made with the first message.
    pub const fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Failures of the file system are for later: a file that got its name before one of them is found the next time.
    pub(super) async fn deliver(&self, sealed: Sealed) -> Delivery {
        let place = self.folder.join(format!("{}.eml", sealed.id));
        let shown = place.display().to_string();
        match tokio::task::spawn_blocking(move || keep(&place, &sealed.bytes)).await {
            Ok(Ok(Kept::Now)) => Delivery::sent(format!("written to {shown}"), Vec::new()),
            Ok(Ok(Kept::Before)) => Delivery::sent(format!("was written to {shown} before"), Vec::new()),
            Ok(Err(error)) => Delivery::later(format!("write {shown}: {error}")),
            Err(error) => Delivery::later(format!("write {shown}: {error}")),
        }
    }
}

enum Kept {
    Now,
    Before,
}

/// Gives the file its name only when all of it is on the disk.
fn keep(place: &Path, bytes: &[u8]) -> io::Result<Kept> {
    let folder = place.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    if place.try_exists()? {
        return Ok(Kept::Before);
    }
    // No file that looks for mail takes this one for any. What a crash left under the name is written over.
    let unfinished = place.with_extension("eml.part");
    let mut file = File::create(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&unfinished, place)?;
    // Without this the name could be lost with the power, and the message be sent twice.
    File::open(folder)?.sync_all()?;
    Ok(Kept::Now)
}
