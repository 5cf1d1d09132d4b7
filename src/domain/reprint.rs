//! Reprints: near-identical texts of different outlets, and which of them came first.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::domain::{month::midnight, outlet::OutletId};
pub use crate::text::shingles::Shingles;

/// A shorter text is a notice or a caption that anybody may print in the same words.
const SHINGLES_MIN: usize = 30;
/// What two texts must share, of what either has, to be one text printed twice.
const LIKENESS_MIN: f64 = 0.7;
/// Fingerprints that differ in more bits belong to texts that share less. Unrelated texts differ in 32 bits, give or
/// take 4.
const BITS_MAX: u32 = 16;
/// Parts of a fingerprint. Two that differ in at most seven bits share a whole part; of those that differ in twelve, four
/// in five do.
pub const BANDS: usize = 8;
/// Articles further apart than this are no reprints of one another but a text used again.
const OUTLETS_APART: TimeDelta = TimeDelta::days(30);
/// The same within one outlet: a mirror page appears within days; a column repeats its words for months.
const MIRRORS_APART: TimeDelta = TimeDelta::days(3);

/// What a text is found again by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint(u64);

/// Another article with nearly the same text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Twin {
    pub outlet: OutletId,
    pub url: String,
    #[serde(skip)]
    pub published: Option<DateTime<Utc>>,
}

impl Fingerprint {
    /// Of a text; `None` where it is too short to be told from others.
    pub fn of(shingles: &Shingles) -> Option<Self> {
        (shingles.len() >= SHINGLES_MIN).then(|| Self(shingles.simhash()))
    }

    /// As the store keeps it.
    pub fn number(self) -> i64 {
        self.0.cast_signed()
    }

    /// Takes back what [`Fingerprint::number`] gave.
    pub fn of_number(number: i64) -> Self {
        Self(number.cast_unsigned())
    }

    /// Each part with its place: what an index finds candidates by.
    pub fn bands(self) -> [i64; BANDS] {
        let mut bands = [0; BANDS];
        for ((place, band), byte) in (0i64..).zip(&mut bands).zip(self.0.to_be_bytes()) {
            *band = place << 8 | i64::from(byte);
        }
        bands
    }

    /// Whether it is worth comparing the texts.
    pub fn is_near(self, other: Self) -> bool {
        (self.0 ^ other.0).count_ones() <= BITS_MAX
    }
}

/// The longest time between two articles that may be reprints of one another.
pub fn apart_max() -> TimeDelta {
    OUTLETS_APART
}

/// Whether two texts are nearly the same, and near enough in time for their outlets.
pub fn is_reprint(one: &Shingles, two: &Shingles, apart: TimeDelta, same_outlet: bool) -> bool {
    let limit = if same_outlet { MIRRORS_APART } else { OUTLETS_APART };
    apart.abs() <= limit && one.likeness(two) >= LIKENESS_MIN
}

/// The earliest of an article's twins in other outlets that was published before it. A date that states no time of day
/// is earlier than another only by its day: who came first within a day is not known.
pub fn original_of<'a>(outlet: &OutletId, published: Option<DateTime<Utc>>, twins: &'a [Twin], zone: Tz) -> Option<&'a Twin> {
    let published = published?;
    let before = |twin: &&Twin| twin.outlet != *outlet && twin.published.is_some_and(|it| is_before(it, published, zone));
    twins.iter().filter(before).min_by_key(|it| it.published)
}

fn is_before(one: DateTime<Utc>, two: DateTime<Utc>, zone: Tz) -> bool {
    let day = |at: DateTime<Utc>| at.with_timezone(&zone).date_naive();
    let day_only = |at: DateTime<Utc>| at == midnight(day(at), zone);
    if day_only(one) || day_only(two) { day(one) < day(two) } else { one < two }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WORDS: [&str; 40] = [
        "hội",
        "nghị",
        "phụ",
        "nữ",
        "xã",
        "tập",
        "huấn",
        "phòng",
        "chống",
        "mua",
        "bán",
        "người",
        "cho",
        "cán",
        "bộ",
        "thôn",
        "bản",
        "vùng",
        "cao",
        "sáng",
        "nay",
        "lớp",
        "học",
        "kéo",
        "dài",
        "ba",
        "ngày",
        "với",
        "sự",
        "tham",
        "gia",
        "của",
        "biên",
        "phòng",
        "huyện",
        "tỉnh",
        "công",
        "an",
        "trường",
        "nước",
    ];

    fn text(seed: u64, syllables: usize) -> Vec<&'static str> {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            WORDS[usize::try_from(state % 40).unwrap()]
        };
        (0..syllables).map(|_| next()).collect()
    }

    fn shingles(words: &[&str]) -> Shingles {
        Shingles::of(&words.join(" "))
    }

    fn distance(one: &Shingles, two: &Shingles) -> u32 {
        (one.simhash() ^ two.simhash()).count_ones()
    }

    /// A text with a source line behind it, some syllables replaced and the start cut.
    fn reprinted(words: &[&'static str], every: usize) -> Vec<&'static str> {
        let mut copy: Vec<_> = words[words.len() / 40..].to_vec();
        copy.iter_mut().step_by(every).for_each(|it| *it = "mới");
        copy.extend(["theo", "báo", "bạn"]);
        copy
    }

    proptest! {
        #[test]
        fn a_small_edit_keeps_the_fingerprint_near_and_another_text_has_another(seed in 0u64..1_000_000, other in 1_000_001u64..2_000_000) {
            let (words, copy) = (text(seed, 300), reprinted(&text(seed, 300), 150));
            let (a, b, c) = (shingles(&words), shingles(&copy), shingles(&text(other, 300)));
            prop_assert!(is_reprint(&a, &b, TimeDelta::days(1), false));
            prop_assert!(distance(&a, &b) <= BITS_MAX, "{}", distance(&a, &b));
            prop_assert!(!is_reprint(&a, &c, TimeDelta::zero(), false));
            prop_assert_eq!(is_reprint(&a, &b, TimeDelta::days(1), true), is_reprint(&b, &a, TimeDelta::days(-1), true));
        }

        #[test]
        fn a_fingerprint_reads_back_and_its_parts_tell_their_place(seed in any::<u64>()) {
            let print = Fingerprint(seed);
            prop_assert_eq!(Fingerprint::of_number(print.number()), print);
            let mut bands = print.bands().to_vec();
            bands.dedup_by_key(|it| *it >> 8);
            prop_assert_eq!(bands.len(), BANDS);
        }

        #[test]
        fn fingerprints_that_differ_in_seven_bits_share_a_part(seed in any::<u64>(), bits in proptest::collection::vec(0u32..64, 0..=7)) {
            let other = bits.iter().fold(seed, |all, it| all ^ 1 << it);
            let (a, b) = (Fingerprint(seed).bands(), Fingerprint(other).bands());
            prop_assert!(a.iter().any(|it| b.contains(it)));
        }
    }

    #[test]
    fn nine_in_ten_reprints_are_found_by_a_shared_part() {
        let found = (0..200u64).filter(|seed| {
            let words = text(*seed, 300);
            let parts = |it: &Shingles| Fingerprint::of(it).unwrap().bands();
            let (a, b) = (parts(&shingles(&words)), parts(&shingles(&reprinted(&words, 60))));
            a.iter().any(|it| b.contains(it))
        });
        assert!(found.count() >= 180);
    }

    #[test]
    fn time_and_length_keep_a_text_used_again_apart() {
        let words = shingles(&text(7, 300));
        for (days, same_outlet, reprint) in [(0, false, true), (-30, false, true), (31, false, false), (3, true, true), (4, true, false)] {
            assert_eq!(is_reprint(&words, &words, TimeDelta::days(days), same_outlet), reprint, "{days} {same_outlet}");
        }
        assert_eq!(Fingerprint::of(&shingles(&text(7, 31))), None, "a notice");
        assert!(Fingerprint::of(&words).is_some());
    }

    #[test]
    fn the_original_is_the_earliest_twin_of_another_outlet_that_is_surely_earlier() {
        let zone = chrono_tz::Asia::Ho_Chi_Minh;
        let at = |text: &str| text.parse::<DateTime<Utc>>().ok();
        let twin = |outlet: &str, published: &str| Twin {
            outlet: outlet.parse().unwrap(),
            url: format!("https://{outlet}.vn/"),
            published: at(published),
        };
        let mine = at("2026-03-10T09:30:00+07:00");
        for (name, twins, original) in [
            ("a later one", vec![twin("b", "2026-03-10T10:00:00+07:00")], None),
            ("an earlier one", vec![twin("b", "2026-03-10T09:00:00+07:00")], Some("b")),
            ("the earliest of two", vec![twin("b", "2026-03-10T09:00:00+07:00"), twin("c", "2026-03-09T09:00:00+07:00")], Some("c")),
            ("the outlet's own", vec![twin("a", "2026-03-09T09:00:00+07:00")], None),
            ("the same day without a time", vec![twin("b", "2026-03-10T00:00:00+07:00")], None),
            ("the day before without a time", vec![twin("b", "2026-03-09T00:00:00+07:00")], Some("b")),
            ("no date", vec![twin("b", "")], None),
            ("the same minute", vec![twin("b", "2026-03-10T09:30:00+07:00")], None),
        ] {
            let found = original_of(&"a".parse().unwrap(), mine, &twins, zone);
            assert_eq!(found.map(|it| it.outlet.as_str()), original, "{name}");
        }
        assert_eq!(original_of(&"a".parse().unwrap(), None, &[twin("b", "2026-03-01T00:00:00Z")], zone), None, "of no known date");
    }
}
