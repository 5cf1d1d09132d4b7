//! What an article's own text says of it beside its judgement: of what kind it is, and whether it may identify a person.

use serde::{Deserialize, Serialize};

use crate::domain::{
    privacy::{Privacy, PrivacyKind},
    relevance::Mark,
};

/// The marks of the judge and the kinds of privacy flags, shown wherever the article is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nature {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
    /// Empty where nothing in it needs a look.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub privacy: Vec<PrivacyKind>,
    /// Whom the article itself names as its source: a reprint, whether the original was seen or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_from: Option<String>,
}

impl Nature {
    /// Of an article with these marks and flags.
    pub fn new(marks: Vec<Mark>, privacy: Option<&Privacy>, taken_from: Option<String>) -> Self {
        Self { marks, privacy: privacy.map(Privacy::to_look_at).unwrap_or_default(), taken_from }
    }

    /// Whether there is nothing to say.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    /// What the officer reads, a sentence part each.
    pub fn labels(&self) -> Vec<String> {
        let of_kind = self.marks.iter().map(|it| it.label()).collect::<Vec<_>>().join(", ");
        let look = self.privacy.iter().map(|it| it.label()).collect::<Vec<_>>().join("; ");
        let source = self.taken_from.clone().unwrap_or_default();
        let said = [("dấu hiệu", of_kind), ("đăng theo", source), ("cần rà soát", look)].into_iter().filter(|it| !it.1.is_empty());
        said.map(|(what, words)| format!("{what}: {words}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{privacy::PrivacyFlag, relevance::Zone};

    #[test]
    fn an_officer_reads_marks_and_what_needs_a_look_in_words() {
        let flag = |kind| PrivacyFlag { kind, zone: Zone::Body, start: 0, end: 1, text: "x".to_owned() };
        let privacy = Privacy { flags: [PrivacyKind::Minor, PrivacyKind::Protected, PrivacyKind::Minor].map(flag).into(), masks: vec![] };
        let nature = Nature::new(vec![Mark::Foreign], Some(&privacy), None);
        assert_eq!(nature.labels(), ["dấu hiệu: tin nước ngoài, không liên hệ với Việt Nam", "cần rà soát: thông tin nhận ra trẻ em"]);
        let reprint = Nature::new(vec![], None, Some("TTXVN".to_owned()));
        assert_eq!(reprint.labels(), ["đăng theo: TTXVN"]);
        let json = serde_json::json!({"marks": ["foreign"], "privacy": ["P2"]});
        assert_eq!(serde_json::to_value(&nature).unwrap(), json);
        let changed_names = Privacy { flags: vec![flag(PrivacyKind::Protected)], masks: vec![] };
        assert!(Nature::new(vec![], Some(&changed_names), None).is_plain(), "a statement that names were changed calls for nothing");
    }
}
