//! What the archive promises, tried on real folders: with crashes, damage, and several writers at once.

use std::{collections::BTreeSet, error::Error, fs, path::Path, slice};

use chrono::{DateTime, TimeDelta, Utc};
use proptest::{collection::vec, prelude::*};
use tempfile::TempDir;
use url::Url;

use crate::archive::{
    Archive, ArchiveError, Earlier, Exchange, Flaw, Found, Kind, Payload, Place, Protocol, Repair, Settings, Truncated, copy, files,
    payload_digest, read, read_copy, walk,
};

const PAGE: &[u8] = "<html><title>Phòng, chống mua bán người</title></html>".as_bytes();

#[test]
fn an_exchange_comes_back_as_it_was() {
    let (dir, archive) = new();
    let (url, at) = (url("https://baohue.vn/tin/1.html?b=2&a=%C3%A1"), at(0));
    let sent = [header("User-Agent", "diembao/0.1")];
    let got = [header("Content-Type", "text/html; charset=utf-8"), header("X-Chuyên", "khác"), header("Server", "máy chủ Huế")];
    let server = Some("203.113.1.9".parse().unwrap());
    let reason = Some("OK");
    let exchange = Exchange { request_headers: &sent, response_headers: &got, server, reason, ..exchange(&url, at, PAGE) };
    let place = archive.append(&exchange).unwrap().place;
    let stored = archive.read(&place).unwrap();
    assert_eq!((stored.url, stored.at, stored.status, stored.reason.as_deref()), (url, at, 200, Some("OK")));
    assert_eq!((stored.payload, stored.digest, stored.server), (Payload::Here(PAGE.to_vec()), payload_digest(PAGE), server));
    let kept = [got[0].clone(), header("X-Chuy_n", "khác"), got[2].clone(), header("Content-Length", &PAGE.len().to_string())];
    assert_eq!(stored.headers, kept);
    assert_eq!(place.record, stored.record);
    let kinds: Vec<Kind> = whole(dir.path()).iter().map(|it| it.kind).collect();
    assert_eq!(kinds, [Kind::Info, Kind::Request, Kind::Response]);
}

#[test]
fn headers_of_the_transfer_are_renamed_and_the_length_is_that_of_the_kept_body() {
    let (_dir, archive) = new();
    let url = url("https://a.vn/");
    let got = [header("Content-Encoding", "gzip"), header("transfer-encoding", "chunked"), header("Content-Length", "17")];
    let place =
        archive.append(&Exchange { response_headers: &got, protocol: Protocol::Http2, ..exchange(&url, at(0), PAGE) }).unwrap().place;
    let kept = [
        header("X-Archived-Content-Encoding", "gzip"),
        header("X-Archived-transfer-encoding", "chunked"),
        header("X-Archived-Content-Length", "17"),
        header("Content-Length", &PAGE.len().to_string()),
    ];
    assert_eq!(archive.read(&place).unwrap().headers, kept);
}

#[test]
fn a_header_cannot_forge_another_nor_fill_the_record() {
    let (_dir, archive) = new();
    let url = url("https://a.vn/");
    let long = "x".repeat(20_000);
    let mut got = vec![header("X", "1\r\n\r\nHTTP/1.1 404"), header("A: b\r\nC", "d"), header("", "e"), header("Long", &long)];
    got.extend((0..20).map(|_| header("Many", &long[..10_000])));
    let place = archive.append(&Exchange { response_headers: &got, ..exchange(&url, at(0), PAGE) }).unwrap().place;
    let stored = archive.read(&place).unwrap();
    assert_eq!((stored.status, &stored.payload), (200, &Payload::Here(PAGE.to_vec())));
    assert_eq!(stored.headers[..3], [header("X", "1    HTTP/1.1 404"), header("A__b__C", "d"), header("_", "e")]);
    assert_eq!(stored.headers.last(), Some(&header("X-Archived-Headers-Left-Out", "8")));
}

#[test]
fn identical_bytes_become_a_revisit() {
    let (dir, archive) = new();
    let (first, second) = (url("https://a.vn/rss"), url("https://a.vn/rss?again"));
    let whole_place = archive.append(&exchange(&first, at(0), PAGE)).unwrap().place;
    let earlier = Earlier { url: first.clone(), at: at(0), digest: whole_place.digest.clone() };
    let place = archive.append(&Exchange { earlier: slice::from_ref(&earlier), ..exchange(&second, at(60), PAGE) }).unwrap().place;
    assert_eq!(place.digest, whole_place.digest);
    let stored = archive.read(&place).unwrap();
    assert_eq!((stored.url, stored.status, stored.payload), (second, 200, Payload::SameAs(earlier.clone())));
    let other = archive.append(&Exchange { earlier: slice::from_ref(&earlier), ..exchange(&first, at(120), b"other") }).unwrap().place;
    assert_eq!(archive.read(&other).unwrap().payload, Payload::Here(b"other".to_vec()), "other bytes are kept whole");
    let cut = Exchange { earlier: slice::from_ref(&earlier), truncated: Some(Truncated::Length), ..exchange(&first, at(120), PAGE) };
    let cut = archive.read(&archive.append(&cut).unwrap().place).unwrap();
    assert_eq!((cut.payload, cut.truncated), (Payload::Here(PAGE.to_vec()), Some(Truncated::Length)), "half a body repeats no whole one");
    assert_eq!(whole(dir.path()).iter().filter(|it| it.kind == Kind::Revisit).count(), 1);
}

#[test]
fn the_earlier_exchange_with_the_same_body_is_the_one_repeated_and_the_request_is_kept_with_bodies_only() {
    let (dir, archive) = new();
    let url = url("https://a.vn/rss");
    let mut earlier = Vec::new();
    for (secs, body) in [(0, b"one".as_slice()), (60, b"two")] {
        let place = archive.append(&exchange(&url, at(secs), body)).unwrap().place;
        earlier.push(Earlier { url: url.clone(), at: at(secs), digest: place.digest });
    }
    for (body, repeats) in [(b"one".as_slice(), Some(0)), (b"two", Some(1)), (b"three", None)] {
        let kept = archive.append(&Exchange { earlier: &earlier, ..exchange(&url, at(120), body) }).unwrap();
        assert_eq!(kept.repeats, repeats);
        let payload = repeats.map_or_else(|| Payload::Here(body.to_vec()), |it| Payload::SameAs(earlier[it].clone()));
        assert_eq!(archive.read(&kept.place).unwrap().payload, payload);
    }
    let count = |kind| whole(dir.path()).iter().filter(|it| it.kind == kind).count();
    assert_eq!((count(Kind::Request), count(Kind::Response), count(Kind::Revisit)), (3, 3, 2));
}

#[test]
fn what_was_given_up_is_not_called_lasting() {
    let dir = TempDir::new().unwrap();
    let archive = Archive::new(dir.path(), Settings { sync: true, ..settings() });
    let url = url("https://a.vn/rss");
    let first = archive.append(&exchange(&url, at(0), PAGE)).unwrap().place;
    let second = archive.append(&exchange(&url, at(1), b"other")).unwrap().place;
    archive.sync(&[first.clone(), second]).unwrap();
    archive.close().unwrap();
    archive.sync(slice::from_ref(&first)).unwrap();
    fs::write(dir.path().join(format!("{}.writing", first.file)), "").unwrap();
    assert!(matches!(archive.sync(slice::from_ref(&first)), Err(ArchiveError::GivenUp(file)) if file == first.file));
    assert!(archive.mend().unwrap().torn.is_empty());
    archive.sync(&[first]).unwrap();
}

#[test]
fn whoever_only_reads_touches_nothing() {
    let (dir, archive) = new();
    let place = archive.append(&exchange(&url("https://a.vn/1"), at(0), PAGE)).unwrap().place;
    archive.close().unwrap();
    let names = || fs::read_dir(dir.path()).unwrap().map(|it| it.unwrap().file_name()).collect::<BTreeSet<_>>();
    let before = names();
    let reader = Archive::new(dir.path(), settings());
    assert_eq!(read_copy(&reader.copy(&place).unwrap(), &place).unwrap(), reader.read(&place).unwrap());
    drop(reader);
    assert_eq!(names(), before);
    let nowhere = dir.path().join("none");
    assert!(Archive::new(&nowhere, settings()).read(&place).is_err() && !nowhere.exists());
}

#[test]
fn bodies_of_no_bytes_and_of_twenty_megabytes_are_kept() {
    let (dir, archive) = new();
    let url = url("https://a.vn/");
    for body in [Vec::new(), noise(20_000_000), vec![b' '; 20_000_000], PAGE.repeat(3), b"\r\n\r\nWARC/1.1\r\n".to_vec()] {
        let place = archive.append(&exchange(&url, at(0), &body)).unwrap().place;
        assert!(archive.read(&place).unwrap().payload == Payload::Here(body));
    }
    assert_eq!(whole(dir.path()).len(), 11);
    let refused = archive.append(&exchange(&url, at(0), &vec![0; 128 * 1024 * 1024 + 1])).unwrap_err();
    assert_eq!(refused.to_string(), "archive https://a.vn/: its body of 134217729 bytes exceeds the limit of 134217728");
}

#[test]
fn many_small_records_cost_little() {
    let (dir, archive) = new();
    let mut places = Vec::new();
    for number in 0..2_000 {
        let url = url(&format!("https://a.vn/{number}"));
        places.push((archive.append(&exchange(&url, at(number), url.as_str().as_bytes())).unwrap().place, url));
    }
    for (place, url) in &places {
        assert_eq!(archive.read(place).unwrap().payload, Payload::Here(url.as_str().as_bytes().to_vec()));
    }
    let found = whole(dir.path());
    assert_eq!(found.len(), 4_001);
    assert_eq!(found.iter().map(|it| &it.record).collect::<BTreeSet<_>>().len(), 4_001, "no two records share an id");
    let bytes = found.iter().map(|it| it.len).sum::<u64>() / 2_000;
    assert!(bytes < 1_100, "{bytes} bytes an exchange");
}

#[test]
fn a_crash_at_any_byte_of_the_last_record_loses_only_that_record() {
    let (dir, archive) = new();
    let url = url("https://a.vn/1");
    let first = archive.append(&exchange(&url, at(0), PAGE)).unwrap().place;
    let last = archive.append(&exchange(&url, at(1), b"last")).unwrap().place;
    let bytes = fs::read(dir.path().join(&last.file)).unwrap();
    let begin = usize::try_from(last.offset).unwrap();
    for marked in [true, false] {
        for cut in begin..=bytes.len() {
            let crashed = TempDir::new().unwrap();
            let file = crashed.path().join(&last.file);
            fs::write(&file, &bytes[..cut]).unwrap();
            if marked {
                fs::write(file.with_file_name(format!("{}.writing", last.file)), "").unwrap();
            }
            let (opened, repair) = open(crashed.path());
            assert_eq!(opened.read(&first).unwrap().payload, Payload::Here(PAGE.to_vec()));
            assert!(repair.damaged.is_empty());
            if cut == begin || cut == bytes.len() {
                assert_eq!(repair.torn, [], "cut between records at {cut}");
            } else {
                let [torn] = &repair.torn[..] else { panic!("cut at {cut}: {repair:?}") };
                assert_eq!((torn.kept, torn.moved), (last.offset, (cut - begin) as u64));
                assert_eq!(fs::read(crashed.path().join(&torn.aside)).unwrap(), &bytes[begin..cut]);
            }
            let found = whole(crashed.path());
            assert_eq!(found.len(), if cut == bytes.len() { 5 } else { 4 });
            assert!(open(crashed.path()).1.torn.is_empty(), "mended once");
        }
    }
}

#[test]
fn a_crash_within_the_first_record_leaves_no_file_that_tools_stumble_over() {
    let (dir, archive) = new();
    let place = archive.append(&exchange(&url("https://a.vn/1"), at(0), PAGE)).unwrap().place;
    for len in [0, 1, 40, 100] {
        let crashed = TempDir::new().unwrap();
        let bytes = fs::read(dir.path().join(&place.file)).unwrap();
        fs::write(crashed.path().join(&place.file), &bytes[..len]).unwrap();
        fs::write(crashed.path().join(format!("{}.writing", place.file)), "").unwrap();
        let (again, repair) = open(crashed.path());
        assert_eq!((files(crashed.path()).unwrap().len(), repair.torn.len()), (0, usize::from(len > 0)));
        again.append(&exchange(&url("https://a.vn/1"), at(0), PAGE)).unwrap();
        assert_eq!(whole(crashed.path()).len(), 3);
    }
}

#[test]
fn any_changed_bit_is_found() {
    let (dir, archive) = new();
    let url = url("https://a.vn/1");
    let place = archive.append(&exchange(&url, at(0), b"abc")).unwrap().place;
    let earlier = Earlier { url: url.clone(), at: at(0), digest: place.digest.clone() };
    let last = archive.append(&Exchange { earlier: slice::from_ref(&earlier), ..exchange(&url, at(1), b"abc") }).unwrap().place;
    archive.close().unwrap();
    let file = dir.path().join(&place.file);
    let bytes = fs::read(&file).unwrap();
    for (at, bit) in (0..bytes.len()).flat_map(|at| (0..8).map(move |bit| (at, bit))) {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << bit;
        fs::write(&file, &changed).unwrap();
        let errors = walk(&file).unwrap().filter(Result::is_err).count();
        assert_eq!(errors, 1, "byte {at} was changed and the walk does not find it");
        if (last.offset..).contains(&(at as u64)) {
            assert!(matches!(read(dir.path(), &last), Err(ArchiveError::Damaged { .. })), "byte {at} was changed and read");
        }
    }
}

#[test]
fn a_record_that_was_made_anew_is_not_the_one_that_was_kept() {
    let (_dir, archive) = new();
    let (url, other) = (url("https://a.vn/1"), url("https://a.vn/2"));
    let place = archive.append(&exchange(&url, at(0), PAGE)).unwrap().place;
    let later = at(0) + TimeDelta::milliseconds(1);
    let forgeries = [exchange(&url, later, PAGE), exchange(&other, at(0), PAGE), Exchange { status: 404, ..exchange(&url, at(0), PAGE) }];
    for forgery in forgeries {
        let (forged_dir, forged) = new();
        let forged_place = forged.append(&forgery).unwrap().place;
        assert_eq!((&forged_place.file, &forged_place.digest), (&place.file, &place.digest));
        let wanted = Place { offset: forged_place.offset, ..place.clone() };
        let error = read(forged_dir.path(), &wanted).unwrap_err();
        assert_eq!(error.source().unwrap().to_string(), "it is not the record that was looked for: its record id differs");
    }
}

#[test]
fn damage_before_whole_records_is_told_and_nothing_is_cut() {
    let (dir, archive) = new();
    let url = url("https://a.vn/1");
    let first = archive.append(&exchange(&url, at(0), PAGE)).unwrap().place;
    let last = archive.append(&exchange(&url, at(1), b"last")).unwrap().place;
    let crashed = TempDir::new().unwrap();
    let mut bytes = fs::read(dir.path().join(&first.file)).unwrap();
    let len = bytes.len();
    bytes[usize::try_from(first.offset).unwrap() + 18] ^= 1;
    fs::write(crashed.path().join(&first.file), &bytes).unwrap();
    fs::write(crashed.path().join(format!("{}.writing", first.file)), "").unwrap();
    let (opened, repair) = open(crashed.path());
    assert!(repair.torn.is_empty());
    assert!(matches!(&repair.damaged[..], [ArchiveError::Damaged { offset, .. }] if *offset == first.offset));
    assert_eq!(fs::metadata(crashed.path().join(&first.file)).unwrap().len(), len as u64);
    assert_eq!(opened.read(&last).unwrap().payload, Payload::Here(b"last".to_vec()));
    let walked: Vec<bool> = walk(&crashed.path().join(&first.file)).unwrap().map(|it| it.is_ok()).collect();
    assert_eq!(walked, [true, true, false, true, true]);
}

#[test]
fn two_archives_write_side_by_side() {
    let (dir, one) = new();
    let url = url("https://a.vn/1");
    let first = one.append(&exchange(&url, at(0), PAGE)).unwrap().place;
    let (two, repair) = open(dir.path());
    assert!(repair.torn.is_empty() && repair.damaged.is_empty());
    let second = two.append(&exchange(&url, at(0), PAGE)).unwrap().place;
    let third = one.append(&exchange(&url, at(1), PAGE)).unwrap().place;
    assert_ne!(first.file, second.file);
    assert_eq!(first.file, third.file);
    assert_eq!(one.read(&second).unwrap().payload, two.read(&third).unwrap().payload);
    drop((one, two));
    assert_eq!(whole(dir.path()).len(), 3 + 5);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 3, "two files and the folder's lock");
}

#[test]
fn threads_and_archives_at_once_lose_nothing() {
    let dir = TempDir::new().unwrap();
    let shared = open(dir.path()).0;
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (dir, shared) = (dir.path(), &shared);
            scope.spawn(move || {
                let own = open(dir).0;
                let url = url(&format!("https://a.vn/{thread}"));
                for number in 0..25 {
                    shared.append(&exchange(&url, at(number), PAGE)).unwrap();
                    own.append(&exchange(&url, at(number), PAGE)).unwrap();
                }
            });
        }
    });
    drop(shared);
    assert_eq!(whole(dir.path()).iter().filter(|it| it.kind == Kind::Response).count(), 8 * 25 * 2);
    assert_eq!(files(dir.path()).unwrap().len(), 9);
}

#[test]
fn a_file_ends_with_its_size_or_its_day_and_a_clock_that_steps_back_begins_none() {
    let dir = TempDir::new().unwrap();
    let archive = Archive::new(dir.path(), Settings { file_bytes_max: 5_000, ..settings() });
    let (url, day) = (url("https://a.vn/1"), 86_400);
    let file = |at, body: &[u8]| archive.append(&exchange(&url, at, body)).unwrap().place.file;
    let first = file(at(0), b"a");
    assert_eq!(first, "diembao-20261007230000-00001.warc.gz");
    assert_eq!(file(at(-day), b"a"), first);
    let second = file(at(day), b"a");
    assert_eq!(second, "diembao-20261008230000-00001.warc.gz");
    assert_eq!(file(at(day), &noise(5_000)), second);
    assert_eq!(file(at(day), b"a"), "diembao-20261008230000-00002.warc.gz");
    assert_eq!(files(dir.path()).unwrap().len(), 3);
}

#[test]
fn the_same_exchanges_give_the_same_bytes() {
    let bytes = || {
        let (dir, archive) = new();
        let place = archive.append(&exchange(&url("https://a.vn/1"), at(0), PAGE)).unwrap().place;
        fs::read(dir.path().join(place.file)).unwrap()
    };
    assert_eq!(bytes(), bytes());
}

#[test]
fn a_copy_proves_itself_away_from_the_archive() {
    let (dir, archive) = new();
    let place = archive.append(&exchange(&url("https://a.vn/1"), at(0), PAGE)).unwrap().place;
    let mut bytes = copy(dir.path(), &place).unwrap();
    assert_eq!(read_copy(&bytes, &place).unwrap(), archive.read(&place).unwrap());
    let moved = Place { offset: place.offset + 1, ..place.clone() };
    assert!(matches!(read_copy(&bytes, &moved), Err(ArchiveError::Damaged { flaw: Flaw::Mismatch("record id"), .. })));
    bytes.push(0);
    assert!(matches!(read_copy(&bytes, &place), Err(ArchiveError::Damaged { flaw: Flaw::Changed, .. })));
}

#[test]
fn a_place_leads_nowhere_but_into_the_archive() {
    let (_dir, archive) = new();
    let place = archive.append(&exchange(&url("https://a.vn/1"), at(0), PAGE)).unwrap().place;
    for file in ["../x.warc.gz", "/etc/passwd", "diembao-/../1.warc.gz", "diembao-.warc.gz", ""] {
        let error = archive.read(&Place { file: file.to_owned(), ..place.clone() }).unwrap_err();
        assert!(matches!(error, ArchiveError::ForeignName(_)), "{file}");
    }
    for offset in [0, 1, place.offset - 1, place.offset + 1, u64::MAX] {
        assert!(matches!(archive.read(&Place { offset, ..place.clone() }), Err(ArchiveError::Damaged { .. })), "{offset}");
    }
    let text = serde_json::to_string(&place).unwrap();
    assert_eq!(serde_json::from_str::<Place>(&text).unwrap(), place);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_kept_is_read_back(
        bodies in vec(vec(any::<u8>(), 0..3_000), 1..6),
        name in "\\PC{0,12}",
        value in any::<String>(),
        status in 100u16..600,
        nanos in 0i64..2_000_000_000,
    ) {
        let (dir, archive) = new();
        let url = url("https://a.vn/1");
        let headers = [(name, value)];
        let when = at(0) + TimeDelta::nanoseconds(nanos);
        for body in &bodies {
            let kept = Exchange { status, request_headers: &headers, response_headers: &headers, ..exchange(&url, when, body) };
            let stored = archive.read(&archive.append(&kept).unwrap().place).unwrap();
            prop_assert_eq!((stored.at, stored.status), (when, status));
            prop_assert_eq!(stored.payload, Payload::Here(body.clone()));
        }
        prop_assert_eq!(whole(dir.path()).len(), 1 + 2 * bodies.len());
    }

    #[test]
    fn foreign_bytes_never_pass_nor_panic(bytes in vec(any::<u8>(), 0..200), at in 0usize..400) {
        let (dir, archive) = new();
        let place = archive.append(&exchange(&url("https://a.vn/1"), super::tests::at(0), PAGE)).unwrap().place;
        archive.close().unwrap();
        let file = dir.path().join(&place.file);
        let original = fs::read(&file).unwrap();
        let mut changed = original.clone();
        let end = (at + bytes.len()).min(changed.len());
        changed.splice(at.min(end)..end, bytes);
        fs::write(&file, &changed).unwrap();
        let sound = walk(&file).unwrap().all(|it| it.is_ok());
        prop_assert_eq!(sound, changed == original);
    }
}

fn new() -> (TempDir, Archive) {
    let dir = TempDir::new().unwrap();
    let archive = open(dir.path()).0;
    (dir, archive)
}

fn open(dir: &Path) -> (Archive, Repair) {
    let archive = Archive::new(dir, settings());
    let repair = archive.mend().unwrap();
    (archive, repair)
}

fn settings() -> Settings {
    Settings { software: "diembao/0.1.0".to_owned(), file_bytes_max: Settings::FILE_BYTES_MAX, sync: false }
}

fn exchange<'a>(url: &'a Url, at: DateTime<Utc>, body: &'a [u8]) -> Exchange<'a> {
    let (request_headers, response_headers): (&[_], &[_]) = (&[], &[]);
    let (protocol, reason, truncated, server, earlier): (_, _, _, _, &[_]) = (Protocol::Http11, None, None, None, &[]);
    Exchange { url, at, request_headers, protocol, status: 200, reason, response_headers, body, truncated, server, earlier }
}

fn url(text: &str) -> Url {
    text.parse().unwrap()
}

fn header(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

fn at(secs: i64) -> DateTime<Utc> {
    "2026-10-07T23:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::seconds(secs)
}

/// Bytes that do not compress.
fn noise(len: usize) -> Vec<u8> {
    let mut state = 1u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..len).map(|_| next()).collect()
}

/// All records of all files, each of which must be sound.
fn whole(dir: &Path) -> Vec<Found> {
    files(dir).unwrap().iter().flat_map(|it| walk(it).unwrap()).map(Result::unwrap).collect()
}
