//! What the cells of a list say.

use chrono::{NaiveDate, NaiveTime};
use url::Url;

use super::{CellValue, Wrong};
use crate::{
    domain::{month::Month, outlet::Medium},
    text::fold,
};

pub(super) fn plain(value: &CellValue) -> Result<String, Wrong> {
    match value {
        CellValue::Text(text) => Ok(text.trim().to_owned()),
        CellValue::Number(number) => Ok(number.to_string()),
        CellValue::Day(day) => Ok(day.format("%d/%m/%Y").to_string()),
        CellValue::Time(time) => Ok(time.format("%H:%M").to_string()),
        CellValue::Moment(day, time) => Ok(day.and_time(*time).format("%d/%m/%Y %H:%M").to_string()),
        CellValue::Other => Err(Wrong::NoText),
    }
}

/// `03/2026`, `3/2026`, `2026-03`, or a day of the month: spreadsheets like to turn the first into one.
pub(super) fn month(value: &CellValue) -> Result<Month, Wrong> {
    let of = |day: &NaiveDate| day.format("%Y-%m").to_string().parse().map_err(|_| Wrong::NoMonth);
    match value {
        CellValue::Day(day) | CellValue::Moment(day, _) => of(day),
        CellValue::Text(text) => {
            let text = text.trim();
            let written = text.split_once(['/', '.']).and_then(|(month, year)| Month::new(year.parse().ok()?, month.parse().ok()?));
            written.or_else(|| text.parse().ok()).ok_or(Wrong::NoMonth)
        }
        _ => Err(Wrong::NoMonth),
    }
}

pub(super) fn medium(value: &CellValue, among: &[Medium]) -> Result<Medium, Wrong> {
    let text = plain(value)?;
    among.iter().copied().find(|it| fold(it.label()) == fold(&text)).ok_or(Wrong::NoMedium)
}

pub(super) fn day(value: &CellValue) -> Result<NaiveDate, Wrong> {
    let text = match value {
        CellValue::Day(day) | CellValue::Moment(day, _) => return Ok(*day),
        CellValue::Text(text) => text.trim(),
        _ => return Err(Wrong::NoDay),
    };
    let forms = ["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d"];
    forms.iter().find_map(|form| NaiveDate::parse_from_str(text, form).ok()).ok_or(Wrong::NoDay)
}

pub(super) fn time(value: &CellValue) -> Result<NaiveTime, Wrong> {
    let text = match value {
        CellValue::Time(time) | CellValue::Moment(_, time) => return Ok(*time),
        CellValue::Text(text) => text.trim(),
        _ => return Err(Wrong::NoTime),
    };
    let forms = ["%H:%M", "%Hh%M", "%H:%M:%S", "%Hg%M"];
    forms.iter().find_map(|form| NaiveTime::parse_from_str(text, form).ok()).ok_or(Wrong::NoTime)
}

/// `5:30`, `5`, `5,5`. What a spreadsheet has turned into a time of day may be hours or minutes: that is asked for again.
pub(super) fn seconds(value: &CellValue) -> Result<u32, Wrong> {
    let minutes = match value {
        CellValue::Number(minutes) => *minutes,
        CellValue::Text(text) => match text.trim().split_once(':') {
            Some((minutes, seconds)) => {
                let part = |it: &str| it.trim().parse::<u16>().map_err(|_| Wrong::NoLength);
                return Ok(u32::from(part(minutes)?) * 60 + u32::from(part(seconds)?));
            }
            None => text.trim().replace(',', ".").parse().map_err(|_| Wrong::NoLength)?,
        },
        _ => return Err(Wrong::NoLength),
    };
    // A day of minutes, to the second.
    if (0.0..=1_440.0).contains(&minutes) { Ok((minutes * 60.0).round() as u32) } else { Err(Wrong::NoLength) }
}

pub(super) fn address(value: &CellValue) -> Result<Url, Wrong> {
    let url: Url = plain(value)?.parse().map_err(|_| Wrong::NoAddress)?;
    if matches!(url.scheme(), "http" | "https") && url.has_host() { Ok(url) } else { Err(Wrong::NoAddress) }
}
