//! What a page's JSON-LD blocks (schema.org) say about the article.

use serde_json::Value;

use crate::extract::plain::one_line;

/// Values looked at in one page: enough for long lists of related items, bounded for hostile ones.
const VALUES_MAX: usize = 5_000;

/// The article as schema.org describes it; each part empty where it is not given.
#[derive(Debug, Default, PartialEq)]
pub struct LinkedData {
    pub headlines: Vec<String>,
    pub description: String,
    /// May hold markup.
    pub body: String,
    pub authors: Vec<String>,
    /// `datePublished` of articles; of videos and pages where no article stands.
    pub published: Vec<String>,
    pub images: Vec<String>,
    /// `isAccessibleForFree` is false.
    pub paywalled: bool,
}

/// How well a type fits an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Article,
    Video,
    Page,
}

/// Reads all blocks; one that is no JSON is passed over, as browsers and search engines do.
pub fn read(blocks: &[&str]) -> LinkedData {
    let values: Vec<Value> = blocks.iter().filter_map(|it| parse(it)).collect();
    let mut found: Vec<(Fit, &serde_json::Map<String, Value>)> = Vec::new();
    // Depth first in document order: the first article is the page's own, others are related ones.
    let mut waiting: Vec<&Value> = values.iter().rev().collect();
    for _ in 0..VALUES_MAX {
        let Some(value) = waiting.pop() else { break };
        match value {
            Value::Array(many) => waiting.extend(many.iter().rev()),
            Value::Object(map) => {
                if let Some(fit) = map.get("@type").and_then(fit) {
                    found.push((fit, map));
                }
                let inner = ["@graph", "mainEntity", "mainEntityOfPage", "hasPart"];
                waiting.extend(inner.iter().rev().filter_map(|it| map.get(*it)).filter(|it| it.is_object() || it.is_array()));
            }
            _ => {}
        }
    }
    found.sort_by_key(|it| it.0);
    let best = found.first().map(|it| it.0);
    let mut data = LinkedData::default();
    for (_, map) in found.iter().filter(|it| Some(it.0) == best).take(1) {
        data.take(map);
    }
    if data.published.is_empty() {
        let date = found.iter().find_map(|(_, map)| text(map, "datePublished").or_else(|| text(map, "uploadDate")));
        data.published.extend(date);
    }
    data
}

impl LinkedData {
    fn take(&mut self, map: &serde_json::Map<String, Value>) {
        self.headlines.extend(["headline", "name", "alternativeHeadline"].iter().filter_map(|it| text(map, it)).map(|it| one_line(&it)));
        self.description = text(map, "description").unwrap_or_default();
        self.body = text(map, "articleBody").or_else(|| text(map, "text")).unwrap_or_default();
        self.published.extend(text(map, "datePublished"));
        self.paywalled = map.get("isAccessibleForFree").is_some_and(|it| match it {
            Value::Bool(free) => !free,
            Value::String(word) => word.rsplit('/').next().is_some_and(|it| it.eq_ignore_ascii_case("false")),
            _ => false,
        });
        for (key, to) in [("author", &mut self.authors), ("image", &mut self.images)] {
            let Some(value) = map.get(key) else { continue };
            let many = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
            to.extend(many.iter().take(20).filter_map(|one| match one {
                Value::String(name) => Some(name.clone()),
                Value::Object(map) => text(map, "name").or_else(|| text(map, "url")),
                _ => None,
            }));
        }
    }
}

fn text(map: &serde_json::Map<String, Value>, key: &str) -> Option<String> {
    let text = match map.get(key)? {
        Value::String(text) => text.clone(),
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n"),
        _ => return None,
    };
    Some(text).filter(|it| !it.trim().is_empty())
}

fn fit(kind: &Value) -> Option<Fit> {
    let one = |name: &str| {
        let name = name.rsplit(['/', '#', ':']).next().unwrap_or(name);
        match name {
            _ if name.ends_with("Article") || name.ends_with("BlogPosting") => Some(Fit::Article),
            "Report" | "Review" | "Posting" | "SocialMediaPosting" | "LiveBlogPosting" | "ClaimReview" | "PhotoGallery" => {
                Some(Fit::Article)
            }
            "VideoObject" | "AudioObject" | "PodcastEpisode" => Some(Fit::Video),
            "WebPage" | "ItemPage" => Some(Fit::Page),
            _ => None,
        }
    };
    match kind {
        Value::String(name) => one(name),
        Value::Array(names) => names.iter().filter_map(Value::as_str).filter_map(one).min(),
        _ => None,
    }
}

/// JSON as pages write it: with comments around it, raw line breaks inside strings, a semicolon or a comma too many.
fn parse(block: &str) -> Option<Value> {
    let mut text = block.trim();
    for (open, close) in [("<![CDATA[", "]]>"), ("//<![CDATA[", "//]]>"), ("<!--", "-->"), ("/*<![CDATA[*/", "/*]]>*/")] {
        text = text.strip_prefix(open).unwrap_or(text);
        text = text.strip_suffix(close).unwrap_or(text).trim();
    }
    let text = text.trim_end_matches([';', ' ', '\n']);
    let text = text.strip_suffix("//]]>").unwrap_or(text).trim_end();
    if let Ok(value) = serde_json::from_str(text) {
        return Some(value);
    }
    let spaced: String = text.chars().map(|it| if it.is_control() { ' ' } else { it }).collect();
    let first = |json: &str| serde_json::Deserializer::from_str(json).into_iter::<Value>().next().and_then(Result::ok);
    first(&spaced).or_else(|| first(&without_stray_commas(&spaced)))
}

/// Drops commas that stand before a closing bracket.
fn without_stray_commas(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let (mut quoted, mut escaped) = (false, false);
    for c in json.chars() {
        if !quoted && matches!(c, ']' | '}') {
            let kept = out.trim_end().strip_suffix(',').map(str::len);
            out.truncate(kept.unwrap_or(out.len()));
        }
        quoted ^= c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn the_pages_own_article_is_found_among_lists_and_broken_blocks() {
        let blocks = [
            r#"{"@type":"BreadcrumbList","name":"x"}"#,
            "{ not json",
            "//<![CDATA[\n{\"@context\":\"https://schema.org\",\"@graph\":[{\"@type\":\"WebPage\",\"datePublished\":\"2020-01-01\"},{\"@type\":[\"NewsArticle\"],\"headline\":\"Một\ntựa đề\",\"datePublished\":\"2026-03-02T09:30:00+07:00\",\"author\":[{\"name\":\"An\"}],}]}\n//]]>;",
        ];
        let data = read(&blocks);
        assert_eq!(data.headlines, ["Một tựa đề"]);
        assert_eq!(data.published, ["2026-03-02T09:30:00+07:00"]);
        assert_eq!(data.authors, ["An"]);
    }
}
