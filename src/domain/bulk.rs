//! Lists that come in as a spreadsheet: their columns, and what each row comes to or what is wrong with it, by sheet and cell.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use url::Url;

use crate::{
    domain::{
        month::Month,
        off_web::OffWeb,
        officer::{BadStatement, Refusal, Statement},
        outlet::{Medium, Outlet, OutletId},
    },
    text::fold,
};

use self::cell::{address, day, medium, month, plain, seconds, time};

mod cell;

/// A kind of list; each has a sheet of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ListKind {
    /// Programme logs of broadcasters.
    Broadcast,
    /// What stood in print.
    Print,
    /// Articles on the web, as outlets list them themselves.
    Links,
}

/// A column of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    Outlet,
    Month,
    Medium,
    Programme,
    Title,
    Day,
    Time,
    Minutes,
    Address,
    Note,
}

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub enum CellValue {
    Text(String),
    Number(f64),
    Day(NaiveDate),
    Time(NaiveTime),
    Moment(NaiveDate, NaiveTime),
    /// A formula that failed, or a truth value.
    Other,
}

/// A sheet as it was read: its cells by row and column, counted from 0; empty ones are not there.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sheet {
    pub name: String,
    pub rows: BTreeMap<u32, BTreeMap<u16, CellValue>>,
}

/// Where a row of a list stands, as people count: rows from 1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub sheet: String,
    pub row: u32,
}

/// Something wrong with a cell, a row, or a sheet as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellFault {
    pub sheet: String,
    /// Counted from 1; 0 for the sheet as a whole.
    pub row: u32,
    /// The letters of the column and its heading; empty for the row as a whole.
    pub column: String,
    pub why: Wrong,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// The sheet is none of the template's.
    StrangeSheet,
    /// No row was filled in, in any sheet.
    NothingFilled,
    /// More rows than are taken at once.
    TooManyRows,
    /// The heading is not the template's.
    Heading(&'static str),
    /// Something stands beyond the last column.
    BeyondColumns,
    Missing,
    NoOutlet(String),
    NoMonth,
    NoMedium,
    NoDay,
    NoTime,
    /// A time without a day.
    TimeWithoutDay,
    NoLength,
    NoAddress,
    /// A formula's fault or a truth value.
    NoText,
    Words(BadStatement),
    /// Not the outlet's own host.
    ForeignHost(String),
    Refused(Refusal),
    /// It stands in the file before, in that row.
    Twice(Place),
    /// It is registered already, under that number.
    Registered(i64),
}

/// A row that may be registered as off-web evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkItem {
    pub place: Place,
    pub item: OffWeb,
}

/// A row that names an article to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkLink {
    pub place: Place,
    pub outlet: OutletId,
    pub url: Url,
}

/// What a whole file comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bulk {
    pub items: Vec<BulkItem>,
    pub links: Vec<BulkLink>,
}

/// By what a file's rows are checked.
#[derive(Debug, Clone, Copy)]
pub struct BulkRules<'a> {
    pub outlets: &'a [Outlet],
    pub zone: Tz,
    pub now: DateTime<Utc>,
    /// Who brings the list in.
    pub by: &'a Statement,
    /// What is added to the note of each item: the file that it came from.
    pub origin: &'a str,
}

/// Rows that are taken at once, over all sheets.
pub const ROWS_MAX: usize = 5_000;
/// Sheets of the template that hold no list.
pub const GUIDE: &str = "Hướng dẫn";
pub const CHOICES: &str = "Danh mục";
/// How the first cell of an example row begins.
pub const EXAMPLE: &str = "(ví dụ)";

impl ListKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Broadcast, Self::Print, Self::Links];

    /// The name of its sheet.
    pub fn sheet(self) -> &'static str {
        match self {
            Self::Broadcast => "Phát sóng",
            Self::Print => "Báo in",
            Self::Links => "Tin bài trên mạng",
        }
    }

    /// Its columns from left to right.
    pub fn columns(self) -> &'static [Column] {
        use Column::{Address, Day, Medium, Minutes, Month, Note, Outlet, Programme, Time, Title};
        match self {
            Self::Broadcast => &[Outlet, Month, Medium, Programme, Title, Day, Time, Minutes, Address, Note],
            Self::Print => &[Outlet, Month, Programme, Title, Day, Address, Note],
            Self::Links => &[Outlet, Address, Title, Day],
        }
    }

    /// The media that its rows may be of.
    pub fn media(self) -> &'static [Medium] {
        match self {
            Self::Broadcast => &[Medium::Broadcast, Medium::Video],
            Self::Print => &[Medium::Print],
            Self::Links => &[],
        }
    }

    /// Whether a cell of the column must be filled.
    pub fn needs(self, column: Column) -> bool {
        match (self, column) {
            (_, Column::Outlet) | (Self::Links, Column::Address) => true,
            (Self::Links, _) => false,
            (_, it) => matches!(it, Column::Month | Column::Medium | Column::Title),
        }
    }
}

impl Column {
    /// Its heading in a kind of list; what must be filled is marked.
    pub fn heading(self, kind: ListKind) -> &'static str {
        match (self, kind) {
            (Self::Outlet, _) => "Mã cơ quan báo chí *",
            (Self::Month, _) => "Tính cho tháng (MM/YYYY) *",
            (Self::Medium, _) => "Loại hình *",
            (Self::Programme, ListKind::Print) => "Số báo, trang, chuyên mục",
            (Self::Programme, _) => "Chương trình, chuyên mục",
            (Self::Title, ListKind::Links) => "Tên tin, bài",
            (Self::Title, _) => "Tên tin, bài, phóng sự *",
            (Self::Day, ListKind::Broadcast) => "Ngày phát (DD/MM/YYYY)",
            (Self::Day, ListKind::Print) => "Ngày phát hành (DD/MM/YYYY)",
            (Self::Day, ListKind::Links) => "Ngày đăng (DD/MM/YYYY)",
            (Self::Time, _) => "Giờ phát (HH:MM)",
            (Self::Minutes, _) => "Thời lượng (phút:giây)",
            (Self::Address, ListKind::Links) => "Địa chỉ của bài *",
            (Self::Address, _) => "Địa chỉ trên mạng, nếu có",
            (Self::Note, _) => "Ghi chú",
        }
    }
}

/// The letters of a column, counted from 0: A, B, … Z, AA.
pub fn letters(column: u16) -> String {
    let (mut rest, mut found) = (u32::from(column) + 1, Vec::new());
    while rest > 0 {
        rest -= 1;
        found.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or(0)));
        rest /= 26;
    }
    found.iter().rev().collect()
}

/// Checks every row of a file, before anything of it is taken.
///
/// # Errors
/// All that is wrong, in the order in which it stands.
pub fn check(sheets: &[Sheet], rules: &BulkRules<'_>) -> Result<Bulk, Vec<CellFault>> {
    let (mut bulk, mut faults, mut seen) = (Bulk::default(), Vec::new(), HashMap::new());
    let whole = |sheet: &str, why| CellFault { sheet: sheet.to_owned(), row: 0, column: String::new(), why };
    if sheets.iter().map(|it| it.rows.len().saturating_sub(1)).sum::<usize>() > ROWS_MAX {
        return Err(vec![whole("", Wrong::TooManyRows)]);
    }
    for sheet in sheets.iter().filter(|it| !it.rows.is_empty() && it.name != GUIDE && it.name != CHOICES) {
        match ListKind::ALL.into_iter().find(|it| it.sheet() == sheet.name) {
            Some(kind) => read_sheet(kind, sheet, rules, (&mut bulk, &mut seen), &mut faults),
            None => faults.push(whole(&sheet.name, Wrong::StrangeSheet)),
        }
    }
    if bulk.items.is_empty() && bulk.links.is_empty() && faults.is_empty() {
        faults.push(whole("", Wrong::NothingFilled));
    }
    if faults.is_empty() { Ok(bulk) } else { Err(faults) }
}

/// Where each item and link of the file stands, by what makes it itself.
type SeenAt = HashMap<String, Place>;

fn read_sheet(kind: ListKind, sheet: &Sheet, rules: &BulkRules<'_>, (bulk, seen): (&mut Bulk, &mut SeenAt), faults: &mut Vec<CellFault>) {
    let before = faults.len();
    for (at, column) in (0..).zip(kind.columns()) {
        let heading = column.heading(kind);
        let there = sheet.rows.get(&0).and_then(|it| it.get(&at));
        if !matches!(there, Some(CellValue::Text(text)) if text.trim() == heading) {
            faults.push(CellFault { sheet: sheet.name.clone(), row: 1, column: letters(at), why: Wrong::Heading(heading) });
        }
    }
    // Under other headings the cells mean something else.
    if faults.len() > before {
        return;
    }
    for (at, cells) in sheet.rows.iter().filter(|it| *it.0 > 0) {
        let row = Row { kind, sheet: &sheet.name, number: at + 1, cells };
        if row.is_example() {
            continue;
        }
        let made = match kind {
            ListKind::Links => row.link(rules, seen).map(|it| bulk.links.push(it)),
            ListKind::Broadcast | ListKind::Print => row.item(rules, seen).map(|it| bulk.items.push(it)),
        };
        faults.extend(made.err().into_iter().flatten());
    }
}

struct Row<'a> {
    kind: ListKind,
    sheet: &'a str,
    number: u32,
    cells: &'a BTreeMap<u16, CellValue>,
}

impl Row<'_> {
    fn is_example(&self) -> bool {
        matches!(self.cells.get(&0), Some(CellValue::Text(text)) if text.trim_start().starts_with(EXAMPLE))
    }

    fn place(&self) -> Place {
        Place { sheet: self.sheet.to_owned(), row: self.number }
    }

    fn at(&self, column: Column) -> Option<u16> {
        self.kind.columns().iter().position(|it| *it == column).and_then(|it| u16::try_from(it).ok())
    }

    fn fault(&self, column: Column, why: Wrong) -> CellFault {
        let column = self.at(column).map_or_else(String::new, |at| format!("{} ({})", letters(at), column.heading(self.kind)));
        CellFault { sheet: self.sheet.to_owned(), row: self.number, column, why }
    }

    fn cell(&self, column: Column) -> Option<&CellValue> {
        let value = self.cells.get(&self.at(column)?)?;
        Some(value).filter(|it| !matches!(it, CellValue::Text(text) if text.trim().is_empty()))
    }

    /// The cell read by `read`, or `None` where it is empty and may be.
    fn read<T>(&self, column: Column, read: impl FnOnce(&CellValue) -> Result<T, Wrong>, faults: &mut Vec<CellFault>) -> Option<T> {
        let read = match self.cell(column) {
            Some(value) => read(value).map(Some),
            None if self.kind.needs(column) => Err(Wrong::Missing),
            None => Ok(None),
        };
        read.unwrap_or_else(|why| {
            faults.push(self.fault(column, why));
            None
        })
    }

    fn words(&self, column: Column, faults: &mut Vec<CellFault>) -> Option<Statement> {
        self.read(column, |it| plain(it)?.parse().map_err(Wrong::Words), faults)
    }

    fn outlet<'a>(&self, rules: &BulkRules<'a>, faults: &mut Vec<CellFault>) -> Option<&'a Outlet> {
        let known = |it: &CellValue| {
            let id = plain(it)?;
            rules.outlets.iter().find(|it| it.id.as_str() == id.trim()).ok_or(Wrong::NoOutlet(id))
        };
        self.read(Column::Outlet, known, faults)
    }

    /// Whatever stands beyond the columns was meant for something, and is not read.
    fn beyond(&self, faults: &mut Vec<CellFault>) {
        let columns = u16::try_from(self.kind.columns().len()).unwrap_or(u16::MAX);
        if let Some((at, _)) = self.cells.range(columns..).next() {
            faults.push(CellFault { sheet: self.sheet.to_owned(), row: self.number, column: letters(*at), why: Wrong::BeyondColumns });
        }
    }

    fn item(&self, rules: &BulkRules<'_>, seen: &mut SeenAt) -> Result<BulkItem, Vec<CellFault>> {
        let mut faults = Vec::new();
        let outlet = self.outlet(rules, &mut faults);
        let month = self.read(Column::Month, month, &mut faults);
        let medium = match self.kind.media() {
            [only] => Some(*only),
            media => self.read(Column::Medium, |it| medium(it, media), &mut faults),
        };
        let title = self.words(Column::Title, &mut faults);
        let programme = self.words(Column::Programme, &mut faults);
        let day = self.read(Column::Day, day, &mut faults);
        let time = self.read(Column::Time, time, &mut faults);
        let seconds = self.read(Column::Minutes, seconds, &mut faults);
        let url = self.read(Column::Address, address, &mut faults);
        let note = self.note(rules, &mut faults);
        self.beyond(&mut faults);
        let aired = match (day, time) {
            (None, Some(_)) => {
                faults.push(self.fault(Column::Day, Wrong::TimeWithoutDay));
                None
            }
            (None, None) => None,
            (Some(day), time) => rules.zone.from_local_datetime(&day.and_time(time.unwrap_or(NaiveTime::MIN))).earliest(),
        };
        let (Some(outlet), Some(month), Some(medium), Some(title), true) = (outlet, month, medium, title, faults.is_empty()) else {
            return Err(faults);
        };
        let item = OffWeb {
            outlet: outlet.id.clone(),
            month,
            medium,
            title,
            programme,
            aired: aired.map(|it| it.to_utc()),
            seconds,
            url,
            file: None,
            note,
        };
        if let Err(why) = item.clone().admit(rules.by.clone(), rules.zone, rules.now) {
            return Err(vec![self.fault(refused_column(&why), Wrong::Refused(why))]);
        }
        self.once(key_of(&item), Column::Title, seen)?;
        Ok(BulkItem { place: self.place(), item })
    }

    /// Remembers what makes the row itself, unless another row has it.
    fn once(&self, key: String, column: Column, seen: &mut SeenAt) -> Result<(), Vec<CellFault>> {
        match seen.get(&key) {
            Some(first) => Err(vec![self.fault(column, Wrong::Twice(first.clone()))]),
            None => {
                seen.insert(key, self.place());
                Ok(())
            }
        }
    }

    fn note(&self, rules: &BulkRules<'_>, faults: &mut Vec<CellFault>) -> Option<Statement> {
        let typed = self.words(Column::Note, faults);
        let whole = typed.map_or_else(|| rules.origin.to_owned(), |it| format!("{it}\n{}", rules.origin));
        match whole.parse() {
            Ok(note) => Some(note),
            Err(why) => {
                faults.push(self.fault(Column::Note, Wrong::Words(why)));
                None
            }
        }
    }

    fn link(&self, rules: &BulkRules<'_>, seen: &mut SeenAt) -> Result<BulkLink, Vec<CellFault>> {
        let mut faults = Vec::new();
        let outlet = self.outlet(rules, &mut faults);
        let url = self.read(Column::Address, address, &mut faults);
        self.read(Column::Day, day, &mut faults);
        self.words(Column::Title, &mut faults);
        self.beyond(&mut faults);
        let (Some(outlet), Some(url), true) = (outlet, url, faults.is_empty()) else { return Err(faults) };
        if !outlet.owns(&url) {
            return Err(vec![self.fault(Column::Address, Wrong::ForeignHost(url.host_str().unwrap_or_default().to_owned()))]);
        }
        self.once(format!("{} {url}", outlet.id), Column::Address, seen)?;
        Ok(BulkLink { place: self.place(), outlet: outlet.id.clone(), url })
    }
}

/// What makes an item itself: one title, however it is written, of one outlet, month, medium and time.
fn key_of(it: &OffWeb) -> String {
    let aired = it.aired.map_or_else(String::new, |at| at.timestamp().to_string());
    format!("{} {} {} {aired} {}", it.outlet, it.month, it.medium.as_str(), fold(it.title.as_str()))
}

impl Bulk {
    /// What of it is registered already: `registered` holds the standing items of the months that it touches.
    pub fn already(&self, registered: &[(i64, OffWeb)]) -> Vec<CellFault> {
        let known: HashMap<String, i64> = registered.iter().map(|(id, it)| (key_of(it), *id)).collect();
        let fault = |it: &BulkItem| {
            let why = Wrong::Registered(*known.get(&key_of(&it.item))?);
            Some(CellFault { sheet: it.place.sheet.clone(), row: it.place.row, column: String::new(), why })
        };
        self.items.iter().filter_map(fault).collect()
    }

    /// The months that it touches, by outlet.
    pub fn months(&self) -> BTreeMap<OutletId, BTreeSet<Month>> {
        let mut found: BTreeMap<OutletId, BTreeSet<Month>> = BTreeMap::new();
        for it in &self.items {
            found.entry(it.item.outlet.clone()).or_default().insert(it.item.month);
        }
        found
    }
}

fn refused_column(why: &Refusal) -> Column {
    match why {
        Refusal::MonthNotBegun(_) | Refusal::MonthNotOver(_) => Column::Month,
        Refusal::NoDuration => Column::Minutes,
        Refusal::NotWeb(_) => Column::Address,
        _ => Column::Day,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_lettered_as_spreadsheets_do() {
        for (at, shown) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")] {
            assert_eq!(letters(at), shown);
        }
    }

    #[test]
    fn cells_are_read_as_people_write_them() {
        let text = |it: &str| CellValue::Text(it.to_owned());
        let march = "2026-03".parse::<Month>().unwrap();
        let fifth = NaiveDate::from_ymd_opt(2026, 3, 5).unwrap();
        for cell in [text("03/2026"), text(" 3/2026 "), text("2026-03"), CellValue::Day(fifth)] {
            assert_eq!(month(&cell), Ok(march), "{cell:?}");
        }
        for cell in [text("13/2026"), text("tháng ba"), CellValue::Number(3.2026), CellValue::Other] {
            assert_eq!(month(&cell), Err(Wrong::NoMonth), "{cell:?}");
        }
        for cell in [text("05/03/2026"), text("5/3/2026"), text("5-3-2026"), text("2026-03-05"), CellValue::Day(fifth)] {
            assert_eq!(day(&cell), Ok(fifth), "{cell:?}");
        }
        assert_eq!(day(&text("03/25/2026")), Err(Wrong::NoDay), "the day comes before the month");
        for (cell, read) in [
            (text("5:30"), Ok(330)),
            (text("5"), Ok(300)),
            (text("5,5"), Ok(330)),
            (CellValue::Number(1.5), Ok(90)),
            (text("-1"), Err(Wrong::NoLength)),
            (text("NaN"), Err(Wrong::NoLength)),
            (CellValue::Time(NaiveTime::MIN), Err(Wrong::NoLength)),
        ] {
            assert_eq!(seconds(&cell), read, "{cell:?}");
        }
        for cell in ["javascript:alert(1)", "ftp://a.example/x", "/tin-1.html", "file:///etc/passwd"] {
            assert_eq!(address(&text(cell)), Err(Wrong::NoAddress), "{cell}");
        }
    }
}
