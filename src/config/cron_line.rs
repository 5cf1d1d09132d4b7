//! Cron lines: when a job runs, by a clock in the site's zone.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Deserializer, de};

/// A cron line of five fields: minute, hour, day of month, month, weekday by name.
#[derive(Debug, Clone)]
pub struct CronLine {
    text: String,
    schedule: cron::Schedule,
}

impl CronLine {
    /// The first instant after `after` at which the line fires by a clock in `zone`.
    pub fn next_after(&self, after: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
        self.schedule.after(&after.with_timezone(&zone)).next().map(|it| it.to_utc())
    }

    /// The line as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// Why a cron line is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadCronLine {
    #[error("bad cron line: five fields are wanted (minute, hour, day, month, weekday), not {0}")]
    Fields(usize),
    #[error("bad cron line: write weekdays by name (Mon, Tue, …); numbers mean different days in different programs")]
    WeekdayNumber,
    #[error("bad cron line: {0}")]
    Syntax(String),
    #[error("bad cron line: it never fires")]
    Never,
}

impl FromStr for CronLine {
    type Err = BadCronLine;

    fn from_str(text: &str) -> Result<Self, BadCronLine> {
        let fields: Vec<_> = text.split_whitespace().collect();
        let &[minute, hour, day, month, weekday] = fields.as_slice() else { return Err(BadCronLine::Fields(fields.len())) };
        if weekday.chars().any(|it| it.is_ascii_digit()) {
            return Err(BadCronLine::WeekdayNumber);
        }
        for (field, of) in [(minute, &MINUTE), (hour, &HOUR), (day, &DAY), (month, &MONTH), (weekday, &WEEKDAY)] {
            of.check(field).map_err(BadCronLine::Syntax)?;
        }
        // The library wants seconds first. What it still refuses it explains with drawings of several lines.
        let unread = |_| BadCronLine::Syntax("it cannot be read: an example is `15 6,18 * * Mon-Fri`".to_owned());
        let schedule = cron::Schedule::from_str(&format!("0 {text}")).map_err(unread)?;
        if schedule.after(&DateTime::UNIX_EPOCH).next().is_none() {
            return Err(BadCronLine::Never);
        }
        Ok(Self { text: text.to_owned(), schedule })
    }
}

impl<'de> Deserialize<'de> for CronLine {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(de::Error::custom)
    }
}

/// What may stand in one of the five fields.
struct Field {
    name: &'static str,
    least: u32,
    most: u32,
    /// Names instead of numbers, by their first three letters; the first one stands for `least`.
    names: &'static [&'static str],
}

const MINUTE: Field = Field { name: "minute", least: 0, most: 59, names: &[] };
const HOUR: Field = Field { name: "hour", least: 0, most: 23, names: &[] };
const DAY: Field = Field { name: "day", least: 1, most: 31, names: &[] };
const MONTH: Field = Field {
    name: "month",
    least: 1,
    most: 12,
    names: &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
};
const WEEKDAY: Field = Field { name: "weekday", least: 1, most: 7, names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"] };

impl Field {
    /// Says in plain words what is wrong with a field: a list of `*`, values and ranges, each perhaps with `/` and a step.
    fn check(&self, text: &str) -> Result<(), String> {
        for part in text.split(',') {
            let (range, step) = part.split_once('/').map_or((part, None), |(range, step)| (range, Some(step)));
            if let Some(step) = step
                && step.parse::<u32>().ok().is_none_or(|it| it == 0)
            {
                return Err(format!("the step `{step}` of the {} is no number from 1 up", self.name));
            }
            if range == "*" || range == "?" {
                continue;
            }
            let (from, to) = range.split_once('-').unwrap_or((range, range));
            let (from_value, to_value) = (self.value(from)?, self.value(to)?);
            if to_value < from_value {
                return Err(format!("the {} runs backwards: {range}", self.name));
            }
        }
        Ok(())
    }

    fn value(&self, text: &str) -> Result<u32, String> {
        let lower = text.to_ascii_lowercase();
        if let Some(at) = self.names.iter().position(|it| lower.get(..3) == Some(*it)) {
            return Ok(self.least + u32::try_from(at).unwrap_or_default());
        }
        if text.is_empty() {
            return Err(format!("something is missing in the {}", self.name));
        }
        match text.parse::<u32>() {
            Ok(value) if (self.least..=self.most).contains(&value) => Ok(value),
            Ok(_) => Err(format!("the {} `{text}` is not between {} and {}", self.name, self.least, self.most)),
            Err(_) if self.names.is_empty() => Err(format!("the {} `{text}` is no number", self.name)),
            Err(_) => Err(format!("there is no {} `{text}`: write it as {}", self.name, self.names.join(", "))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cron_lines_fire_in_the_sites_zone() {
        let line: CronLine = "15 6,18 * * *".parse().unwrap();
        let next = line.next_after("2026-03-31T00:00:00Z".parse().unwrap(), chrono_tz::Asia::Ho_Chi_Minh).unwrap();
        assert_eq!(next.to_rfc3339(), "2026-03-31T11:15:00+00:00"); // 07:00 in Huế: the next is 18:15
    }

    #[test]
    fn a_cron_line_that_could_be_misread_is_refused() {
        assert_eq!("* * * *".parse::<CronLine>().unwrap_err(), BadCronLine::Fields(4));
        assert_eq!("0 0 6 * * *".parse::<CronLine>().unwrap_err(), BadCronLine::Fields(6));
        assert_eq!("0 6 * * 1-5".parse::<CronLine>().unwrap_err(), BadCronLine::WeekdayNumber);
        assert_eq!("0 6 31 2 *".parse::<CronLine>().unwrap_err(), BadCronLine::Never);
        assert_eq!("0 6 * * Mon-Fri".parse::<CronLine>().unwrap().as_str(), "0 6 * * Mon-Fri");
    }

    #[test]
    fn what_is_wrong_in_a_cron_line_is_said_in_plain_words() {
        for (line, wrong) in [
            ("0 61 * * *", "the hour `61` is not between 0 and 23"),
            ("60 6 * * *", "the minute `60` is not between 0 and 59"),
            ("0 6 0 * *", "the day `0` is not between 1 and 31"),
            ("0 6 * 13 *", "the month `13` is not between 1 and 12"),
            ("0 6 * Thg3 *", "there is no month `Thg3`: write it as jan, feb, mar, apr, may, jun, jul, aug, sep, oct, nov, dec"),
            ("0 6 * * Hai", "there is no weekday `Hai`: write it as sun, mon, tue, wed, thu, fri, sat"),
            ("*/0 6 * * *", "the step `0` of the minute is no number from 1 up"),
            ("6h 6 * * *", "the minute `6h` is no number"),
            ("0 6, * * *", "something is missing in the hour"),
            ("0 18-6 * * *", "the hour runs backwards: 18-6"),
        ] {
            assert_eq!(line.parse::<CronLine>().unwrap_err(), BadCronLine::Syntax(wrong.to_owned()), "{line}");
        }
        for line in ["*/15 * * * *", "0 6,18 1-7 jan-mar mon,wed", "5-50/15 0 ? * *", "0 6 * March *"] {
            assert!(line.parse::<CronLine>().is_ok(), "{line}");
        }
    }
}
