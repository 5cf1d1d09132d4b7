//! Ordinary news, composed: subjects with titles, leads and paragraphs whose slots a hash of the item's number fills.

use chrono::{DateTime, Datelike, Utc};

use crate::rehearsal::{dates, prose_city as city, prose_life as life};

/// One subject of ordinary news.
pub struct Subject {
    /// The section as the menu prints it.
    pub section: &'static str,
    /// The section as it stands in an address.
    pub path: &'static str,
    pub titles: &'static [&'static str],
    pub leads: &'static [&'static str],
    pub paragraphs: &'static [&'static str],
}

/// Every subject of ordinary news.
pub const SUBJECTS: [&Subject; 13] = [
    &life::MARKETS,
    &city::ROADS,
    &life::FIELDS,
    &city::SCHOOLS,
    &life::POLICE,
    &city::WEATHER,
    &life::FESTIVALS,
    &city::HOSPITAL,
    &life::FOOTBALL,
    &city::LAND,
    &life::VISITORS,
    &city::OFFICES,
    &life::RIVER,
];

/// Paragraphs that fit under any local report.
const CLOSINGS: [&str; 9] = [
    "Trao đổi với phóng viên, đại diện địa phương khẳng định sẽ tiếp tục lắng nghe ý kiến người dân để điều chỉnh cách làm cho phù hợp.",
    "Ông {ten3} ở {noi} góp ý nên công khai kế hoạch sớm hơn, để ai cũng nắm được và cùng giám sát.",
    "Theo kế hoạch, kết quả sẽ được đánh giá lại vào cuối quý. Những cách làm hay sẽ được giới thiệu cho các địa phương khác trong tỉnh.",
    "Kinh nghiệm rút ra là việc gì bàn kỹ, làm rõ từ đầu thì đi đến cuối đều thuận, khó mấy cũng có người chung tay.",
    "Chiều muộn, con đường dẫn ra bến sông lại đông vui. Tiếng cười nói của người lớn, trẻ nhỏ xua đi cái mệt của một ngày dài.",
    "Trong tháng tới, {noi2} sẽ cử đoàn sang học hỏi, trước mắt làm thử ở hai khu dân cư rồi mới mở rộng.",
    "So với cùng kỳ năm trước, các chỉ số chính đều nhích lên, tuy chưa nhiều nhưng cho thấy hướng đi đúng.",
    "Hội đồng nhân dân {noi} đã đưa nội dung này vào chương trình giám sát, yêu cầu báo cáo hằng tháng.",
    "Phóng viên sẽ tiếp tục thông tin khi có diễn biến mới.",
];

const PLACES: [&str; 24] = [
    "phường Đông Ngự",
    "phường Cầu Vồng",
    "xã Đá Bạc",
    "xã Suối Mây",
    "phường Bến Ván",
    "phường Ngự Bình Thượng",
    "xã Cửa Biển",
    "xã Đầm Sen",
    "phường Gia Lạc Mới",
    "xã Hương Khê Thượng",
    "phường Chợ Mai",
    "xã Núi Mây",
    "xã Phú Vang Đông",
    "phường Thành Xưa",
    "xã Bãi Dâu",
    "xã Khe Tre Hạ",
    "phường Sông Lụa",
    "xã Trằm Sen",
    "xã La Vân",
    "phường Bạch Yến",
    "xã Hồng Trà",
    "xã A Lin",
    "phường Vĩ Hạ",
    "xã Lộc Tiên",
];
const SURNAMES: [&str; 12] = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Võ", "Đặng", "Bùi", "Hồ", "Tôn Thất", "Dương"];
const MIDDLES: [&str; 10] = ["Văn", "Đình", "Quang", "Hữu", "Minh", "Thanh", "Ngọc", "Xuân", "Bảo", "Khánh"];
const GIVEN: [&str; 16] =
    ["An", "Bình", "Chương", "Diệp", "Giang", "Hạnh", "Khải", "Lam", "Mẫn", "Nhân", "Phúc", "Quyên", "Sơn", "Thủy", "Uyên", "Vinh"];

/// The subject that an item of that seed treats.
pub fn subject(seed: u64) -> &'static Subject {
    SUBJECTS[(draw(seed, 1) % SUBJECTS.len() as u64) as usize]
}

/// The headline of the ordinary item of that seed.
pub fn title(seed: u64, at: DateTime<Utc>) -> String {
    fill(pick(subject(seed).titles, seed, 2), seed, at)
}

/// The opening paragraph of the ordinary item of that seed.
pub fn lead(seed: u64, at: DateTime<Utc>) -> String {
    fill(pick(subject(seed).leads, seed, 3), seed, at)
}

/// Three to six paragraphs on the subject and one or two that close the report.
pub fn body(seed: u64, at: DateTime<Utc>) -> Vec<String> {
    let own = some_of(subject(seed).paragraphs, seed, 3 + (draw(seed, 4) % 4) as usize);
    let closing = some_of(&CLOSINGS, draw(seed, 5), 1 + (draw(seed, 6) % 2) as usize);
    own.chain(closing).map(|it| fill(it, seed, at)).collect()
}

/// Replaces `{noi}`, `{ten}`, `{so}` and their like by what the seed draws; the same seed always fills alike.
pub fn fill(template: &str, seed: u64, at: DateTime<Utc>) -> String {
    let mut text = String::with_capacity(template.len() + 40);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (slot, behind) = after.split_once('}').unwrap_or((after, ""));
        text.push_str(before);
        text.push_str(&filling(slot, seed, at));
        rest = behind;
    }
    text.push_str(rest);
    // A place that opens a sentence takes its capital.
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A number that looks random and depends on nothing but the seed and the turn (splitmix64).
pub fn draw(seed: u64, turn: u64) -> u64 {
    let mut it = seed.wrapping_add(turn.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    it = (it ^ (it >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    it = (it ^ (it >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    it ^ (it >> 31)
}

/// `count` texts of the list, each at most once, from a drawn place on, in the list's own order.
pub fn some_of<'a>(list: &'a [&'a str], seed: u64, count: usize) -> impl Iterator<Item = &'a str> {
    let start = (draw(seed, 7) % list.len().max(1) as u64) as usize;
    list.iter().cycle().skip(start).take(count.min(list.len())).copied()
}

/// The full name of an invented person.
pub fn person(draw_of_name: u64) -> String {
    let place = |list: &[&'static str], shift: u32| list[((draw_of_name >> shift) % list.len() as u64) as usize];
    format!("{} {} {}", place(&SURNAMES, 0), place(&MIDDLES, 8), place(&GIVEN, 16))
}

fn filling(slot: &str, seed: u64, at: DateTime<Utc>) -> String {
    let number = |turn: u64, from: u64, to: u64| from + draw(seed, turn) % (to - from);
    match slot {
        "noi" => pick(&PLACES, seed, 20).to_owned(),
        "noi2" => PLACES[((draw(seed, 20) % 24 + number(21, 1, 24)) % 24) as usize].to_owned(),
        "ten" => person(draw(seed, 22)),
        "ten2" => person(draw(seed, 23)),
        "ten3" => person(draw(seed, 24)),
        "so" => number(25, 45, 480).to_string(),
        "so2" => number(26, 3, 39).to_string(),
        "pt" => format!("{},{}%", number(27, 5, 97), number(28, 1, 10)),
        "ngay" => {
            let day = dates::local(at);
            format!("{}/{}", day.day(), day.month())
        }
        other => other.to_owned(),
    }
}

fn pick<'a>(list: &'a [&'a str], seed: u64, turn: u64) -> &'a str {
    list[(draw(seed, turn) % list.len() as u64) as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_writes_the_same_report() {
        let at = dates::instant((2026, 3, 1, 9, 0));
        for seed in 0..50 {
            assert_eq!((title(seed, at), lead(seed, at), body(seed, at)), (title(seed, at), lead(seed, at), body(seed, at)));
        }
    }

    #[test]
    fn every_slot_is_known() {
        let at = dates::instant((2026, 3, 1, 9, 0));
        for subject in SUBJECTS {
            for text in subject.titles.iter().chain(subject.leads).chain(subject.paragraphs).chain(&CLOSINGS) {
                let filled = fill(text, 7, at);
                for slot in text.split('{').skip(1).filter_map(|it| it.split('}').next()) {
                    assert!(["noi", "noi2", "ten", "ten2", "ten3", "so", "so2", "pt", "ngay"].contains(&slot), "{slot}");
                }
                assert!(!filled.contains(['{', '}']), "{filled}");
            }
        }
    }

    #[test]
    fn a_report_has_four_to_eight_different_paragraphs() {
        let at = dates::instant((2026, 3, 1, 9, 0));
        for seed in 0..300 {
            let mut body = body(seed, at);
            assert!((4..=8).contains(&body.len()));
            let written = body.len();
            body.sort();
            body.dedup();
            assert_eq!(body.len(), written);
        }
    }
}
