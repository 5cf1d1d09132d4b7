//! Gzip members (RFC 1952): one per record, each carrying its own length and a digest of its stored bytes.
//!
//! Gzip's checksum does not see every bit: the header and the padding of deflate blocks can change unnoticed. An extra
//! field, which other tools skip, holds what covers them and what lets a reader find the next member without unpacking.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
};

use flate2::{Compression, Crc, bufread::DeflateDecoder, write::DeflateEncoder};
use sha2::{Digest, Sha256};

use crate::archive::error::Flaw;

/// How every member begins: deflate with an extra field, no time, unknown system; one subfield `DB` of 20 bytes.
const OPENING: [u8; 16] = [0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 24, 0, b'D', b'B', 20, 0];
/// Where the subfield has the member's length, as a little-endian u32.
const LEN_AT: usize = OPENING.len();
/// Where it has the first 16 bytes of the SHA-256 of all that follows the subfield.
const SEAL_AT: usize = LEN_AT + 4;
const HEAD_LEN: usize = SEAL_AT + 16;
/// CRC-32 and length of the content, each a little-endian u32.
const TRAILER_LEN: usize = 8;
/// Longest member that is read or written, in bytes; bounds the memory of every reader.
const MEMBER_BYTES_MAX: usize = 256 * 1024 * 1024;
/// How much of a file is searched at a time.
const WINDOW: usize = 1024 * 1024;

/// Packs the parts, one after the other, into one member.
///
/// # Errors
/// Where the member would exceed the limit on its length.
pub(super) fn pack(parts: &[&[u8]]) -> io::Result<Vec<u8>> {
    let mut crc = Crc::new();
    let mut encoder = DeflateEncoder::new(vec![0; HEAD_LEN], Compression::default());
    for part in parts {
        crc.update(part);
        encoder.write_all(part)?;
    }
    let mut member = encoder.finish()?;
    member.extend(crc.sum().to_le_bytes());
    member.extend(crc.amount().to_le_bytes());
    let len = u32::try_from(member.len()).ok().filter(|_| member.len() <= MEMBER_BYTES_MAX);
    let len = len.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the packed record is too long"))?;
    let seal = seal(&member[HEAD_LEN..]);
    member[..LEN_AT].copy_from_slice(&OPENING);
    member[LEN_AT..SEAL_AT].copy_from_slice(&len.to_le_bytes());
    member[SEAL_AT..HEAD_LEN].copy_from_slice(&seal);
    Ok(member)
}

/// Reads the member that begins at `offset`, in a file of `end` bytes, and checks every byte of it.
pub(super) fn load(file: &mut File, offset: u64, end: u64) -> Result<Vec<u8>, Flaw> {
    let len = len_at(file, offset, end)?;
    let mut member = vec![0; len];
    file.seek(SeekFrom::Start(offset)).and_then(|_| file.read_exact(&mut member)).map_err(Flaw::Io)?;
    check(&member)?;
    Ok(member)
}

/// The length that the member at `offset` says it has; only that it lies within the file is checked.
pub(super) fn len_at(file: &mut File, offset: u64, end: u64) -> Result<usize, Flaw> {
    let left = end.saturating_sub(offset);
    let mut head = [0; HEAD_LEN];
    let there = HEAD_LEN.min(usize::try_from(left).unwrap_or(HEAD_LEN));
    file.seek(SeekFrom::Start(offset)).and_then(|_| file.read_exact(&mut head[..there])).map_err(Flaw::Io)?;
    let known = there.min(OPENING.len());
    if head[..known] != OPENING[..known] {
        return Err(Flaw::NoRecord);
    }
    let len = stated_len(&head);
    if there < HEAD_LEN || len as u64 > left {
        return Err(Flaw::CutShort);
    }
    if !(HEAD_LEN + TRAILER_LEN..=MEMBER_BYTES_MAX).contains(&len) {
        return Err(Flaw::Changed);
    }
    Ok(len)
}

/// Checks every byte of a whole member, without unpacking it.
pub(super) fn check(member: &[u8]) -> Result<(), Flaw> {
    let Some((head, rest)) = member.split_first_chunk::<HEAD_LEN>() else { return Err(Flaw::CutShort) };
    if head[..LEN_AT] != OPENING {
        return Err(Flaw::NoRecord);
    }
    if rest.len() < TRAILER_LEN || stated_len(head) != member.len() || head[SEAL_AT..] != seal(rest) {
        return Err(Flaw::Changed);
    }
    Ok(())
}

fn stated_len(head: &[u8; HEAD_LEN]) -> usize {
    u32::from_le_bytes([head[LEN_AT], head[LEN_AT + 1], head[LEN_AT + 2], head[LEN_AT + 3]]) as usize
}

fn seal(bytes: &[u8]) -> [u8; 16] {
    let mut seal = [0; 16];
    seal.copy_from_slice(&Sha256::digest(bytes)[..16]);
    seal
}

/// The first whole member that begins at `from` or later, in a file of `end` bytes.
pub(super) fn next_whole(file: &mut File, from: u64, end: u64) -> Result<Option<u64>, Flaw> {
    let most = WINDOW.min(usize::try_from(end.saturating_sub(from)).unwrap_or(WINDOW));
    let (mut start, mut window) = (from, vec![0; most]);
    while start < end {
        let len = most.min(usize::try_from(end - start).unwrap_or(most));
        file.seek(SeekFrom::Start(start)).and_then(|_| file.read_exact(&mut window[..len])).map_err(Flaw::Io)?;
        for (at, _) in window[..len].windows(OPENING.len()).enumerate().filter(|(_, it)| *it == OPENING) {
            match load(file, start + at as u64, end) {
                Ok(_) => return Ok(Some(start + at as u64)),
                Err(Flaw::Io(cause)) => return Err(Flaw::Io(cause)),
                Err(_) => {}
            }
        }
        if start + len as u64 == end {
            break;
        }
        // An opening may lie across the window's border.
        start += (len - (OPENING.len() - 1)) as u64;
    }
    Ok(None)
}

/// Unpacks a checked member piece by piece.
pub(super) struct Unpacked<'a> {
    content: DeflateDecoder<&'a [u8]>,
    crc: Crc,
    trailer: &'a [u8],
}

impl<'a> Unpacked<'a> {
    /// Begins; the member is checked whole first.
    pub(super) fn new(member: &'a [u8]) -> Result<Self, Flaw> {
        check(member)?;
        let (content, trailer) = member[HEAD_LEN..].split_at(member.len() - HEAD_LEN - TRAILER_LEN);
        Ok(Self { content: DeflateDecoder::new(content), crc: Crc::new(), trailer })
    }

    /// Checks, after the last byte was read, what other tools rely on: gzip's own trailer.
    pub(super) fn finish(self) -> Result<(), Flaw> {
        let (sum, amount) = (self.crc.sum().to_le_bytes(), self.crc.amount().to_le_bytes());
        let whole = self.content.into_inner().is_empty() && self.trailer[..4] == sum && self.trailer[4..] == amount;
        if whole { Ok(()) } else { Err(Flaw::Mismatch("gzip checksum")) }
    }
}

impl Read for Unpacked<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.content.read(into)?;
        self.crc.update(&into[..count]);
        Ok(count)
    }
}
