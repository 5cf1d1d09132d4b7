//! Messages out: a real mail server counts what was delivered, and every end of an attempt is called what it was.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod scripted;
mod smtp;

use std::{
    fs,
    io::Write,
    net::SocketAddr,
    path::PathBuf,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use diembao::{
    domain::delivery::Delivery,
    mail::{Attachment, FolderPost, Mailbox, MemoryPost, Message, MessageId, Post, SmtpPost, smtp::Waits},
    webhook::Hook,
};
use scripted::{Answer, Scripted};
use serde_json::json;
use smtp::{Authority, Server};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
};
use url::Url;

const SUBJECT: &str =
    "Về việc đăng tải thông tin về phòng, chống mua bán người tháng 10/2026 trên Báo Mẫu và các ấn phẩm điện tử của cơ quan";
const LOGIN: &str = "an@so.example:mật khẩu, dài";

fn now() -> DateTime<Utc> {
    "2026-11-05T01:02:03Z".parse().unwrap()
}

fn mailbox(name: &str, email: &str) -> Mailbox {
    Mailbox::new(name, email).unwrap()
}

fn id(name: &str) -> MessageId {
    MessageId::new(name, "so.example").unwrap()
}

/// A short message with this id to these people.
fn message(name: &str, to: &[&str]) -> Message {
    Message {
        id: id(name),
        from: mailbox("Sở Mẫu", "so@so.example"),
        to: to.iter().map(|it| mailbox("", &format!("{it}@baomau.example"))).collect(),
        cc: Vec::new(),
        date: now(),
        subject: "Nhắc".to_owned(),
        text: "Kính gửi.\n".to_owned(),
        html: "<p>Kính gửi.</p>\n".to_owned(),
        thread: None,
        attachments: Vec::new(),
    }
}

fn waits() -> Waits {
    let second = Duration::from_secs(1);
    Waits { connect: 2 * second, command: 2 * second, message: 2 * second, whole: 10 * second }
}

/// The way to an address that needs neither log-in nor a certificate.
fn post(url: &Url) -> Post {
    Post::Smtp(Box::new(SmtpPost::new(url, None).unwrap().waiting(waits())))
}

fn secure(url: &Url, password: Option<&str>, root: &[u8]) -> Post {
    Post::Smtp(Box::new(SmtpPost::trusting(url, password.map(str::to_owned), &[root.to_vec()]).unwrap().waiting(waits())))
}

/// The word for an end, and what is said with it.
fn end(delivery: Delivery) -> (&'static str, String) {
    match delivery {
        Delivery::Sent { reply, .. } => ("sent", reply),
        Delivery::Later { why } => ("later", why),
        Delivery::Refused { why } => ("refused", why),
        Delivery::Unsure { why } => ("unsure", why),
    }
}

#[track_caller]
fn assert_end(delivery: Delivery, word: &str, part: &str) {
    let (found, said) = end(delivery);
    assert!(found == word && said.contains(part), "{found}: {said} (wanted {word}: {part})");
}

#[tokio::test]
async fn a_message_reads_back_at_the_server_as_it_was_written() {
    let server = Server::start(&[]);
    let text = format!("Kính gửi Tòa soạn,\n.\n..hai chấm\n{}\nDòng có dấu cách cuối  \r\nHết./.\n", "từ ".repeat(600));
    let sent = Message {
        from: mailbox("Sở Văn hóa, Thể thao \"Mẫu\"", "so@so.example"),
        to: vec![
            mailbox("Nguyễn Thị Ánh, Phòng Thời sự; Báo Mẫu", "anh@baomau.example"),
            mailbox("Plain, Name", "p@baomau.example"),
            mailbox("", "khac@Báo-Mẫu.example"),
        ],
        cc: vec![mailbox("Ban Tuyên giáo", "tg@ban.example"), mailbox("Ánh", "anh@baomau.example")],
        subject: SUBJECT.to_owned(),
        text: text.clone(),
        html: "<!DOCTYPE html><p>Chưa ghi nhận tin, bài</p>\n".to_owned(),
        thread: Some(id("bao-mau.2026-10.remind")),
        attachments: vec![
            Attachment::new(
                "Công văn đôn đốc, số 1.docx",
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                vec![0, 13, 10, 46, 13, 10, 255],
            )
            .unwrap(),
            Attachment::new("plain.csv", "text/csv", b"a,b\n.\n".to_vec()).unwrap(),
        ],
        ..message("bao-mau.2026-10.alert", &[])
    };
    assert_end(post(&server.url("smtp://", "")).deliver(&sent).await, "sent", "250 2.0.0 queued as 1");

    let [file] = server.kept().try_into().unwrap();
    let read = smtp::read(&file);
    assert_eq!(read["defects"], json!([]));
    assert_eq!(read["subject"], json!(SUBJECT));
    assert_eq!(read["from"], json!([["Sở Văn hóa, Thể thao \"Mẫu\"", "so@so.example"]]));
    let other = sent.to[2].email();
    assert!(other.starts_with("khac@xn--"), "{other}");
    assert_eq!(
        read["to"],
        json!([["Nguyễn Thị Ánh, Phòng Thời sự; Báo Mẫu", "anh@baomau.example"], ["Plain, Name", "p@baomau.example"], ["", other]])
    );
    assert_eq!(read["cc"], json!([["Ban Tuyên giáo", "tg@ban.example"], ["Ánh", "anh@baomau.example"]]));
    assert_eq!(read["date"], json!("2026-11-05T01:02:03+00:00"));
    let shape: Vec<&str> = read["shape"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
    assert_eq!(shape[..4], ["multipart/mixed", "multipart/alternative", "text/plain", "text/html"]);
    let [plain, html] = [0, 1].map(|at| read["texts"][at].as_str().unwrap().replace("\r\n", "\n"));
    assert_eq!(plain.trim_end(), text.replace("\r\n", "\n").trim_end());
    assert_eq!(html.trim_end(), sent.html.trim_end());
    assert_eq!(read["charsets"], json!(["utf-8", "utf-8"]));
    assert_eq!(
        read["files"],
        json!([
            ["Công văn đôn đốc, số 1.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "000d0a2e0d0aff"],
            ["plain.csv", "text/csv", "612c620a2e0a"],
        ])
    );
    let headers = read["headers"].as_array().unwrap();
    let header = |name: &str| headers.iter().find(|it| it[0] == name).map(|it| it[1].as_str().unwrap());
    assert_eq!(header("Message-ID"), Some("<bao-mau.2026-10.alert@so.example>"));
    assert_eq!(header("In-Reply-To"), Some("<bao-mau.2026-10.remind@so.example>"));
    assert_eq!(header("References"), Some("<bao-mau.2026-10.remind@so.example>"));
    assert_eq!(header("Auto-Submitted"), Some("auto-generated"));
    assert_eq!(header("List-Id"), Some("<diembao.so.example>"));
    assert_eq!(header("MIME-Version"), Some("1.0"));
    for absent in ["List-Unsubscribe", "Bcc"] {
        assert_eq!(header(absent), None);
    }
    assert_eq!(read["ascii"], json!(true));
    assert_eq!(read["lone_breaks"], json!(0));
    assert!(read["longest_line"].as_u64().unwrap() <= 998, "{}", read["longest_line"]);
    let envelope = server.envelope(0);
    assert_eq!(envelope["from"], "so@so.example");
    assert_eq!(envelope["to"], json!(["anh@baomau.example", "p@baomau.example", other, "tg@ban.example"]));
}

#[tokio::test]
async fn a_line_break_in_a_subject_begins_no_header() {
    let server = Server::start(&[]);
    let sneaky = Message { subject: "A\r\nBcc: x@y.example\r\n\r\nB".to_owned(), ..message("a", &["anh"]) };
    assert_end(post(&server.url("smtp://", "")).deliver(&sneaky).await, "sent", "250");
    let read = smtp::read(&server.kept()[0]);
    assert_eq!(read["subject"].as_str().unwrap().split_whitespace().collect::<Vec<_>>(), ["A", "Bcc:", "x@y.example", "B"]);
    assert_eq!(read["shape"], json!(["multipart/alternative", "text/plain", "text/html"]));
}

#[tokio::test]
async fn a_log_in_goes_through_encryption_of_both_kinds_and_a_wrong_password_is_for_later() {
    let authority = Authority::new();
    let (cert, key) = (authority.file("cert.pem"), authority.file("key.pem"));
    for (kind, before) in [("starttls", "smtp://an%40so.example@"), ("implicit", "smtps://an%40so.example@")] {
        let server = Server::start(&["--tls", kind, "--cert", &cert, "--key", &key, "--login", LOGIN]);
        let url = server.url(before, "");
        let right = secure(&url, Some("mật khẩu, dài"), &authority.root);
        let shown = format!("{right:?}");
        assert!(shown.contains("an@so.example") && !shown.contains("mật khẩu"), "{shown}");
        assert_end(right.deliver(&message("a", &["anh"])).await, "sent", "250");
        let envelope = server.envelope(0);
        assert_eq!((&envelope["tls"], &envelope["login"]), (&json!(kind == "starttls"), &json!("an@so.example")));
        assert_end(secure(&url, Some("sai"), &authority.root).deliver(&message("b", &["anh"])).await, "later", "log in");
        // Without our root nobody vouches for the server.
        let strange = Post::Smtp(Box::new(SmtpPost::new(&url, Some("sai".to_owned())).unwrap().waiting(waits())));
        assert_end(strange.deliver(&message("c", &["anh"])).await, "later", "certificate");
        assert_eq!(server.kept().len(), 1, "{kind}");
    }
    assert!(SmtpPost::new(&"smtps://an@thu.example".parse().unwrap(), None).is_err(), "no password");
    assert!(SmtpPost::new(&"smtps://thu.example".parse().unwrap(), Some("a".to_owned())).is_err(), "no user");
}

#[tokio::test]
async fn encryption_is_used_where_it_is_offered_and_nothing_is_sent_without_it_where_it_is_demanded() {
    let authority = Authority::new();
    let server = Server::start(&["--tls", "starttls", "--cert", &authority.file("cert.pem"), "--key", &authority.file("key.pem")]);
    assert_end(secure(&server.url("smtp://", ""), None, &authority.root).deliver(&message("a", &["anh"])).await, "sent", "250");
    assert_eq!(server.envelope(0)["tls"], json!(true));
    assert_end(post(&server.url("smtp://", "")).deliver(&message("b", &["anh"])).await, "later", "certificate");
    let plain = Server::start(&[]);
    let demanding = secure(&plain.url("smtp://", "?tls=required"), None, &authority.root);
    assert_end(demanding.deliver(&message("c", &["anh"])).await, "later", "does not offer STARTTLS");
    assert_eq!((server.kept().len(), plain.kept().len()), (1, 0));
    assert_end(post(&plain.url("smtp://", "?tls=none")).deliver(&message("d", &["anh"])).await, "sent", "250");
}

#[tokio::test]
async fn an_answer_that_is_lost_after_the_last_dot_leaves_the_delivery_unsure() {
    for (way, why) in [("drop", "message"), ("mute", "no answer within 2s")] {
        let server = Server::start(&["--data", way]);
        assert_end(post(&server.url("smtp://", "")).deliver(&message("a", &["anh"])).await, "unsure", why);
        assert_eq!(server.kept().len(), 1, "{way}: the server has it");
    }
    // The limit of the whole attempt tells the two sides of the dot apart as well.
    let server = Server::start(&["--data", "mute"]);
    let hasty = Waits { message: Duration::from_secs(60), whole: Duration::from_secs(3), ..waits() };
    let hasty = Post::Smtp(Box::new(SmtpPost::new(&server.url("smtp://", ""), None).unwrap().waiting(hasty)));
    assert_end(hasty.deliver(&message("a", &["anh"])).await, "unsure", "not done within 3s");
}

#[tokio::test]
async fn what_a_server_puts_off_is_delivered_once_when_it_is_tried_again() {
    let server = Server::start(&["--data", "busy"]);
    let post = post(&server.url("smtp://", ""));
    let sent = message("a", &["anh"]);
    assert_end(post.deliver(&sent).await, "later", "451");
    assert_end(post.deliver(&sent).await, "later", "451");
    assert_end(post.deliver(&sent).await, "sent", "250");
    assert_eq!((server.kept().len(), server.connections()), (1, 1));
}

#[tokio::test]
async fn a_server_that_never_answers_costs_a_bounded_time() {
    let server = Server::start(&["--data", "silent"]);
    let began = Instant::now();
    assert_end(post(&server.url("smtp://", "")).deliver(&message("a", &["anh"])).await, "later", "connect: no answer within 2s");
    assert!(began.elapsed() < Duration::from_secs(6), "{:?}", began.elapsed());
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let gone = post(&format!("smtp://{nobody}").parse().unwrap());
    assert_end(gone.deliver(&message("a", &["anh"])).await, "later", "connect");
}

#[tokio::test]
async fn a_recipient_that_is_refused_for_good_is_named_and_the_others_get_it() {
    let server = Server::start(&[]);
    let post = post(&server.url("smtp://", ""));
    let Delivery::Sent { refused, .. } = post.deliver(&message("a", &["khong-co", "anh"])).await else { panic!("one of them takes it") };
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0].recipient, "khong-co@baomau.example");
    assert!(refused[0].why.contains("5.1.1"), "{}", refused[0].why);
    assert_eq!(server.envelope(0)["to"], json!(["anh@baomau.example"]));
    assert_end(post.deliver(&message("b", &["khong-co"])).await, "refused", "everybody whom it is for was refused");
    let copied = Message { cc: vec![Mailbox::new("", "anh@baomau.example").unwrap()], ..message("c", &["khong-co"]) };
    assert_end(post.deliver(&copied).await, "refused", "everybody whom it is for was refused");
    assert_eq!(server.kept().len(), 1, "a copy alone is not sent");
}

#[tokio::test]
async fn a_recipient_that_is_put_off_puts_off_the_whole_message_and_not_the_next_one() {
    let server = Server::start(&[]);
    let post = post(&server.url("smtp://", ""));
    assert_end(post.deliver(&message("a", &["anh", "ban"])).await, "later", "450");
    assert_eq!(server.kept().len(), 0);
    assert_end(post.deliver(&message("b", &["binh"])).await, "sent", "250");
    assert_eq!(server.envelope(0)["to"], json!(["binh@baomau.example"]), "nobody of the message before");
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_message_that_is_too_large_is_refused() {
    let server = Server::start(&["--data", "too-large"]);
    let post = post(&server.url("smtp://", ""));
    assert_end(post.deliver(&message("a", &["anh"])).await, "refused", "552");
    let huge = vec![Attachment::new("a.bin", "application/octet-stream", vec![0; 26 * 1024 * 1024]).unwrap()];
    assert_end(post.deliver(&Message { attachments: huge, ..message("b", &["anh"]) }).await, "refused", "at most");
    assert_end(post.deliver(&message("c", &[])).await, "refused", "0 recipients");
    assert_eq!(server.kept().len(), 0);
}

#[tokio::test]
async fn a_batch_goes_over_one_connection() {
    let server = Server::start(&[]);
    let post = post(&server.url("smtp://", ""));
    for name in ["a", "b", "c"] {
        assert_end(post.deliver(&message(name, &["anh"])).await, "sent", "250");
    }
    assert_eq!((server.kept().len(), server.connections()), (3, 1));
    post.close().await;
    assert_end(post.deliver(&message("d", &["anh"])).await, "sent", "250");
    assert_eq!((server.kept().len(), server.connections()), (4, 2));
}

/// A server that takes one message a connection, and none to its end where `bytes_max` is less than that.
async fn curt(bytes_max: usize) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mut stream = BufReader::new(stream);
            stream.write_all(b"220 thu.example\r\n").await.unwrap();
            let mut line = String::new();
            while stream.read_line(&mut line).await.is_ok_and(|it| it > 0) && !line.starts_with("DATA") {
                stream.write_all(b"250 ok\r\n").await.unwrap();
                line.clear();
            }
            stream.write_all(b"354 go on\r\n").await.unwrap();
            let (mut read, mut chunk) = (Vec::new(), [0; 512]);
            while read.len() < bytes_max && !read.ends_with(b"\r\n.\r\n") {
                match stream.read(&mut chunk).await {
                    Ok(more) if more > 0 => read.extend_from_slice(&chunk[..more]),
                    _ => break,
                }
            }
            if read.ends_with(b"\r\n.\r\n") {
                stream.write_all(b"250 ok\r\n").await.unwrap();
            }
        }
    });
    address
}

#[tokio::test]
async fn a_connection_that_is_lost_before_the_last_dot_delivered_nothing() {
    let server = curt(1024).await;
    // More than the buffers on the way hold, or the dot would be under way before the loss is noticed.
    let large = vec![Attachment::new("a.bin", "application/octet-stream", vec![7; 17 * 1024 * 1024]).unwrap()];
    let sent = Message { attachments: large, ..message("a", &["anh"]) };
    assert_end(post(&format!("smtp://{server}").parse().unwrap()).deliver(&sent).await, "later", "message");
}

#[tokio::test]
async fn a_connection_that_the_server_ended_between_two_messages_is_opened_anew() {
    let post = post(&format!("smtp://{}", curt(usize::MAX).await).parse().unwrap());
    for name in ["a", "b"] {
        assert_end(post.deliver(&message(name, &["anh"])).await, "sent", "250");
    }
}

#[tokio::test]
async fn a_folder_holds_each_message_once_and_whole() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("thu");
    let post = Post::Folder(FolderPost::new(folder.clone()));
    let files = || -> Vec<PathBuf> { fs::read_dir(&folder).unwrap().map(|it| it.unwrap().path()).collect() };
    assert_end(post.deliver(&message("a", &["anh"])).await, "sent", "written to");
    let file = folder.join("a@so.example.eml");
    assert_eq!(files(), std::slice::from_ref(&file));
    assert_eq!(smtp::read(&file)["subject"], "Nhắc");
    let before = fs::read(&file).unwrap();
    assert_end(post.deliver(&Message { subject: "Khác".to_owned(), ..message("a", &["anh"]) }).await, "sent", "before");
    assert_eq!(fs::read(&file).unwrap(), before);

    // What a crash left behind was not delivered.
    fs::write(folder.join("b@so.example.eml.part"), "Subject: x").unwrap();
    assert_end(post.deliver(&message("b", &["anh"])).await, "sent", "written to");
    assert_eq!(files().len(), 2);
    assert_eq!(smtp::read(&folder.join("b@so.example.eml"))["subject"], "Nhắc");

    let blocked = Post::Folder(FolderPost::new(file));
    assert_end(blocked.deliver(&message("c", &["anh"])).await, "later", "a@so.example.eml/c@so.example.eml");
}

#[tokio::test]
async fn memory_keeps_what_was_delivered() {
    let post = Post::Memory(MemoryPost::default());
    assert_end(post.deliver(&message("a", &["anh"])).await, "sent", "");
    assert_end(post.deliver(&message("b", &[])).await, "refused", "0 recipients");
    let Post::Memory(memory) = post else { unreachable!() };
    assert_eq!(memory.messages().iter().map(|it| it.id.clone()).collect::<Vec<_>>(), [id("a")]);
}

/// The signature by Python's own library.
fn signed(text: &str) -> String {
    let script = "import base64,hashlib,hmac,sys
key = base64.b64decode('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')
print('v1,' + base64.b64encode(hmac.new(key, sys.stdin.buffer.read(), hashlib.sha256).digest()).decode())";
    let mut child = Command::new("python3").args(["-c", script]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap().trim().to_owned()
}

fn hook(url: Url) -> Hook {
    Hook::new(url, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap().waiting(Duration::from_secs(2))
}

#[tokio::test]
async fn a_webhook_gets_json_whose_signature_its_receiver_can_check() {
    let server = Scripted::start().await;
    server.on("/nhan", Answer::status(204));
    let body = json!({"type": "month.not_met", "outlet": "Báo Mẫu", "month": "2026-10"});
    assert_end(hook(server.url("/nhan")).deliver("notice-7", now(), &body).await, "sent", "204");
    let [asked] = server.asked("/nhan").try_into().unwrap();
    assert_eq!(asked.method, "POST");
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&asked.body).unwrap(), body);
    assert_eq!(asked.header("content-type"), Some("application/json"));
    assert_eq!(asked.header("webhook-id"), Some("notice-7"));
    assert_eq!(asked.header("webhook-timestamp"), Some("1793840523"));
    let text = format!("notice-7.1793840523.{}", String::from_utf8(asked.body.clone()).unwrap());
    assert_eq!(asked.header("webhook-signature"), Some(signed(&text).as_str()));
}

#[tokio::test]
async fn a_webhook_says_whether_to_try_again_and_follows_nobody() {
    let server = Scripted::start().await;
    server.on("/gone", Answer::status(410));
    server.on("/busy", Answer::status(429).body("đang\u{7} bận"));
    server.on("/broken", Answer::status(500).body("x".repeat(100_000)));
    server.on("/moved", Answer::redirect(307, server.url("/elsewhere")));
    server.on("/slow", Answer::status(200).after(Duration::from_secs(30)));
    server.on("/cut", Answer::ok("text/plain", "y".repeat(100)).cut_at(10));
    for (path, word, said) in [
        ("/gone", "refused", "410"),
        ("/busy", "later", "429 Too Many Requests đang bận"),
        ("/broken", "later", "500"),
        ("/moved", "later", "307"),
        ("/slow", "later", "timed out"),
        ("/cut", "sent", "200"),
    ] {
        let found = hook(server.url(path)).deliver("a", now(), &json!({})).await;
        assert!(end(found.clone()).1.chars().count() < 600, "{path}");
        assert_end(found, word, said);
    }
    assert_eq!(server.count("/elsewhere"), 0);
    let url = server.url("/");
    assert_end(hook(url.clone()).deliver("a.b", now(), &json!({})).await, "refused", "the id");
    server.stop().await;
    assert_end(hook(url).deliver("a", now(), &json!({})).await, "later", "127.0.0.1");
}
