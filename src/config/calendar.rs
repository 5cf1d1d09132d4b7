//! `calendar.toml`: holidays and the legal basis.

use serde::Deserialize;
use toml::Spanned;

use super::{ConfigError, Document};
use crate::domain::calendar::{Basis, Calendar, Holiday};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    holiday: Vec<Spanned<Holiday>>,
    #[serde(default)]
    basis: Vec<Spanned<Basis>>,
}

/// Longer than any announced Tết break; a longer stretch is a slip of the pen.
const HOLIDAY_DAYS_MAX: i64 = 30;

pub(super) fn parse(document: &Document<'_>) -> Result<Calendar, ConfigError> {
    let file: File = document.parse()?;
    for holiday in &file.holiday {
        let days = holiday.as_ref().to.map_or(0, |to| (to - holiday.as_ref().from).num_days());
        if !(0..HOLIDAY_DAYS_MAX).contains(&days) {
            let message =
                format!("`{}` must end on or after its first day and last less than {HOLIDAY_DAYS_MAX} days", holiday.as_ref().name);
            return Err(document.error(Some(holiday.span()), message));
        }
    }
    for basis in &file.basis {
        if matches!((basis.as_ref().from, basis.as_ref().to), (Some(from), Some(to)) if to < from) {
            return Err(document.error(Some(basis.span()), format!("`{}` ends before it begins", basis.as_ref().id)));
        }
    }
    Ok(Calendar {
        holidays: file.holiday.into_iter().map(Spanned::into_inner).collect(),
        bases: file.basis.into_iter().map(Spanned::into_inner).collect(),
    })
}
