//! The facets' rules `facets.toml`: read, checked whole, and compiled.

use serde::Deserialize;
use toml::Spanned;

use super::{ConfigError, Document};
use crate::domain::{
    facet::{FacetRules, GenreSpec, PlaceKind, PlaceSpec},
    month::Month,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "version")]
    _version: String,
    #[serde(default)]
    hotline: Vec<String>,
    #[serde(default)]
    agencies: Vec<String>,
    #[serde(default)]
    genre: Vec<Genre>,
    #[serde(default)]
    place: Vec<Place>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Genre {
    id: Spanned<String>,
    label: String,
    #[serde(default)]
    paths: Vec<String>,
    #[serde(default)]
    title: Vec<String>,
    #[serde(default)]
    text: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    id: Spanned<String>,
    name: String,
    kind: PlaceKind,
    from: Option<Spanned<String>>,
    to: Option<Spanned<String>>,
    #[serde(default)]
    bare: bool,
    #[serde(default)]
    forms: Vec<String>,
}

pub(super) fn parse(document: &Document<'_>) -> Result<FacetRules, ConfigError> {
    let file: File = document.parse()?;
    let mut ids: Vec<&str> = Vec::new();
    for id in file.genre.iter().map(|it| &it.id).chain(file.place.iter().map(|it| &it.id)) {
        let name = id.get_ref().as_str();
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_')) {
            return Err(document.error(Some(id.span()), "an id is small letters a to z, digits, hyphens and underscores"));
        }
        if ids.contains(&name) {
            return Err(document.error(Some(id.span()), format!("there are two entries `{name}`")));
        }
        ids.push(name);
    }
    let month = |text: &Option<Spanned<String>>| -> Result<Option<Month>, ConfigError> {
        let Some(text) = text else { return Ok(None) };
        text.get_ref().parse().map(Some).map_err(|wrong| document.error(Some(text.span()), wrong))
    };
    let mut places = Vec::new();
    for it in &file.place {
        places.push(PlaceSpec {
            id: it.id.get_ref().clone(),
            name: it.name.clone(),
            kind: it.kind,
            from: month(&it.from)?,
            to: month(&it.to)?,
            bare: it.bare,
            forms: it.forms.clone(),
        });
    }
    let genres = file.genre.into_iter().map(|it| GenreSpec {
        id: it.id.into_inner(),
        label: it.label,
        paths: it.paths,
        title: it.title,
        text: it.text,
    });
    FacetRules::new(places, genres.collect(), file.agencies, &file.hotline).map_err(|bad| {
        let at = document.text.find(&bad.form).map(|at| at..at + bad.form.len());
        document.error(at, bad)
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use url::Url;

    use super::*;
    use crate::{config::SHIPPED_FACETS, domain::facet::FacetTexts};

    fn rules(text: &str) -> Result<FacetRules, ConfigError> {
        parse(&Document { file: Path::new("facets.toml"), text })
    }

    fn shown(path: &str, title: &str, body: &str, author: Option<&str>, month: &str) -> (String, Option<String>, Vec<String>, bool) {
        let url = Url::parse("https://bao.example.vn").unwrap().join(path).unwrap();
        let texts = FacetTexts { url: url.as_str(), title, lead: "", body, author, month: Some(month.parse().unwrap()) };
        let it = rules(SHIPPED_FACETS).unwrap().facets(&texts);
        (it.genre, it.taken_from, it.places, it.hotline)
    }

    #[test]
    fn the_shipped_rules_name_forty_wards_and_communes_of_today() {
        let file: File = toml::from_str(SHIPPED_FACETS).unwrap();
        let today = |kind: PlaceKind| file.place.iter().filter(|it| it.kind == kind && it.from.is_some() && it.to.is_none()).count();
        assert_eq!((today(PlaceKind::Ward), today(PlaceKind::Commune)), (21, 19));
    }

    #[test]
    fn genre_source_places_and_hotline_are_told_from_the_text() {
        let long = "Bà con kể chuyện cũ. ".repeat(100);
        let none = || Vec::<String>::new();
        let places = |ids: &[&str]| ids.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        let from = |name: &str| Some(name.to_owned());
        for (name, given, expected) in [
            ("a short text", ("/tin-1.html", "Họp thôn", "Sáng nay, thôn họp.", None), ("news", None, none(), false)),
            ("a long text", ("/tin-1.html", "Họp thôn", &*long, None), ("article", None, none(), false)),
            ("by its path", ("/e-magazine/tin-1.html", "Họp thôn", "Sáng nay.", None), ("e_magazine", None, none(), false)),
            ("by its title", ("/tin-1.html", "Infographic: Nhận biết thủ đoạn", "Sáng nay.", None), ("infographic", None, none(), false)),
            ("taken from an agency", ("/tin-1.html", "Họp", "Sáng nay.\nTheo TTXVN", None), ("news", from("TTXVN"), none(), false)),
            ("an agency as the author", ("/tin-1.html", "Họp", "Sáng nay.", Some("TTXVN")), ("news", from("TTXVN"), none(), false)),
            (
                "an agency that is only quoted",
                (
                    "/tin-1.html",
                    "Họp",
                    "Theo TTXVN, hôm qua có mưa ở nhiều nơi trên cả nước và còn mưa nữa.\nĐó là tin mới.\nMai Lan",
                    None,
                ),
                ("news", None, none(), false),
            ),
            (
                "a commune",
                ("/tin-1.html", "Họp ở xã A Lưới 2", "Sáng nay.", None),
                ("news", None, places(&["xa-a-luoi-2", "huyen-a-luoi"]), false),
            ),
            (
                "several",
                ("/tin-1.html", "Họp", "Tại các xã Phú Vinh, Phú Hồ và Vinh Lộc.", None),
                ("news", None, places(&["xa-phu-vinh", "xa-phu-ho", "xa-vinh-loc"]), false),
            ),
            ("a person of that name", ("/tin-1.html", "Họp", "Chị Thanh Thủy nói.", None), ("news", None, none(), false)),
            ("a hotline", ("/tin-1.html", "Họp", "Bà con gọi tổng đài 111 khi cần.", None), ("news", None, none(), true)),
            ("a number", ("/tin-1.html", "Họp", "Có 111 người dự.", None), ("news", None, none(), false)),
        ] {
            let (path, title, body, author) = given;
            let (genre, taken_from, at, hotline) = shown(path, title, body, author, "2025-08");
            let mut wanted = expected.2;
            wanted.sort();
            let mut got = at;
            got.sort();
            assert_eq!((genre.as_str(), taken_from, got, hotline), (expected.0, expected.1, wanted, expected.3), "{name}");
        }
    }

    #[test]
    fn a_place_has_its_name_only_while_it_stood() {
        let body = "Sáng nay ở huyện Phú Lộc và phường Kim Trà.";
        assert_eq!(shown("/a.html", "", body, None, "2024-03").2, ["huyen-phu-loc"]);
        assert_eq!(shown("/a.html", "", body, None, "2025-08").2, ["phuong-kim-tra"]);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        for (text, line, word) in [
            ("version = \"1\"\nhotline = [\"(111\"]\n", 2, "not closed"),
            ("version = \"1\"\n[[place]]\nid = \"A\"\nname = \"A\"\nkind = \"ward\"\n", 3, "small letters"),
            ("version = \"1\"\n[[place]]\nid = \"a\"\nname = \"A\"\nkind = \"ward\"\nfrom = \"2025-13\"\n", 6, "month"),
            ("version = \"1\"\nplaces = []\n", 2, "unknown field"),
        ] {
            let wrong = rules(text).unwrap_err();
            assert_eq!(wrong.line, Some(line), "{wrong:?}");
            assert!(wrong.message.contains(word), "{wrong:?}");
        }
    }
}
