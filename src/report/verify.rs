//! Checks a dossier from its bytes alone: that nothing in it was changed, and that its verdict follows from its inputs.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    domain::{
        closing::{Likeness, sha256},
        dossier::Proof,
    },
    report::{
        dossier::{ALWAYS, TERMS, VERDICT, VERDICT_AS_CLOSED, sentence},
        seal::{FORMAT, MANIFEST, Manifest, PackedFile, check_seal, unpack},
    },
};

/// What was checked, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    pub checks: Vec<Check>,
}

/// One thing that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What holds, or what is wrong, as people read it.
    pub said: String,
    pub holds: bool,
}

impl Verified {
    /// Whether everything holds.
    pub fn holds(&self) -> bool {
        self.checks.iter().all(|it| it.holds)
    }

    fn good(&mut self, said: impl Into<String>) {
        self.checks.push(Check { said: said.into(), holds: true });
    }

    fn bad(&mut self, said: impl Into<String>) {
        self.checks.push(Check { said: said.into(), holds: false });
    }
}

/// Checks a dossier; `program` is the name and version of the one that checks. A file that was changed is named as far as
/// it can be told.
pub fn verify(bytes: &[u8], program: &str) -> Verified {
    let mut verified = Verified::default();
    match check_seal(bytes) {
        Ok(digest) => verified.good(format!("Dấu niêm phong khớp với toàn bộ {} byte của tệp (SHA-256 {digest}).", bytes.len())),
        Err(fault) => verified.bad(format!("Dấu niêm phong không khớp: tệp đã bị thay đổi hoặc không phải hồ sơ ({fault}).")),
    }
    let unpacked = match unpack(bytes) {
        Ok(unpacked) => unpacked,
        Err(fault) => {
            verified.bad(format!("Không mở được tệp ZIP: {fault}."));
            return verified;
        }
    };
    let mut files: BTreeMap<&str, &PackedFile> = BTreeMap::new();
    for file in &unpacked {
        match file {
            Ok(file) if files.insert(&file.name, file).is_some() => verified.bad(format!("Tệp {} có hai bản.", file.name)),
            Ok(_) => {}
            Err(fault) => verified.bad(format!("Có tệp không đọc được: {fault}.")),
        }
    }
    let manifest = match files.remove(MANIFEST).map(|it| serde_json::from_slice::<Manifest>(&it.bytes)) {
        Some(Ok(manifest)) if manifest.format == FORMAT => manifest,
        Some(Ok(manifest)) => {
            verified.bad(format!("Hồ sơ theo mẫu số {}; chương trình này chỉ đọc mẫu số {FORMAT}.", manifest.format));
            return verified;
        }
        Some(Err(fault)) => {
            verified.bad(format!("Không đọc được {MANIFEST}: {fault}."));
            return verified;
        }
        None => {
            verified.bad(format!("Thiếu {MANIFEST}."));
            return verified;
        }
    };
    check_files(&manifest, &files, &mut verified);
    for name in [VERDICT, VERDICT_AS_CLOSED] {
        if let Some(file) = files.get(name) {
            check_verdict(name, file, &manifest, program, &mut verified);
        }
    }
    check_terms(&files, &mut verified);
    verified
}

/// That every file is there as the manifest lists it, and no other.
fn check_files(manifest: &Manifest, files: &BTreeMap<&str, &PackedFile>, verified: &mut Verified) {
    let mut wrong = 0;
    let mut listed = BTreeSet::new();
    for it in &manifest.files {
        let said = match files.get(it.name.as_str()) {
            _ if !listed.insert(it.name.as_str()) => format!("{MANIFEST} ghi tệp {} hai lần.", it.name),
            None => format!("Thiếu tệp {}.", it.name),
            Some(file) if file.bytes.len() as u64 != it.bytes || sha256(&file.bytes) != it.sha256 => {
                format!("Tệp {} đã bị thay đổi.", it.name)
            }
            Some(_) => continue,
        };
        wrong += 1;
        verified.bad(said);
    }
    for name in files.keys().filter(|it| !listed.contains(**it)) {
        wrong += 1;
        verified.bad(format!("Tệp {name} không có trong {MANIFEST}."));
    }
    for name in ALWAYS.iter().filter(|it| !listed.contains(**it)) {
        wrong += 1;
        verified.bad(format!("Thiếu tệp {name} mà hồ sơ nào cũng phải có."));
    }
    if wrong == 0 {
        verified.good(format!("{} tệp khớp với {MANIFEST}, không thiếu và không thừa.", manifest.files.len()));
    }
}

/// That a verdict follows from the inputs beside it.
fn check_verdict(name: &str, file: &PackedFile, manifest: &Manifest, program: &str, verified: &mut Verified) {
    let proof: Proof = match serde_json::from_slice(&file.bytes) {
        Ok(proof) => proof,
        Err(fault) => return verified.bad(format!("Không đọc được {name}: {fault}.")),
    };
    if proof.inputs.outlet.id != manifest.outlet || proof.rules.month != manifest.month {
        verified.bad(format!("{name} là của cơ quan hoặc tháng khác."));
    }
    let other = match proof.versions.program == program {
        true => String::new(),
        false => format!(" Kết quả do {} lập, {program} tính lại.", proof.versions.program),
    };
    match proof.recompute(&String::from_utf8_lossy(&file.bytes)) {
        Ok((_, Likeness::Exact)) => verified.good(format!("Tính lại từ đầu vào trong {name}: đúng từng byte. {}{other}", sentence(&proof))),
        Ok((_, Likeness::SameVerdicts)) if !other.is_empty() => {
            verified.good(format!("Tính lại từ đầu vào trong {name}: cùng kết quả, cách ghi khác. {}{other}", sentence(&proof)));
        }
        Ok((_, Likeness::SameVerdicts)) => verified.bad(format!("Tính lại từ đầu vào trong {name}: cùng kết quả nhưng nội dung khác.")),
        Ok((again, Likeness::Different)) => {
            let (verdict, reason) = (again.verdict.label(), again.reason.label());
            verified
                .bad(format!("Tính lại từ đầu vào trong {name}: ra “{verdict} – {reason}”, khác với hồ sơ. {}{other}", sentence(&proof)));
        }
        Err(fault) => verified.bad(format!("Không tính lại được {name}: {fault}.")),
    }
}

/// That the dictionary is the one that the verdict names.
fn check_terms(files: &BTreeMap<&str, &PackedFile>, verified: &mut Verified) {
    let (Some(terms), Some(Ok(proof))) = (files.get(TERMS), files.get(VERDICT).map(|it| serde_json::from_slice::<Proof>(&it.bytes))) else {
        return;
    };
    if sha256(&terms.bytes) == proof.versions.terms_sha256 {
        verified.good(format!("{TERMS} là từ điển {} mà kết quả dựa vào.", proof.versions.terms));
    } else {
        verified.bad(format!("{TERMS} không phải từ điển {} mà kết quả dựa vào.", proof.versions.terms));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::{
        domain::{
            closing::{AmendmentNote, ClosingNote, Official, Versions},
            control::ControlShare,
            dossier::KeptVisit,
            relevance::JudgementKind,
            verdict::{Reason, Verdict},
            visit::Outcome,
        },
        report::{
            dossier::{AsClosedProof, ControlProof, CopiedRecords, Dossier, KeptRecord, build},
            seal::pack,
        },
    };

    const PROGRAM: &str = "diembao 0.1.0";
    const DICTIONARY: &str = "version = \"1\"\n";

    /// An outlet that published one article in March and was seen to two thirds.
    fn proof(program: &str) -> Proof {
        let rules = json!({
            "month": "2026-03", "zone": "Asia/Ho_Chi_Minh", "grace_end": "2026-04-03T17:00:00Z", "now": "2026-04-10T00:00:00Z",
            "policy": {"from": "2017-01", "basis": "Quyết định <1>", "reading": "each_outlet", "minimum": 1, "grace_working_days": 3,
                       "mentions_count": false, "reprints_count": true}
        });
        let article = |number: u32, judgement: JudgementKind| {
            json!({
                "url": format!("https://a.vn/tin-{number}.html?a=1&b=2"), "title": format!("Tin <số> {number}"), "published": "2026-03-10T02:00:00Z",
                "date_standing": "sure", "first_seen": "2026-03-10T03:00:00Z", "state": "read", "unread_why": null, "judgement": judgement
            })
        };
        let inputs = json!({
            "outlet": {"id": "a", "name": "Báo A & B", "duty": "monthly", "exempt": [], "blind": [], "sections_complete": false,
                       "active": {"from": null, "to": null}},
            "seen": {
                "articles": [article(1, JudgementKind::About), article(2, JudgementKind::Mention)],
                "ledgers": [{"covers": "outlet", "first_good": "2026-02-27T00:00:00Z", "gaps": [],
                             "certified": [{"from": "2026-02-27T00:00:00Z", "to": "2026-03-21T07:00:01Z"}]}],
                "witnesses": {"repaired": [], "backfilled": [], "silent": []}, "articles_seen": 7,
                "decisions": {"off_web": [], "confirmations": [], "hand_checks": []}
            }
        });
        let versions = Versions {
            program: program.to_owned(),
            terms: "1+abc".to_owned(),
            terms_sha256: sha256(DICTIONARY.as_bytes()),
            register_sha256: String::new(),
            calendar_sha256: String::new(),
        };
        Proof::of(versions, serde_json::from_value(rules).unwrap(), serde_json::from_value(inputs).unwrap())
    }

    fn visit(at: &str, outcome: Outcome) -> KeptVisit {
        KeptVisit {
            at: at.parse().unwrap(),
            source: "https://a.vn/rss".to_owned(),
            outcome,
            detail: String::new(),
            status: Some(200),
            bytes: 10,
            digest: None,
            in_document: 3,
            new: 1,
            known: 2,
            rejected: [].into(),
            certified_from: None,
            gap_from: None,
            gap_why: None,
        }
    }

    fn dossier(program: &str) -> Dossier {
        Dossier {
            program: program.to_owned(),
            made_at: "2026-04-10T07:00:00+07:00".parse().unwrap(),
            previous: Some("d".repeat(64)),
            proof: proof(program),
            closed: None,
            sources: vec![],
            closed_gaps: vec![],
            visits: vec![visit("2026-03-01T00:00:00Z", Outcome::Fresh), visit("2026-03-02T00:00:00Z", Outcome::Blocked)],
            visits_cut: false,
            near_misses: vec![],
            articles: vec![],
            articles_left_out: 0,
            terms: DICTIONARY.to_owned(),
            bases: vec![],
            records: CopiedRecords {
                files: vec![KeptRecord { name: "1.warc.gz".to_owned(), bytes: vec![31, 139, 0] }],
                copied: 1,
                left_out: 0,
            },
            control: Some(ControlProof { share: ControlShare { detected: 30, days: 31 }, looks: Vec::new() }),
        }
    }

    fn faults(bytes: &[u8]) -> Vec<String> {
        verify(bytes, PROGRAM).checks.into_iter().filter(|it| !it.holds).map(|it| it.said).collect()
    }

    fn files(bytes: &[u8]) -> Vec<PackedFile> {
        unpack(bytes).unwrap().into_iter().map(Result::unwrap).collect()
    }

    #[test]
    fn a_whole_dossier_holds_and_says_what_was_checked() {
        let bytes = build(&dossier(PROGRAM)).unwrap();
        assert_eq!(bytes, build(&dossier(PROGRAM)).unwrap(), "the same dossier gives the same bytes");
        let verified = verify(&bytes, PROGRAM);
        assert!(verified.holds(), "{verified:?}");
        let said: Vec<_> = verified.checks.iter().map(|it| it.said.as_str()).collect();
        assert_eq!(said.len(), 4, "{said:?}");
        assert!(
            said[2].contains("đúng từng byte. Tháng 03/2026, Báo A & B: Đạt – có tin, bài được tính (1 tin, bài được tính)."),
            "{}",
            said[2]
        );
        let names: Vec<_> = files(&bytes).into_iter().map(|it| it.name).collect();
        let wanted = ["ho-so.html", VERDICT, "ledger.json", "visits.jsonl", "near-misses.json", TERMS, "policy.json", "control.json"];
        assert_eq!(names, [wanted.as_slice(), &["warc/1.warc.gz", MANIFEST]].concat());
    }

    #[test]
    fn a_change_of_any_byte_is_found() {
        let bytes = build(&dossier(PROGRAM)).unwrap();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << (at % 8);
            assert!(!verify(&changed, PROGRAM).holds(), "byte {at} of {}", bytes.len());
        }
    }

    #[test]
    fn a_dossier_that_was_packed_again_does_not_pass_with_what_it_did_not_hold() {
        let whole = files(&build(&dossier(PROGRAM)).unwrap());
        let packed = |change: &dyn Fn(&mut Vec<PackedFile>)| {
            let mut files = whole.clone();
            change(&mut files);
            faults(&pack(&files).unwrap())
        };
        assert!(packed(&|_| ()).is_empty());
        let edited = packed(&|it| it[3].bytes[10] ^= 1);
        assert_eq!(edited, ["Tệp visits.jsonl đã bị thay đổi."]);
        assert_eq!(packed(&|it| drop(it.remove(8))), ["Thiếu tệp warc/1.warc.gz."]);
        let extra = packed(&|it| it.push(PackedFile { name: "thêm.txt".to_owned(), bytes: vec![] }));
        assert_eq!(extra, [format!("Tệp thêm.txt không có trong {MANIFEST}.")]);
        assert_eq!(packed(&|it| drop(it.pop())), [format!("Thiếu {MANIFEST}.")]);
    }

    /// Seals other files under a manifest that fits them.
    fn forged(change: impl FnOnce(&mut Vec<PackedFile>)) -> Vec<String> {
        let mut files = files(&build(&dossier(PROGRAM)).unwrap());
        let manifest: Manifest = serde_json::from_slice(&files.pop().unwrap().bytes).unwrap();
        change(&mut files);
        faults(&crate::report::seal::seal(manifest, files).unwrap())
    }

    #[test]
    fn a_verdict_that_does_not_follow_from_its_inputs_is_found_under_any_seal() {
        let replaced = |from: &'static str, to: &'static str| {
            forged(move |files| {
                let text = String::from_utf8(files[1].bytes.clone()).unwrap();
                assert!(text.contains(from));
                files[1].bytes = text.replace(from, to).into_bytes();
            })
        };
        let accused = replaced("\"verdict\":\"met\",\"reason\":\"articles\"", "\"verdict\":\"not_met\",\"reason\":\"none_found\"");
        assert!(accused.len() == 1 && accused[0].contains("ra “Đạt – có tin, bài được tính”, khác với hồ sơ"), "{accused:?}");
        let hidden = replaced("\"judgement\":\"about\",\"ruling\"", "\"judgement\":\"unrelated\",\"ruling\"");
        assert!(hidden[0].contains("khác với hồ sơ"), "{hidden:?}");
        let touched = replaced("\"why\":\"mention\"", "\"why\":\"candidate\"");
        assert!(touched[0].contains("cùng kết quả nhưng nội dung khác"), "{touched:?}");
        let moved = replaced("\"month\":\"2026-03\"", "\"month\":\"2026-02\"");
        assert!(moved[0].contains("cơ quan hoặc tháng khác"), "{moved:?}");
        let other_terms = forged(|files| files[5].bytes.extend(b"# more\n"));
        assert!(other_terms[0].contains("không phải từ điển"), "{other_terms:?}");
        let without = forged(|files| drop(files.remove(3)));
        assert_eq!(without, ["Thiếu tệp visits.jsonl mà hồ sơ nào cũng phải có."]);
    }

    #[test]
    fn another_version_of_the_program_is_named() {
        let verified = verify(&build(&dossier("diembao 0.0.9")).unwrap(), PROGRAM);
        assert!(verified.holds());
        assert!(
            verified.checks.iter().any(|it| it.said.ends_with("Kết quả do diembao 0.0.9 lập, diembao 0.1.0 tính lại.")),
            "{verified:?}"
        );
    }

    #[test]
    fn the_page_tells_the_verdict_and_lets_no_markup_through() {
        let page = String::from_utf8(files(&build(&dossier(PROGRAM)).unwrap()).remove(0).bytes).unwrap();
        for part in
            ["Đạt", "Báo A &#38; B", "Tin &#60;số&#62; 1", "chỉ nhắc thoáng qua", "10/03/2026", "bị chặn: 1", "evidence verify", "60,5 %"]
        {
            assert!(page.contains(part), "{part}\n{page}");
        }
        assert!(!page.contains("<số>") && !page.contains("http-equiv"), "{page}");
        for outside in ["src=", "@import", "url(", "<script", "<link"] {
            assert!(!page.contains(outside), "the page stands alone: {outside}");
        }
    }

    #[test]
    fn a_closed_month_shows_the_verdict_that_stands_and_how_it_came_about() {
        let official = Official { verdict: Verdict::NotMet, reason: Reason::NoneFound, count: 0 };
        let computed = Official::of(&proof(PROGRAM).result);
        let amendment = AmendmentNote {
            outlet: "a".parse().unwrap(),
            at: "2026-05-02T08:00:00+07:00".parse().unwrap(),
            before: Some(computed),
            after: official,
            why: vec!["articles".to_owned(), "terms".to_owned()],
            digest: "e".repeat(64),
        };
        let note = ClosingNote {
            number: 3,
            at: "2026-04-10T08:00:00+07:00".parse().unwrap(),
            by: "Lê Thị Hạ".to_owned(),
            second: "Trần Văn Minh".to_owned(),
            digest: "c".repeat(64),
            amendments: vec![amendment],
        };
        let closed = Some(AsClosedProof { note, official, proof: Some(proof(PROGRAM)) });
        let bytes = build(&Dossier { closed, ..dossier(PROGRAM) }).unwrap();
        let verified = verify(&bytes, PROGRAM);
        assert!(verified.holds() && verified.checks.iter().any(|it| it.said.contains(VERDICT_AS_CLOSED)), "{verified:?}");
        let page = String::from_utf8(files(&bytes).remove(0).bytes).unwrap();
        for part in [
            "<strong>✗ Chưa ghi nhận</strong>Tháng 03/2026, Báo A &#38; B: Chưa ghi nhận",
            "Lê Thị Hạ chốt, Trần Văn Minh xác nhận",
            "chính thức sau sửa đổi",
            "Tính theo dữ liệu hiện nay: Đạt",
            "tin, bài tìm thấy hoặc đọc lại; từ điển",
        ] {
            assert!(page.contains(part), "{part}\n{page}");
        }
    }

    proptest! {
        #[test]
        fn a_mangled_file_is_refused_whatever_its_seal_says(edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40), cut in any::<prop::sample::Index>()) {
            let mut bytes = build(&dossier(PROGRAM)).unwrap();
            let whole = bytes.clone();
            if cut.index(3) == 0 {
                bytes.truncate(cut.index(whole.len()));
            }
            for (at, byte) in edits {
                let at = at.index(bytes.len().max(1));
                if let Some(it) = bytes.get_mut(at) {
                    *it = byte;
                }
            }
            if let Some(covered) = bytes.len().checked_sub(64) {
                let digest = sha256(&bytes[..covered]);
                bytes[covered..].copy_from_slice(digest.as_bytes());
            }
            // Under a new seal only bytes that stand for nothing (times, flags of the packing) may differ.
            let _ended = verify(&bytes, PROGRAM);
            bytes.extend(b"x");
            prop_assert!(!verify(&bytes, PROGRAM).holds());
        }
    }
}
