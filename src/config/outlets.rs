//! `outlets.toml`: the register.

use std::{collections::BTreeSet, ops::Range, path::Path, sync::Arc};

use regex::Regex;
use serde::Deserialize;
use toml::Spanned;
use url::Url;

use super::{ConfigError, Document, certificates, selector};
use crate::domain::{
    month::MonthRange,
    outlet::{
        Contact, Covers, Duty, Exemption, Host, Intermediates, ListingRules, Medium, Outlet, OutletId, OutletKind, PageSelectors, Source,
        SourceKind,
    },
};

/// All outlets, in the order of the file.
#[derive(Debug, Clone, Default)]
pub struct Register {
    /// Shared with whoever looks at them while the register may be changed.
    pub outlets: Arc<Vec<Outlet>>,
    /// Certificates that complete the chains of the outlets' servers, by host.
    pub intermediates: Intermediates,
}

impl Register {
    /// The outlet of that id.
    pub fn get(&self, id: &str) -> Option<&Outlet> {
        self.outlets.iter().find(|it| it.id.as_str() == id)
    }

    /// The outlets that own a host, at whatever time.
    pub fn owners<'a>(&'a self, host: &'a Host) -> impl Iterator<Item = &'a Outlet> {
        self.outlets.iter().filter(move |it| it.hosts.contains(host))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    outlet: Vec<Spanned<OutletTable>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OutletTable {
    id: Spanned<OutletId>,
    name: String,
    kind: OutletKind,
    #[serde(default)]
    duty: Duty,
    #[serde(default)]
    exempt: Vec<Spanned<Exemption>>,
    blind: Option<Vec<Medium>>,
    #[serde(default)]
    sections_complete: bool,
    #[serde(default)]
    active: Option<Spanned<MonthRange>>,
    successor: Option<Spanned<OutletId>>,
    hosts: Spanned<Vec<Host>>,
    #[serde(default)]
    intermediates: Vec<Spanned<String>>,
    article_id: Option<Spanned<String>>,
    #[serde(default)]
    source: Vec<SourceTable>,
    page: Option<PageTable>,
    #[serde(default)]
    contact: Vec<Contact>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PageTable {
    title: Option<Spanned<String>>,
    lead: Option<Spanned<String>>,
    body: Option<Spanned<String>>,
    date: Option<Spanned<String>>,
    author: Option<Spanned<String>>,
    remove: Vec<Spanned<String>>,
    short: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceTable {
    kind: SourceKind,
    url: Spanned<String>,
    covers: Covers,
    #[serde(default)]
    accept: Vec<Host>,
    #[serde(default)]
    formerly: Vec<Spanned<String>>,
    item: Option<Spanned<String>>,
    date: Option<Spanned<String>>,
    next: Option<Spanned<String>>,
    page_url: Option<Spanned<String>>,
    #[serde(default = "pages_max")]
    pages_max: Spanned<u32>,
}

fn pages_max() -> Spanned<u32> {
    Spanned::new(0..0, 50)
}

/// A walk through more pages than this is a loop or a whole archive.
const PAGES_MAX: u32 = 10_000;
/// Keeps a pattern from eating memory when it is compiled.
const PATTERN_BYTES_MAX: usize = 1 << 20;

pub(super) fn parse(document: &Document<'_>) -> Result<Register, ConfigError> {
    let file: File = document.parse()?;
    let mut register = Register::default();
    for table in &file.outlet {
        let outlet = outlet_of(document, table.as_ref())?;
        check_place(document, table.as_ref(), &outlet, &register)?;
        pin(document, table.as_ref(), &outlet, &mut register.intermediates)?;
        Arc::make_mut(&mut register.outlets).push(outlet);
    }
    for table in &file.outlet {
        if let Some(successor) = &table.as_ref().successor
            && register.get(successor.as_ref().as_str()).is_none()
        {
            return Err(document.error(Some(successor.span()), format!("there is no outlet `{}`", successor.as_ref())));
        }
    }
    Ok(register)
}

/// Checks an outlet against those before it: ids are unique, and a host belongs to one outlet at a time.
fn check_place(document: &Document<'_>, table: &OutletTable, outlet: &Outlet, register: &Register) -> Result<(), ConfigError> {
    if register.get(outlet.id.as_str()).is_some() {
        return Err(document.error(Some(table.id.span()), format!("outlet `{}` stands here twice", outlet.id)));
    }
    for host in &outlet.hosts {
        if let Some(other) = register.owners(host).find(|it| it.active.overlaps(&outlet.active)) {
            let message =
                format!("{host} belongs to outlet `{}` at the same time: give both outlets `active` months that do not overlap", other.id);
            return Err(document.error(Some(table.hosts.span()), message));
        }
    }
    Ok(())
}

/// Reads the certificates that complete the chains of the outlet's servers: those of its hosts and of its sources.
fn pin(document: &Document<'_>, table: &OutletTable, outlet: &Outlet, pinned: &mut Intermediates) -> Result<(), ConfigError> {
    let folder = document.file.parent().unwrap_or(Path::new(""));
    for file in &table.intermediates {
        let read = certificates::read(&folder.join(file.as_ref()));
        let read = read.map_err(|wrong| document.error(Some(file.span()), format!("{} {wrong}", file.as_ref())))?;
        let hosts: BTreeSet<Host> = outlet.hosts.iter().cloned().chain(outlet.sources.iter().filter_map(|it| Host::of(&it.url))).collect();
        for host in hosts {
            pinned.entry(host).or_default().extend(read.iter().cloned());
        }
    }
    Ok(())
}

fn outlet_of(document: &Document<'_>, table: &OutletTable) -> Result<Outlet, ConfigError> {
    if table.hosts.as_ref().is_empty() && !table.source.is_empty() {
        return Err(document.error(Some(table.hosts.span()), "an outlet with sources needs at least one host: no link could be its own"));
    }
    let active = table
        .active
        .as_ref()
        .map(|it| in_order(document, it.as_ref().from, it.as_ref().to, it.span()).map(|()| *it.as_ref()))
        .transpose()?;
    for exemption in &table.exempt {
        in_order(document, exemption.as_ref().from, exemption.as_ref().to, exemption.span())?;
    }
    let blind_by_kind = || match table.kind {
        OutletKind::RadioTv | OutletKind::Station => vec![Medium::Broadcast],
        _ => Vec::new(),
    };
    let mut sources: Vec<Source> = Vec::new();
    for source in &table.source {
        let checked = source_of(document, source)?;
        if sources.iter().any(|it| it.url == checked.url) {
            return Err(document.error(Some(source.url.span()), "the outlet has this source already"));
        }
        sources.push(checked);
    }
    Ok(Outlet {
        id: table.id.as_ref().clone(),
        name: table.name.clone(),
        kind: table.kind,
        duty: table.duty,
        exempt: table.exempt.iter().map(|it| it.as_ref().clone()).collect(),
        blind: table.blind.clone().unwrap_or_else(blind_by_kind),
        sections_complete: table.sections_complete,
        active: active.unwrap_or_default(),
        successor: table.successor.as_ref().map(|it| it.as_ref().clone()),
        hosts: table.hosts.as_ref().clone(),
        article_id: table.article_id.as_ref().map(|it| pattern(document, it)).transpose()?,
        sources,
        page: table.page.as_ref().map(|it| page_of(document, it)).transpose()?.unwrap_or_default(),
        contacts: table.contact.clone(),
    })
}

fn in_order<T: PartialOrd>(document: &Document<'_>, from: Option<T>, to: Option<T>, span: Range<usize>) -> Result<(), ConfigError> {
    match (from, to) {
        (Some(from), Some(to)) if to < from => Err(document.error(Some(span), "ends before it begins")),
        _ => Ok(()),
    }
}

fn source_of(document: &Document<'_>, table: &SourceTable) -> Result<Source, ConfigError> {
    let address = |text: &Spanned<String>| {
        Url::parse(text.as_ref())
            .ok()
            .filter(|it| matches!(it.scheme(), "http" | "https") && it.has_host())
            .ok_or_else(|| document.error(Some(text.span()), format!("`{}` is no http or https address", text.as_ref())))
    };
    let url = address(&table.url)?;
    let formerly = table.formerly.iter().map(address).collect::<Result<Vec<_>, _>>()?;
    for selector in [&table.item, &table.date, &table.next].into_iter().flatten() {
        css(document, selector)?;
    }
    if let Some(page_url) = &table.page_url {
        let usable = page_url.as_ref().contains("{n}") && Url::parse(&page_url.as_ref().replace("{n}", "2")).is_ok();
        if !usable {
            return Err(document.error(Some(page_url.span()), "write a whole address with {n} where the page number stands"));
        }
    }
    if !(1..=PAGES_MAX).contains(table.pages_max.as_ref()) {
        return Err(document.error(Some(table.pages_max.span()), format!("must be 1 to {PAGES_MAX}")));
    }
    if table.kind != SourceKind::Listing
        && let Some(stray) = [&table.item, &table.date, &table.next, &table.page_url].into_iter().flatten().next()
    {
        return Err(document.error(Some(stray.span()), format!("only a listing has this key, not a {}", table.kind.as_str())));
    }
    let text = |it: &Option<Spanned<String>>| it.as_ref().map(|it| it.as_ref().clone());
    Ok(Source {
        kind: table.kind,
        url,
        covers: table.covers,
        accept: table.accept.clone(),
        formerly,
        listing: ListingRules {
            item: text(&table.item),
            date: text(&table.date),
            next: text(&table.next),
            page_url: text(&table.page_url),
            pages_max: *table.pages_max.as_ref(),
        },
    })
}

fn page_of(document: &Document<'_>, table: &PageTable) -> Result<PageSelectors, ConfigError> {
    let one = |it: &Option<Spanned<String>>| it.as_ref().map(|it| css(document, it)).transpose();
    Ok(PageSelectors {
        title: one(&table.title)?,
        lead: one(&table.lead)?,
        body: one(&table.body)?,
        date: one(&table.date)?,
        author: one(&table.author)?,
        remove: table.remove.iter().map(|it| css(document, it)).collect::<Result<_, _>>()?,
        short: table.short,
    })
}

fn css(document: &Document<'_>, text: &Spanned<String>) -> Result<String, ConfigError> {
    match selector::fault(text.as_ref()) {
        None => Ok(text.as_ref().clone()),
        Some(wrong) => Err(document.error(Some(text.span()), format!("bad CSS selector `{}`: {wrong}", text.as_ref()))),
    }
}

fn pattern(document: &Document<'_>, text: &Spanned<String>) -> Result<Regex, ConfigError> {
    let wrong = |message: String| document.error(Some(text.span()), message);
    let regex = regex::RegexBuilder::new(text.as_ref())
        .size_limit(PATTERN_BYTES_MAX)
        .build()
        .map_err(|it| wrong(format!("bad pattern: {}", it.to_string().lines().next_back().unwrap_or_default())))?;
    if regex.captures_len() < 2 {
        return Err(wrong("bad pattern: it needs a group ( ) around the article's number".to_owned()));
    }
    Ok(regex)
}
