//! The outbox under a killer: `notify` is ended by SIGKILL at any moment, again and again, and a real mail server counts what came.
//!
//! DIEMBAO_KILLS kills (default 30) over rounds of DIEMBAO_NOTICES pending notices (default 60); DIEMBAO_KILL_SEED chooses the moments.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod smtp;

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use diembao::{
    domain::notice::{Addressee, Channel, NoticeKey, NoticeState, Outgoing, Step, Subject},
    store::{
        Store,
        notice::{NewNotice, NoticeFilter},
    },
};
use smtp::Server;

const NOW: &str = "2026-04-06T08:00:00+07:00";
const REGISTER: &str = "[[outlet]]\nid = \"a\"\nname = \"Báo A\"\nkind = \"newspaper\"\nhosts = [\"bao-a.example\"]\n\
                        [[outlet.source]]\nkind = \"feed\"\nurl = \"https://bao-a.example/rss\"\ncovers = \"outlet\"\n";
/// The latest moment of a kill after the start of `notify`, in milliseconds: at first, and where a slow machine needs longer to begin.
const MOMENT: u64 = 1_500;
const MOMENT_MAX: u64 = 20_000;
/// Rounds that end a run that gets nowhere.
const ROUNDS_MAX: u32 = 400;

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |it| it.parse().unwrap())
}

/// A moment after a start, in milliseconds: the generator of Knuth's MMIX.
fn moment(state: &mut u64, latest: u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) % latest
}

fn notify(dir: &Path) -> Child {
    let place = |name: &str| dir.join(name);
    let mut command = Command::new(env!("CARGO_BIN_EXE_diembao"));
    command.arg("--config").arg(place("config")).arg("--data").arg(place("data")).arg("--index").arg(place("index"));
    command.args(["--now", NOW, "notify"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Notices that need no outlet's month: their message is kept with them.
fn pending(first: i64, count: i64) -> Vec<NewNotice> {
    let start: DateTime<Utc> = "2026-04-01T00:00:00Z".parse().unwrap();
    let notice = |at: i64| {
        let message = Outgoing {
            to: vec![Addressee { name: "Phòng Báo chí".to_owned(), email: "bao-chi@so.example".to_owned() }],
            cc: Vec::new(),
            date: start,
            subject: format!("Thư số {at}"),
            text: "Nội dung.\n".to_owned(),
            html: "<p>Nội dung.</p>".to_owned(),
            chat: String::new(),
        };
        let key = NoticeKey { step: Step::Operator, subject: Subject::Instant(start + TimeDelta::seconds(at)) };
        NewNotice { key, state: NoticeState::Called, message: Some(serde_json::to_string(&message).unwrap()) }
    };
    (first..first + count).map(notice).collect()
}

/// How often each message arrived, by its id.
fn arrived(server: &Server) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for file in server.kept() {
        let mail = fs::read_to_string(file).unwrap();
        let id = mail.lines().find_map(|it| it.strip_prefix("Message-ID: <")).unwrap();
        *found.entry(id.split('@').next().unwrap().to_owned()).or_insert(0) += 1;
    }
    found
}

#[tokio::test]
async fn however_often_it_is_killed_no_notice_arrives_twice_and_none_is_lost() {
    let (kills, size) = (number("DIEMBAO_KILLS", 30), i64::try_from(number("DIEMBAO_NOTICES", 60)).unwrap());
    let mut state = number("DIEMBAO_KILL_SEED", 7);
    let server = Server::start(&[]);
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("config")).unwrap();
    fs::write(dir.path().join("config/outlets.toml"), REGISTER).unwrap();
    let site = format!("[notices]\nfrom = \"diembao@so.example\"\nsmtp_url = \"{}\"\n", server.url("smtp://", ""));
    fs::write(dir.path().join("config/diembao.toml"), site).unwrap();
    fs::create_dir_all(dir.path().join("data")).unwrap();
    let store = Store::open(&Store::sqlite_url(&dir.path().join("data/diembao.db"))).await.unwrap();
    let now: DateTime<Utc> = NOW.parse().unwrap();
    let (mut killed, mut written, mut hits, mut latest) = (0, 0, 0, MOMENT);
    for _ in 0..ROUNDS_MAX {
        if killed >= kills {
            break;
        }
        store.call_for(&pending(written, size), &[Channel::Mail], now).await.unwrap();
        written += size;
        while killed < kills && !store.notices_in(&[NoticeState::Called], 1).await.unwrap().is_empty() {
            let mut child = notify(dir.path());
            let before = server.kept().len();
            tokio::time::sleep(Duration::from_millis(moment(&mut state, latest))).await;
            child.kill().unwrap();
            child.wait().unwrap();
            killed += 1;
            if server.kept().len() == before && hits == 0 {
                latest = (latest * 3 / 2).min(MOMENT_MAX);
            }
            hits += u64::from(!store.notices_in(&[NoticeState::Sending], 1).await.unwrap().is_empty());
        }
    }
    assert!(notify(dir.path()).wait().unwrap().success());
    let (arrived, mut counts) = (arrived(&server), BTreeMap::new());
    let all = store.notices(&NoticeFilter::default(), 0, u32::MAX).await.unwrap();
    assert_eq!(i64::try_from(all.len()).unwrap(), written);
    for it in &all {
        let name = format!("{}_{}", it.key.to_string().replace(['/', ':'], "_"), it.id);
        let times = arrived.get(&name).copied().unwrap_or(0);
        match it.state {
            NoticeState::Sent => assert_eq!(times, 1, "{name}"),
            NoticeState::MaybeSent => assert!(times <= 1, "{name}"),
            other => panic!("{name} is {}", other.as_str()),
        }
        *counts.entry((it.state.as_str(), times)).or_insert(0) += 1;
    }
    println!("{killed} kills, {hits} of them while a notice was on its way; {written} notices: {counts:?}");
    assert!(hits > 0, "no kill fell into the sending: nothing was tried");
}
