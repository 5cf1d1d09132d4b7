//! Near misses: the best articles of a month that did not count, each with the reason in words. The cheapest defence against a
//! false accusation.

use chrono::{DateTime, FixedOffset, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::domain::{
    nature::Nature,
    relevance::{Judgement, JudgementKind, Reason, Rule, TermClass, Zone},
    review::{OutletMonth, ReadState},
};

/// Near misses shown for one outlet and month.
pub const NEAR_MISSES_MAX: usize = 10;
/// Different words quoted in one reason.
const QUOTED_MAX: usize = 3;

/// An article of a month with what its judgement was made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    pub url: String,
    pub title: String,
    pub published: Option<DateTime<Utc>>,
    pub state: ReadState,
    pub judgement: Judgement,
    pub nature: Nature,
}

/// An article that did not count, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NearMiss {
    pub url: String,
    pub title: String,
    pub published: Option<DateTime<FixedOffset>>,
    pub judgement: JudgementKind,
    pub score: f64,
    pub rule: Rule,
    /// What the officer reads.
    pub why: String,
    pub spans: Vec<Reason>,
    #[serde(flatten)]
    pub nature: Nature,
}

/// The best-scoring articles that do not count in the reviewed month, the best first.
pub fn near_misses(scored: &[Scored], month: &OutletMonth, zone: Tz) -> Vec<NearMiss> {
    let counts = |it: &Scored| month.evidence.iter().any(|evidence| evidence.url == it.url);
    let mut missed: Vec<&Scored> = scored.iter().filter(|it| !counts(it)).collect();
    // Among equals those come first that the dictionary touched at all.
    let spans = |it: &Scored| it.judgement.reasons.len();
    missed.sort_by(|a, b| {
        b.judgement.score.total_cmp(&a.judgement.score).then_with(|| spans(b).cmp(&spans(a))).then_with(|| a.url.cmp(&b.url))
    });
    let shown = |it: &Scored| NearMiss {
        url: it.url.clone(),
        title: it.title.clone(),
        published: it.published.map(|at| at.with_timezone(&zone).fixed_offset()),
        judgement: it.judgement.kind,
        score: it.judgement.score,
        rule: it.judgement.rule,
        why: why(it, month),
        spans: it.judgement.reasons.clone(),
        nature: it.nature.clone(),
    };
    missed.into_iter().take(NEAR_MISSES_MAX).map(shown).collect()
}

/// Why an article does not count: what the judge found, what took the weight from it, what is missing, what it waits for.
fn why(article: &Scored, month: &OutletMonth) -> String {
    let mut said = Vec::new();
    if matches!(article.state, ReadState::Found | ReadState::Unread | ReadState::Gone) {
        said.push("Chưa đọc được trang, mới chỉ xét tiêu đề và tóm tắt.".to_owned());
    }
    said.push(by_rule(&article.judgement));
    said.extend(cancelled(&article.judgement.reasons));
    if let Some(pending) = month.pending.iter().find(|it| it.url == article.url) {
        said.push(format!("Đang chờ chuyên viên kết luận: {}.", pending.why.label()));
    }
    said.join(" ")
}

fn by_rule(judgement: &Judgement) -> String {
    let counted = |it: &&Reason| it.cancelled_by.is_none();
    let of = |class: TermClass| quoted(judgement.reasons.iter().filter(counted).filter(|it| it.class == class));
    match judgement.rule {
        Rule::StrongInTitle | Rule::StrongInLead | Rule::StrongThroughBody | Rule::StrongWithContext | Rule::StrongCharged => {
            format!("Nội dung nói về phòng, chống mua bán người ({}).", of(TermClass::Strong))
        }
        Rule::StrongPassing => {
            let passing = quoted(judgement.reasons.iter().filter(counted).filter(|it| it.passing_by.is_some()));
            let in_passing = match passing.as_str() {
                "" => String::new(),
                words => format!(" {words} chỉ là tên gọi hoặc một mục trong danh sách."),
            };
            let head = |it: &Reason| matches!(it.zone, Zone::Title | Zone::Lead);
            let missing = match judgement.reasons.iter().any(|it| it.class == TermClass::Strong && counted(&it) && head(it)) {
                true => "",
                false => " Tiêu đề và đoạn mở đầu không nói đến, trong bài chưa đủ số câu.",
            };
            format!("Chỉ nhắc thoáng qua {}.{in_passing}{missing}", of(TermClass::Strong))
        }
        Rule::ContextualWithAnchor => {
            let context = quoted(judgement.reasons.iter().filter(counted).filter(|it| it.class != TermClass::Guard));
            format!("Không có cụm từ gọi thẳng tên mua bán người; chỉ có dấu hiệu bóc lột hoặc khống chế: {context}.")
        }
        Rule::ContextualAlone => format!("Kể việc một con người bị bán hoặc bị giao lấy tiền: {}.", of(TermClass::ContextualHigh)),
        Rule::StrongLate => format!("Chỉ nói đến ở nửa sau của bài: {}.", of(TermClass::Strong)),
        Rule::MarkedReview => format!("Có dấu hiệu tác phẩm hư cấu, tin giả hoặc bản tin tổng hợp: {}.", of(TermClass::Guard)),
        Rule::UnreadWithTerm => format!("Tiêu đề hoặc tóm tắt có {}.", of(TermClass::Strong)),
        Rule::Nothing => {
            let context = quoted(judgement.reasons.iter().filter(counted).filter(|it| it.class != TermClass::Guard));
            match context.as_str() {
                "" => "Không có cụm từ nào của từ điển được tính.".to_owned(),
                words => format!("Không có cụm từ gọi thẳng tên mua bán người; chỉ có từ bối cảnh {words}, chưa đủ."),
            }
        }
    }
}

/// The words that a guard took the weight from, and which guard.
fn cancelled(reasons: &[Reason]) -> Option<String> {
    let mut found: Vec<String> = Vec::new();
    for reason in reasons {
        if let Some(guard) = &reason.cancelled_by {
            let said = format!("“{}” (quy tắc {guard})", reason.text);
            if !found.contains(&said) && found.len() < QUOTED_MAX {
                found.push(said);
            }
        }
    }
    (!found.is_empty()).then(|| format!("Không tính vì mang nghĩa khác: {}.", found.join(", ")))
}

fn quoted<'a>(reasons: impl Iterator<Item = &'a Reason>) -> String {
    let mut words: Vec<String> = Vec::new();
    for reason in reasons {
        let said = format!("“{}”", reason.text);
        if !words.contains(&said) && words.len() < QUOTED_MAX {
            words.push(said);
        }
    }
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use chrono_tz::Asia::Ho_Chi_Minh;

    use super::*;
    use crate::domain::{
        review::{DecidedBy, Evidence, Marks, Pending, PendingWhy, ShownCoverage},
        verdict,
    };

    fn span(text: &str, class: TermClass) -> Reason {
        Reason {
            zone: Zone::Body,
            start: 0,
            end: text.len(),
            text: text.to_owned(),
            term: "t".to_owned(),
            class,
            cancelled_by: None,
            passing_by: None,
        }
    }

    fn scored(number: u32, score: f64, kind: JudgementKind, rule: Rule, reasons: Vec<Reason>) -> Scored {
        Scored {
            url: format!("https://a.vn/{number:02}"),
            title: format!("Tin {number}"),
            published: None,
            state: ReadState::Read,
            judgement: Judgement { kind, score, rule, reasons, topics: vec![], marks: vec![] },
            nature: Nature::default(),
        }
    }

    fn month() -> OutletMonth {
        OutletMonth {
            outlet: "a".parse().unwrap(),
            name: "Báo A".to_owned(),
            verdict: verdict::Verdict::NotMet,
            reason: verdict::Reason::NoneFound,
            count: 0,
            evidence: vec![],
            pending: vec![],
            unread: vec![],
            coverage: ShownCoverage { share: 1.0, gaps: vec![], closed: vec![] },
            backfilled: false,
            detected: Vec::new(),
        }
    }

    #[test]
    fn the_ten_best_that_do_not_count_are_told_the_best_first() {
        use JudgementKind::{About, Unrelated};
        let mut all: Vec<_> = (0..30).map(|it| scored(it, f64::from(it % 15) / 100.0, Unrelated, Rule::Nothing, vec![])).collect();
        all.push(scored(99, 0.95, About, Rule::StrongInTitle, vec![]));
        let mut month = month();
        month.evidence.push(Evidence {
            url: "https://a.vn/99".to_owned(),
            title: String::new(),
            published: None,
            judgement: Some(About),
            medium: None,
            marks: Marks::default(),
            nature: Nature::default(),
            by: DecidedBy::Rule,
        });
        let found = near_misses(&all, &month, Ho_Chi_Minh);
        let urls: Vec<_> = found.iter().map(|it| &it.url[13..]).collect();
        assert_eq!(urls, ["14", "29", "13", "28", "12", "27", "11", "26", "10", "25"]);
    }

    #[test]
    fn each_reason_says_what_was_found_and_what_took_its_weight() {
        use JudgementKind::{About, Candidate, Mention, Unrelated};
        let cancelled = Reason { cancelled_by: Some("g4".to_owned()), ..span("mua bán trái phép", TermClass::Strong) };
        let passing = Reason { passing_by: Some("g30".to_owned()), ..span("mua bán người", TermClass::Strong) };
        for (kind, rule, spans, wanted) in [
            (Unrelated, Rule::Nothing, vec![], vec!["Không có cụm từ nào của từ điển"]),
            (Unrelated, Rule::Nothing, vec![cancelled], vec!["mang nghĩa khác: “mua bán trái phép” (quy tắc g4)"]),
            (Unrelated, Rule::Nothing, vec![span("xuất cảnh", TermClass::Contextual)], vec!["chỉ có từ bối cảnh “xuất cảnh”, chưa đủ"]),
            (
                Mention,
                Rule::StrongPassing,
                vec![passing],
                vec!["Chỉ nhắc thoáng qua “mua bán người”", "một mục trong danh sách", "chưa đủ số câu"],
            ),
            (Candidate, Rule::ContextualWithAnchor, vec![span("bị ép làm", TermClass::ContextualHigh)], vec!["khống chế: “bị ép làm”"]),
            (Candidate, Rule::MarkedReview, vec![span("bộ phim", TermClass::Guard)], vec!["tin giả hoặc bản tin tổng hợp: “bộ phim”"]),
            (Candidate, Rule::UnreadWithTerm, vec![span("mua bán người", TermClass::Strong)], vec!["tóm tắt có “mua bán người”"]),
            (
                About,
                Rule::StrongInTitle,
                vec![span("mua bán người", TermClass::Strong)],
                vec!["Nội dung nói về", "Đang chờ chuyên viên kết luận: không xác định"],
            ),
        ] {
            let mut month = month();
            month.pending.extend((kind == About).then(|| Pending {
                url: "https://a.vn/01".to_owned(),
                title: String::new(),
                why: PendingWhy::Undated,
                nature: Nature::default(),
            }));
            let found = near_misses(&[scored(1, 0.5, kind, rule, spans)], &month, Ho_Chi_Minh);
            for part in wanted {
                assert!(found[0].why.contains(part), "{rule}: {part}\n{}", found[0].why);
            }
        }
        let unread = Scored { state: ReadState::Unread, ..scored(1, 0.0, Unrelated, Rule::Nothing, vec![]) };
        assert!(near_misses(&[unread], &month(), Ho_Chi_Minh)[0].why.starts_with("Chưa đọc được trang"));
    }
}
