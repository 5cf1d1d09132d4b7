//! One address per article: canonical URLs and article keys.

use std::{convert::Infallible, fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use url::Url;

use crate::domain::outlet::{Host, Outlet};

/// Parameters that only say where a reader came from.
const TRACKING: [&str; 26] = [
    "fbclid",
    "gclid",
    "gclsrc",
    "dclid",
    "gbraid",
    "wbraid",
    "msclkid",
    "yclid",
    "twclid",
    "igshid",
    "igsh",
    "zarsrc",
    "zanpid",
    "mc_cid",
    "mc_eid",
    "cmpid",
    "ocid",
    "ncid",
    "_ga",
    "_gl",
    "gidzl",
    "ref_src",
    "ref_url",
    "fb_action_ids",
    "fb_action_types",
    "fb_source",
];
/// The same by their first letters.
const TRACKING_PREFIXES: [&str; 5] = ["utm_", "hsa_", "pk_", "mtm_", "at_"];
/// Parameters that choose a page of comments or of a long text, where their value is a number.
const PAGING: [&str; 4] = ["trang", "page", "paged", "pageindex"];
/// Parameters that change from one answer to the next and name nothing, where the path by itself names an article: against caches,
/// and of sessions.
const VOLATILE: [&str; 14] =
    ["v", "_", "_t", "ts", "rnd", "rand", "random", "timestamp", "nocache", "cachebuster", "cb", "sid", "sessionid", "phpsessid"];
/// Octets that must stay escaped in a path: decoding them would change how it is split (RFC 3986, 2.2).
const KEPT_ESCAPES: [u8; 4] = [b'/', b'%', b'?', b'#'];

/// What tells one article of an outlet from another: `id:156251` where the outlet's pattern finds an id, else the canonical URL.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ArticleKey(String);

impl ArticleKey {
    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ArticleKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ArticleKey {
    type Err = Infallible;

    /// Takes back a key that was written with `Display`.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

/// The key of the article that `url` leads to.
///
/// The outlet's pattern sees the canonical URL first, then the URL as it stands (without fragment), so that neither tracking
/// parameters nor an AMP ending hide an id. Leading zeros of a number and letter case of an id make no new article.
pub fn article_key(outlet: &Outlet, url: &Url) -> ArticleKey {
    let canonical = canonical(url);
    let mut plain = url.clone();
    plain.set_fragment(None);
    let id = outlet.article_id.as_ref().and_then(|pattern| {
        [canonical.as_str(), plain.as_str()].into_iter().find_map(|text| {
            let found = pattern.captures(text)?;
            let group = found.iter().skip(1).flatten().next().or_else(|| found.get(0))?;
            Some(group.as_str().to_lowercase())
        })
    });
    match id {
        Some(id) if !id.is_empty() && id.bytes().all(|it| it.is_ascii_digit()) => {
            let bare = id.trim_start_matches('0');
            ArticleKey(format!("id:{}", if bare.is_empty() { "0" } else { bare }))
        }
        Some(id) if !id.is_empty() => ArticleKey(format!("id:{id}")),
        _ => ArticleKey(canonical),
    }
}

/// One spelling for all addresses of one page; canonical of a canonical URL is itself.
///
/// Scheme, `www.`, `m.`, default port, AMP forms, tracking and paging parameters, fragment, trailing slash, percent-encoding (the
/// path is compared decoded, in NFC) and parameter order make no difference. `amp.aspx?newid=…` keeps its own address: only an
/// outlet's id pattern can tell which article it is. Other schemes than HTTP are returned without fragment.
pub fn canonical(url: &Url) -> String {
    if !matches!(url.scheme(), "http" | "https") {
        let mut plain = url.clone();
        plain.set_fragment(None);
        return plain.into();
    }
    let host = host(url);
    let path = path(url.path());
    let query = query(url, &path);
    format!("https://{host}{path}{query}")
}

/// Host without `www.`, `amp.` and `m.`, with a port that is no default.
fn host(url: &Url) -> String {
    let full = Host::of(url).map(|it| it.as_str().to_owned()).unwrap_or_default();
    let full = full.strip_suffix(":80").or_else(|| full.strip_suffix(":443")).unwrap_or(&full);
    let mut bare = full.trim_matches('.');
    while let Some(rest) = ["www.", "amp.", "m."].iter().find_map(|it| bare.strip_prefix(it)).filter(|it| it.contains('.')) {
        bare = rest;
    }
    bare.to_owned()
}

/// Path in one encoding, without AMP segments and trailing slashes; a bare host has the path `/`.
fn path(raw: &str) -> String {
    let encoded = recode(raw, &[]);
    let mut path = encoded.as_str();
    loop {
        let before = path.len();
        path = path.trim_end_matches('/');
        path = path.strip_suffix("/amp").unwrap_or(path);
        // A segment that is only dots would mean another directory.
        let named = |it: &&str| it.rsplit('/').next().is_some_and(|it| !it.trim_matches('.').is_empty());
        path = path.strip_suffix(".amp").filter(named).unwrap_or(path);
        if let Some(rest) = path.strip_prefix("/amp/").filter(|it| !it.trim_matches('/').is_empty()) {
            return self::path(&format!("/{rest}"));
        }
        if path.len() == before {
            break;
        }
    }
    match path.strip_suffix(".amp.html").filter(|it| !it.ends_with(['/', '.'])) {
        Some(stem) => self::path(&format!("{stem}.html")),
        None if path.is_empty() => "/".to_owned(),
        None => path.to_owned(),
    }
}

/// The parameters that choose an article, sorted, with their `?`; empty where none is left.
fn query(url: &Url, path: &str) -> String {
    let last = path.rsplit('/').next().unwrap_or_default();
    // On a slug `p` is a page number; on a root or a script it is the article itself (WordPress `/?p=123`).
    let page = last.ends_with(".htm") || last.ends_with(".html");
    let slug = last.contains('-') || page;
    let names_itself = page || last.matches('-').count() >= 3;
    let mut kept: Vec<String> = url
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|it| !it.is_empty() && *it != "=")
        .filter_map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let low = name.to_ascii_lowercase();
            let number = !value.is_empty() && value.bytes().all(|it| it.is_ascii_digit());
            let drop = TRACKING.contains(&low.as_str())
                || TRACKING_PREFIXES.iter().any(|it| low.starts_with(it))
                || (PAGING.contains(&low.as_str()) && number)
                || (low == "p" && slug && number)
                || (VOLATILE.contains(&low.as_str()) && names_itself)
                || (low == "amp" && matches!(value, "" | "1" | "true"))
                || (low == "outputtype" && value.eq_ignore_ascii_case("amp"));
            (!drop).then(|| format!("{}={}", recode(&name.replace('+', "%20"), b"&=+"), recode(&value.replace('+', "%20"), b"&+")))
        })
        .collect();
    kept.sort();
    kept.dedup();
    if kept.is_empty() { String::new() } else { format!("?{}", kept.join("&")) }
}

/// Decodes percent-escapes, composes (NFC) and encodes again in one way; `keep` and [`KEPT_ESCAPES`] stay as they stand.
fn recode(text: &str, keep: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut piece: Vec<u8> = Vec::with_capacity(text.len());
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escaped = (byte == b'%').then(|| hex(bytes.get(at + 1..at + 3)?)).flatten();
        match escaped {
            Some(code) if KEPT_ESCAPES.contains(&code) || keep.contains(&code) => {
                encode(&std::mem::take(&mut piece), &mut out);
                out.push_str(&format!("%{code:02X}"));
            }
            Some(code) => piece.push(code),
            // A stray `%` is itself.
            None if byte == b'%' => {
                encode(&std::mem::take(&mut piece), &mut out);
                out.push_str("%25");
            }
            None => piece.push(byte),
        }
        at += if escaped.is_some() { 3 } else { 1 };
    }
    encode(&piece, &mut out);
    out
}

/// Writes octets as RFC 3986 path characters; octets that are no UTF-8 are escaped as they are.
fn encode(piece: &[u8], out: &mut String) {
    let mut write = |bytes: &[u8]| {
        for &byte in bytes {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => out.push(char::from(byte)),
                _ if b"-._~!$&'()*+,;=:@/".contains(&byte) => out.push(char::from(byte)),
                _ => out.push_str(&format!("%{byte:02X}")),
            }
        }
    };
    for chunk in piece.utf8_chunks() {
        let composed: String = chunk.valid().nfc().collect();
        write(composed.as_bytes());
        write(chunk.invalid());
    }
}

/// The octet that two hexadecimal digits stand for.
fn hex(digits: &[u8]) -> Option<u8> {
    let text = std::str::from_utf8(digits).ok()?;
    text.bytes().all(|it| it.is_ascii_hexdigit()).then(|| u8::from_str_radix(text, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn same(text: &str) -> String {
        canonical(&Url::parse(text).unwrap())
    }

    #[test]
    fn forms_of_one_address_are_one() {
        for (form, want) in [
            ("http://www.BaoHue.vn:80/a-b-123.html?utm_source=zalo&fbclid=x#top", "https://baohue.vn/a-b-123.html"),
            ("https://baohue.vn/a-b-123.html/amp", "https://baohue.vn/a-b-123.html"),
            ("https://baohue.vn/a-b-123.html/amp/", "https://baohue.vn/a-b-123.html"),
            ("https://baohue.vn/amp/a-b-123.html", "https://baohue.vn/a-b-123.html"),
            ("https://baohue.vn/a-b-123.amp", "https://baohue.vn/a-b-123"),
            ("https://baohue.vn/a-b-123.amp.html", "https://baohue.vn/a-b-123.html"),
            ("https://baohue.vn/a-b-123.html?amp=1", "https://baohue.vn/a-b-123.html"),
            ("https://baohue.vn/a-b-123.html?amp", "https://baohue.vn/a-b-123.html"),
            ("https://baohue.vn/a-b-123.html?trang=3", "https://baohue.vn/a-b-123.html"),
            ("https://baohue.vn/a-b-123.html?p=3", "https://baohue.vn/a-b-123.html"),
            ("https://baohue.vn/?p=3", "https://baohue.vn/?p=3"),
            ("https://baohue.vn/a-b-123.html?v=8f3a", "https://baohue.vn/a-b-123.html"),
            ("https://baohue.vn/ra-quan-phong-ngua?ts=1770&PHPSESSID=ab", "https://baohue.vn/ra-quan-phong-ngua"),
            ("https://stp.baohue.vn/?gd=26&cn=696&tc=9020", "https://stp.baohue.vn/?cn=696&gd=26&tc=9020"),
            ("https://m.baohue.vn/a-b-123.html", "https://baohue.vn/a-b-123.html"),
            ("https://m.vn/a", "https://m.vn/a"),
            ("https://baohue.vn/tin/", "https://baohue.vn/tin"),
            ("https://baohue.vn", "https://baohue.vn/"),
            ("https://baohue.vn/tin%2dmoi", "https://baohue.vn/tin-moi"),
            ("https://baohue.vn/Tin-t%e1%bb%a9c", "https://baohue.vn/Tin-t%E1%BB%A9c"),
            ("https://baohue.vn/Tin-tứ%63", "https://baohue.vn/Tin-t%E1%BB%A9c"),
            ("https://baohue.vn/Tin-tu\u{31b}\u{301}c", "https://baohue.vn/Tin-t%E1%BB%A9c"),
            ("https://baohue.vn/a%2Fb%3Fc", "https://baohue.vn/a%2Fb%3Fc"),
            ("http://127.0.0.1:8081/x.html", "https://127.0.0.1:8081/x.html"),
        ] {
            assert_eq!(same(form), want, "{form}");
        }
    }

    #[test]
    fn different_articles_stay_different() {
        for (a, b) in [
            ("https://a.vn/?p=1", "https://a.vn/?p=2"),
            ("https://a.vn/x?id=1", "https://a.vn/x?id=2"),
            ("https://www.youtube.com/watch?v=a", "https://www.youtube.com/watch?v=b"),
            ("https://a.vn/xem-tin?v=1", "https://a.vn/xem-tin?v=2"),
            ("https://a.vn/x", "https://b.vn/x"),
            ("https://a.vn:8080/x", "https://a.vn/x"),
            ("https://a.vn/x", "https://a.vn/X"),
            ("https://a.vn/tin/amplify", "https://a.vn/tin/lify"),
        ] {
            assert_ne!(same(a), same(b));
        }
    }

    fn outlet(pattern: Option<&str>) -> Outlet {
        use crate::domain::{
            month::MonthRange,
            outlet::{Duty, OutletKind, PageSelectors},
        };
        Outlet {
            id: "hue".parse().unwrap(),
            name: String::new(),
            kind: OutletKind::Newspaper,
            duty: Duty::Monthly,
            exempt: Vec::new(),
            blind: Vec::new(),
            sections_complete: false,
            active: MonthRange::default(),
            successor: None,
            hosts: vec!["huengaynay.vn".parse().unwrap()],
            article_id: pattern.map(|it| regex::Regex::new(it).unwrap()),
            sources: Vec::new(),
            page: PageSelectors::default(),
            contacts: Vec::new(),
        }
    }

    #[test]
    fn one_article_has_one_key_in_all_its_shapes() {
        let outlet = outlet(Some(r"-a?(\d{4,7})\.html$|[?&]newid=(\d+)"));
        for form in [
            "https://baothuathienhue.vn/mot-bai-viet-a84124.html",
            "http://www.huengaynay.vn/muc/mot-bai-viet-khac-84124.html?utm_medium=x",
            "https://huengaynay.vn/amp.aspx?newid=84124",
            "https://huengaynay.vn/amp.aspx?newid=084124",
            "https://huengaynay.vn/muc/bai-84124.html/amp#x",
        ] {
            assert_eq!(article_key(&outlet, &Url::parse(form).unwrap()).as_str(), "id:84124", "{form}");
        }
        let other = article_key(&outlet, &Url::parse("http://www.huengaynay.vn/gioi-thieu/").unwrap());
        assert_eq!(other.as_str(), "https://huengaynay.vn/gioi-thieu");
        assert_eq!(other.to_string().parse::<ArticleKey>().unwrap(), other);
    }

    #[test]
    fn a_mirror_on_another_own_host_is_one_article_by_its_id_and_two_without() {
        let forms = ["https://huengaynay.vn/muc/bai-viet-84124.html", "https://baothuathienhue.vn/bai-viet-cu-84124.html"];
        let keys = |pattern| forms.map(|it| article_key(&outlet(pattern), &Url::parse(it).unwrap()));
        let [one, two] = keys(Some(r"-(\d{4,7})\.html$"));
        assert_eq!(one, two);
        // Two hosts may give one path to two articles: without an id only the whole address tells.
        let [one, two] = keys(None);
        assert_ne!(one, two);
    }

    #[test]
    fn without_a_pattern_the_canonical_address_is_the_key() {
        let key = article_key(&outlet(None), &Url::parse("http://huengaynay.vn/a-1.html?fbclid=1").unwrap());
        assert_eq!(key.as_str(), "https://huengaynay.vn/a-1.html");
    }

    proptest! {
        #[test]
        fn canonical_of_canonical_is_itself(
            host in "(www\\.|amp\\.|m\\.|WWW\\.){0,3}[a-z]{1,4}(\\.[a-z]{2,3}){0,2}(:(80|443|81))?",
            scheme in "https?", path in "(/|amp|\\.amp|\\.html|%2[0-9a-fA-F]|%[0-9a-f]{2}|[a-zủ́.%?;+-]){0,12}",
            query in "(amp|p|page|utm_x|id|=|&|1|%2[0-9b]|\\+|%|ử){0,12}",
        ) {
            if let Ok(url) = Url::parse(&format!("{scheme}://{host}/{path}?{query}")) {
                let once = canonical(&url);
                let again = Url::parse(&once);
                prop_assert!(again.is_ok(), "{once}");
                prop_assert_eq!(canonical(&again.unwrap()), once);
            }
        }
    }
}
