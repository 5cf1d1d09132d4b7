//! What is searched for: read from an address, looked up, and made ready for people, files and programs.

use std::collections::HashMap;

use chrono::{Datelike, Days, NaiveDate};
use serde::Deserialize;

use super::{error::PageError, lang::Lang, state::Desk};
use crate::{
    domain::{
        facet::FacetRules,
        month::{Month, midnight},
        relevance::{JudgementKind, Topic},
    },
    search::{Filter, Hits, Part, query::Question},
    store::article::Stored,
};

/// A search as an address holds it. What is empty asks for nothing.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    pub q: String,
    pub outlet: String,
    /// `YYYY-MM-DD`, the first day.
    pub from: String,
    /// `YYYY-MM-DD`, the last day.
    pub to: String,
    pub judgement: String,
    pub topic: String,
    pub genre: String,
    pub source: String,
    pub place: String,
    pub hotline: String,
    /// `yes` for what needs a look.
    pub look: String,
    /// Counted from 1.
    pub page: String,
}

/// What of a search cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadAsk {
    Outlet,
    Day,
    Judgement,
    Page,
}

/// What was found, the articles in the order of their worth.
pub struct Found {
    pub hits: Hits,
    pub articles: Vec<Stored>,
}

/// Articles that paging reaches; whoever wants more narrows the search down.
pub const REACH_MAX: usize = 10_000;
/// Letters of a question that are looked at.
const LETTERS_MAX: usize = 500;
/// Months that are counted where no first day is given.
const MONTHS_SHOWN: usize = 12;

impl BadAsk {
    /// What is wrong, in both languages.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Outlet => ("Không có cơ quan báo chí này trong sổ đăng ký.", "No such outlet is registered."),
            Self::Day => (
                "Ngày viết theo dạng năm-tháng-ngày, và từ ngày không sau đến ngày.",
                "Days are written as year-month-day, and the first is not after the last.",
            ),
            Self::Judgement => ("Không có mức đánh giá này.", "There is no such judgement."),
            Self::Page => ("Không có trang kết quả này.", "There is no such page of results."),
        }
    }
}

impl Asked {
    /// The question itself.
    pub fn question(&self) -> Question {
        Question::read(&self.q.chars().take(LETTERS_MAX).collect::<String>())
    }

    /// A search as an address held it; names that no search has are left out.
    pub fn of_address(address: &str) -> Self {
        let mut asked = Self::default();
        for (name, value) in url::form_urlencoded::parse(address.as_bytes()) {
            let place = match name.as_ref() {
                "q" => &mut asked.q,
                "outlet" => &mut asked.outlet,
                "from" => &mut asked.from,
                "to" => &mut asked.to,
                "judgement" => &mut asked.judgement,
                "topic" => &mut asked.topic,
                "genre" => &mut asked.genre,
                "source" => &mut asked.source,
                "place" => &mut asked.place,
                "hotline" => &mut asked.hotline,
                "look" => &mut asked.look,
                _ => continue,
            };
            *place = value.into_owned();
        }
        asked
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.fields().iter().all(|it| it.1.trim().is_empty())
    }

    /// The fields that narrow the search down, as the address names them.
    pub fn fields(&self) -> [(&'static str, &str); 11] {
        [
            ("q", &self.q),
            ("outlet", &self.outlet),
            ("from", &self.from),
            ("to", &self.to),
            ("judgement", &self.judgement),
            ("topic", &self.topic),
            ("genre", &self.genre),
            ("source", &self.source),
            ("place", &self.place),
            ("hotline", &self.hotline),
            ("look", &self.look),
        ]
    }

    /// The search as an address holds it, without the page, with some fields put in the place of what they are.
    pub fn address(&self, instead: &[(&str, &str)]) -> String {
        let mut out = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in self.fields() {
            let value = instead.iter().find(|it| it.0 == name).map_or(value, |it| it.1).trim();
            if !value.is_empty() {
                out.append_pair(name, value);
            }
        }
        out.finish()
    }

    /// The page that is asked for, counted from 1.
    ///
    /// # Errors
    /// Where it is none, or lies beyond what paging reaches.
    pub fn page(&self, size: usize) -> Result<usize, BadAsk> {
        let page = if self.page.is_empty() { Ok(1) } else { self.page.parse::<usize>() };
        page.ok().filter(|it| (1..=REACH_MAX / size.max(1)).contains(it)).ok_or(BadAsk::Page)
    }

    /// The filter.
    ///
    /// # Errors
    /// What of it cannot be read.
    pub fn filter(&self, desk: &Desk) -> Result<Filter, BadAsk> {
        let zone = desk.site.zone;
        let (from, to) = (day(&self.from)?, day(&self.to)?);
        if from.zip(to).is_some_and(|(from, to)| from > to) {
            return Err(BadAsk::Day);
        }
        let outlet = match self.outlet.trim() {
            "" => None,
            id => Some(desk.outlet(id).ok_or(BadAsk::Outlet)?.id),
        };
        let judgement = match self.judgement.trim() {
            "" => None,
            word => Some(word.parse::<JudgementKind>().map_err(|_| BadAsk::Judgement)?),
        };
        let facets = self.fields().into_iter().skip(5).map(|(name, value)| (name.to_owned(), value.trim().to_owned()));
        Ok(Filter {
            outlet,
            from: from.map(|it| midnight(it, zone)),
            to: to.and_then(|it| it.checked_add_days(Days::new(1))).map(|it| midnight(it, zone)),
            judgement,
            facets: facets.filter(|it| !it.1.is_empty()).collect(),
        })
    }

    /// The months that what is found is counted by: those of the days that are asked for, else the last twelve.
    pub fn months(&self, desk: &Desk) -> (Month, Month) {
        let month = |text: &str| day(text).ok().flatten().and_then(|it| Month::new(it.year(), it.month()));
        let last = month(&self.to).unwrap_or_else(|| desk.this_month());
        let first = month(&self.from);
        let back = || std::iter::successors(Some(last), |it| Some(it.previous())).nth(MONTHS_SHOWN - 1).unwrap_or(last);
        (first.unwrap_or_else(back), last)
    }
}

fn day(text: &str) -> Result<Option<NaiveDate>, BadAsk> {
    match text.trim() {
        "" => Ok(None),
        text => {
            let day = text.parse::<NaiveDate>().ok().filter(|it| (1900..3000).contains(&it.year()));
            day.map(Some).ok_or(BadAsk::Day)
        }
    }
}

/// Looks something up. The index is read on a thread of its own.
///
/// # Errors
/// Where the index or the store fails.
pub async fn look_up(desk: &Desk, question: &Question, filter: &Filter, part: Part) -> Result<Found, PageError> {
    let (search, question, filter) = (desk.search.clone(), question.clone(), filter.clone());
    let hits = tokio::task::spawn_blocking(move || search.find_part(&question, &filter, &part)).await;
    let hits = hits.map_err(|cause| PageError::Hand(cause.into()))??;
    let ids: Vec<i64> = hits.best.iter().map(|it| it.0).collect();
    // An article that the store no longer has is a shadow that the next indexing removes.
    let mut stored: HashMap<i64, Stored> = desk.store.articles(&ids).await?;
    let articles = ids.iter().filter_map(|id| stored.remove(id)).collect();
    Ok(Found { hits, articles })
}

/// What a topic is called.
pub fn topic_label(lang: Lang, topic: &str) -> &str {
    let topic_of = |it: &Topic| match it {
        Topic::Law => ("pháp luật, chính sách", "law"),
        Topic::CrimeCase => ("vụ án", "crime case"),
        Topic::Prevention => ("phòng ngừa", "prevention"),
        Topic::VictimSupport => ("hỗ trợ nạn nhân", "victim support"),
        Topic::Campaign => ("truyền thông, chiến dịch", "campaign"),
        Topic::Cooperation => ("phối hợp, hợp tác", "cooperation"),
        Topic::MigrationLabour => ("di cư, lao động", "migration and labour"),
        Topic::Children => ("trẻ em", "children"),
        Topic::OnlineScam => ("lừa đảo trên mạng", "online scam"),
    };
    topic.parse::<Topic>().map_or(topic, |it| {
        let (vi, en) = topic_of(&it);
        lang.say(vi, en)
    })
}

/// What a facet is called.
pub fn facet_label(lang: Lang, facet: &str) -> &str {
    match facet {
        "topic" => lang.say("Chủ đề", "Topic"),
        "genre" => lang.say("Thể loại", "Genre"),
        "source" => lang.say("Nguồn bài", "Own or taken over"),
        "place" => lang.say("Địa bàn", "Place"),
        "hotline" => lang.say("Đường dây nóng", "Hotline"),
        "look" => lang.say("Cần rà soát", "Needs a look"),
        "judgement" => lang.say("Đánh giá tự động", "Judgement"),
        other => other,
    }
}

/// What a value of a facet is called.
pub fn value_label<'a>(lang: Lang, rules: &'a FacetRules, facet: &str, value: &'a str) -> &'a str {
    match (facet, value) {
        ("topic", _) => topic_label(lang, value),
        ("genre", _) => rules.genre_label(value),
        ("place", _) => rules.place_name(value),
        ("source", "own") => lang.say("tự viết", "own work"),
        ("source", "reprint") => lang.say("dẫn lại nguồn khác", "taken over"),
        ("hotline", "yes") => lang.say("có nêu", "given"),
        ("look", "yes") => lang.say("có thể nhận ra một người", "may identify a person"),
        ("hotline", "no") => lang.say("không nêu", "not given"),
        ("judgement", _) => value.parse().map_or(value, |it| lang.judgement(&it)),
        _ => value,
    }
}
