//! Letters as an officer opens them: the DOCX in LibreOffice, the PDF by a reader's tools. `scripts/test.sh` installs both.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

use diembao::{
    domain::{calendar::Basis, verdict::Verdict},
    report::{
        docx::docx,
        letter::{Contact, LetterFacts, LetterOutlet, letter},
        paper::{Copies, Head, Paper, Signer},
        pdf::pdf,
    },
};

/// LibreOffice starts in a few seconds; a machine under load may need more.
const OFFICE_WAIT: Duration = Duration::from_secs(180);

#[test]
fn both_forms_of_a_letter_stand_on_the_pages_as_the_decree_says() {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("letters");
    let _ = fs::remove_dir_all(&dir); // left by an earlier run, or absent
    fs::create_dir_all(dir.join("office")).unwrap();
    let letters = [("one", letter(&facts(1))), ("three", letter(&facts(3))), ("many", letter(&facts(24))), ("long", letter(&long_names()))];
    for (name, paper) in &letters {
        fs::write(dir.join(format!("{name}.docx")), docx(paper).unwrap()).unwrap();
        fs::write(dir.join(format!("{name}.pdf")), pdf(paper).unwrap()).unwrap();
    }
    convert(&dir);
    for (name, paper) in &letters {
        for file in [dir.join(format!("{name}.pdf")), dir.join("office").join(format!("{name}.pdf"))] {
            check(&file, name, paper);
        }
    }
}

/// What a reader sees in a PDF of the letter.
fn check(file: &Path, name: &str, paper: &Paper) {
    let shown = file.display();
    let text = read(file, &["-layout"]);
    let lines = |start: &str| text.lines().filter(|it| it.contains(start)).map(|it| it.trim().to_owned()).collect::<Vec<_>>();
    let nation = lines("CỘNG HÒA");
    assert!(nation.len() == 1 && nation[0].ends_with("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"), "{shown}: {nation:?}");
    assert!(lines("Độc lập")[0].ends_with("Độc lập - Tự do - Hạnh phúc"), "{shown}");
    let date = lines("Huế, ngày");
    assert!(date.len() == 1 && date[0].starts_with("Số:") && date[0].contains("/SVHTT-QLBC"), "{shown}: one row: {date:?}");
    let pages: Vec<&str> = text.split('\u{c}').filter(|it| !it.trim().is_empty()).collect();
    match name {
        "one" => assert_eq!(pages.len(), 1, "{shown}"),
        "many" => assert!(pages.len() > 1, "{shown}"),
        _ => assert!(pages.len() <= 2, "{shown}"),
    }
    for page in pages.iter().filter(|it| it.matches(".example.vn").count() > 3) {
        assert!(page.contains("Cơ quan báo chí"), "{shown}: a page of the table has no heading");
    }
    for (at, page) in pages.iter().enumerate() {
        let first = page.lines().find(|it| !it.trim().is_empty()).unwrap().trim();
        assert_eq!(first == (at + 1).to_string(), at > 0, "{shown}: the first line of page {} is `{first}`", at + 1);
    }
    let last = pages.last().unwrap();
    assert!(last.contains("./.") && last.contains("Nơi nhận:") && last.contains(&paper.signer.name), "{shown}: the signature stands alone");
    // Words as they are searched for, line breaks aside.
    let flowing = read(file, &[]).split_whitespace().collect::<Vec<_>>().join(" ");
    for said in [
        "trân trọng cảm ơn sự quan tâm, phối hợp của Quý cơ quan",
        "theo dữ liệu thu thập đến 08 giờ 00 phút ngày 05/11/2026",
        "- Lưu: VT, QLBC.",
    ] {
        assert!(flowing.contains(said), "{shown}: `{said}` is not found");
    }
}

/// Turns every DOCX of the folder into a PDF with one start of LibreOffice.
fn convert(dir: &Path) {
    let files: Vec<PathBuf> =
        fs::read_dir(dir).unwrap().map(|it| it.unwrap().path()).filter(|it| it.extension().is_some_and(|it| it == "docx")).collect();
    let profile = format!("-env:UserInstallation=file://{}", dir.join("profile").display());
    let mut office = Command::new("soffice")
        .args([profile.as_str(), "--headless", "--convert-to", "pdf", "--outdir"])
        .arg(dir.join("office"))
        .args(&files)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|fault| panic!("soffice does not start ({fault}): scripts/test.sh installs it"));
    let begun = Instant::now();
    while office.try_wait().unwrap().is_none() {
        if begun.elapsed() > OFFICE_WAIT {
            office.kill().unwrap();
            panic!("LibreOffice was not done after {OFFICE_WAIT:?}");
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(fs::read_dir(dir.join("office")).unwrap().count(), files.len(), "LibreOffice opened every letter");
}

fn read(file: &Path, options: &[&str]) -> String {
    let Output { status, stdout, .. } = Command::new("pdftotext")
        .args(options)
        .arg(file)
        .arg("-")
        .output()
        .unwrap_or_else(|fault| panic!("pdftotext does not start ({fault}): scripts/test.sh installs it"));
    assert!(status.success(), "{} is no PDF", file.display());
    String::from_utf8(stdout).unwrap()
}

fn facts(outlets: usize) -> LetterFacts {
    let names = ["Báo Sông Xanh", "Đài Phát thanh và Truyền hình Đồi Gió", "Tạp chí Văn nghệ Bến Thông"];
    let outlet = |at: usize| LetterOutlet {
        name: names.get(at).map_or_else(|| format!("Tạp chí chuyên đề Bến Thông số {at}"), |it| (*it).to_owned()),
        places: vec![format!("bao{at}.example.vn"), "tin.example.vn".to_owned()],
        read: 1_234 + at,
        counted: 0,
        month_before: Some(Verdict::ALL[at % 5]),
    };
    let basis = |title: &str| Basis { id: String::new(), title: title.to_owned(), from: None, to: None, note: String::new() };
    LetterFacts {
        head: Head {
            governing: "UBND thành phố Huế".to_owned(),
            issuing: "Sở Văn hóa và Thể thao".to_owned(),
            number: None,
            symbol: "SVHTT-QLBC".to_owned(),
            place: "Huế".to_owned(),
            date: None,
        },
        month: "2026-10".parse().unwrap(),
        collected_until: "2026-11-05T08:00:00+07:00".parse().unwrap(),
        outlets: (0..outlets).map(outlet).collect(),
        minimum: 1,
        answer_by: "2026-11-20".parse().unwrap(),
        contact: Contact {
            name: "Nguyễn Văn Mẫu, chuyên viên".to_owned(),
            phone: "0234 0000 000".to_owned(),
            email: "qlbc@so.example.vn".to_owned(),
        },
        bases: vec![
            basis("Luật Phòng, chống mua bán người số 53/2024/QH15 ngày 28/11/2024"),
            basis(
                "Quyết định số 33/QĐ-TTg ngày 07/01/2026 phê duyệt Chương trình phòng, chống mua bán người giai đoạn 2026 - 2030 và định \
                 hướng đến năm 2035",
            ),
        ],
        signer: Signer {
            authority: "KT. Giám đốc".to_owned(), position: "Phó Giám đốc".to_owned(), name: "Trần Thị Ví Dụ".to_owned()
        },
        copies: Copies { others: vec!["Ban Tuyên giáo và Dân vận Thành ủy (để b/c)".to_owned()], unit: "QLBC".to_owned() },
    }
}

/// A letter whose every name is long.
fn long_names() -> LetterFacts {
    let mut facts = facts(2);
    facts.head.governing = "Ủy ban nhân dân thành phố trực thuộc trung ương Đồi Gió và Bến Thông".to_owned();
    facts.head.issuing = "Sở Văn hóa, Thể thao, Du lịch, Thông tin và Truyền thông Đồi Gió".to_owned();
    facts.outlets[0].name = "Tạp chí Nghiên cứu và Phát triển của Viện Nghiên cứu Lịch sử, Văn hóa và Môi trường sông Xanh".to_owned();
    facts.outlets[1].places = vec!["chuyenmucphongchongmuabannguoi.tapchinghiencuu.example.vn".to_owned()];
    facts.copies.others.push("Ban Thường trực Ủy ban Mặt trận Tổ quốc Việt Nam thành phố Đồi Gió (để phối hợp chỉ đạo)".to_owned());
    facts
}
