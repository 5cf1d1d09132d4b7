//! Whether an article speaks of preventing human trafficking: the dictionary as rules, the judgement, and the words that decided it.

use std::{collections::BTreeSet, fmt, ops::Range, str::FromStr};

use serde::{Deserialize, Serialize};

use self::{
    rules::{Facts, decide},
    zones::{ZoneRead, bear_on_whole},
};

pub use self::terms::{BadEntry, Entry, GuardSpec, Near, TermSpec, Terms};

mod rules;
mod terms;
mod zones;

/// Reasons kept with a judgement; a text with more of them is about its subject many times over.
pub const REASONS_MAX: usize = 200;
/// Writes a closed set of words once: the enum, its name in data, and back.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$doc])* #[serde(rename = $word)] $variant,)+ }

        impl $name {
            /// Every value, in its order.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word for it in data, logs and on the command line.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(word: &str) -> Result<Self, UnknownWord> {
                Self::ALL.iter().copied().find(|value| value.as_str() == word).ok_or_else(|| UnknownWord {
                    word: word.to_owned(),
                    known: Self::ALL.iter().map(|value| value.as_str()).collect::<Vec<_>>().join(", "),
                })
            }
        }
    };
}

/// A word that is none of its closed set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown word `{word}`: one of {known}")]
pub struct UnknownWord {
    word: String,
    known: String,
}

words! {
    /// What the judge makes of an article.
    JudgementKind {
        /// The article speaks of the subject: it counts.
        About = "about",
        /// It may; an officer decides.
        Candidate = "candidate",
        /// It names the subject in passing.
        Mention = "mention",
        /// It does not speak of it.
        Unrelated = "unrelated",
    }
}

words! {
    /// The part of an article that a span stands in.
    Zone {
        Title = "title",
        Lead = "lead",
        Body = "body",
        Caption = "caption",
    }
}

words! {
    /// How much a term proves, the most first.
    TermClass {
        /// Names trafficking itself.
        Strong = "strong",
        /// A form or purpose of trafficking that is told without the name.
        ContextualHigh = "contextual_high",
        /// Usual beside the subject, and beside many others.
        Contextual = "contextual",
        /// Takes the weight from the terms it touches.
        Guard = "guard",
    }
}

words! {
    /// The side of the subject that a term belongs to.
    Topic {
        Law = "law",
        CrimeCase = "crime_case",
        Prevention = "prevention",
        VictimSupport = "victim_support",
        Campaign = "campaign",
        Cooperation = "cooperation",
        MigrationLabour = "migration_labour",
        Children = "children",
        OnlineScam = "online_scam",
    }
}

words! {
    /// What a guard does to a term.
    GuardEffect {
        /// The terms that it overlaps are no hits.
        Cancel = "cancel",
        /// The strong terms that it overlaps only mention the subject: an agency's name, a comparison.
        Passing = "passing",
        /// Two of these in one sentence make the sentence a list; a strong term in it only mentions the subject.
        Listed = "listed",
        /// The strong terms that it overlaps are the charge of which somebody is accused.
        Charge = "charge",
        /// In title or lead: the article is for an officer to judge (fiction, fake news, a digest of many items).
        Review = "review",
        /// In title or lead: says of what kind the article is, and decides nothing.
        Mark = "mark",
        /// Anywhere: takes its mark away.
        Unmark = "unmark",
    }
}

words! {
    /// What kind of article speaks of the subject, where that may bear on whether it counts.
    Mark {
        /// A film, a novel, a play.
        Fiction = "fiction",
        /// A rumour, and its denial.
        FakeNews = "fake_news",
        /// Many items in one article; one of them may be the subject.
        Digest = "digest",
        /// Of a time long past.
        History = "history",
        /// From abroad, and nothing in it leads to Viet Nam.
        Foreign = "foreign",
    }
}

words! {
    /// The rule that decided.
    Rule {
        StrongInTitle = "strong_in_title",
        StrongInLead = "strong_in_lead",
        /// Neither in title nor lead, but in so many sentences of the body that the article comes back to it.
        StrongThroughBody = "strong_through_body",
        StrongWithContext = "strong_with_context",
        /// Named late and once as the charge, at the end of a case that is told without the name.
        StrongCharged = "strong_charged",
        /// A strong term, but no more than in passing.
        StrongPassing = "strong_passing",
        /// In several sentences of the body, but all of them late, where background stands.
        StrongLate = "strong_late",
        /// No strong term; contextual ones with one that tells of exploitation or control.
        ContextualWithAnchor = "contextual_with_anchor",
        /// No strong term; one that tells of a person sold or handed over.
        ContextualAlone = "contextual_alone",
        /// Would be `about`, but is marked as fiction, fake news or a digest.
        MarkedReview = "marked_review",
        /// The page could not be read; its title or summary holds a strong term.
        UnreadWithTerm = "unread_with_term",
        Nothing = "nothing",
    }
}

impl Mark {
    /// What the officer reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::Fiction => "tác phẩm hư cấu",
            Self::FakeNews => "tin giả, tin đồn hoặc lời bác bỏ",
            Self::Digest => "bản tin tổng hợp nhiều mục",
            Self::History => "chuyện thời trước",
            Self::Foreign => "tin nước ngoài, không liên hệ với Việt Nam",
        }
    }
}

/// The texts of one article. The body may begin with the lead; it is not counted twice.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reading<'a> {
    pub title: &'a str,
    pub lead: &'a str,
    /// One paragraph a line.
    pub body: &'a str,
    /// The pictures' captions, one a line, where the body does not hold them.
    pub captions: &'a str,
}

/// One span that had a part in a judgement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    pub zone: Zone,
    /// Byte offset in the zone's text, as it was given.
    pub start: usize,
    /// Byte offset behind the span.
    pub end: usize,
    /// The span as it stands there.
    pub text: String,
    /// Id of the dictionary's term, or of the guard where the class is `guard`.
    pub term: String,
    /// The weight that the span had here; a near word may have raised its term's own.
    pub class: TermClass,
    /// Id of the guard that cancelled it; a cancelled span counts for nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled_by: Option<String>,
    /// Id of the guard for which it only mentions the subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passing_by: Option<String>,
}

/// What was decided, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    pub kind: JudgementKind,
    /// 0 to 1: how near to `about`; ranks near misses.
    pub score: f64,
    pub rule: Rule,
    /// At most [`REASONS_MAX`], in the order title, lead, body, captions.
    pub reasons: Vec<Reason>,
    /// The topics of the terms that count, without repeats.
    pub topics: Vec<Topic>,
    /// What kind of article it is, without repeats.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
}

/// Judges an article that was read.
pub fn judge(terms: &Terms, reading: &Reading<'_>) -> Judgement {
    let title = ZoneRead::new(terms, Zone::Title, reading.title);
    let lead = ZoneRead::new(terms, Zone::Lead, reading.lead);
    let body = ZoneRead::new(terms, Zone::Body, reading.body).after_lead(&lead);
    let captions = ZoneRead::new(terms, Zone::Caption, reading.captions);
    let mut zones = [title, lead, body, captions];
    bear_on_whole(terms, &mut zones);
    judged(terms, &zones, decide)
}

/// Judges an article whose page could not be read, by what its source said of it.
pub fn judge_unread(terms: &Terms, title: &str, summary: &str) -> Judgement {
    let mut zones = [ZoneRead::new(terms, Zone::Title, title), ZoneRead::new(terms, Zone::Lead, summary)];
    bear_on_whole(terms, &mut zones);
    judged(terms, &zones, |facts| match facts.strong() + facts.passing {
        0 => (JudgementKind::Unrelated, Rule::Nothing),
        _ => (JudgementKind::Candidate, Rule::UnreadWithTerm),
    })
}

fn judged(terms: &Terms, zones: &[ZoneRead<'_>], decide: impl FnOnce(&Facts) -> (JudgementKind, Rule)) -> Judgement {
    let facts = Facts::of(terms, zones);
    let (kind, rule) = decide(&facts);
    let (reasons, topics) = (reasons(terms, zones), topics(terms, zones));
    Judgement { kind, score: facts.score(kind), rule, reasons, topics, marks: facts.marks.into_iter().collect() }
}

fn reasons(terms: &Terms, zones: &[ZoneRead<'_>]) -> Vec<Reason> {
    let guard_id = |guard: usize| terms.guard_id(guard).to_owned();
    let mut all = Vec::new();
    for zone in zones {
        let hits = zone.hits.iter().map(|hit| {
            let ids = (terms.terms[hit.term].id.clone(), hit.cancelled_by.map(guard_id), hit.passing_by.map(guard_id));
            (&hit.words, hit.class, ids)
        });
        let markers = zone.markers.iter().filter(|(guard, at)| zone.is_head(at.start) && terms.effect(*guard) == GuardEffect::Review);
        let markers = markers.map(|(guard, words)| (words, TermClass::Guard, (guard_id(*guard), None, None)));
        for (words, class, (term, cancelled_by, passing_by)) in hits.chain(markers) {
            let Some(Range { start, end }) = zone.text.words_in_source(words.clone()) else { continue };
            if all.len() == REASONS_MAX {
                return all;
            }
            let text = zone.source.get(start..end).unwrap_or_default().to_owned();
            all.push(Reason { zone: zone.zone, start, end, text, term, class, cancelled_by, passing_by });
        }
    }
    all
}

fn topics(terms: &Terms, zones: &[ZoneRead<'_>]) -> Vec<Topic> {
    let counted = zones.iter().flat_map(|zone| &zone.hits).filter(|hit| hit.cancelled_by.is_none() && hit.class < TermClass::Contextual);
    let all: BTreeSet<Topic> = counted.map(|hit| terms.terms[hit.term].topic).collect();
    all.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::pattern::Lists;
    use proptest::prelude::*;

    fn term(id: &str, class: TermClass, forms: &[&str]) -> TermSpec {
        let forms = forms.iter().map(|form| (*form).to_owned()).collect();
        TermSpec {
            id: id.to_owned(),
            topic: Topic::CrimeCase,
            class,
            anchor: id == "giam",
            alone: id == "ban",
            forms,
            only_near: None,
            strong_near: None,
            why: String::new(),
        }
    }

    fn guard(id: &str, effect: GuardEffect, forms: &[&str]) -> GuardSpec {
        let forms = forms.iter().map(|form| (*form).to_owned()).collect();
        GuardSpec { id: id.to_owned(), effect, mark: None, body_only: false, whole: false, forms, terms: Vec::new(), why: String::new() }
    }

    fn near(form: &str, within_words: usize) -> Option<Near> {
        Some(Near { forms: vec![form.to_owned()], within_words })
    }

    fn terms() -> Terms {
        let all = vec![
            term("goc", TermClass::Strong, &["mua{,} bán người"]),
            term("ep", TermClass::ContextualHigh, &["ép tiếp khách"]),
            term("giam", TermClass::Contextual, &["bị giam giữ"]),
            term("canh-giac", TermClass::Contextual, &["cảnh giác"]),
            term("ban", TermClass::ContextualHigh, &["bán cô cho"]),
            TermSpec { strong_near: near("phụ nữ", 5), ..term("lua", TermClass::Contextual, &["lừa bán"]) },
            TermSpec { only_near: near("hình sự", 6), ..term("dieu", TermClass::Contextual, &["điều 150"]) },
        ];
        let guards = vec![
            guard("dan", GuardEffect::Cancel, &["mua bán người dân"]),
            guard("cuc", GuardEffect::Passing, &["cục ..2 chống mua bán người"]),
            guard("muc", GuardEffect::Listed, &["ma túy", "buôn lậu"]),
            GuardSpec { mark: Some(Mark::Fiction), ..guard("phim", GuardEffect::Review, &["bộ phim"]) },
            GuardSpec { mark: Some(Mark::Digest), ..guard("diem-tin", GuardEffect::Review, &["điểm tin"]) },
            GuardSpec { mark: Some(Mark::Foreign), ..guard("nuoc", GuardEffect::Mark, &["Malaysia"]) },
            GuardSpec { mark: Some(Mark::Foreign), ..guard("viet", GuardEffect::Unmark, &["Việt Nam"]) },
            guard("toi", GuardEffect::Charge, &["khởi tố ..3 mua bán người"]),
            GuardSpec { whole: true, ..guard("bong", GuardEffect::Passing, &["cầu thủ"]) },
            GuardSpec { whole: true, terms: vec!["giam".to_owned()], ..guard("no", GuardEffect::Passing, &["đòi nợ"]) },
            GuardSpec { body_only: true, ..guard("khung", GuardEffect::Cancel, &["^ video{.} ..."]) },
        ];
        Terms::new("thử".to_owned(), &Lists::new(), all, guards).unwrap()
    }

    fn kind(title: &str, lead: &str, body: &str) -> (JudgementKind, Rule) {
        let judged = judge(&terms(), &Reading { title, lead, body, captions: "" });
        (judged.kind, judged.rule)
    }

    #[test]
    fn the_place_and_number_of_terms_decide() {
        use JudgementKind::{About, Candidate, Mention, Unrelated};
        for (title, lead, body, want, why) in [
            ("Chống mua bán người", "", "", (About, Rule::StrongInTitle), "a title names the subject"),
            ("Tin", "Nạn mua bán người tăng.", "Tin khác.", (About, Rule::StrongInLead), "so does a lead"),
            ("Tin", "", "Nạn mua bán người tăng.\n\nTin khác.", (About, Rule::StrongInLead), "a first paragraph stands for a lead"),
            ("Tin", "Mở đầu.", "Có vụ mua bán người.\nHết tin.", (Mention, Rule::StrongPassing), "one in the body is in passing"),
            (
                "Tin",
                "Mở đầu.",
                "Vụ mua bán người.\nThêm vụ mua bán người.\nLại vụ mua bán người.\nHết.",
                (About, Rule::StrongThroughBody),
                "the body comes back to it",
            ),
            (
                "Chị bị giam giữ",
                "Mở đầu.",
                "Đó là vụ mua bán người.",
                (About, Rule::StrongWithContext),
                "the title tells of control, the body names it",
            ),
            ("Tin", "Mở đầu.", "Cục phòng chống mua bán người họp.", (Mention, Rule::StrongPassing), "an agency's name is no subject"),
            ("Tin", "Chống ma túy, buôn lậu, mua bán người.", "", (Mention, Rule::StrongPassing), "an item of a list is no subject"),
            ("Bộ phim mới về mua bán người", "", "", (Candidate, Rule::MarkedReview), "fiction is for an officer"),
            (
                "Tin",
                "Mở đầu.",
                "Cô bị giam giữ, bị ép tiếp khách. Hãy cảnh giác.",
                (Candidate, Rule::ContextualWithAnchor),
                "exploitation without the name",
            ),
            ("Tin", "Mở đầu.", "Hãy cảnh giác.", (Unrelated, Rule::Nothing), "a warning alone is nothing"),
            ("", "", "", (Unrelated, Rule::Nothing), "an empty article"),
        ] {
            assert_eq!(kind(title, lead, body), want, "{why}");
        }
    }

    #[test]
    fn a_lead_that_the_body_repeats_counts_once() {
        let lead = "Nạn mua bán người tăng.";
        let judged = judge(&terms(), &Reading { title: "Tin", lead, body: "Nạn mua  bán người tăng.\nHết.", captions: "" });
        assert_eq!(judged.reasons.len(), 1);
        assert_eq!(judged.reasons[0].zone, Zone::Lead);
    }

    #[test]
    fn late_background_and_digests_wait_for_an_officer() {
        let late = format!("{}Vụ mua bán người. Hãy cảnh giác.\nBị giam giữ trong vụ mua bán người.", "Trời đẹp, cá nhiều.\n".repeat(20));
        assert_eq!(kind("Tin", "Mở đầu.", &late), (JudgementKind::Candidate, Rule::StrongLate));
        assert_eq!(kind("Điểm tin", "Vụ mua bán người.", ""), (JudgementKind::Candidate, Rule::MarkedReview));
        assert_eq!(kind("Điểm tin: bắt nhóm mua bán người", "", ""), (JudgementKind::About, Rule::StrongInTitle));
    }

    #[test]
    fn a_charge_named_once_makes_a_story_of_exploitation_a_case() {
        let late = |end: &str| format!("{}Bị ép tiếp khách.\n{end}", "Trời đẹp, cá nhiều.\n".repeat(20));
        assert_eq!(kind("Tin", "Mở đầu.", &late("Tòa khởi tố về tội mua bán người.")), (JudgementKind::About, Rule::StrongCharged));
        assert_eq!(kind("Tin", "Mở đầu.", &late("Lo nạn mua bán người.")), (JudgementKind::Mention, Rule::StrongPassing));
        assert_eq!(kind("Tin", "Mở đầu.", "Hai người bị khởi tố tội mua bán người."), (JudgementKind::Mention, Rule::StrongPassing));
    }

    #[test]
    fn a_person_who_is_sold_calls_for_an_officer_whatever_agency_is_named() {
        let want = (JudgementKind::Candidate, Rule::ContextualAlone);
        assert_eq!(kind("Tin", "Mở đầu.", "Họ bán cô cho một bà."), want);
        assert_eq!(kind("Tin", "Mở đầu.", "Họ bán cô cho một bà. Cục phòng chống mua bán người họp."), want);
        let control = "Cô bị giam giữ, bị ép tiếp khách. Hãy cảnh giác. Cục phòng chống mua bán người họp.";
        assert_eq!(kind("Tin", "Mở đầu.", control), (JudgementKind::Candidate, Rule::ContextualWithAnchor));
    }

    #[test]
    fn what_title_or_lead_speak_of_bears_on_the_whole_article() {
        let passing = (JudgementKind::Mention, Rule::StrongPassing);
        assert_eq!(kind("Mua bán người kiểu cầu thủ", "", ""), passing);
        assert_eq!(kind("Mua bán người", "Cầu thủ nào cũng đắt.", ""), passing);
        assert_eq!(
            kind("Mua bán người", "Mở đầu.", "Cầu thủ nào cũng đắt."),
            (JudgementKind::About, Rule::StrongInTitle),
            "only head words do"
        );
        let told = "Cô bị giam giữ, bị ép tiếp khách. Hãy cảnh giác.";
        assert_eq!(
            kind("Nhóm đòi nợ", "Mở đầu.", told),
            (JudgementKind::Unrelated, Rule::Nothing),
            "its guard names the terms that it bears on"
        );
    }

    #[test]
    fn all_captions_together_are_one_sentence_of_the_body() {
        let judged = |body: &str, captions: &str| judge(&terms(), &Reading { title: "Tin", lead: "Mở đầu.", body, captions });
        let caption = judged("Trời đẹp.", "Vụ mua bán người.\nVụ mua bán người.\nVụ mua bán người.\nVụ mua bán người.");
        assert_eq!(caption.kind, JudgementKind::Mention);
        assert_eq!(caption.reasons[0].zone, Zone::Caption);
        let body = "Vụ mua bán người.\nThêm vụ mua bán người.";
        assert_eq!(judged(body, "").kind, JudgementKind::Mention);
        assert_eq!(judged(body, "Vụ mua bán người.").kind, JudgementKind::About);
    }

    #[test]
    fn marks_say_of_what_kind_an_article_is_and_are_taken_back() {
        let marks = |title: &str, body: &str| judge(&terms(), &Reading { title, lead: "Mở đầu.", body, captions: "" }).marks;
        assert_eq!(marks("Malaysia chống mua bán người", ""), [Mark::Foreign]);
        assert_eq!(marks("Malaysia chống mua bán người", "Nạn nhân là người Việt Nam."), []);
        assert_eq!(marks("Chống mua bán người", "Ông sang Malaysia."), [], "only the head says what an article is");
        assert_eq!(marks("Bộ phim về mua bán người", ""), [Mark::Fiction]);
        let stored = r#"{"kind":"about","score":0.9,"rule":"strong_in_title","reasons":[],"topics":[]}"#;
        assert_eq!(serde_json::from_str::<Judgement>(stored).unwrap().marks, [], "what was stored before there were marks still reads");
    }

    #[test]
    fn what_stands_around_a_text_is_looked_for_in_the_body_alone() {
        assert_eq!(kind("Video: phá vụ mua bán người", "", ""), (JudgementKind::About, Rule::StrongInTitle));
        assert_eq!(kind("Tin", "Mở đầu.", "Video: phá vụ mua bán người"), (JudgementKind::Unrelated, Rule::Nothing));
    }

    #[test]
    fn a_near_word_raises_a_term_only_within_its_reach_and_paragraph() {
        let class =
            |body| judge(&terms(), &Reading { title: "", lead: "Mở đầu.", body, captions: "" }).reasons.first().map(|reason| reason.class);
        assert_eq!(class("Lừa bán một phụ nữ."), Some(TermClass::Strong));
        assert_eq!(class("Lừa bán xe của bạn rồi lấy tiền mua quà tặng một phụ nữ."), Some(TermClass::Contextual));
        assert_eq!(class("Lừa bán xe.\nPhụ nữ."), Some(TermClass::Contextual));
        assert_eq!(class("Theo Điều 150 Bộ luật Hình sự."), Some(TermClass::Contextual));
        assert_eq!(class("Theo Điều 150 Luật Đất đai."), None);
    }

    #[test]
    fn an_unread_article_is_a_candidate_where_its_title_or_summary_holds_a_strong_term() {
        for (title, summary, want) in [
            ("Chống mua bán người", "", JudgementKind::Candidate),
            ("Tin", "Cục chống mua bán người họp", JudgementKind::Candidate),
            ("Hàng hóa mua bán người dân ưa", "", JudgementKind::Unrelated),
            ("Hãy cảnh giác", "", JudgementKind::Unrelated),
        ] {
            assert_eq!(judge_unread(&terms(), title, summary).kind, want, "{title}");
        }
    }

    #[test]
    fn a_cancelled_span_is_shown_with_its_guard() {
        let judged = judge(&terms(), &Reading { title: "Nơi mua bán người dân tin", ..Reading::default() });
        assert_eq!(judged.kind, JudgementKind::Unrelated);
        assert_eq!(judged.reasons[0].cancelled_by.as_deref(), Some("dan"));
        assert!(judged.topics.is_empty());
    }

    #[test]
    fn reasons_are_limited_and_scores_rank_the_kinds() {
        let body = "Vụ mua bán người. ".repeat(3 * REASONS_MAX);
        let about = judge(&terms(), &Reading { title: "Tin", lead: "Mở đầu.", body: &body, captions: "" });
        assert_eq!(about.reasons.len(), REASONS_MAX);
        let mention = judge(&terms(), &Reading { title: "Tin", lead: "Mở đầu.", body: "Vụ mua bán người.", captions: "" });
        let nothing = judge(&terms(), &Reading { title: "Tin", lead: "Mở đầu.", body: "Trời đẹp.", captions: "" });
        assert!(about.score <= 1.0 && about.score > mention.score && mention.score > nothing.score && nothing.score >= 0.0);
    }

    #[test]
    fn words_of_the_closed_sets_lead_back_to_their_values() {
        for kind in JudgementKind::ALL {
            assert_eq!(kind.as_str().parse::<JudgementKind>().as_ref(), Ok(kind));
            assert_eq!(serde_json::to_string(kind).unwrap(), format!("\"{kind}\""));
        }
        assert_eq!("soon".parse::<Rule>().unwrap_err().to_string().split(':').next(), Some("unknown word `soon`"));
    }

    #[test]
    fn a_guard_that_bears_on_no_term_is_refused() {
        let bad = GuardSpec { terms: vec!["khong-co".to_owned()], ..guard("g", GuardEffect::Cancel, &["a"]) };
        let error = Terms::new(String::new(), &Lists::new(), Vec::new(), vec![bad]).unwrap_err();
        assert_eq!((error.id.as_str(), error.message.as_str()), ("g", "bears on `khong-co`, which is no term"));
    }

    /// Sentences with and without terms and guards, in many spellings.
    fn sentence() -> impl Strategy<Value = String> {
        proptest::sample::select(vec![
            "Nạn mua bán người tăng.",
            "MUA, BÁN NGƯỜI",
            "mua bán. Người dân",
            "Nơi mua bán người dân tin,",
            "Cục chống mua bán người",
            "lừa bán hai phụ nữ",
            "ma túy, buôn lậu",
            "bị ép tiếp khách",
            "Bộ phim",
            "Trời đẹp.",
            "bị giam giữ",
            "cảnh giác\n",
            "\n\n",
            "mua ba\u{301}n ngươ\u{300}i",
            "“Điều 150”",
        ])
        .prop_map(str::to_owned)
    }

    fn text() -> impl Strategy<Value = String> {
        proptest::collection::vec(prop_oneof![4 => sentence(), 1 => "\\PC{0,8}"], 0..12).prop_map(|parts| parts.join(" "))
    }

    proptest! {
        #[test]
        fn spans_slice_the_text_they_were_found_in(title in text(), lead in text(), body in text()) {
            for reason in judge(&terms(), &Reading { title: &title, lead: &lead, body: &body, captions: "" }).reasons {
                let zone = match reason.zone { Zone::Title => &title, Zone::Lead => &lead, _ => &body };
                prop_assert_eq!(zone.get(reason.start..reason.end), Some(reason.text.as_str()));
            }
        }

        #[test]
        fn paragraphs_without_a_term_leave_a_title_about_its_subject(lead in text(), body in text()) {
            let reading = Reading { title: "Chống mua bán người", lead: &lead, body: &body, captions: "" };
            let longer = format!("{body}\nTrời đẹp, cá nhiều.");
            let before = judge(&terms(), &reading).kind;
            prop_assert_eq!(judge(&terms(), &Reading { body: &longer, ..reading }).kind, before);
        }

        #[test]
        fn more_text_without_a_term_never_takes_about_away_from_a_body(body in text(), times in 1usize..4) {
            let judged = judge(&terms(), &Reading { title: "", lead: "Mở đầu.", body: &body, captions: "" });
            let longer = format!("{body}{}", "\nTrời đẹp, cá nhiều.".repeat(times));
            if judged.kind == JudgementKind::About {
                prop_assert_eq!(judge(&terms(), &Reading { title: "", lead: "Mở đầu.", body: &longer, captions: "" }).kind, JudgementKind::About);
            }
        }

        #[test]
        fn a_guard_leaves_the_terms_it_does_not_overlap(body in text()) {
            let alone = judge(&terms(), &Reading { title: "", lead: "Mở đầu.", body: "Vụ mua bán người.", captions: "" });
            let both = format!("{body}\n\nNơi mua bán người dân tin.\n\nVụ mua bán người.");
            let judged = judge(&terms(), &Reading { title: "", lead: "Mở đầu.", body: &both, captions: "" });
            let last = judged.reasons.last().unwrap();
            prop_assert_eq!((&last.text, &last.cancelled_by), (&alone.reasons[0].text, &None));
        }
    }
}
