//! Lengths in a paper that hang on how long its texts are: drawn lines, and where the addressees stand.

use crate::report::{
    face::{BrokenFace, Face},
    paper::{ADDRESSED_TO, Head, TIEU_NGU, mm, size},
};

pub const PT_PER_MM: f64 = 72.0 / 25.4;
/// The lines under the issuing body and under a trích yếu, as a share of the text above: a third to a half.
const RULE_SHARE: f64 = 0.4;

/// The lengths of the drawn lines in the head, in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeadRules {
    /// Under the Tiêu ngữ: as long as the text.
    pub motto: f64,
    /// Under the issuing body.
    pub issuer: f64,
}

/// Where `Kính gửi:` and the addressees stand, in points from the left margin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Addressing {
    /// Where `Kính gửi:` begins.
    pub call: f64,
    /// Where the names begin: behind the call for one, under its colon and behind the hyphen for several.
    pub name: f64,
    /// Width of the hyphen and its space; nothing for one addressee.
    pub hyphen: f64,
}

impl HeadRules {
    /// The lines for this head.
    ///
    /// # Errors
    /// Where a face is broken.
    pub fn of(head: &Head) -> Result<Self, BrokenFace> {
        let bold = Face::Bold.letters()?;
        let issuer = bold.width_pt(&head.issuing_line(), size::ISSUER).min(mm::HEAD_LEFT * PT_PER_MM);
        Ok(Self { motto: bold.width_pt(TIEU_NGU, size::MOTTO), issuer: issuer * RULE_SHARE })
    }
}

/// The length of the line under a trích yếu, in points.
///
/// # Errors
/// Where a face is broken.
pub fn summary_rule(summary: &str) -> Result<f64, BrokenFace> {
    let width = Face::Bold.letters()?.width_pt(summary, size::TITLE);
    Ok(width.min(mm::TEXT_WIDTH * PT_PER_MM) * RULE_SHARE)
}

impl Addressing {
    /// The place of these lines, which come from `Paper::addressee_lines`: together with the call they stand in the middle of the page.
    ///
    /// # Errors
    /// Where a face is broken.
    pub fn of(lines: &[String]) -> Result<Self, BrokenFace> {
        let upright = Face::Upright.letters()?;
        let width = |text: &str| upright.width_pt(text, size::BODY);
        let longest = lines.iter().map(|it| width(it)).fold(0.0, f64::max);
        let single = lines.len() == 1;
        let before = if single { width(ADDRESSED_TO) + width(" ") } else { width(ADDRESSED_TO.trim_end_matches(':')) };
        let call = ((mm::TEXT_WIDTH * PT_PER_MM - before - longest) / 2.0).max(0.0);
        let hyphen = if single { 0.0 } else { width("- ") };
        Ok(Self { call, name: call + before + hyphen, hyphen })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_under_the_motto_is_as_long_as_it_and_the_issuers_a_third_to_a_half_of_its_name() {
        let head = |issuing: &str| Head { issuing: issuing.to_owned(), ..Head::default() };
        let bold = Face::Bold.letters().unwrap();
        let rules = HeadRules::of(&head("Sở Sông Xanh")).unwrap();
        assert!((rules.motto / PT_PER_MM - 56.0).abs() < 1.0, "{}", rules.motto / PT_PER_MM);
        let share = rules.issuer / bold.width_pt("SỞ SÔNG XANH", size::ISSUER);
        assert!((1.0 / 3.0..=0.5).contains(&share), "{share}");
        let long = HeadRules::of(&head(&"Sở Sông Xanh và Đồi Gió ".repeat(9))).unwrap();
        assert!(long.issuer <= mm::HEAD_LEFT * PT_PER_MM / 2.0, "a name of several lines has a line within its column");
    }

    #[test]
    fn several_addressees_stand_under_the_colon() {
        let upright = Face::Upright.letters().unwrap();
        let place = Addressing::of(&["- Báo Sông Xanh;".to_owned(), "- Tạp chí Đồi Gió.".to_owned()]).unwrap();
        let colon = place.call + upright.width_pt("Kính gửi", size::BODY);
        assert!((place.name - place.hyphen - colon).abs() < 0.01);
        let one = Addressing::of(&["Báo Sông Xanh".to_owned()]).unwrap();
        assert!((one.name - one.call - upright.width_pt("Kính gửi: ", size::BODY)).abs() < 0.01);
        let longest = Addressing::of(&["Báo Sông Xanh ".repeat(30)]).unwrap();
        assert_eq!(longest.call, 0.0);
    }
}
