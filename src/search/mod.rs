//! The search index: a shadow of the store that can be deleted at any time.

mod monthly;
pub mod query;
pub mod snippet;
pub mod tokenizer;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use tantivy::{
    DocAddress, Index, IndexReader, IndexWriter, ReloadPolicy, Score, TantivyDocument, TantivyError, Term,
    collector::{Count, FacetCollector, TopDocs},
    directory::MmapDirectory,
    schema::{FAST, Facet, FacetOptions, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions, Value},
};

use crate::{
    domain::{
        month::{Month, midnight},
        outlet::OutletId,
        relevance::JudgementKind,
    },
    search::{
        monthly::ByMonth,
        query::Question,
        tokenizer::{FOLDED, Form, TONED, Vietnamese},
    },
};

/// The open index.
pub struct Search {
    index: Index,
    reader: IndexReader,
    fields: Fields,
}

/// One article as it is indexed.
#[derive(Debug, Clone)]
pub struct Indexed<'a> {
    pub id: i64,
    pub outlet: &'a str,
    pub title: &'a str,
    pub body: &'a str,
    /// Seconds since 1970; articles without a date are found only without date filters.
    pub published: Option<DateTime<Utc>>,
    pub judgement: JudgementKind,
    /// Names of facets and their values.
    pub facets: Vec<(&'static str, String)>,
}

/// Narrows a search down.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub outlet: Option<OutletId>,
    pub from: Option<DateTime<Utc>>,
    /// Exclusive.
    pub to: Option<DateTime<Utc>>,
    pub judgement: Option<JudgementKind>,
    /// Names of facets and their values, all of which must hold.
    pub facets: Vec<(String, String)>,
}

/// How many of the articles found have each value of a facet, by the facet's name, the most frequent first.
pub type FacetCounts = BTreeMap<&'static str, Vec<(String, u64)>>;

/// The facets that articles are counted by.
pub const FACETS: [&str; 7] = ["topic", "genre", "source", "place", "hotline", "look", "judgement"];

/// Which part of what is found is wanted, and the months by which all of it is counted.
#[derive(Debug, Clone, Default)]
pub struct Part {
    /// Better articles that are left out.
    pub skip: usize,
    pub limit: usize,
    /// Counted in a row from the first to the last, at most [`MONTHS_MAX`] from the last one back.
    pub months: Option<(Month, Month, Tz)>,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hits {
    pub total: usize,
    /// Store ids of the best articles with their scores, best first.
    pub best: Vec<(i64, Score)>,
    /// Of all that was found, not of the best alone.
    pub facets: FacetCounts,
    /// Of all that was found, the months in their order.
    pub months: Vec<(Month, u64)>,
    /// Found in none of these months: earlier, later, or without a date.
    pub other_months: u64,
}

/// Something that was attempted on the index and failed.
#[derive(Debug, thiserror::Error)]
#[error("{attempt}")]
pub struct SearchError {
    attempt: String,
    #[source]
    cause: TantivyError,
}

type Result<T> = std::result::Result<T, SearchError>;

#[derive(Debug, Clone, Copy)]
struct Fields {
    id: Field,
    outlet: Field,
    published: Field,
    judgement: Field,
    facet: Field,
    title_toned: Field,
    title_folded: Field,
    body_toned: Field,
    body_folded: Field,
}

/// Part of the index's path; raised whenever the schema, the facets or the tokenizer change, so that an old index is built anew.
const SCHEMA_VERSION: &str = "v3";
/// Memory of the one writing thread, in bytes: enough for some ten thousand articles a segment.
const WRITER_BYTES: usize = 50_000_000;
/// Values of one facet that are counted, the most frequent first.
const FACET_VALUES_MAX: usize = 60;
/// Months that a search counts by.
pub const MONTHS_MAX: usize = 60;

impl Search {
    /// Opens the index below `dir`, or begins an empty one.
    ///
    /// # Errors
    /// Where the folder cannot be made or does not hold an index.
    pub fn open(dir: &Path) -> Result<Self> {
        let place = Self::place(dir);
        let attempt = || format!("open the search index in {}", place.display());
        std::fs::create_dir_all(&place).map_err(|cause| SearchError { attempt: attempt(), cause: TantivyError::from(cause) })?;
        let (schema, fields) = schema();
        let open = || {
            let index = Index::open_or_create(MmapDirectory::open(&place)?, schema)?;
            index.tokenizers().register(TONED, Vietnamese::new(Form::Toned));
            index.tokenizers().register(FOLDED, Vietnamese::new(Form::Folded));
            let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
            Ok((index, reader))
        };
        let (index, reader) = open().map_err(|cause| SearchError { attempt: attempt(), cause })?;
        Ok(Self { index, reader, fields })
    }

    /// Opens the index below `dir`. One that cannot be opened is damaged: it is moved aside and an empty one is begun in its
    /// place, to be filled from the store. Says what was wrong.
    ///
    /// # Errors
    /// Where neither can be done.
    pub fn open_or_renew(dir: &Path) -> Result<(Self, Option<SearchError>)> {
        let damage = match Self::open(dir) {
            Ok(search) => return Ok((search, None)),
            Err(damage) => damage,
        };
        let (place, aside) = (Self::place(dir), dir.join(format!("{SCHEMA_VERSION}.damaged")));
        // One damaged index is kept for whoever wants to know why, not one of each time.
        let cleared = if aside.is_dir() { std::fs::remove_dir_all(&aside) } else { Ok(()) };
        cleared
            .and_then(|()| std::fs::rename(&place, &aside))
            .map_err(|cause| doing(format!("move the damaged search index {} aside", place.display()))(TantivyError::from(cause)))?;
        Ok((Self::open(dir)?, Some(damage)))
    }

    /// Where the index of this schema lies below `dir`.
    pub fn place(dir: &Path) -> PathBuf {
        dir.join(SCHEMA_VERSION)
    }

    /// The number of the last change in the store that the index holds. It lives in the index's own commit, so the
    /// two cannot disagree; 0 for an empty index.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn mark(&self) -> Result<i64> {
        let metas = self.index.load_metas().map_err(doing("read the mark of the search index"))?;
        Ok(metas.payload.and_then(|it| it.parse().ok()).unwrap_or(0))
    }

    /// Begins to write. There is one writer at a time, in all processes together.
    ///
    /// # Errors
    /// Where another process writes.
    pub fn writer(&self) -> Result<Writer<'_>> {
        let writer = self.index.writer_with_num_threads(1, WRITER_BYTES).map_err(doing("begin to write the search index"))?;
        Ok(Writer { search: self, writer })
    }

    /// The best `limit` articles for a question.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn find(&self, question: &Question, filter: &Filter, limit: usize) -> Result<Hits> {
        self.find_part(question, filter, &Part { limit, ..Part::default() })
    }

    /// A part of the articles for a question, the best first, and all of them counted.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn find_part(&self, question: &Question, filter: &Filter, part: &Part) -> Result<Hits> {
        self.reader.reload().map_err(doing("see the latest state of the search index"))?;
        let searcher = self.reader.searcher();
        let query = query::build(question, filter, &self.fields);
        let mut facets = FacetCollector::for_field("facet");
        FACETS.iter().for_each(|it| facets.add_facet(Facet::from_path([it])));
        let months = counted_months(part);
        let borders = months.iter().map(|(_, from, _)| *from).chain(months.last().map(|it| it.2)).collect();
        let best = TopDocs::with_limit(part.limit.max(1)).and_offset(part.skip).order_by_score();
        let collectors = (Count, best, facets, ByMonth { borders });
        let (total, found, counted, by_month) = searcher.search(&query, &collectors).map_err(doing("search"))?;
        let counts = |name: &&'static str| {
            let top = counted.top_k(Facet::from_path([name]), FACET_VALUES_MAX);
            (*name, top.into_iter().filter_map(|(it, count)| Some((it.to_path().last()?.to_string(), count))).collect())
        };
        let facets = FACETS.iter().map(counts).collect();
        let id_of = |address: DocAddress| {
            let document: TantivyDocument = searcher.doc(address)?;
            Ok(document.get_first(self.fields.id).and_then(|it| it.as_i64()))
        };
        let mut best = Vec::new();
        for (score, address) in found {
            if let Some(id) = id_of(address).map_err(doing("load what was found"))? {
                best.push((id, score));
            }
        }
        let months = months.into_iter().map(|it| it.0).zip(by_month.within).collect();
        Ok(Hits { total, best, facets, months, other_months: by_month.outside })
    }
}

/// The months by which a part is counted, with their first instants and those behind their ends, in seconds since 1970.
fn counted_months(part: &Part) -> Vec<(Month, i64, i64)> {
    let Some((first, last, zone)) = part.months else { return Vec::new() };
    let instant = |month: Month| midnight(month.first_day(), zone).timestamp();
    let back = std::iter::successors(Some(last), |it| Some(it.previous())).take_while(|it| *it >= first).take(MONTHS_MAX);
    let mut months: Vec<_> = back.map(|it| (it, instant(it), instant(it.next()))).collect();
    months.reverse();
    months
}

/// The one writer of the index.
pub struct Writer<'a> {
    search: &'a Search,
    writer: IndexWriter,
}

impl Writer<'_> {
    /// Puts an article in the place of its older self.
    ///
    /// # Errors
    /// Where the writer has failed before.
    pub fn put(&mut self, article: &Indexed<'_>) -> Result<()> {
        let fields = self.search.fields;
        self.writer.delete_term(Term::from_field_i64(fields.id, article.id));
        let mut document = TantivyDocument::default();
        document.add_i64(fields.id, article.id);
        document.add_text(fields.outlet, article.outlet);
        document.add_text(fields.judgement, article.judgement.as_str());
        if let Some(published) = article.published {
            document.add_i64(fields.published, published.timestamp());
        }
        for (name, value) in
            article.facets.iter().map(|(name, value)| (*name, value.as_str())).chain([("judgement", article.judgement.as_str())])
        {
            document.add_facet(fields.facet, Facet::from_path([name, value]));
        }
        for field in [fields.title_toned, fields.title_folded] {
            document.add_text(field, article.title);
        }
        for field in [fields.body_toned, fields.body_folded] {
            document.add_text(field, article.body);
        }
        self.writer.add_document(document).map(drop).map_err(doing(format!("index article {}", article.id)))
    }

    /// Makes what was put visible, together with the mark.
    ///
    /// # Errors
    /// Where the commit cannot be written; then the old state stays.
    pub fn commit(&mut self, mark: i64) -> Result<()> {
        let mut commit = || {
            let mut prepared = self.writer.prepare_commit()?;
            prepared.set_payload(&mark.to_string());
            prepared.commit()
        };
        commit().map(drop).map_err(doing("commit the search index"))
    }

    /// Ends writing: waits until the small segments of many commits are merged, which dropping the writer would break off each time.
    ///
    /// # Errors
    /// Where a merge failed; what was committed stays.
    pub fn finish(self) -> Result<()> {
        self.writer.wait_merging_threads().map_err(doing("merge the segments of the search index"))
    }
}

fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let text = |tokenizer| {
        let indexing = TextFieldIndexing::default().set_tokenizer(tokenizer).set_index_option(IndexRecordOption::WithFreqsAndPositions);
        TextOptions::default().set_indexing_options(indexing)
    };
    let fields = Fields {
        id: builder.add_i64_field("id", INDEXED | STORED),
        outlet: builder.add_text_field("outlet", STRING),
        published: builder.add_i64_field("published", INDEXED | FAST),
        judgement: builder.add_text_field("judgement", STRING),
        facet: builder.add_facet_field("facet", FacetOptions::default()),
        title_toned: builder.add_text_field("title_toned", text(TONED)),
        title_folded: builder.add_text_field("title_folded", text(FOLDED)),
        body_toned: builder.add_text_field("body_toned", text(TONED)),
        body_folded: builder.add_text_field("body_folded", text(FOLDED)),
    };
    (builder.build(), fields)
}

fn doing(attempt: impl Into<String>) -> impl FnOnce(TantivyError) -> SearchError {
    let attempt = attempt.into();
    move |cause| SearchError { attempt, cause }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn article(id: i64, title: &'static str, body: &'static str) -> Indexed<'static> {
        let published = DateTime::from_timestamp(id * 86_400, 0);
        Indexed { id, outlet: "a", title, body, published, judgement: JudgementKind::Unrelated, facets: Vec::new() }
    }

    fn index(articles: &[Indexed<'_>]) -> (tempfile::TempDir, Search) {
        let dir = tempfile::tempdir().unwrap();
        let search = Search::open(dir.path()).unwrap();
        let mut writer = search.writer().unwrap();
        for article in articles {
            writer.put(article).unwrap();
        }
        writer.commit(7).unwrap();
        drop(writer);
        (dir, search)
    }

    fn ids(search: &Search, question: &str, filter: &Filter) -> Vec<i64> {
        search.find(&Question::read(question), filter, 10).unwrap().best.into_iter().map(|(id, _)| id).collect()
    }

    #[test]
    fn words_are_found_with_and_without_diacritics_and_exact_tones_come_first() {
        let (_dir, search) = index(&[
            article(1, "Bạn thân của tôi", "Chúng tôi là bạn thân từ nhỏ, bạn thân mãi mãi, bạn thân nhất."),
            article(2, "Vụ án", "Một người rao bán thận trên mạng."),
            article(3, "Chợ quê", "Không có gì."),
        ]);
        let all = Filter::default();
        assert_eq!(ids(&search, "bán thận", &all), [2, 1]);
        assert_eq!(ids(&search, "ban than", &all).len(), 2);
        assert_eq!(ids(&search, "BẠN THÂN", &all), [1, 2]);
    }

    #[test]
    fn a_phrase_wants_its_words_side_by_side() {
        let (_dir, search) = index(&[
            article(1, "Phòng, chống mua bán người", "Bài một."),
            article(2, "Người dân mua hàng", "Nơi bán chống trộm, phòng cháy."),
        ]);
        let all = Filter::default();
        assert_eq!(ids(&search, "\"mua bán người\"", &all), [1]);
        assert_eq!(ids(&search, "mua bán người", &all), [1, 2]);
        assert_eq!(ids(&search, "\"mua ban nguoi\"", &all), [1]);
    }

    #[test]
    fn decomposed_text_is_the_same_text() {
        let (_dir, search) = index(&[article(1, "Tie\u{302}\u{301}ng Vie\u{323}\u{302}t", "Ho\u{300}a bi\u{300}nh")]);
        let all = Filter::default();
        assert_eq!(ids(&search, "\"tiếng việt\"", &all), [1]);
        assert_eq!(ids(&search, "hoà bình", &all), [1]);
    }

    #[test]
    fn filters_narrow_down_and_no_words_find_everything_that_is_left() {
        let mut other = article(3, "Chợ", "Chợ đông");
        (other.outlet, other.judgement) = ("b", JudgementKind::About);
        let (_dir, search) = index(&[article(1, "Chợ", "Chợ vui"), article(2, "Chợ", "Chợ xa"), other]);
        let day = |it: i64| DateTime::from_timestamp(it * 86_400, 0);
        let outlet = Filter { outlet: "b".parse().ok(), ..Filter::default() };
        assert_eq!(ids(&search, "chợ", &outlet), [3]);
        let judged = Filter { judgement: Some(JudgementKind::About), ..Filter::default() };
        assert_eq!(ids(&search, "", &judged), [3]);
        let dated = Filter { from: day(2), to: day(3), ..Filter::default() };
        assert_eq!(ids(&search, "chợ", &dated), [2]);
    }

    #[test]
    fn what_was_found_is_counted_by_the_months_of_the_zone_and_comes_in_parts() {
        let at = |id: i64, published: &str| Indexed { published: published.parse().ok(), ..article(id, "Chợ", "Chợ vui") };
        let undated = Indexed { published: None, ..article(9, "Chợ", "Chợ vui") };
        let (_dir, search) = index(&[
            at(1, "2026-01-31T16:59:59Z"),
            at(2, "2026-01-31T17:00:00Z"), // midnight of 1 February in the zone
            at(3, "2026-03-05T00:00:00Z"),
            at(4, "2019-03-05T00:00:00Z"),
            undated,
        ]);
        let month = |it: &str| it.parse::<Month>().unwrap();
        let zone = chrono_tz::Asia::Ho_Chi_Minh;
        let part = Part { skip: 3, limit: 10, months: Some((month("2026-01"), month("2026-04"), zone)) };
        let found = search.find_part(&Question::read("cho"), &Filter::default(), &part).unwrap();
        let counts: Vec<u64> = found.months.iter().map(|it| it.1).collect();
        assert_eq!((counts, found.other_months, found.total, found.best.len()), (vec![1, 1, 1, 0], 2, 5, 2));
        let long = Part { limit: 1, months: Some((month("1990-01"), month("2026-03"), zone)), ..Part::default() };
        let found = search.find_part(&Question::read(""), &Filter::default(), &long).unwrap();
        assert_eq!((found.months.len(), found.months[MONTHS_MAX - 1]), (MONTHS_MAX, (month("2026-03"), 1)));
        assert_eq!(found.other_months, 2);
    }

    #[test]
    fn the_mark_survives_in_the_commit_and_an_article_replaces_its_older_self() {
        let (dir, search) = index(&[article(1, "Cũ", "Nội dung cũ")]);
        assert_eq!(search.mark().unwrap(), 7);
        let mut writer = search.writer().unwrap();
        writer.put(&article(1, "Mới", "Nội dung mới")).unwrap();
        drop(writer); // never committed
        assert_eq!(Search::open(dir.path()).unwrap().mark().unwrap(), 7);
        let mut writer = search.writer().unwrap();
        writer.put(&article(1, "Mới", "Nội dung mới")).unwrap();
        writer.commit(8).unwrap();
        assert_eq!(search.mark().unwrap(), 8);
        assert_eq!((ids(&search, "\"nội dung cũ\"", &Filter::default()), ids(&search, "mới", &Filter::default())), (vec![], vec![1]));
    }

    #[test]
    fn a_damaged_index_is_moved_aside_and_begun_anew() {
        for (name, damage) in [
            ("a list of segments that cannot be read", (|dir| std::fs::write(dir.join("meta.json"), "{").unwrap()) as fn(&Path)),
            ("a segment that is gone", |dir| std::fs::remove_file(first(dir, "idx")).unwrap()),
            ("a segment that is cut", |dir| std::fs::write(first(dir, "store"), "x").unwrap()),
        ] {
            let (dir, search) = index(&[article(1, "Chợ", "Chợ vui")]);
            drop(search);
            damage(&Search::place(dir.path()));
            let (search, wrong) = Search::open_or_renew(dir.path()).unwrap();
            assert!(wrong.is_some(), "{name}");
            assert_eq!((search.mark().unwrap(), ids(&search, "chợ", &Filter::default())), (0, vec![]), "{name}");
            let (search, wrong) = Search::open_or_renew(dir.path()).unwrap();
            assert!(wrong.is_none() && search.writer().is_ok(), "{name}: the new one is whole");
        }
    }

    fn first(dir: &Path, ending: &str) -> PathBuf {
        std::fs::read_dir(dir).unwrap().map(|it| it.unwrap().path()).find(|it| it.extension().is_some_and(|it| it == ending)).unwrap()
    }

    #[test]
    fn odd_questions_do_no_harm() {
        let (_dir, search) = index(&[article(1, "Chợ", "Chợ vui")]);
        for question in ["\"", "\"\"", "AND OR NOT ( * ?", "chợ\"", "\u{0}", &"a ".repeat(5_000)] {
            search.find(&Question::read(question), &Filter::default(), 5).unwrap();
        }
    }
}
