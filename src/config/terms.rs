//! The dictionary file `terms.toml`: read, checked whole, and compiled.

use std::{collections::BTreeMap, fmt};

use serde::Deserialize;
use toml::Spanned;

use crate::domain::relevance::{GuardEffect, GuardSpec, Mark, Near, TermClass, TermSpec, Terms, Topic};

/// Words between a term and the words it looks for near it, where the entry does not say: about one long sentence.
const WITHIN_WORDS_DEFAULT: usize = 18;
/// Above this "near" would mean the whole article.
const WITHIN_WORDS_MAX: usize = 100;

/// What is wrong in the dictionary, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermsError {
    /// Line of the file, from 1.
    pub line: Option<usize>,
    /// The key or the entry's id.
    pub key: String,
    pub message: String,
}

impl fmt::Display for TermsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        if self.key.is_empty() { write!(f, "{}", self.message) } else { write!(f, "`{}`: {}", self.key, self.message) }
    }
}

impl std::error::Error for TermsError {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: Spanned<String>,
    #[serde(default)]
    lists: BTreeMap<String, Spanned<Vec<String>>>,
    #[serde(default)]
    term: Vec<Term>,
    #[serde(default)]
    guard: Vec<Guard>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Term {
    id: Spanned<String>,
    topic: Topic,
    class: Spanned<TermClass>,
    #[serde(default)]
    anchor: bool,
    #[serde(default)]
    alone: bool,
    forms: Vec<Spanned<String>>,
    why: Spanned<String>,
    only_near: Option<NearTable>,
    strong_near: Option<NearTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NearTable {
    forms: Vec<Spanned<String>>,
    within_words: Option<Spanned<usize>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Guard {
    id: Spanned<String>,
    effect: Spanned<GuardEffect>,
    mark: Option<Mark>,
    #[serde(default)]
    body_only: bool,
    #[serde(default)]
    whole: bool,
    forms: Vec<Spanned<String>>,
    #[serde(default)]
    terms: Vec<Spanned<String>>,
    why: Spanned<String>,
}

/// Reads a dictionary. Its version is the file's own label and a digest of the whole file, so that no edit goes unseen.
pub fn parse(text: &str) -> Result<Terms, TermsError> {
    let file: File = toml::from_str(text).map_err(|error| TermsError {
        line: error.span().map(|span| line_of(text, span.start)),
        key: String::new(),
        message: error.message().trim().to_owned(),
    })?;
    let checks = Checks { text };
    checks.filled("version", &file.version)?;
    checks.ids(&file)?;
    let lists = file.lists.iter().map(|(name, list)| (name.clone(), list.get_ref().clone())).collect();
    let terms = file.term.iter().map(|term| checks.term(term)).collect::<Result<Vec<_>, _>>()?;
    let guards = file.guard.iter().map(|guard| checks.guard(guard)).collect::<Result<Vec<_>, _>>()?;
    let version = format!("{}+{:012x}", file.version.get_ref(), digest(text) & 0xffff_ffff_ffff);
    Terms::new(version, &lists, terms, guards).map_err(|bad| TermsError {
        line: position(&file, &bad.id, bad.form.as_deref()).map(|at| line_of(text, at)),
        key: bad.id,
        message: bad.message,
    })
}

struct Checks<'a> {
    text: &'a str,
}

impl Checks<'_> {
    fn error<T>(&self, at: &Spanned<T>, key: &str, message: impl Into<String>) -> TermsError {
        TermsError { line: Some(line_of(self.text, at.span().start)), key: key.to_owned(), message: message.into() }
    }

    fn filled(&self, key: &str, value: &Spanned<String>) -> Result<(), TermsError> {
        if value.get_ref().trim().is_empty() { Err(self.error(value, key, "is empty")) } else { Ok(()) }
    }

    /// Every entry has an id of its own: judgements name their reasons by it.
    fn ids(&self, file: &File) -> Result<(), TermsError> {
        let mut lines: BTreeMap<&str, usize> = BTreeMap::new();
        for id in file.term.iter().map(|term| &term.id).chain(file.guard.iter().map(|guard| &guard.id)) {
            let name = id.get_ref().as_str();
            if name.is_empty() || !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
                return Err(self.error(id, name, "an id is small letters a to z, digits and hyphens"));
            }
            if let Some(line) = lines.insert(name, line_of(self.text, id.span().start)) {
                return Err(self.error(id, name, format!("the id already stands in line {line}")));
            }
        }
        Ok(())
    }

    fn term(&self, term: &Term) -> Result<TermSpec, TermsError> {
        let id = term.id.get_ref();
        self.filled(&format!("{id}.why"), &term.why)?;
        if *term.class.get_ref() == TermClass::Guard {
            return Err(self.error(&term.class, id, "a term cannot have the class `guard`: write it as [[guard]]"));
        }
        Ok(TermSpec {
            id: id.clone(),
            topic: term.topic,
            class: *term.class.get_ref(),
            anchor: term.anchor,
            alone: term.alone,
            forms: forms(&term.forms),
            only_near: term.only_near.as_ref().map(|near| self.near(id, near)).transpose()?,
            strong_near: term.strong_near.as_ref().map(|near| self.near(id, near)).transpose()?,
            why: term.why.get_ref().clone(),
        })
    }

    fn near(&self, id: &str, near: &NearTable) -> Result<Near, TermsError> {
        if let Some(words) = near.within_words.as_ref().filter(|words| !(1..=WITHIN_WORDS_MAX).contains(words.get_ref())) {
            return Err(self.error(words, id, format!("within_words is 1 to {WITHIN_WORDS_MAX}")));
        }
        let within_words = near.within_words.as_ref().map_or(WITHIN_WORDS_DEFAULT, |words| *words.get_ref());
        Ok(Near { forms: forms(&near.forms), within_words })
    }

    fn guard(&self, guard: &Guard) -> Result<GuardSpec, TermsError> {
        let id = guard.id.get_ref();
        self.filled(&format!("{id}.why"), &guard.why)?;
        let effect = *guard.effect.get_ref();
        match (effect, guard.mark) {
            (GuardEffect::Review | GuardEffect::Mark | GuardEffect::Unmark, None) => {
                return Err(self.error(&guard.effect, id, format!("a guard with the effect `{effect}` needs a `mark`")));
            }
            (GuardEffect::Cancel | GuardEffect::Passing | GuardEffect::Listed | GuardEffect::Charge, Some(mark)) => {
                return Err(self.error(&guard.effect, id, format!("a guard with the effect `{effect}` has no mark `{mark}`")));
            }
            _ => {}
        }
        if guard.whole && effect != GuardEffect::Passing {
            return Err(self.error(&guard.effect, id, format!("a guard with the effect `{effect}` is never `whole`")));
        }
        Ok(GuardSpec {
            id: id.clone(),
            effect,
            mark: guard.mark,
            body_only: guard.body_only,
            whole: guard.whole,
            forms: forms(&guard.forms),
            terms: forms(&guard.terms),
            why: guard.why.get_ref().clone(),
        })
    }
}

fn forms(spanned: &[Spanned<String>]) -> Vec<String> {
    spanned.iter().map(|form| form.get_ref().clone()).collect()
}

/// Where an entry stands in the file, or better the form at fault in it.
fn position(file: &File, id: &str, form: Option<&str>) -> Option<usize> {
    let term = file.term.iter().find(|term| term.id.get_ref() == id);
    let guard = file.guard.iter().find(|guard| guard.id.get_ref() == id);
    let nears = term.into_iter().flat_map(|term| term.only_near.iter().chain(&term.strong_near)).flat_map(|near| &near.forms);
    let all = term.into_iter().flat_map(|term| &term.forms).chain(guard.into_iter().flat_map(|guard| &guard.forms)).chain(nears);
    let at_fault = form.and_then(|form| all.into_iter().find(|other| other.get_ref() == form));
    at_fault.or(term.map(|term| &term.id)).or(guard.map(|guard| &guard.id)).map(|at| at.span().start)
}

/// 1-based line of a byte offset.
fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|b| *b == b'\n').count() + 1
}

/// FNV-1a, 64 bits: tells two dictionaries apart; it is no seal (snapshots of closed months carry their own digests).
fn digest(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, b| (hash ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::domain::relevance::{Judgement, JudgementKind, Reading, TermClass, Terms, judge};
    use crate::text::fold;

    const SHIPPED: &str = include_str!("../../config/terms.toml");

    fn shipped() -> Terms {
        parse(SHIPPED).unwrap_or_else(|error| panic!("{error}"))
    }

    fn in_body(terms: &Terms, sentence: &str) -> Judgement {
        judge(terms, &Reading { title: "Tin trong ngày", lead: "Mở đầu.", body: sentence, captions: "" })
    }

    fn has_strong(judged: &Judgement) -> bool {
        judged.reasons.iter().any(|reason| reason.class == TermClass::Strong && reason.cancelled_by.is_none())
    }

    #[test]
    fn the_shipped_dictionary_is_whole() {
        let terms = shipped();
        assert!(terms.version().starts_with("2026-"), "{}", terms.version());
        for guard in 1..=25 {
            assert!(SHIPPED.contains(&format!("id = \"g{guard}\"")), "g{guard} is missing");
        }
        assert_ne!(parse(&SHIPPED.replace("Từ gốc.", "Từ gốc")).unwrap().version(), terms.version(), "an edit changes the version");
    }

    #[test]
    fn official_wordings_are_strong_in_every_spelling() {
        let terms = shipped();
        for text in [
            "phòng, chống mua bán người",
            "PHÒNG CHỐNG MUA BÁN NGƯỜI",
            "phòng - chống mua, bán người",
            "phòng/chống mua bán người",
            "công tác PCMBN",
            "phòng, chống MBN",
            "phòng, chống mua\u{a0}bán\nngười",
            "Luật Phòng, chống mua bán người",
            "luật số 53/2024/QH15",
            "Nghị định số 162/2025/NĐ-CP",
            "Nghị định 62/2012",
            "Chương trình 130/CP",
            "tội mua bán người",
            "mua bán người dưới 16 tuổi",
            "Điều 150 Bộ luật Hình sự",
            "Điều 154 BLHS",
            "mua bán, chiếm đoạt mô hoặc bộ phận cơ thể người",
            "thỏa thuận mua bán người từ khi còn đang là bào thai",
            "buôn bán người",
            "nạn buôn người",
            "mua bán phụ nữ",
            "buôn bán phụ nữ, trẻ em",
            "mua bán trẻ sơ sinh",
            "nạn nhân bị mua bán",
            "người bị mua bán",
            "lừa bán thiếu nữ",
            "lừa bán qua biên giới",
            "cô gái bị bán sang Trung Quốc",
            "mua bán thận",
            "mua bán nội tạng",
            "mua bán mô, tạng",
            "kỹ năng phòng, tránh bị mua bán",
            "kĩ năng phòng tránh mua bán",
            "phòng ngừa mua bán người",
            "đường dây nóng phòng, chống mua bán người",
            "nạn nhân bị mua bán trở về",
            "người đang trong quá trình xác định là nạn nhân",
            "Ngày toàn dân phòng, chống mua bán người",
            "Ngày Thế giới phòng, chống mua bán người",
            "chung tay phòng, chống mua bán người",
            "Mua bán người là tội phạm có tổ chức - Hãy chấm dứt sự bóc lột",
            "Truyền thông phòng, chống mua bán người",
            "cao điểm tấn công, trấn áp tội phạm mua bán người",
            "hiệp định hợp tác phòng, chống mua bán người",
            "Công ước ASEAN về phòng, chống buôn bán người",
            "Nghị định thư Palermo",
            "Báo cáo tình hình mua bán người",
            "2546/QĐ-TTg về chương trình phòng, chống mua bán người",
            "việc nhẹ, lương cao rồi bị bán lại",
            "dấu hiệu nhận biết mua bán người",
        ] {
            assert!(has_strong(&in_body(&terms, text)), "{text}");
        }
    }

    #[test]
    fn articles_on_the_work_itself_are_about_it() {
        let terms = shipped();
        for title in [
            "Phòng, chống mua bán người: việc của mọi nhà",
            "A Lưới: Tập huấn kỹ năng phòng, tránh bị mua bán cho học sinh",
            "Lực lượng biên phòng tăng cường phòng, chống mua bán người",
            "Công an huyện phòng ngừa mua bán người ở xã biên giới",
            "Hội Phụ nữ tuyên truyền phòng chống MBN",
            "TUYÊN TRUYỀN LUẬT PHÒNG, CHỐNG MUA BÁN NGƯỜI",
            "Các đơn vị đẩy mạnh phòng, chống mua bán người",
            "Bắt hai đối tượng lừa bán thiếu nữ sang Campuchia",
            "Đưa nạn nhân bị mua bán trở về nhà",
            "Ngày toàn dân phòng, chống mua bán người 30/7",
        ] {
            for reading in [
                Reading { title, ..Reading::default() },
                Reading { title: "Tin", lead: title, ..Reading::default() },
                Reading { title: "Tin", body: title, ..Reading::default() },
            ] {
                assert_eq!(judge(&terms, &reading).kind, JudgementKind::About, "{reading:?}");
            }
        }
    }

    #[test]
    fn an_agency_a_list_or_a_record_only_mentions_the_subject() {
        let terms = shipped();
        for (guard, text) in [
            ("g26", "Ông làm ở Cục Cảnh sát phòng, chống tội phạm mua bán người."),
            ("g27", "Hai bên bàn về ma túy, rửa tiền, mua bán người."),
            ("g28", "Y từng bị kết án 5 năm tù về tội mua bán người."),
            ("g29", "Kẻ buôn người chở người di cư qua biển."),
            ("g30", "Chị sợ bị bán sang Campuchia nên báo công an."),
        ] {
            let judged = in_body(&terms, text);
            assert_eq!(judged.kind, JudgementKind::Mention, "{text}");
            assert!(judged.reasons.iter().any(|reason| reason.passing_by.as_deref() == Some(guard)), "{text}: {:?}", judged.reasons);
        }
    }

    #[test]
    fn wide_words_alone_are_not_strong() {
        let terms = shipped();
        for text in [
            "quyết định 33/QĐ-TTg về du lịch",
            "Ban Chỉ đạo 138 họp",
            "Điều 150 của luật",
            "dữ liệu cá nhân bị mua bán",
            "lừa bán đất nền",
            "gỗ bán sang Trung Quốc",
            "bán thận",
            "môi giới mại dâm",
            "tổng đài 111",
            "ngày 30/7",
            "Đề án 1",
            "việc nhẹ, lương cao",
            "sòng bạc lớn",
            "công ty MBN khai trương",
            "dưa hấu bị bán rẻ sang Trung Quốc",
        ] {
            assert!(!has_strong(&in_body(&terms, text)), "{text}");
        }
    }

    #[test]
    fn words_that_differ_only_in_tone_are_kept_apart() {
        let terms = shipped();
        for (term, twin) in [
            ("bán thận", "bản thân"),
            ("bán thận", "bạn thân"),
            ("đẻ thuê", "để thuê"),
            ("lừa bán", "lúa bán"),
            ("buôn người", "buồn người"),
            ("vượt biên trái phép", "vượt biển trái phép"),
            ("mua bán bào thai", "mua bán báo Thái"),
            ("mua bán thận", "mua bán than"),
        ] {
            assert_eq!(fold(term), fold(twin), "the pair collides when folded");
            let found = |text: &str| in_body(&terms, text).reasons.iter().filter(|reason| reason.cancelled_by.is_none()).count();
            assert!(found(term) > 0, "{term}");
            assert_eq!(found(twin), 0, "{twin}");
        }
    }

    #[test]
    fn every_guard_takes_the_weight_from_what_it_overlaps() {
        let terms = shipped();
        for (guard, text) in [
            ("g1", "Đây là điểm mua bán. Người dân rất vui"),
            ("g1", "Nơi mua bán; người đến rất đông"),
            ("g2", "Chợ là nơi mua bán người dân tin cậy"),
            ("g2", "giá mua bán người tiêu dùng chịu"),
            ("g3", "những người buôn bán người nào cũng vui"),
            ("g3", "hộ buôn bán phụ nữ nuôi con"),
            ("g4", "mua bán trái phép chất ma túy"),
            ("g5", "đất bị mua bán sang tay"),
            ("g5", "mua bán nhà đất"),
            ("g6", "câu lạc bộ mua bán người ở kỳ chuyển nhượng"),
            ("g7", "mua bán, sáp nhập doanh nghiệp"),
            ("g8", "buôn lậu, gian lận thương mại"),
            ("g9", "hành vi mua bán dâm"),
            ("g10", "công ty mua bán nợ xấu"),
            ("g11", "cầu thủ bán độ"),
            ("g12", "ca ghép thận thành công, hiến tạng cứu người"),
            ("g12", "đùa rằng bán thận mua iPhone"),
            ("g13", "người chấp hành xong án phạt tù tái hòa nhập cộng đồng"),
            ("g14", "giải cứu dưa hấu"),
            ("g15", "thuyền nhân vượt biển"),
            ("g16", "thời buôn người nô lệ"),
            ("g16", "chế độ nô lệ xưa"),
            ("g19", "thủ đoạn bắt cóc trực tuyến"),
            ("g20", "bản thân để thuê nhà"),
            ("g21", "hỗ trợ nạn nhân chất độc da cam"),
            ("g22", "số nhà 111, đường dây 110 kV"),
            ("g23", "Điều 150 Bộ luật Dân sự"),
            ("g24", "Xem thêm: Triệt phá đường dây mua bán người"),
            ("g25", "giới buôn người Hoa ở phố cổ"),
            ("g25", "lái buôn người Nhật"),
            ("g25", "các buôn người Ê Đê"),
        ] {
            let judged = in_body(&terms, text);
            assert!(!has_strong(&judged), "{guard}: {text}: {:?}", judged.reasons);
            assert_eq!(judged.kind, JudgementKind::Unrelated, "{guard}: {text}");
        }
    }

    #[test]
    fn fiction_and_fake_news_wait_for_an_officer() {
        let terms = shipped();
        for (guard, title) in [
            ("g17", "Bộ phim mới kể về nạn mua bán người"),
            ("g18", "Tin giả về đường dây buôn người lan trên mạng"),
            ("g18", "Bắt cóc trẻ em, mua bán người: chỉ là tin đồn"),
        ] {
            let judged = judge(&terms, &Reading { title, ..Reading::default() });
            assert_eq!(judged.kind, JudgementKind::Candidate, "{guard}: {title}");
            assert!(judged.reasons.iter().any(|reason| reason.term == guard), "{guard}");
        }
    }

    #[test]
    fn a_guard_leaves_the_rest_of_the_article_alone() {
        let judged = judge(&shipped(), &Reading { title: "Bắt nhóm mua bán trái phép chất ma túy và mua bán người", ..Reading::default() });
        assert_eq!(judged.kind, JudgementKind::About);
    }

    #[test]
    fn a_fault_is_told_with_its_line_and_entry() {
        let entry = |more: &str| {
            format!("version = \"1\"\n[[term]]\nid = \"a\"\ntopic = \"law\"\nclass = \"strong\"\nforms = [\"x\"]\nwhy = \"y\"\n{more}")
        };
        for (text, line, key, message) in [
            ("".to_owned(), Some(1), "", "missing field `version`"),
            ("version = \"\"\n".to_owned(), Some(1), "version", "is empty"),
            (entry("colour = 1\n"), Some(8), "", "unknown field `colour`"),
            (entry("").replace("strong", "stark"), Some(5), "", "unknown variant `stark`"),
            (entry("").replace("\"law\"", "\"luat\""), Some(4), "", "unknown variant `luat`"),
            (entry("").replace("strong", "guard"), Some(5), "a", "a term cannot have the class"),
            (entry("").replace("[\"x\"]", "[]"), Some(3), "a", "has no forms"),
            (entry("").replace("[\"x\"]", "[\"x\", \" \"]"), Some(6), "a", "the form is empty"),
            (entry("").replace("\"x\"", "\"x (y\""), Some(6), "a", "`(` is not closed"),
            (entry("").replace("\"y\"", "\"\""), Some(7), "a.why", "is empty"),
            (entry("").replace("id = \"a\"", "id = \"Tên\""), Some(3), "Tên", "an id is small letters"),
            (entry("strong_near = { forms = [\"<ai>\"] }\n"), Some(8), "a", "there is no list `ai`"),
            (entry("only_near = { forms = [\"z\"], within_words = 0 }\n"), Some(8), "a", "within_words is 1 to 100"),
            (entry("[[guard]]\nid = \"a\"\neffect = \"cancel\"\nforms = [\"z\"]\nwhy = \"y\"\n"), Some(9), "a", "already stands in line 3"),
            (
                entry("[[guard]]\nid = \"g\"\neffect = \"charge\"\nwhole = true\nforms = [\"z\"]\nwhy = \"y\"\n"),
                Some(10),
                "g",
                "is never `whole`",
            ),
            (
                entry("[[guard]]\nid = \"g\"\neffect = \"review\"\nforms = [\"z\"]\nwhy = \"y\"\n"),
                Some(10),
                "g",
                "a guard with the effect `review` needs a `mark`",
            ),
            (
                entry("[[guard]]\nid = \"g\"\neffect = \"cancel\"\nforms = [\"z\"]\nterms = [\"b\"]\nwhy = \"y\"\n"),
                Some(9),
                "g",
                "bears on `b`, which is no term",
            ),
        ] {
            let error = parse(&text).map(|_| ()).unwrap_err();
            assert_eq!((error.line, error.key.as_str()), (line, key), "{text}\n{error}");
            assert!(error.message.contains(message), "{error}");
        }
    }
}
