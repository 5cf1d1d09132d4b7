//! Whether a page that came was read: does it speak of what was listed, and is it what the outlet's pages usually are?
//!
//! A redesign, a wall or an error page must not turn articles into pages without a term. Nor may a page be called unread
//! for ever because the outlet mended its title or has little to say.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use serde::Serialize;
use url::Url;

use crate::{
    domain::{outlet::Medium, visit::Outcome},
    text,
};

/// Fewer read pages than this tell nothing of an outlet's usual length.
const SAMPLES_MIN: usize = 30;
/// Read pages that the usual length is told from.
pub const SAMPLES: usize = 200;
/// Abnormal is a text below this part of the lower quartile …
const SHORT_PART: usize = 10;
/// … and below so many letters, whatever the outlet's others hold.
const SHORT_LETTERS: usize = 400;
/// A text below this part of the lower quartile, and below so many letters, must hold words of its title.
const SHORTISH_PART: usize = 3;
const SHORTISH_LETTERS: usize = 1_200;
/// Where one in so many of the outlet's texts is about as short (up to double), short texts are its nature.
const SHORT_IS_COMMON: usize = 20;
/// So many other articles with the very same text are no text of any of them, where it stays below this part of the lower
/// quartile, or below so many letters and without the words of the title.
const SAME_TEXT_OTHERS: usize = 2;
const SAME_TEXT_PART: usize = 2;
const SAME_TEXT_LETTERS: usize = 150;
/// Pages said to be gone that make one doubt it, where they are over half of the last.
const GONE_MANY: usize = 3;
/// A text of this length is no wall, form or notice: where its address or own declaration fits, its title was edited.
const LONG_LETTERS: usize = 600;
/// A title of fewer syllables in an address tells nothing.
const SLUG_SYLLABLES: usize = 3;
/// Pages by which a redesign is suspected.
pub const LAST_TRIED: usize = 20;
/// Fewer tried pages than this make no suspicion.
const TRIED_MIN: usize = 5;
/// Pages found later that must have been tried before one is called short by nature.
const LATER_MIN: usize = 3;

/// Why a page that came was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// It lacks the words of the title under which it was listed.
    TitleMissing,
    /// It holds abnormally little for its outlet.
    TooShortForOutlet,
    /// Other articles of the outlet hold the very same text, and little of it: a footer, a notice.
    SameTextAsOthers,
    /// Its markup breaks off: what is missing may be what matters.
    BrokenOff,
    /// Its text lost letters before it was put on the page: what is missing may be the term.
    LettersLost,
    /// It was listed without a title, and nothing on it shows that it is an article: no date, no address of its own.
    Unproven,
}

/// What a page shows of its being a whole article, beside its title and its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marks {
    pub breaks_off: bool,
    pub letters_lost: bool,
    /// Whether any source listed it under a title.
    pub listed_with_title: bool,
    /// Whether it states a date of its own.
    pub dated: bool,
    /// Whether its text stands where the register says that the outlet's articles have theirs.
    pub own_body: bool,
    pub declared: Declared,
}

/// Why a page without a term is not taken for the article by its marks. There are sites that never close their markup
/// ([`Habit::never_closes`]); one without titles, dates and addresses needs a selector for its body in the register.
pub fn doubt_marks(marks: &Marks) -> Option<Doubt> {
    match marks {
        Marks { breaks_off: true, .. } => Some(Doubt::BrokenOff),
        Marks { letters_lost: true, .. } => Some(Doubt::LettersLost),
        Marks { listed_with_title: false, dated: false, own_body: false, declared: Declared::Nothing | Declared::Another, .. } => {
            Some(Doubt::Unproven)
        }
        _ => None,
    }
}

/// What a page's title is to the one under which it was listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TitleMatch {
    /// The same, or the page speaks of it.
    Held,
    /// Another title, yet the page is the article's own.
    Edited,
    Missing,
}

/// The address that a page declares for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Declared {
    Nothing,
    /// The article's.
    Itself,
    /// Another article's, a list's or the home page's.
    Another,
}

/// What the title test looks at.
#[derive(Debug, Clone, Copy)]
pub struct TitleFacts<'a> {
    /// The title under which a source listed the article; empty where it listed none.
    pub listed: &'a str,
    /// Every wording of the page's own title.
    pub own: &'a [&'a str],
    /// Lead and text, without menus and boxes of other articles.
    pub text: &'a str,
    /// Where the page came from.
    pub url: &'a Url,
    pub declared: Declared,
}

/// A text as the length test sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Body {
    pub letters: usize,
    /// Equal for texts that differ in nothing but blanks.
    pub hash: i64,
    /// Whether words of the page's title stand in the text itself.
    pub holds_title: bool,
}

/// One page of an outlet whose reading was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    pub first_seen: DateTime<Utc>,
    /// The word for why it was not read; `None` where it was.
    pub unread: Option<String>,
}

/// What an outlet's pages usually are. Made of pages that were read: those that were not cannot spoil it.
#[derive(Debug, Clone, Default)]
pub struct Habit {
    lengths: Vec<usize>,
    texts: HashMap<i64, usize>,
    tried: Vec<Tried>,
    /// Whether any page closed the markup that it opened.
    closes: bool,
}

/// Whether a page speaks of what it was listed under.
///
/// One of its own titles must share at least half of the listed title's syllables, or half of its neighbouring pairs must
/// stand in the text (single syllables would be found in any long page). A page that declares another article's address
/// must hold it in its own title. Else a long page is the article with an edited title where it declares the article's
/// address, or where its title fits the words of the address.
pub fn match_title(facts: &TitleFacts<'_>) -> TitleMatch {
    let listed = folded(facts.listed);
    if listed.is_empty() || facts.own.iter().any(|it| share_of(&listed, &folded(it).into_iter().collect()) * 2.0 >= 1.0) {
        return TitleMatch::Held;
    }
    let text = folded(facts.text);
    if facts.declared != Declared::Another && pairs_held(&listed, facts.own, &text) * 2.0 >= 1.0 {
        return TitleMatch::Held;
    }
    let slug = slug(facts.url);
    let own: HashSet<String> = facts.own.iter().flat_map(|it| folded(it)).collect();
    let fits = slug.len() >= SLUG_SYLLABLES && share_of(&slug, &own) * 2.0 >= 1.0;
    let long = facts.text.chars().count() >= LONG_LETTERS;
    if long && facts.declared != Declared::Another && (facts.declared == Declared::Itself || fits) {
        return TitleMatch::Edited;
    }
    TitleMatch::Missing
}

impl Body {
    /// Looks at a page's text beside its title.
    pub fn of(title: &str, body: &str) -> Self {
        let words: HashSet<String> = folded(body).into_iter().collect();
        let title = folded(title);
        Self {
            letters: body.chars().count(),
            hash: text_hash(body),
            holds_title: title.is_empty() || share_of(&title, &words) * 4.0 >= 1.0,
        }
    }
}

/// A stable number for a text, blanks aside.
pub fn text_hash(body: &str) -> i64 {
    let mut hash = text::Fnv::default();
    body.split_whitespace().for_each(|it| hash.add(it.as_bytes()));
    hash.end().cast_signed()
}

impl Habit {
    /// Of the pages that were read last (letters and text hash, where one is kept), the texts that were refused as those
    /// of many articles, and the pages tried last, newest first.
    pub fn new(read: &[(usize, Option<i64>)], refused: &[i64], tried: Vec<Tried>) -> Self {
        let mut habit = Self { tried, ..Self::default() };
        habit.texts.extend(refused.iter().map(|it| (*it, SAME_TEXT_OTHERS)));
        for (letters, hash) in read {
            habit.learn(*letters, *hash);
        }
        habit
    }

    /// The same of an outlet whose pages close their markup, or never do.
    pub fn closing(self, closes: bool) -> Self {
        Self { closes, ..self }
    }

    /// Whether no page of the outlet ever closed its markup: then those that break off may be whole.
    pub fn never_closes(&self) -> bool {
        !self.closes
    }

    /// Whether a page that was read is the outlet's first that closes its markup: then those that broke off were no whole pages.
    pub fn first_to_close(&mut self, breaks_off: bool) -> bool {
        !breaks_off && !std::mem::replace(&mut self.closes, true)
    }

    /// Takes in a page that was read.
    pub fn learn(&mut self, letters: usize, hash: Option<i64>) {
        let at = self.lengths.partition_point(|it| *it < letters);
        self.lengths.insert(at, letters);
        if let Some(hash) = hash {
            *self.texts.entry(hash).or_default() += 1;
        }
    }

    /// Why a text that holds no term is not to be believed; asked only of such, since a page that holds one was read.
    pub fn doubt(&self, body: &Body) -> Option<Doubt> {
        let quartile = self.lower_quartile();
        // The outlet's usual length may be this very text's, where every page is a notice; or no usual length be known yet.
        let notice =
            (body.letters < SAME_TEXT_LETTERS && !body.holds_title) || quartile.is_some_and(|it| body.letters < it / SAME_TEXT_PART);
        if notice && self.texts.get(&body.hash).is_some_and(|it| *it >= SAME_TEXT_OTHERS) {
            return Some(Doubt::SameTextAsOthers);
        }
        let quartile = quartile?;
        let short = body.letters < (quartile / SHORT_PART).min(SHORT_LETTERS);
        let shortish = body.letters < (quartile / SHORTISH_PART).min(SHORTISH_LETTERS) && !body.holds_title;
        let as_short = self.lengths.partition_point(|it| *it <= body.letters * 2);
        let common = as_short * SHORT_IS_COMMON >= self.lengths.len();
        ((short || shortish) && !common).then_some(Doubt::TooShortForOutlet)
    }

    /// The length that three in four of the outlet's texts reach, in letters; `None` where too few are known.
    pub fn lower_quartile(&self) -> Option<usize> {
        (self.lengths.len() >= SAMPLES_MIN).then(|| self.lengths[self.lengths.len() / 4])
    }

    /// Whether a page found at that instant which stays short is so by nature: enough pages found later were tried, two
    /// thirds of them were read, and no redesign is likely.
    pub fn is_short_by_nature(&self, first_seen: DateTime<Utc>) -> bool {
        self.later(first_seen).is_some_and(|(read, tried)| read * 3 >= tried * 2) && !redesign_likely(&self.tried)
    }

    /// Whether a page found at that instant which stays without text is so by nature, as films and pictures are: of the
    /// pages found later one in three was read, and more than one, and no redesign is likely. After a redesign none is; where one of
    /// many can be read, it is rather a page of another make.
    pub fn is_textless_by_nature(&self, first_seen: DateTime<Utc>) -> bool {
        self.later(first_seen).is_some_and(|(read, tried)| read > 1 && read * 3 >= tried) && !redesign_likely(&self.tried)
    }

    /// Whether some of the pages found after that instant were read.
    pub fn are_later_pages_read(&self, first_seen: DateTime<Utc>) -> bool {
        self.later(first_seen).is_some_and(|(read, _)| read > 1)
    }

    /// Whether no page of the outlet was ever read.
    pub fn is_unread(&self) -> bool {
        self.lengths.is_empty()
    }

    /// Whether most of the pages tried last are said to be gone: then it is no article that is missing, but the way to all of them.
    pub fn is_mostly_gone(&self) -> bool {
        let gone = self.tried.iter().filter(|it| it.unread.as_deref() == Some(Outcome::Gone.as_str())).count();
        gone >= GONE_MANY && gone * 2 > self.tried.len()
    }

    /// How many of the pages found after that instant were read, and how many were tried; `None` where these are too few.
    fn later(&self, first_seen: DateTime<Utc>) -> Option<(usize, usize)> {
        let later: Vec<_> = self.tried.iter().filter(|it| it.first_seen > first_seen).collect();
        let read = later.iter().filter(|it| it.unread.is_none()).count();
        (later.len() >= LATER_MIN).then_some((read, later.len()))
    }
}

/// Whether over half of the pages tried last came and could not be read: the outlet was redesigned, or put behind a wall.
/// Pages that did not come at all tell nothing of that.
pub fn redesign_likely(tried: &[Tried]) -> bool {
    let last = &tried[..tried.len().min(LAST_TRIED)];
    let strange = last.iter().filter(|it| it.unread.as_deref().is_some_and(is_strange)).count();
    last.len() >= TRIED_MIN && strange * 2 > last.len()
}

/// Words for pages that came and hold no text by nature: a film or a gallery; a file of another kind, such as a scan of a printed
/// page; a text that is not free to read.
pub const NO_TEXT: &str = "no_text";
/// See [`NO_TEXT`].
pub const OTHER_MEDIUM: &str = "other_medium";
/// See [`NO_TEXT`].
pub const PAYWALL: &str = "paywall";

/// The word for what lies on a host that is not the outlet's.
pub const FOREIGN_HOST: &str = "foreign_host";

/// The medium that an article was published in which was given up for that word; `None` where the word tells none.
pub fn medium_of(why: &str) -> Option<Medium> {
    match why {
        NO_TEXT => Some(Medium::Video),
        OTHER_MEDIUM => Some(Medium::Print),
        PAYWALL => Some(Medium::Paywall),
        _ => None,
    }
}

/// Whether a word for an unread page means that a page came which the reader could make nothing of.
fn is_strange(why: &str) -> bool {
    matches!(
        why,
        "title_missing"
            | "too_short_for_outlet"
            | "same_text_as_others"
            | NO_TEXT
            | "too_short"
            | "not_a_document"
            | "too_complex"
            | PAYWALL
    )
}

impl Doubt {
    /// The word used in store and output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TitleMissing => "title_missing",
            Self::TooShortForOutlet => "too_short_for_outlet",
            Self::SameTextAsOthers => "same_text_as_others",
            Self::BrokenOff => "broken_off",
            Self::LettersLost => "letters_lost",
            Self::Unproven => "unproven",
        }
    }

    /// What an operator needs to understand it.
    pub fn detail(self) -> &'static str {
        match self {
            Self::TitleMissing => "the page lacks the words of the title under which it was listed",
            Self::TooShortForOutlet => "the page holds far less text than this outlet's pages do",
            Self::SameTextAsOthers => "several articles of this outlet hold this very text",
            Self::BrokenOff => "the page opens its markup and never closes it",
            Self::LettersLost => "letters are missing from the text's words: an officer must read the page itself",
            Self::Unproven => {
                "listed without a title, and the page states neither a date nor its own address; a `body` selector in the register would tell"
            }
        }
    }
}

fn folded(text: &str) -> Vec<String> {
    text::syllables(text).map(|(.., it)| text::fold(it)).collect()
}

/// The share of the wanted syllables that is found, 0 to 1; 0 where none is wanted.
fn share_of(wanted: &[String], found: &HashSet<String>) -> f64 {
    if wanted.is_empty() {
        return 0.0;
    }
    wanted.iter().filter(|it| found.contains(*it)).count() as f64 / wanted.len() as f64
}

/// The share of a title's neighbouring pairs that stand side by side in the text or in a title of the page. A title of one
/// syllable is its own pair.
fn pairs_held(listed: &[String], own: &[&str], text: &[String]) -> f64 {
    let pair = |it: &[String]| it.join(" ");
    let width = listed.len().min(2);
    let mut found: HashSet<String> = text.windows(width).map(pair).collect();
    for title in own {
        found.extend(folded(title).windows(width).map(pair));
    }
    let wanted: Vec<String> = listed.windows(width).map(pair).collect();
    share_of(&wanted, &found)
}

/// The words of an address's last part that has any, without numbers and endings.
fn slug(url: &Url) -> Vec<String> {
    let words = |part: &str| -> Vec<String> {
        let stem = part.rsplit_once('.').map_or(part, |(stem, _)| stem);
        folded(stem).into_iter().filter(|it| it.len() > 1 && !it.contains(|c: char| c.is_ascii_digit())).collect()
    };
    url.path_segments().into_iter().flatten().rev().map(words).find(|it| it.len() >= SLUG_SYLLABLES).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;

    const LISTED: &str = "Khánh thành cầu mới qua sông Bồ";
    const STORY: &str = "Sáng nay, huyện khánh thành cây cầu bắc qua sông Bồ sau hai năm thi công.";

    fn matched(listed: &str, own: &str, text: &str, path: &str, declared: Declared) -> TitleMatch {
        let url = Url::parse("https://a.vn/").unwrap().join(path).unwrap();
        match_title(&TitleFacts { listed, own: &[own], text, url: &url, declared })
    }

    #[test]
    fn a_notice_in_the_place_of_all_pages_is_no_article_however_few_are_known() {
        let notice = Body::of("Chợ phiên vùng cao", "Bạn cần bật JavaScript để xem nội dung này.");
        for pages in [2, 5, 40] {
            let mut habit = Habit::default();
            (0..pages).for_each(|_| habit.learn(notice.letters, Some(notice.hash)));
            assert_eq!(habit.doubt(&notice), Some(Doubt::SameTextAsOthers), "{pages}");
        }
        let mut habit = Habit::default();
        habit.learn(notice.letters, Some(notice.hash));
        assert_eq!(habit.doubt(&notice), None, "two of a kind may be chance");
    }

    #[test]
    fn pages_that_are_nearly_all_gone_are_not_gone_one_by_one() {
        let tried = |words: &str| {
            let first_seen = DateTime::UNIX_EPOCH;
            words.chars().map(|it| Tried { first_seen, unread: (it == 'g').then(|| "gone".to_owned()) }).collect::<Vec<_>>()
        };
        for (words, mostly) in
            [("", false), ("g", false), ("gg", false), ("ggg", true), ("ggrrr", false), ("gggrrr", false), ("ggggrrr", true)]
        {
            assert_eq!(Habit::new(&[], &[], tried(words)).is_mostly_gone(), mostly, "{words}");
        }
    }

    #[test]
    fn a_page_without_a_term_must_show_that_it_is_a_whole_article() {
        let whole = Marks {
            breaks_off: false,
            letters_lost: false,
            listed_with_title: true,
            dated: false,
            own_body: false,
            declared: Declared::Nothing,
        };
        let untitled = Marks { listed_with_title: false, ..whole };
        for (name, marks, doubt) in [
            ("listed with a title", whole, None),
            ("it breaks off", Marks { breaks_off: true, ..whole }, Some(Doubt::BrokenOff)),
            ("its words lack letters", Marks { letters_lost: true, ..whole }, Some(Doubt::LettersLost)),
            ("without a title, and without anything else", untitled, Some(Doubt::Unproven)),
            ("without a title, but where the register says", Marks { own_body: true, ..untitled }, None),
            ("without a title, but dated", Marks { dated: true, ..untitled }, None),
            ("without a title, but it names its own address", Marks { declared: Declared::Itself, ..untitled }, None),
            ("without a title, and it names another", Marks { declared: Declared::Another, ..untitled }, Some(Doubt::Unproven)),
        ] {
            assert_eq!(doubt_marks(&marks), doubt, "{name}");
        }
    }

    #[test]
    fn a_page_speaks_of_what_it_was_listed_under_or_was_not_read() {
        use Declared::{Another, Itself, Nothing};
        use TitleMatch::{Edited, Held, Missing};
        let long = "Ủy ban nhân dân xã cho biết việc đi lại của bà con hai bờ nay đã thuận tiện hơn trước rất nhiều. ".repeat(8);
        // Every syllable of the title, far apart: what a list of other articles or a menu holds.
        let menu = "Thành phố. Khánh tiết. Cầu thủ. Mới nhất. Đi qua. Bồ câu. Sông nước. ".repeat(12);
        let (slug, other) = ("/khanh-thanh-cau-moi-qua-song-bo-12.html", "/id/12");
        for (name, own, text, path, declared, want) in [
            ("the same title", LISTED, "…", other, Nothing, Held),
            ("the same title in capitals without marks", "KHANH THANH CAU MOI QUA SONG BO", "…", other, Nothing, Held),
            ("another title over the same story", "Cầu mới", STORY, other, Nothing, Held),
            ("a log-in page", "Đăng nhập", "Xin mời nhập tên và mật khẩu.", slug, Nothing, Missing),
            ("a menu that holds every syllable", "Trang tin", &menu, slug, Nothing, Missing),
            ("a list that quotes the title, and says that it is a list", "Xã hội", STORY, slug, Another, Missing),
            ("a wrong declaration over the right title", LISTED, "…", other, Another, Held),
            ("a shortened title", "Khánh thành cầu sông Bồ", &long, other, Nothing, Held),
            ("an edited title, long, under its own address", "Bà con hai bờ đi lại dễ dàng", &long, other, Itself, Edited),
            ("an edited title that fits the address", "Bà con hai bờ đi lại dễ dàng", &long, "/ba-con-hai-bo-di-lai.html", Nothing, Edited),
            ("the same, but short", "Bà con hai bờ đi lại dễ dàng", "Tin ngắn.", "/ba-con-hai-bo-di-lai.html", Itself, Missing),
            ("a long page of another kind", "Điều khoản sử dụng", &long, slug, Nothing, Missing),
        ] {
            assert_eq!(matched(LISTED, own, text, path, declared), want, "{name}");
        }
        assert_eq!(matched("", "Bất kỳ", "…", other, Nothing), Held, "a sitemap lists no titles");
    }

    fn body(letters: usize) -> Body {
        Body { letters, hash: i64::try_from(letters).unwrap(), holds_title: true }
    }

    fn habit(lengths: impl IntoIterator<Item = usize>) -> Habit {
        Habit::new(&lengths.into_iter().map(|it| (it, None)).collect::<Vec<_>>(), &[], Vec::new())
    }

    #[test]
    fn a_text_is_too_short_for_its_outlet_only_against_enough_longer_ones() {
        let long = || habit((0..60).map(|it| 1_800 + it * 10));
        let bare = Body { holds_title: false, ..body(500) };
        for (name, habit, body, doubt) in [
            ("a stub among articles", long(), body(60), Some(Doubt::TooShortForOutlet)),
            ("a short item among articles", long(), body(400), None),
            ("a shortish text without a word of its title", long(), bare, Some(Doubt::TooShortForOutlet)),
            ("a long text without a word of its title", long(), Body { letters: 1_300, ..bare }, None),
            ("too few samples", habit((0..29).map(|_| 1_800)), body(60), None),
            ("an outlet of brief news", habit((0..60).map(|it| 150 + it * 2)), body(60), None),
            ("picture stories beside articles", habit((0..60).map(|it| if it % 15 == 0 { 70 } else { 2_000 })), body(60), None),
            ("an outlet of very long texts", habit((0..60).map(|_| 20_000)), body(450), None),
        ] {
            assert_eq!(habit.doubt(&body), doubt, "{name}");
        }
    }

    #[test]
    fn the_third_article_with_the_very_same_footer_is_none() {
        let footer = Body::of("Cơ quan", &"Cơ quan chủ quản: Ủy ban nhân dân. Giấy phép số 1. ".repeat(10));
        let notice = Body::of("Thông báo", &"Thông báo mất điện tại các thôn. ".repeat(60));
        let mut habit = habit((0..60).map(|it| 1_800 + it * 10));
        for before in 0..4 {
            assert_eq!(habit.doubt(&footer), (before >= 2).then_some(Doubt::SameTextAsOthers), "{before}");
            assert_eq!(habit.doubt(&notice), None, "of the length of an article, said again");
            habit.learn(footer.letters, Some(footer.hash));
            habit.learn(notice.letters, Some(notice.hash));
        }
        let again = Habit::new(&[(1_800, None); 60], &[footer.hash], Vec::new());
        assert_eq!(again.doubt(&footer), Some(Doubt::SameTextAsOthers), "what was refused stays refused");
        assert_eq!(text_hash("một  hai\nba"), text_hash("một hai ba"));
        assert_ne!(text_hash("một hai"), text_hash("mộthai"));
    }

    fn tried(ends: &str) -> Vec<Tried> {
        let word = |it: char| match it {
            's' => Some("too_short_for_outlet".to_owned()),
            'e' => Some("server_error".to_owned()),
            _ => None,
        };
        // The first letter is the newest.
        (0i32..)
            .zip(ends.chars())
            .map(|(at, it)| Tried { first_seen: DateTime::UNIX_EPOCH - TimeDelta::hours(at.into()), unread: word(it) })
            .collect()
    }

    #[test]
    fn a_redesign_is_likely_where_over_half_of_the_last_pages_came_and_made_no_sense() {
        for (ends, likely) in [
            ("ssss", false),
            ("sssss", true),
            ("ssssssssssrrrrrrrrrr", false),
            ("sssssssssssrrrrrrrrr", true),
            ("sssssssssssrrrrrrrrrrrrrrrrrrr", true),
            ("eeeeeeeeeeeeeeeeeeee", false),
            ("rrrrrrrrrrrrrrrrrrrr", false),
            ("", false),
        ] {
            assert_eq!(redesign_likely(&tried(ends)), likely, "{ends}");
        }
    }

    #[test]
    fn a_page_is_short_or_without_text_by_nature_only_where_later_ones_are_read() {
        let at = |hours: i64| DateTime::UNIX_EPOCH - TimeDelta::hours(hours);
        for (ends, first_seen, short, textless) in [
            ("rrrs", at(3), true, true),
            ("rrs", at(2), false, false),
            ("rrss", at(3), true, true),
            ("rsss", at(3), false, false),
            ("rrsss", at(4), false, false),
            ("rrssssss", at(6), false, false),
            ("rrssssss", at(7), false, false),
            ("rrrrrrr", at(0), false, false),
            ("rrrsssssssssss", at(3), false, false),
            ("ssssssss", at(7), false, false),
            ("sssssssr", at(6), false, false),
        ] {
            let habit = Habit::new(&[], &[], tried(ends));
            assert_eq!((habit.is_short_by_nature(first_seen), habit.is_textless_by_nature(first_seen)), (short, textless), "{ends}");
        }
    }

    proptest! {
        #[test]
        fn a_longer_text_is_never_more_doubtful(lengths in proptest::collection::vec(0usize..5_000, 0..80), short in 0usize..3_000, more in 0usize..3_000) {
            let habit = habit(lengths);
            if habit.doubt(&body(short)).is_none() {
                prop_assert_eq!(habit.doubt(&body(short + more)), None);
            }
        }

        #[test]
        fn unread_pages_teach_nothing_and_a_text_as_long_as_most_is_believed(lengths in proptest::collection::vec(50usize..5_000, 30..80)) {
            let habit = habit(lengths);
            let quartile = habit.lower_quartile().unwrap();
            prop_assert_eq!(habit.doubt(&body(quartile)), None);
        }
    }
}
