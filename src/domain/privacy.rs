//! Words in an article that may identify a victim or a child, and how they are masked.
//!
//! What the law protects: a victim of trafficking, or a person who is being identified as one (Law 53/2024/QH15, article 3), and
//! a child's private life (Children Law 2016, articles 6 and 21; Decree 56/2017). A flag says "look again", never that somebody
//! broke the law: names of suspects and of officials are left alone as far as the text tells them apart.

use std::{borrow::Cow, collections::BTreeSet, ops::Range, sync::LazyLock};

use chrono::{DateTime, Datelike, Utc};
use chrono_tz::Tz;
use regex::Regex;
use serde::{Deserialize, Serialize};

use crate::{
    domain::relevance::{Reason, Zone},
    text,
};

use self::person::{Person, people};

mod person;

/// Flags kept with an article; a text with more of them is to be looked at anyway.
pub const FLAGS_MAX: usize = 50;
/// Under this age a person is a child (Children Law 2016, article 1, is at sixteen; the stricter practice of courts and press is kept).
const OF_AGE: i32 = 18;
/// Pieces of a person's description in one paragraph that together tell who it is.
const MOSAIC_MIN: usize = 3;

/// What a span may give away, by the list in the province's guide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum PrivacyKind {
    /// A victim's full name.
    #[serde(rename = "P1")]
    FullName,
    /// A child together with anything that names it.
    #[serde(rename = "P2")]
    Minor,
    /// Several small pieces that together tell who it is.
    #[serde(rename = "P3")]
    Mosaic,
    /// A caption calls the person in the picture a victim or a child.
    #[serde(rename = "P4")]
    Picture,
    /// A telephone number, an identity number, an account, a house's address.
    #[serde(rename = "P5")]
    Contact,
    /// Words that put a stigma on a victim.
    #[serde(rename = "P6")]
    Stigma,
    /// Details of abuse, or where a shelter is.
    #[serde(rename = "P7")]
    Detail,
    /// The article says that names were changed or that consent was given.
    #[serde(rename = "P8")]
    Protected,
}

impl PrivacyKind {
    /// What the officer reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::FullName => "họ tên đầy đủ của người có thể là nạn nhân",
            Self::Minor => "thông tin nhận ra trẻ em",
            Self::Mosaic => "nhiều chi tiết ghép lại có thể nhận ra một người",
            Self::Picture => "ảnh người được gọi là nạn nhân hoặc trẻ em",
            Self::Contact => "số điện thoại, giấy tờ, tài khoản hoặc địa chỉ",
            Self::Stigma => "từ ngữ kỳ thị nạn nhân",
            Self::Detail => "chi tiết xâm hại hoặc nơi tạm lánh",
            Self::Protected => "bài có nêu đã đổi tên nhân vật hoặc được đồng ý",
        }
    }
}

/// A span that an officer should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrivacyFlag {
    pub kind: PrivacyKind,
    pub zone: Zone,
    /// Byte offset in the zone's text.
    pub start: usize,
    /// Byte offset behind the span.
    pub end: usize,
    pub text: String,
}

/// A wording and what is shown in its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Mask {
    pub text: String,
    pub shown: String,
}

/// What an article may give away.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Privacy {
    pub flags: Vec<PrivacyFlag>,
    /// Longest wordings first, so that a name within a name does not break it up.
    pub masks: Vec<Mask>,
}

/// The texts of an article that are looked through.
#[derive(Debug, Clone, Copy)]
pub struct Texts<'a> {
    pub title: &'a str,
    pub lead: &'a str,
    pub body: &'a str,
    pub captions: &'a str,
    /// When it was published: tells the age behind a year of birth.
    pub published: DateTime<Utc>,
    pub zone: Tz,
}

/// Looks through an article. One that speaks of no victim and of no crime against a person gives nothing away: school contests
/// name children every day.
pub fn privacy(texts: &Texts<'_>) -> Privacy {
    let zones = [(Zone::Title, texts.title), (Zone::Lead, texts.lead), (Zone::Body, texts.body), (Zone::Caption, texts.captions)];
    if !zones.iter().any(|(_, text)| VICTIM_CONTEXT.is_match(text)) {
        return Privacy::default();
    }
    let year = texts.published.with_timezone(&texts.zone).year();
    let found: Vec<(Zone, &str, Vec<Person>)> = zones.iter().map(|(zone, text)| (*zone, *text, people(text))).collect();
    let accused: BTreeSet<String> = found.iter().flat_map(|it| &it.2).filter(|it| it.accused).map(|it| text::fold(it.name)).collect();
    let mut flags = Vec::new();
    let mut masks = BTreeSet::new();
    for (zone, text, people) in &found {
        let mut look = Look { zone: *zone, text, year, flags: &mut flags, masks: &mut masks };
        let others: Vec<&Person> = people.iter().filter(|it| !accused.contains(&text::fold(it.name))).collect();
        look.names(&others);
        look.kin(&others);
        look.wordings();
        if *zone != Zone::Title {
            look.mosaics(&others);
        }
    }
    let named: Vec<(Zone, &str, &Person)> = found.iter().flat_map(|it| it.2.iter().map(|person| (it.0, it.1, person))).collect();
    given_names(&named, &accused, &mut flags, &mut masks);
    let mut masks: Vec<Mask> = masks.into_iter().collect();
    masks.sort_by(|a, b| b.text.len().cmp(&a.text.len()).then_with(|| a.text.cmp(&b.text)));
    flags.sort_by_key(|it: &PrivacyFlag| (it.zone, it.start, it.kind));
    flags.dedup();
    flags.truncate(FLAGS_MAX);
    Privacy { flags, masks }
}

/// Hides a given name that stands alone behind a word for a person, where it is that of a victim whose full name is masked, or gives
/// away what the initials of one leave out.
fn given_names(named: &[(Zone, &str, &Person<'_>)], accused: &BTreeSet<String>, flags: &mut Vec<PrivacyFlag>, masks: &mut BTreeSet<Mask>) {
    let of_victims = || named.iter().map(|it| it.2).filter(|it| it.victim && !accused.contains(&text::fold(it.name)));
    let full: BTreeSet<&str> = of_victims().filter(|it| it.full).filter_map(|it| it.name.split_whitespace().last()).collect();
    let several = |it: &&Person<'_>| it.initials && it.name.matches('.').count() > 1;
    let initials: BTreeSet<char> = of_victims().filter(several).filter_map(|it| it.name.chars().rfind(|c| c.is_alphabetic())).collect();
    for (zone, text, person) in named.iter().filter(|it| !it.2.full && !it.2.initials && !it.2.accused) {
        let Some(called_at) = person.called_at else { continue };
        let shortened = person.name.chars().next().is_some_and(|it| initials.contains(&it)) && person.victim;
        if !shortened && !full.contains(person.name) {
            continue;
        }
        if shortened && !full.contains(person.name) {
            let at = person.at.clone();
            flags.push(PrivacyFlag {
                kind: PrivacyKind::FullName,
                zone: *zone,
                start: at.start,
                end: at.end,
                text: person.name.to_owned(),
            });
        }
        let called = &text[called_at..person.at.start];
        masks.insert(Mask { text: text[called_at..person.at.end].to_owned(), shown: format!("{called}{}", initials_of(person.name)) });
    }
}

impl Privacy {
    /// Whether an officer should look: a statement that names were changed alone calls for nothing.
    pub fn needs_look(&self) -> bool {
        !self.to_look_at().is_empty()
    }

    /// The kinds of flags that call for a look, each once.
    pub fn to_look_at(&self) -> Vec<PrivacyKind> {
        let kinds: BTreeSet<PrivacyKind> = self.flags.iter().map(|it| it.kind).filter(|it| *it != PrivacyKind::Protected).collect();
        kinds.into_iter().collect()
    }
}

/// The words shown for a link to an article: the host alone where its text names a person who is to be looked at, since the path
/// often spells the title with the name. The link itself stays whole.
pub fn link_text<'a>(url: &'a str, privacy: &[PrivacyKind]) -> Cow<'a, str> {
    let names = |it: &PrivacyKind| matches!(it, PrivacyKind::FullName | PrivacyKind::Minor | PrivacyKind::Mosaic | PrivacyKind::Contact);
    let host = url.split_once("://").and_then(|(_, rest)| rest.split(['/', '?', '#']).next());
    match host {
        Some(host) if privacy.iter().any(names) => Cow::Owned(format!("{host}/…")),
        _ => Cow::Borrowed(url),
    }
}

/// A text with its masked wordings replaced.
pub fn mask(text: &str, masks: &[Mask]) -> String {
    mask_spans(text, masks, &mut [])
}

/// The same, moving spans of the text along; a span that touches a masked wording ends where the mask does.
pub fn mask_spans(text: &str, masks: &[Mask], spans: &mut [Range<usize>]) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut at, mut moves) = (0, Vec::new());
    while at < text.len() {
        match masks.iter().find(|it| !it.text.is_empty() && stands_at(text, at, &it.text)) {
            Some(it) => {
                moves.push((at, it.text.len(), it.shown.len()));
                out.push_str(&it.shown);
                at += it.text.len();
            }
            None => {
                let Some(next) = text[at..].chars().next() else { break };
                out.push(next);
                at += next.len_utf8();
            }
        }
    }
    let moved = |place: usize| {
        moves.iter().take_while(|it| it.0 < place).fold(place, |to, (start, old, new)| {
            let inside = place < start + old;
            if inside { to - (place - start) + new } else { to - old + new }
        })
    };
    for span in spans {
        *span = moved(span.start)..moved(span.end);
    }
    out
}

/// Masks one zone of an article and moves the spans of its judgement along.
pub fn mask_zone(zone: Zone, text: &str, masks: &[Mask], reasons: &mut [Reason]) -> String {
    let mut here: Vec<&mut Reason> = reasons.iter_mut().filter(|it| it.zone == zone).collect();
    let mut spans: Vec<Range<usize>> = here.iter().map(|it| it.start..it.end).collect();
    let masked = mask_spans(text, masks, &mut spans);
    for (reason, span) in here.iter_mut().zip(spans) {
        (reason.start, reason.end) = (span.start, span.end);
        reason.text = masked.get(span).unwrap_or_default().to_owned();
    }
    masked
}

/// Whether a wording stands at a byte offset as words of its own, in capitals or not.
fn stands_at(text: &str, at: usize, wording: &str) -> bool {
    let Some(here) = text.get(at..at + wording.len()) else { return false };
    let number = wording.ends_with(|c: char| c.is_ascii_digit());
    let bounded = |it: Option<char>| !it.is_some_and(|c| if number { c.is_ascii_digit() } else { c.is_alphabetic() });
    (here == wording || here == wording.to_uppercase())
        && bounded(text[..at].chars().next_back())
        && bounded(text[at + wording.len()..].chars().next())
}

/// One zone while it is looked through.
struct Look<'a> {
    zone: Zone,
    text: &'a str,
    year: i32,
    flags: &'a mut Vec<PrivacyFlag>,
    masks: &'a mut BTreeSet<Mask>,
}

impl Look<'_> {
    fn flag(&mut self, kind: PrivacyKind, at: Range<usize>) {
        let Some(text) = self.text.get(at.clone()) else { return };
        self.flags.push(PrivacyFlag { kind, zone: self.zone, start: at.start, end: at.end, text: text.to_owned() });
    }

    fn hide(&mut self, text: &str, shown: String) {
        self.masks.insert(Mask { text: text.to_owned(), shown });
    }

    fn names(&mut self, people: &[&Person<'_>]) {
        for person in people {
            let child = person.child || self.is_minor_near(person);
            match (person.victim, child) {
                (_, true) => self.flag(PrivacyKind::Minor, person.at.clone()),
                (true, false) if person.full => self.flag(PrivacyKind::FullName, person.at.clone()),
                _ => continue,
            }
            if !person.initials {
                self.hide(person.name, initials_of(person.name));
            }
            if self.zone == Zone::Caption {
                self.flag(PrivacyKind::Picture, person.at.clone());
            }
        }
    }

    /// Who the mother or the husband is tells who the victim is.
    fn kin(&mut self, people: &[&Person<'_>]) {
        for person in people.iter().filter(|it| it.kin) {
            self.flag(PrivacyKind::Mosaic, person.at.clone());
            self.hide(person.name, initials_of(person.name));
        }
    }

    /// Whether an age under eighteen, a young year of birth or a school class stands in the person's sentence.
    fn is_minor_near(&self, person: &Person<'_>) -> bool {
        let sentence = &self.text[person.sentence.clone()];
        let behind = &self.text[person.at.end..person.sentence.end];
        let near: String = behind.chars().take(60).collect();
        let young = |it: &regex::Captures<'_>| it[1].parse().is_ok_and(|age: i32| age < OF_AGE);
        let born = |it: &regex::Captures<'_>| it[1].parse().is_ok_and(|born: i32| born <= self.year && self.year - born < OF_AGE);
        AGE.captures(&near).is_some_and(|it| young(&it))
            || person.age_before.is_some_and(|age| age < OF_AGE)
            || BORN.captures(&near).is_some_and(|it| born(&it))
            || (person.victim && SCHOOL_CLASS.is_match(sentence))
    }

    fn wordings(&mut self) {
        let found: Vec<(PrivacyKind, Range<usize>)> = [
            (PrivacyKind::Contact, &*CONTACT),
            (PrivacyKind::Stigma, &*STIGMA),
            (PrivacyKind::Detail, &*DETAIL),
            (PrivacyKind::Protected, &*PROTECTED),
        ]
        .into_iter()
        .flat_map(|(kind, pattern)| pattern.captures_iter(self.text).map(move |it| (kind, it)))
        .filter_map(|(kind, it)| it.get(1).or_else(|| it.get(0)).map(|it| (kind, it.range())))
        .collect();
        for (kind, at) in found {
            if kind == PrivacyKind::Contact {
                let wording = self.text[at.clone()].to_owned();
                self.hide(&wording, "•••".to_owned());
            }
            self.flag(kind, at);
        }
    }

    fn mosaics(&mut self, people: &[&Person<'_>]) {
        let mut start = 0;
        for line in self.text.split_inclusive('\n') {
            let at = start..start + line.trim_end().len();
            start += line.len();
            let named = people.iter().any(|it| (it.victim || it.child) && at.contains(&it.at.start));
            let pieces = [&*BORN, &*VILLAGE, &*ETHNIC, &*SCHOOL_CLASS, &*KIN].into_iter().filter(|it| it.is_match(line)).count();
            if named && pieces + 1 >= MOSAIC_MIN {
                self.flag(PrivacyKind::Mosaic, at);
            }
        }
    }
}

/// `Nguyễn Thị Mai` as `N.T.M.`
fn initials_of(name: &str) -> String {
    name.split_whitespace().filter_map(|it| it.chars().next()).flat_map(|it| [it, '.']).collect()
}

/// A pattern of this file; the tests compile them all.
#[expect(clippy::expect_used, reason = "the patterns are constants, and the tests compile every one")]
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern")
}

static VICTIM_CONTEXT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        "(?i)nạn nhân|bị hại|mua bán người|buôn bán người|buôn người|lừa bán|bị bán|mua bán (phụ nữ|trẻ em|trẻ sơ sinh)|xâm hại|hiếp dâm|dâm ô\
         |giao cấu|cưỡng bức|bạo hành|bạo lực gia đình|bắt cóc|giải cứu|mại dâm|bán dâm|bóc lột|chuộc",
    )
});
static AGE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)^[\s,(;]*(?:mới |khi ấy |lúc đó |năm nay |hiện )?(\d{1,2}) tuổi"));
static BORN: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)(?:sinh năm|SN|sinh ngày [\d/.-]+[/.-]|sn\.?)\s*:?\s*((?:19|20)\d{2})"));
static SCHOOL_CLASS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)học (?:sinh )?lớp \d{1,2}|học sinh (?:trường|lớp)|trường (?:THCS|THPT|tiểu học)"));
static VILLAGE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:thôn|bản|buôn|ấp|tổ dân phố|xóm)\s+\S+.{0,40}?(?:xã|phường|thị trấn)\s+\p{Lu}"));
static ETHNIC: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:dân tộc|người)\s+(?:Mông|H'Mông|Thái|Tày|Nùng|Dao|Mường|Tà Ôi|Cơ Tu|Pa Kô|Bru|Vân Kiều|Khơ Mú|Xơ Đăng|Giáy|Hà Nhì|Lô Lô|La Hủ)",
    )
});
static KIN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:con (?:gái |trai )?(?:của )?(?:ông|bà|anh|chị)|(?:mẹ|bố|cha|chồng|vợ)(?: em| cháu| của)?(?: là)?(?: ông| bà| anh| chị)?)\s+\p{Lu}",
    )
});
static CONTACT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:^|[^\d.])(0[35789]\d(?:[ .-]?\d{3}){2}\d|0[35789]\d{2}[ .-]?\d{3}[ .-]?\d{3})(?:\D|$)|(?:CCCD|CMND|căn cước(?: công dân)?|chứng minh nhân dân)(?: số)?:? ?(\d{9,12})|số tài khoản:? ?([\d ]{6,20})|(?:facebook|zalo|tiktok) (?:tên|mang tên|có tên|nick|là) ([“\x22]?\p{Lu}[\p{L} ]{1,30})|số nhà (\d+[^,.;\n]{0,40})",
    )
});
static STIGMA: LazyLock<Regex> =
    LazyLock::new(|| pattern("(?i)gái mại dâm|gái bán hoa|gái bán dâm|gái gọi|gái làng chơi|ham chơi|lười lao động|hám tiền|hư hỏng"));
static DETAIL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        "(?i)bị (?:hãm hiếp|cưỡng hiếp|hiếp dâm tập thể|lột (?:hết )?quần áo|tra tấn)|(?:nhà tạm lánh|ngôi nhà bình yên|nhà nhân ái)[^.\\n]{0,40}(?:số|đường|ngõ) \\d+",
    )
});
static PROTECTED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        "(?i)tên (?:các )?(?:nhân vật|nạn nhân|cháu|em) (?:trong bài )?(?:đã )?(?:được )?thay đổi|(?:được|có) sự đồng ý của (?:nạn nhân|gia đình|nhân vật)|đã đổi tên nhân vật",
    )
});

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use chrono_tz::Asia::Ho_Chi_Minh;

    use super::*;

    fn look(body: &str) -> Privacy {
        let published = Utc.with_ymd_and_hms(2026, 3, 10, 2, 0, 0).unwrap();
        privacy(&Texts { title: "", lead: "", body, captions: "", published, zone: Ho_Chi_Minh })
    }

    #[test]
    fn every_pattern_compiles() {
        for it in [&AGE, &BORN, &SCHOOL_CLASS, &VILLAGE, &ETHNIC, &KIN, &CONTACT, &STIGMA, &DETAIL, &PROTECTED, &VICTIM_CONTEXT] {
            assert!(!it.as_str().is_empty());
        }
    }

    #[test]
    fn the_link_to_an_article_that_names_a_person_is_shown_by_its_host() {
        let url = "https://bao.vn:8080/giai-cuu-em-nguyen-thi-mai-a12.html?x=1";
        for (kinds, shown) in [
            (vec![], url),
            (vec![PrivacyKind::Stigma], url),
            (vec![PrivacyKind::FullName], "bao.vn:8080/…"),
            (vec![PrivacyKind::Stigma, PrivacyKind::Minor], "bao.vn:8080/…"),
        ] {
            assert_eq!(link_text(url, &kinds), shown, "{kinds:?}");
        }
        assert_eq!(link_text("urn:diembao:off-web:1", &[PrivacyKind::FullName]), "urn:diembao:off-web:1");
    }

    #[test]
    fn what_may_give_a_person_away_is_flagged_and_nothing_else() {
        use PrivacyKind::*;
        for (name, body, kinds) in [
            ("a victim's name", "Nạn nhân là chị Vừ Thị Thử được đưa về nước.", vec![FullName]),
            ("a rescued woman", "Công an đã giải cứu nạn nhân Lò Thị Mẫu tại quán.", vec![FullName]),
            ("a man who was sold", "Anh Lò Văn Mẫu (35 tuổi, trú xã Thử Sơn) bị bán sang khu khác.", vec![FullName]),
            ("a young man who was rescued", "Nam thanh niên Vừ A Thử được giải cứu trong đêm.", vec![FullName]),
            (
                "a name without any word before it",
                "Lò Thị Mẫu kể bị ép làm việc mười sáu tiếng mỗi ngày. Nạn nhân còn trẻ.",
                vec![FullName],
            ),
            ("who sold others", "Lò Văn Thử đã bán hai cô gái, một nạn nhân bị bán tiếp.", vec![]),
            ("who tells of others", "Lò Văn Thử cho biết nhiều người bị bán qua biên giới.", vec![]),
            ("who holds an office", "Chị Lò Thị Thử, chi hội trưởng, kể chuyện nạn nhân cho hội viên.", vec![]),
            ("a man beside the story", "Anh Lò Văn Thử chạy xe ôm, thấy nạn nhân thì báo công an.", vec![]),
            ("the mother of a victim", "Nạn nhân V.T.T. đã về. Mẹ em là bà Lò Thị Thử ở cùng bản.", vec![Mosaic]),
            ("the father, who sold it", "Cha cháu là bị can Lò Văn Thử, người mua bán trẻ em.", vec![]),
            ("a child by an age before its name", "Thiếu nữ 15 tuổi Lò Thị Mẫu bị lừa bán.", vec![Minor]),
            ("a given name behind initials", "Nạn nhân L.T.M. đã về. Chị Mẫu nay bán rau ở chợ.", vec![FullName]),
            ("initials", "Nạn nhân là chị V.T.T. được đưa về nước.", vec![]),
            ("a child by its age", "Cháu Giàng Thị Thử, 14 tuổi, bị lừa bán qua biên giới.", vec![Minor]),
            ("a child by its year of birth", "Em Hoàng Văn Mẫu (sinh năm 2011) bị lừa bán.", vec![Minor]),
            ("a child by initials and age", "Em P.T.S. (SN 2010) bị lừa bán.", vec![Minor]),
            ("a grown-up by year of birth", "Chị Hoàng Thị Mẫu (sinh năm 1990) bị lừa bán.", vec![FullName]),
            ("a suspect", "Bị can Nguyễn Văn Thử bị khởi tố về tội mua bán người.", vec![]),
            (
                "a suspect named once more beside victims",
                "Bị cáo Trần Thị Mẫu lừa bán nhiều người. Nạn nhân quen Trần Thị Mẫu qua mạng.",
                vec![],
            ),
            ("an officer", "Thượng tá Lê Văn Thử cho biết, nạn nhân đã về nhà an toàn.", vec![]),
            ("a place", "Các nạn nhân bị bán sang tỉnh Cao Bằng, huyện Mai Châu.", vec![]),
            ("a school contest", "Em Nguyễn Thị Thử, học sinh lớp 9, đoạt giải nhất hội thi.", vec![]),
            ("a telephone", "Gia đình nạn nhân để lại số 0912 345 678 cho công an.", vec![Contact]),
            ("a hotline", "Nạn nhân mua bán người gọi tổng đài 111 hoặc 18001567.", vec![]),
            ("a stigma", "Các nạn nhân bị gọi là gái bán hoa.", vec![Stigma]),
            ("changed names", "Chị Mẫu là nạn nhân. (Tên nhân vật đã được thay đổi)", vec![Protected]),
            ("a mosaic", "Nạn nhân là chị H., sinh năm 1999, người Mông, ở bản Thử, xã Mẫu Sơn, con ông Giàng A Mẫu.", vec![Mosaic]),
        ] {
            let mut found: Vec<PrivacyKind> = look(body).flags.iter().map(|it| it.kind).collect();
            found.dedup();
            assert_eq!(found, kinds, "{name}: {:?}", look(body).flags);
        }
    }

    #[test]
    fn a_caption_that_names_a_victim_is_flagged_twice() {
        let published = Utc.with_ymd_and_hms(2026, 3, 10, 2, 0, 0).unwrap();
        let captions = "Nạn nhân Lò Thị Mẫu tại trụ sở công an";
        let found = privacy(&Texts { title: "", lead: "", body: "", captions, published, zone: Ho_Chi_Minh });
        let kinds: Vec<PrivacyKind> = found.flags.iter().map(|it| it.kind).collect();
        assert_eq!(kinds, [PrivacyKind::FullName, PrivacyKind::Picture]);
    }

    #[test]
    fn a_masked_name_is_hidden_wherever_it_stands_as_a_name() {
        let found = look("Nạn nhân là chị Lò Thị Mẫu. Số của chị: 0912345678.");
        for (text, shown) in [
            ("Lò Thị Mẫu đã về nhà", "L.T.M. đã về nhà"),
            ("LÒ THỊ MẪU ĐÃ VỀ NHÀ", "L.T.M. ĐÃ VỀ NHÀ"),
            ("gọi 0912345678", "gọi •••"),
            ("Lò Thị Mẫuu", "Lò Thị Mẫuu"),
            ("không có ai", "không có ai"),
            ("Xã Mẫu Sơn đón chị", "Xã Mẫu Sơn đón chị"),
        ] {
            assert_eq!(mask(text, &found.masks), shown);
        }
    }

    #[test]
    fn a_given_name_is_masked_behind_a_word_for_a_person_and_nowhere_else() {
        let text = "Nạn nhân là chị Lò Thị Mẫu. Chị Mẫu đã về xã Mẫu Sơn. Bà con mừng cho chị Mẫu.";
        assert_eq!(mask(text, &look(text).masks), "Nạn nhân là chị L.T.M.. Chị M. đã về xã Mẫu Sơn. Bà con mừng cho chị M..");
        let text = "Nạn nhân L.T.M. đã về. Chị Mẫu nay bán rau ở chợ Mẫu Sơn.";
        assert_eq!(mask(text, &look(text).masks), "Nạn nhân L.T.M. đã về. Chị M. nay bán rau ở chợ Mẫu Sơn.");
        let text = "Nạn nhân V.T.T. về nhà. Mẹ em là bà Lò Thị Thử.";
        assert_eq!(mask(text, &look(text).masks), "Nạn nhân V.T.T. về nhà. Mẹ em là bà L.T.T..");
    }

    #[test]
    fn spans_move_along_with_what_is_masked_before_them() {
        let text = "Lò Thị Mẫu bị lừa bán, Lò Thị Mẫu về nhà";
        let masks = [Mask { text: "Lò Thị Mẫu".to_owned(), shown: "L.T.M.".to_owned() }];
        let at = text.find("lừa bán").unwrap();
        let last = text.rfind("về nhà").unwrap();
        let mut spans = [at..at + "lừa bán".len(), last..text.len()];
        let masked = mask_spans(text, &masks, &mut spans);
        assert_eq!(masked, "L.T.M. bị lừa bán, L.T.M. về nhà");
        assert_eq!((&masked[spans[0].clone()], &masked[spans[1].clone()]), ("lừa bán", "về nhà"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_looked_through_and_masked_in_one_piece(text in "(nạn nhân |chị |Lò Thị |0912345678|[\\PC\n]){0,40}") {
            let found = look(&text);
            for it in &found.flags {
                proptest::prop_assert_eq!(&text[it.start..it.end], it.text.as_str());
            }
            let masked = mask(&text, &found.masks);
            for it in &found.masks {
                proptest::prop_assert!(!masked.contains(&it.text) || it.shown.contains(&it.text) || !look(&masked).masks.contains(it), "{}", it.text);
            }
        }
    }
}
