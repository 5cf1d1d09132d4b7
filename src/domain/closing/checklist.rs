//! What stands in the way of closing a month, and what is open without standing in its way.

use serde::{Deserialize, Serialize};

use crate::domain::{
    outlet::OutletId,
    review::{DecidedBy, MonthReview, MonthRules, OutletMonth},
    standing::Unchecked,
    verdict::{Reason, Verdict},
};

/// Who wants to close a month.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub by: &'a str,
    pub second: &'a str,
    /// The number of the closing, where the month is closed already.
    pub closed: Option<u64>,
    /// Counted articles of which no check since the grace ended tells how they stand.
    pub unchecked: &'a [Unchecked],
}

/// Something that must be done before a month is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    MonthRunning,
    InGrace,
    AlreadyClosed(u64),
    /// One of the two has no name.
    NameMissing,
    /// Two names of one person.
    SamePerson,
    /// A candidate, mention or doubtful date waits for an officer.
    Pending {
        name: String,
        title: String,
        url: String,
        why: &'static str,
    },
    /// An article that blocks the verdict could not be read.
    Unread {
        name: String,
        url: String,
    },
    /// An article that counts was not looked at again since the month's grace ended.
    Unchecked {
        name: String,
        title: String,
        url: String,
    },
    /// The month rests on one article that a rule judged and nobody looked at.
    Unconfirmed {
        name: String,
        title: String,
        url: String,
    },
}

/// Something that is open when a month is closed, and leaves its verdict as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledged {
    pub outlet: OutletId,
    pub what: AcknowledgedWhat,
    /// How many there are.
    pub count: usize,
}

/// What may be open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AcknowledgedWhat {
    Gaps,
    NeverSeen,
    NothingSeen,
    BlindMedium,
    /// Articles that wait, where the verdict does not hang on them.
    Pending,
    /// Articles that could not be read, likewise.
    Unread,
}

/// Everything that stands in the way, in the order in which an officer would do away with it.
///
/// Gaps, blindness and outlets never seen are no obstacle: the verdict stays undetermined. Articles that wait are one only
/// where the verdict hangs on them: more evidence never turns `met` into anything else.
pub fn obstacles(review: &MonthReview, rules: &MonthRules<'_>, asked: &Asked<'_>) -> Vec<Obstacle> {
    let mut found = Vec::new();
    found.extend(asked.closed.map(Obstacle::AlreadyClosed));
    found.extend(of_people(asked));
    found.extend(of_time(rules));
    found.extend(review.outlets.iter().flat_map(of_outlet));
    // One that was looked at in vain does not stand in the way for ever: its mark is shown, and the evidence is kept.
    let never = |it: &&Unchecked| it.last.is_none_or(|(_, at)| at < rules.grace_end);
    found.extend(asked.unchecked.iter().filter(never).map(|it| Obstacle::Unchecked {
        name: review.outlets.iter().find(|month| month.outlet == it.outlet).map_or_else(|| it.outlet.to_string(), |it| it.name.clone()),
        title: it.title.clone(),
        url: it.url.clone(),
    }));
    found
}

fn of_people(asked: &Asked<'_>) -> Option<Obstacle> {
    let name = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    match (name(asked.by), name(asked.second)) {
        (by, second) if by.is_empty() || second.is_empty() => Some(Obstacle::NameMissing),
        (by, second) if by == second => Some(Obstacle::SamePerson),
        _ => None,
    }
}

fn of_time(rules: &MonthRules<'_>) -> Option<Obstacle> {
    match rules.now {
        now if now < rules.month.span(rules.zone).to => Some(Obstacle::MonthRunning),
        now if now < rules.grace_end => Some(Obstacle::InGrace),
        _ => None,
    }
}

fn of_outlet(month: &OutletMonth) -> Vec<Obstacle> {
    let mut found = Vec::new();
    if hangs_on_articles(month) {
        found.extend(month.pending.iter().map(|it| Obstacle::Pending {
            name: month.name.clone(),
            title: it.title.clone(),
            url: it.url.clone(),
            why: it.why.label(),
        }));
        found.extend(month.unread.iter().map(|it| Obstacle::Unread { name: month.name.clone(), url: it.url.clone() }));
    }
    if let (Verdict::Met, [only]) = (month.verdict, month.evidence.as_slice())
        && only.by == DecidedBy::Rule
    {
        found.push(Obstacle::Unconfirmed { name: month.name.clone(), title: only.title.clone(), url: only.url.clone() });
    }
    found
}

/// Whether what waits or is unread may still decide the verdict.
fn hangs_on_articles(month: &OutletMonth) -> bool {
    !matches!(month.verdict, Verdict::Met | Verdict::Exempt)
}

/// What is open without standing in the way.
pub fn acknowledged(review: &MonthReview) -> Vec<Acknowledged> {
    review.outlets.iter().filter(|it| it.verdict != Verdict::Exempt).flat_map(acknowledged_of).collect()
}

fn acknowledged_of(month: &OutletMonth) -> Vec<Acknowledged> {
    let aside = |count: usize| if hangs_on_articles(month) { 0 } else { count };
    let by_reason = |reason| usize::from(month.reason == reason);
    [
        (AcknowledgedWhat::NeverSeen, by_reason(Reason::NeverSeen)),
        (AcknowledgedWhat::Gaps, month.coverage.gaps.len()),
        (AcknowledgedWhat::NothingSeen, by_reason(Reason::NothingSeen)),
        (AcknowledgedWhat::BlindMedium, by_reason(Reason::BlindMedium)),
        (AcknowledgedWhat::Pending, aside(month.pending.len())),
        (AcknowledgedWhat::Unread, aside(month.unread.len())),
    ]
    .into_iter()
    .filter(|it| it.1 > 0)
    .map(|(what, count)| Acknowledged { outlet: month.outlet.clone(), what, count })
    .collect()
}

impl Obstacle {
    /// The word that scripts read.
    pub fn code(&self) -> &'static str {
        match self {
            Self::MonthRunning => "month_running",
            Self::InGrace => "in_grace",
            Self::AlreadyClosed(_) => "already_closed",
            Self::NameMissing => "name_missing",
            Self::SamePerson => "same_person",
            Self::Pending { .. } => "pending",
            Self::Unread { .. } => "unread",
            Self::Unconfirmed { .. } => "unconfirmed",
            Self::Unchecked { .. } => "unchecked",
        }
    }

    /// What the officer reads.
    pub fn sentence(&self) -> String {
        match self {
            Self::MonthRunning => "Tháng chưa kết thúc.".to_owned(),
            Self::InGrace => "Tháng đã hết nhưng còn trong thời gian chờ.".to_owned(),
            Self::AlreadyClosed(number) => format!("Tháng này đã được chốt (lần chốt số {number})."),
            Self::NameMissing => "Cần ghi tên người chốt (--by) và người xác nhận thứ hai (--second).".to_owned(),
            Self::SamePerson => "Người chốt và người xác nhận thứ hai phải là hai người khác nhau.".to_owned(),
            Self::Pending { name, title, url, why } => format!("{name}: “{title}” đang chờ chuyên viên kết luận ({why}). {url}"),
            Self::Unread { name, url } => format!("{name}: có tin, bài chưa đọc được, cần đọc lại hoặc kết luận. {url}"),
            Self::Unchecked { name, title, url } => {
                format!("{name}: bài được tính “{title}” chưa được xem lại từ khi hết thời gian chờ (lệnh recheck). {url}")
            }
            Self::Unconfirmed { name, title, url } => {
                format!("{name}: tháng chỉ dựa vào một bài được đánh giá tự động, cần một chuyên viên xác nhận “{title}”. {url}")
            }
        }
    }
}

impl AcknowledgedWhat {
    /// What the officer reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::Gaps => "khoảng hở trong theo dõi",
            Self::NeverSeen => "chưa đọc được nguồn nào",
            Self::NothingSeen => "nguồn trả lời nhưng không thấy tin, bài nào",
            Self::BlindMedium => "loại hình không đọc được trên mạng, chưa có xác nhận",
            Self::Pending => "tin, bài đang chờ, không làm thay đổi kết quả",
            Self::Unread => "tin, bài chưa đọc được, không làm thay đổi kết quả",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        closing::{
            Inputs, review_inputs,
            tests::{article, inputs, rules},
        },
        relevance::JudgementKind::{About, Mention, Unrelated},
        review::{MonthArticle, ReadState},
        standing::Standing,
    };

    const TWO: Asked<'static> = Asked { by: "lan", second: "minh", closed: None, unchecked: &[] };
    const AFTER: &str = "2026-04-10T00:00:00Z";

    fn codes(inputs: &[Inputs], now: &str, asked: Asked<'_>) -> Vec<&'static str> {
        let rules = rules(now);
        obstacles(&review_inputs(inputs, &rules), &rules, &asked).iter().map(Obstacle::code).collect()
    }

    #[test]
    fn a_month_is_closed_only_when_nothing_that_decides_it_waits() {
        let unread = |number| MonthArticle { state: ReadState::Unread, ..article(number, Unrelated) };
        let outlets = |articles: Vec<MonthArticle>| vec![inputs("a", articles)];
        for (name, inputs, now, asked, wanted) in [
            ("a gap does not block", outlets(vec![]), AFTER, TWO, vec![]),
            ("two articles need no look", outlets(vec![article(1, About), article(2, About)]), AFTER, TWO, vec![]),
            ("one that a rule judged does", outlets(vec![article(1, About)]), AFTER, TWO, vec!["unconfirmed"]),
            ("a mention waits", outlets(vec![article(1, Mention)]), AFTER, TWO, vec!["pending"]),
            (
                "a mention beside what counts does not",
                outlets(vec![article(1, About), article(2, About), article(3, Mention)]),
                AFTER,
                TWO,
                vec![],
            ),
            ("unread blocks", outlets(vec![unread(1)]), AFTER, TWO, vec!["unread"]),
            ("the month runs", outlets(vec![]), "2026-03-31T16:59:59Z", TWO, vec!["month_running"]),
            ("its grace runs", outlets(vec![]), "2026-04-03T16:59:59Z", TWO, vec!["in_grace"]),
            ("its grace is over", outlets(vec![]), "2026-04-03T17:00:00Z", TWO, vec![]),
            ("closed already", outlets(vec![]), AFTER, Asked { closed: Some(3), ..TWO }, vec!["already_closed"]),
            ("nobody seconds", outlets(vec![]), AFTER, Asked { second: " ", ..TWO }, vec!["name_missing"]),
            (
                "one person twice",
                outlets(vec![]),
                AFTER,
                Asked { by: "Lê  Thị Hạ", second: " lê thị hạ", closed: None, unchecked: &[] },
                vec!["same_person"],
            ),
        ] {
            assert_eq!(codes(&inputs, now, asked), wanted, "{name}");
        }
    }

    #[test]
    fn an_exempt_outlet_neither_blocks_nor_is_mentioned() {
        let mut exempt = inputs("a", vec![article(1, Mention)]);
        exempt.outlet.duty = crate::domain::outlet::Duty::Reference;
        let rules = rules(AFTER);
        let review = review_inputs(&[exempt], &rules);
        assert!(obstacles(&review, &rules, &TWO).is_empty() && acknowledged(&review).is_empty());
    }

    #[test]
    fn what_stays_open_is_acknowledged_by_name_and_number() {
        let rules = rules(AFTER);
        let met = inputs("a", vec![article(1, About), article(2, About), article(3, Mention)]);
        let mut never = inputs("b", vec![]);
        never.seen.ledgers[0].first_good = None;
        let found: Vec<_> = acknowledged(&review_inputs(&[met, never], &rules)).iter().map(|it| (it.outlet.to_string(), it.what)).collect();
        let of = |id: &str, what| (id.to_owned(), what);
        assert_eq!(
            found,
            [
                of("a", AcknowledgedWhat::Gaps),
                of("a", AcknowledgedWhat::Pending),
                of("b", AcknowledgedWhat::NeverSeen),
                of("b", AcknowledgedWhat::Gaps)
            ]
        );
    }

    #[test]
    fn what_counts_is_looked_at_again_before_a_month_is_closed() {
        let counted = [inputs("a", vec![article(1, About), article(2, About)])];
        let after: chrono::DateTime<chrono::Utc> = AFTER.parse().unwrap();
        let of =
            |last| Unchecked { outlet: "a".parse().unwrap(), url: "https://a.vn/tin-1.html".to_owned(), title: "Tin".to_owned(), last };
        for (name, last, wanted) in [
            ("nobody looked", None, vec!["unchecked"]),
            (
                "the last look was before the grace ended",
                Some((Standing::NotAnswering, after - chrono::TimeDelta::days(8))),
                vec!["unchecked"],
            ),
            ("a look in vain does not block for ever", Some((Standing::NotAnswering, after - chrono::TimeDelta::days(1))), vec![]),
        ] {
            assert_eq!(codes(&counted, AFTER, Asked { unchecked: &[of(last)], ..TWO }), wanted, "{name}");
        }
    }

    #[test]
    fn every_obstacle_is_told_in_a_sentence() {
        let rules = rules(AFTER);
        let review = review_inputs(&[inputs("a", vec![article(1, Mention)])], &rules);
        let said = obstacles(&review, &rules, &TWO)[0].sentence();
        assert!(said.starts_with("Báo a: “Tin") && said.contains("chỉ nhắc thoáng qua") && said.ends_with("tin-1.html"), "{said}");
    }
}
