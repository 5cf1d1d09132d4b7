//! Names of people in a Vietnamese text, and what the words around them say of each: a victim, a child, a suspect, an official.

use std::{ops::Range, sync::LazyLock};

use regex::Regex;

use super::pattern;

/// Bytes before a name in which a word about it is looked for: about sixty letters.
const BEFORE_BYTES: usize = 80;
/// Bytes behind a name in which what it is accused of stands.
const BEHIND_BYTES: usize = 60;
/// The same for what was done to it: about sixty letters.
const SUFFERED_BYTES: usize = 90;
/// Words of a name at most: family name, middle names, given name.
const SYLLABLES_MAX: usize = 5;

/// One name where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Person<'a> {
    pub(super) name: &'a str,
    /// Byte range in the text.
    pub(super) at: Range<usize>,
    /// The sentence that it stands in.
    pub(super) sentence: Range<usize>,
    /// Family and given name, not initials or a given name alone.
    pub(super) full: bool,
    pub(super) initials: bool,
    /// Called a victim here, or by a word that the press uses for victims.
    pub(super) victim: bool,
    /// Called a child here.
    pub(super) child: bool,
    /// Called a parent, spouse, brother or sister of one who may be a victim.
    pub(super) kin: bool,
    /// Age that stands right before the name.
    pub(super) age_before: Option<i32>,
    /// From the word for a person in front of the name, where there is one.
    pub(super) called_at: Option<usize>,
    /// Named as accused, or with a rank or an office.
    pub(super) accused: bool,
}

/// The people that a text names.
pub(super) fn people(text: &str) -> Vec<Person<'_>> {
    let (mut found, mut from) = (Vec::new(), 0);
    while let Some(it) = NAME.find_at(text, from) {
        // The word for a person that opens a sentence before a name has a capital letter too.
        match it.as_str().split_once(' ') {
            Some((first, _)) if LEADERS.contains(&first) => from = it.start() + first.len() + 1,
            _ => {
                found.extend(person(text, it.range()));
                from = it.end();
            }
        }
    }
    found
}

fn person(text: &str, at: Range<usize>) -> Option<Person<'_>> {
    let sentence = sentence(text, &at);
    let before = tail(&text[sentence.start..at.start], BEFORE_BYTES);
    let called_word = PRONOUN.captures(before).and_then(|it| it.get(1));
    let called_at = called_word.map(|it| at.start - before.len() + it.start());
    let pronoun = called_word.map(|it| it.as_str().to_lowercase());
    let name = trimmed(&text[at.clone()]);
    let at = at.start..at.start + name.len();
    let initials = INITIALS.is_match(name);
    let syllables = name.split_whitespace().count();
    let family = name.split_whitespace().next().is_some_and(|it| FAMILY.contains(&it));
    let full = !initials && family && (2..=SYLLABLES_MAX).contains(&syllables);
    // A lone capital word is a name only behind a word for a person: anything may open a sentence.
    if (!full && pronoun.is_none()) || PLACE.is_match(before) || PLACES.contains(&name) {
        return None;
    }
    let behind = head(&text[at.end..sentence.end], BEHIND_BYTES);
    let kin = full && KIN_BEFORE.is_match(before);
    let accused = !kin && (ACCUSED_BEFORE.is_match(before) || ACCUSED_BEHIND.is_match(behind) || OFFICE_BEHIND.is_match(behind));
    let called = pronoun.as_deref();
    let child = called.is_some_and(|it| matches!(it, "cháu" | "bé" | "cháu bé" | "bé gái" | "bé trai" | "cháu gái" | "cháu trai"));
    let victim = child
        || called.is_some_and(|it| matches!(it, "em" | "chị" | "cô gái" | "thiếu nữ" | "nạn nhân" | "bị hại"))
        || VICTIM.is_match(before)
        || suffers(head(&text[at.end..sentence.end], SUFFERED_BYTES));
    let age_before = AGE_BEFORE.captures(before).and_then(|it| it[1].parse().ok());
    let (victim, child) = (victim && !accused, child && !accused);
    Some(Person { name, at, sentence, full, initials, victim, child, kin, age_before, called_at, accused })
}

/// Whether the words behind a name say that its bearer was sold, forced or rescued, before they speak of anybody else.
fn suffers(behind: &str) -> bool {
    let Some(done) = SUFFERED.find(behind) else { return false };
    let between = &behind[..done.start()];
    let is_place = |it: regex::Match<'_>| PLACE.is_match(&between[..it.start()]) || ETHNIC_BEFORE.is_match(&between[..it.start()]);
    !OTHER.is_match(between) && NAME.find_iter(between).all(is_place)
}

/// A name without the capital word of a following sentence or the mark behind it.
fn trimmed(name: &str) -> &str {
    name.trim_end_matches([' ', ','])
}

fn sentence(text: &str, at: &Range<usize>) -> Range<usize> {
    let stop = |it: &(usize, char)| matches!(it.1, '\n' | '!' | '?' | ';');
    let full_stop = |from: usize, it: (usize, char)| it.1 == '.' && text[from + it.0 + 1..].starts_with([' ', '\n']);
    let start = text[..at.start]
        .char_indices()
        .rev()
        .find(|it| stop(it) || (full_stop(0, *it) && !text[..it.0].ends_with(|c: char| c.is_uppercase())))
        .map_or(0, |(place, mark)| place + mark.len_utf8());
    let end = text[at.end..].char_indices().find(|it| stop(it) || full_stop(at.end, *it)).map_or(text.len(), |(place, _)| at.end + place);
    start..end
}

fn tail(text: &str, bytes: usize) -> &str {
    let mut from = text.len().saturating_sub(bytes);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    &text[from..]
}

fn head(text: &str, bytes: usize) -> &str {
    let mut to = bytes.min(text.len());
    while !text.is_char_boundary(to) {
        to -= 1;
    }
    &text[..to]
}

/// Capital words in a row, or initials with full stops.
static NAME: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b(?:\p{Lu}\.(?:\s?\p{Lu}\.){0,4}|\p{Lu}[\p{Ll}\p{M}']*(?: \p{Lu}[\p{Ll}\p{M}']*){0,4}\b)"));
static INITIALS: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:\p{Lu}\.\s?)+$|^\p{Lu}$"));
/// The word for a person right before the name.
static PRONOUN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(nạn nhân|bị hại|cháu bé|cháu gái|cháu trai|bé gái|bé trai|thiếu nữ|cô gái|nam thanh niên|chàng trai|nam sinh|nữ sinh|thai phụ|cháu|bé|em|chị|anh|cô)(?: tên| là| mang tên| tên là)?\s*$",
    )
});
static VICTIM: LazyLock<Regex> =
    LazyLock::new(|| pattern("(?i)nạn nhân|bị hại|được giải cứu|bị lừa bán|bị bán|lừa bán|bị ép|bị mua bán|trốn thoát"));
/// What was done to the bearer of the name before it.
static SUFFERED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        "(?i)bị (?:lừa |đem |bắt |đưa )?(?:mua )?bán|(?:được|đã được) giải cứu|trốn (?:thoát )?khỏi|bị (?:ép|cưỡng ép|bắt cóc|giam giữ|lừa (?:sang|qua|đưa))",
    )
});
/// Somebody else whom the words may be about, or a verb by which the bearer of the name is the one who tells or does.
static OTHER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:cho biết|cho hay|khai|thừa nhận|lừa|rủ|dụ|đưa|bán|ép|giải cứu|nạn nhân|cô gái|phụ nữ|thiếu nữ|người|chị|em|cháu|họ|con|vợ)\b",
    )
});
static ETHNIC_BEFORE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)(?:dân tộc|năm|tháng|ngày)\s*$"));
/// Kin of one who may be a victim, called so right before the name.
static KIN_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:mẹ|bố|cha|ba|má|chồng|vợ|ông ngoại|bà ngoại|ông nội|bà nội|anh trai|chị gái|em trai|em gái)(?: ruột| đẻ| kế)?(?: của)? (?:em|cháu|bé|nạn nhân|chị|anh|cô gái|thiếu nữ|chàng trai)(?: ấy| này| bé)?,?(?: (?:là|tên là|tên))?(?: (?:ông|bà|anh|chị))?\s*$",
    )
});
static AGE_BEFORE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(\d{1,2}) tuổi\)?,?(?: tên| là| tên là)?\s*$"));
static ACCUSED_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:bị can|bị cáo|đối tượng|nghi phạm|kẻ|trùm|hung thủ|phạm nhân|khởi tố|tạm giam|bắt giữ|bắt tạm giam|truy nã|truy tố|tuyên phạt|xét xử|tuyên án|bắt khẩn cấp|đồng phạm|thủ phạm|tú bà|chủ quán|chủ chứa|cầm đầu|thiếu tá|trung tá|thượng tá|đại tá|thiếu tướng|trung tướng|thượng tướng|đại úy|thượng úy|trung úy|thiếu úy|chủ tịch|giám đốc|trưởng (?:phòng|ban|công an|trạm|đồn|thôn|bản)|bí thư|cục trưởng|vụ trưởng|bộ trưởng|thứ trưởng|luật sư|thẩm phán|kiểm sát viên|phóng viên|nhà báo|bác sĩ|thạc sĩ|tiến sĩ|giáo sư|đạo diễn|ca sĩ|diễn viên|đồng chí|đại biểu|ông|hiệu trưởng|chánh án|viện trưởng)\b[^.;\n]{0,40}$",
    )
});
static ACCUSED_BEHIND: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^[^.;\n]{0,50}(?:đồng bọn|đồng phạm|bị bắt|khởi tố|tạm giam|truy nã|lĩnh án|\d+ năm tù|về tội|về hành vi|trưởng phòng|chủ tịch|giám đốc|phó )",
    )
});
/// An office right behind the name.
static OFFICE_BEHIND: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\s*[,(–-]\s*(?:là |hiện là |nguyên |quyền )?(?:chi hội trưởng|hội trưởng|hội viên|trưởng (?:ban|thôn|bản|trạm|đồn|khoa|nhóm)|tổ trưởng|chi hội phó|bí thư|cán bộ|chuyên viên|giáo viên|cô giáo|hiệu trưởng|tuyên truyền viên|báo cáo viên|cộng tác viên|nhân viên (?:xã hội|y tế|công tác)|điều phối viên|đại diện|luật sư|thẩm phán|bác sĩ|chủ nhiệm)",
    )
});
/// Words for a person that stand right before a name.
const LEADERS: [&str; 10] = ["Cháu", "Em", "Chị", "Anh", "Bé", "Ông", "Bà", "Cô", "Chú", "Bác"];
/// What a place's name stands behind.
static PLACE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:tỉnh|thành phố|TP\.?|huyện|thị xã|quận|xã|phường|thị trấn|thôn|bản|buôn|xóm|ấp|tổ|khu|đường|phố|cầu|chợ|trường|THCS|THPT|tiểu học|bệnh viện|sông|núi|hồ|biển|đảo|đồn|cửa khẩu|công ty|báo|chùa|đền|khách sạn|quán|nước|sang|tại|ở)\s*$",
    )
});
/// Places that are spelt like names of people.
const PLACES: [&str; 12] = [
    "Hồ Chí Minh",
    "Lý Sơn",
    "Lê Lợi",
    "Mai Châu",
    "Hà Nội",
    "Hà Giang",
    "Hà Nam",
    "Hà Tĩnh",
    "Đinh Hòa",
    "Cao Bằng",
    "Thạch Thất",
    "Vũng Tàu",
];
/// Family names, of the Kinh and of the peoples along the borders.
const FAMILY: [&str; 105] = [
    "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý", "Đào", "Đoàn",
    "Vương", "Trịnh", "Đinh", "Lâm", "Phùng", "Mai", "Tô", "Trương", "Hà", "Tạ", "Cao", "Lương", "Chu", "Châu", "Thái", "Tống", "Quách",
    "La", "Lưu", "Kiều", "Thạch", "Kim", "Tăng", "Triệu", "Nông", "Hứa", "Ma", "Bế", "Đàm", "Lục", "Vi", "Lò", "Lô", "Quàng", "Cà", "Tòng",
    "Lường", "Cầm", "Bạc", "Điêu", "Giàng", "Vàng", "Sùng", "Thào", "Lầu", "Mùa", "Vừ", "Vù", "Hạng", "Hờ", "Cứ", "Ly", "Lù", "Má", "Chảo",
    "Tẩn", "Phàn", "Bàn", "Moong", "Cụt", "Xeo", "Lữ", "Kha", "Pờ", "Lỳ", "Sần", "Khoàng", "Rơ", "Ksor", "Siu", "Nay", "Kpă", "Rah", "Y",
    "Blúp", "Kăn", "Pơloong", "Alăng", "Bhling", "Zơ", "Arất", "Coor", "Ating", "Lang", "Bling", "Hán", "Âu",
];
