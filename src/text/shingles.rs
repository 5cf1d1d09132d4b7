//! Runs of three neighbouring syllables: what two texts are compared by.

use crate::text::{Fnv, syllables, toned_token};

/// Neighbouring syllables in one shingle.
const WIDTH: usize = 3;

/// The shingles of a text in toned, composed form, as numbers that stay the same from release to release.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shingles(Vec<u64>);

impl Shingles {
    /// Of a text; one of fewer than three syllables has none.
    pub fn of(text: &str) -> Self {
        let tokens: Vec<String> = syllables(text).map(|(.., it)| toned_token(it)).collect();
        let number = |run: &[String]| {
            let mut hash = Fnv::default();
            run.iter().for_each(|it| hash.add(it.as_bytes()));
            hash.end()
        };
        let mut found: Vec<u64> = tokens.windows(WIDTH).map(number).collect();
        found.sort_unstable();
        found.dedup();
        Self(found)
    }

    /// How many different ones there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What both have of what either has (Jaccard), 0 to 1; 0 where neither has any.
    pub fn likeness(&self, other: &Self) -> f64 {
        let (mut left, mut right, mut both) = (self.0.iter().peekable(), other.0.iter().peekable(), 0usize);
        while let (Some(one), Some(two)) = (left.peek(), right.peek()) {
            match one.cmp(two) {
                std::cmp::Ordering::Less => drop(left.next()),
                std::cmp::Ordering::Greater => drop(right.next()),
                std::cmp::Ordering::Equal => {
                    both += 1;
                    left.next();
                    right.next();
                }
            }
        }
        let either = self.len() + other.len() - both;
        if either == 0 { 0.0 } else { both as f64 / either as f64 }
    }

    /// A number of 64 bits in which texts that share most shingles differ in few (SimHash).
    pub fn simhash(&self) -> u64 {
        let mut weights = [0i32; 64];
        for shingle in &self.0 {
            for (bit, weight) in weights.iter_mut().enumerate() {
                *weight += if shingle >> bit & 1 == 1 { 1 } else { -1 };
            }
        }
        weights.iter().enumerate().filter(|(_, it)| **it > 0).fold(0, |all, (bit, _)| all | 1 << bit)
    }
}

/// The share of two texts' syllables that stand in one only, 0 to 1: how much an edit changed. Order does not matter.
pub fn changed_share(before: &str, after: &str) -> f64 {
    let sorted = |text: &str| {
        let mut all: Vec<String> = syllables(text).map(|(.., it)| toned_token(it)).collect();
        all.sort_unstable();
        all
    };
    let (before, after) = (sorted(before), sorted(after));
    let (mut left, mut right, mut both) = (0, 0, 0usize);
    while let (Some(one), Some(two)) = (before.get(left), after.get(right)) {
        both += usize::from(one == two);
        (left, right) = (left + usize::from(one <= two), right + usize::from(two <= one));
    }
    let all = before.len() + after.len();
    if all == 0 { 0.0 } else { (all - 2 * both) as f64 / all as f64 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    #[test]
    fn spelling_variants_and_composition_make_no_other_text() {
        let text = "Tập huấn phòng, chống mua bán người ở xã Hòa Bình";
        let decomposed: String = text.replace("Hòa", "Hoà").nfd().collect();
        assert_eq!(Shingles::of(text), Shingles::of(&decomposed));
        assert_ne!(Shingles::of(text), Shingles::of(&crate::text::fold(text)), "tones are meaning");
        assert!(Shingles::of("hai tiếng").is_empty());
    }

    #[test]
    fn the_share_that_an_edit_changed_is_counted_in_syllables() {
        for (before, after, share) in [
            ("một hai ba bốn", "một hai ba bốn", 0.0),
            ("một hai ba bốn", "bốn ba hai một", 0.0),
            ("một hai", "ba bốn", 1.0),
            ("", "", 0.0),
            ("một hai ba", "một", 0.5),
        ] {
            assert_eq!(changed_share(before, after), share, "{before} / {after}");
        }
    }

    proptest! {
        #[test]
        fn likeness_is_symmetric_and_whole_only_for_itself(one in "([a-e] ){0,40}", two in "([a-e] ){0,40}") {
            let (a, b) = (Shingles::of(&one), Shingles::of(&two));
            prop_assert_eq!(a.likeness(&b), b.likeness(&a));
            prop_assert!((0.0..=1.0).contains(&a.likeness(&b)));
            if !a.is_empty() {
                prop_assert_eq!(a.likeness(&a), 1.0);
            }
            prop_assert_eq!(changed_share(&one, &two), changed_share(&two, &one));
        }
    }
}
