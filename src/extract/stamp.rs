//! Dates as text: the forms that feeds, pages and people write, read day before month and never guessed from a clock.

mod names;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use crate::{
    domain::date::{DateReading, Precision, ZoneLabel},
    extract::stamp::names::{MONTHS, MONTHS_MORE, NUMBERS_VN, ZONES},
    text::{clean, fold},
};

/// Longer text is prose that may mention a date, not a date.
const LETTERS_MAX: usize = 200;
/// A time of day stands close to its date; more words between them and it belongs to something else.
const TOKENS_BETWEEN_MAX: usize = 8;
/// No zone on earth is further from UTC.
const OFFSET_MINUTES_MAX: i64 = 14 * 60;
const MONTHS_A_YEAR: u64 = 12;

/// A date that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// The instant; for a bare day its first instant in the reader's zone.
    pub instant: DateTime<Utc>,
    /// How the text states it. Midnight sharp counts as a bare day: that is what date fields of databases print.
    pub reading: DateReading,
}

/// Which number of a date with slashes stands first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    DayFirst,
    MonthFirst,
}

/// What a document shows of the order in its dates with slashes: one that can be read in one order only speaks for all that are
/// written in the same form.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Orders {
    /// Those with a time of twelve hours (`AM`, `PM`), as .NET writes them in English.
    half_day: Option<Order>,
    plain: Option<Order>,
}

impl Orders {
    /// The orders of a document that holds these dates.
    pub fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        // By form: seen with the day first for certain, seen with the month first for certain.
        let mut seen = [(false, false); 2];
        for text in texts.filter(|it| it.contains('/') && it.len() < LETTERS_MAX) {
            let text = fold(&clean(text));
            let tokens = tokens(&text);
            let Some(pair) = first_day(&tokens, Order::DayFirst).and_then(|it| pair(&tokens, it.from)).filter(|it| it.mark == '/') else {
                continue;
            };
            let form = &mut seen[usize::from(has_half_day(&tokens))];
            form.0 |= pair.first > MONTHS_A_YEAR;
            form.1 |= pair.second > MONTHS_A_YEAR;
        }
        let [plain, half_day] = seen.map(|it| match it {
            (true, false) => Some(Order::DayFirst),
            (false, true) => Some(Order::MonthFirst),
            _ => None,
        });
        Self { half_day, plain }
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Token<'a> {
    Number { value: u64, digits: usize },
    Word(&'a str),
    Mark(char),
    Blank,
}

/// A calendar day and the tokens that state it.
struct Day {
    date: NaiveDate,
    from: usize,
    to: usize,
}

/// A zone that a text names.
#[derive(Clone, Copy)]
struct Zone {
    /// Minutes ahead of UTC.
    minutes: i64,
    label: ZoneLabel,
}

/// A time of day, its zone and the tokens that state them.
struct Clock {
    seconds: i64,
    zone: Option<Zone>,
    from: usize,
}

/// Reads a text that is a date, whatever labels stand beside it; `zone` is that of dates which name none.
///
/// Refused: text without a whole date (a month, `2 giờ trước`, a time alone), epoch numbers, days that do not exist, prose of
/// more than 200 letters. A weekday is never believed. The day comes before the month; `7/5/2017 9:30:00 AM` may be the form of
/// .NET in English, where the month comes first, so that reading is given beside.
pub fn parse(text: &str, zone: Tz) -> Option<Stamp> {
    parse_in(text, zone, Orders::default())
}

/// The same for a date of a document that shows how its dates are written.
pub fn parse_in(text: &str, zone: Tz, orders: Orders) -> Option<Stamp> {
    (text.chars().take(LETTERS_MAX * 2).count() < LETTERS_MAX * 2).then_some(())?;
    let text = fold(&clean(text));
    if text.chars().count() > LETTERS_MAX {
        return None;
    }
    let tokens = tokens(&text);
    let half_day = has_half_day(&tokens);
    let order = if half_day { orders.half_day } else { orders.plain };
    let day = first_day(&tokens, order.unwrap_or(Order::DayFirst))?;
    let clock = clock_beside(&tokens, &day);
    let named = named_zone(&tokens, &day, clock.as_ref());
    let seconds = clock.as_ref().map_or(0, |it| it.seconds);
    let instant_on = |date: NaiveDate| {
        let naive = date.and_time(NaiveTime::MIN).checked_add_signed(TimeDelta::seconds(seconds))?;
        Some(match named.filter(|_| clock.is_some()) {
            Some(named) => naive.checked_sub_signed(TimeDelta::minutes(named.minutes))?.and_utc(),
            None => local(naive, zone),
        })
    };
    let swapped = (half_day && order.is_none()).then(|| first_day(&tokens, Order::MonthFirst)).flatten();
    let reading = DateReading {
        precision: if seconds == 0 { Precision::Day } else { Precision::Minute },
        label: named.map_or(ZoneLabel::Absent, |it| it.label),
        other: swapped.filter(|it| it.date != day.date).and_then(|it| instant_on(it.date)),
    };
    Some(Stamp { instant: instant_on(day.date)?, reading })
}

/// Minutes ahead of UTC that a date states beside its time; `None` where it names no zone, or UTC, which programs write wherever
/// they run.
pub fn stated_offset(text: &str) -> Option<i64> {
    let text = fold(&clean(text));
    if text.chars().count() > LETTERS_MAX {
        return None;
    }
    let tokens = tokens(&text);
    let day = first_day(&tokens, Order::DayFirst)?;
    let clock = clock_beside(&tokens, &day)?;
    named_zone(&tokens, &day, Some(&clock)).filter(|it| it.label == ZoneLabel::Offset).map(|it| it.minutes)
}

fn named_zone(tokens: &[Token], day: &Day, clock: Option<&Clock>) -> Option<Zone> {
    clock.and_then(|it| it.zone).or_else(|| offset_anywhere(tokens, day))
}

/// The instant at which clocks in `zone` show `naive`; the earlier one where they show it twice.
fn local(naive: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    let hour_on = || naive.checked_add_signed(TimeDelta::hours(1)).and_then(|it| zone.from_local_datetime(&it).earliest());
    zone.from_local_datetime(&naive).earliest().or_else(hour_on).map_or_else(|| naive.and_utc(), |it| it.to_utc())
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let run = |fits: fn(char) -> bool| rest.find(|c| !fits(c)).unwrap_or(rest.len());
        let length = match first {
            '0'..='9' => run(|c| c.is_ascii_digit()),
            _ if first.is_alphabetic() => run(char::is_alphabetic),
            _ => first.len_utf8(),
        };
        let (here, after) = rest.split_at(length);
        out.push(match first {
            // Twenty digits and more overflow: no date has them.
            '0'..='9' => Token::Number { value: here.parse().unwrap_or(u64::MAX), digits: length },
            _ if first.is_alphabetic() => Token::Word(here),
            _ if first.is_whitespace() => Token::Blank,
            '\u{2010}'..='\u{2015}' | '\u{2212}' => Token::Mark('-'),
            _ => Token::Mark(first),
        });
        rest = after;
    }
    out
}

/// Whether the text states a time of twelve hours, as .NET writes it in English after a month that stands first.
fn has_half_day(tokens: &[Token]) -> bool {
    tokens.windows(2).any(|it| matches!(it, [Token::Number { .. } | Token::Blank, Token::Word("am" | "pm")]))
}

fn first_day(tokens: &[Token], order: Order) -> Option<Day> {
    (0..tokens.len()).find_map(|at| {
        if let (Some(Token::Word("thu")), Some(_)) = (tokens.get(at), number(tokens, skip(tokens, at + 1), 1, 1)) {
            // `Thứ 5 - 28/05/2026`: the number belongs to the weekday if a whole date follows it.
            let after = skip(tokens, skip(tokens, at + 1) + 1);
            return day_at(tokens, after, order);
        }
        let inside = at > 0 && matches!(tokens.get(at - 1), Some(Token::Number { .. } | Token::Mark('/' | ':')));
        if inside { None } else { day_at(tokens, at, order) }
    })
}

/// The date that begins at a token.
fn day_at(tokens: &[Token], at: usize, order: Order) -> Option<Day> {
    match tokens.get(at)? {
        Token::Number { digits: 8 | 12 | 14, .. } => compact(tokens, at),
        Token::Number { digits: 4, .. } => year_first(tokens, at),
        Token::Number { digits: 1 | 2, .. } => numeric(tokens, at, order).or_else(|| day_then_month(tokens, at)),
        Token::Word(_) => month_then_day(tokens, at),
        _ => None,
    }
}

/// `20200314`, `20200314T1254`, `20200314125400`.
fn compact(tokens: &[Token], at: usize) -> Option<Day> {
    let Token::Number { value, digits } = *tokens.get(at)? else { return None };
    let ends = tokens.get(at + 1).is_none_or(|it| matches!(it, Token::Word("t" | "z") | Token::Blank));
    let value = value / 10u64.pow(u32::try_from(digits).ok()?.checked_sub(8)?);
    let (year, month, day) = (value / 10_000, value / 100 % 100, value % 100);
    (ends && (1900..2100).contains(&year)).then_some(())?;
    Some(Day { date: date(year, month, day)?, from: at, to: at + 1 })
}

/// `2018-03-31`, `2018/3/31`, `2018.03.31`.
fn year_first(tokens: &[Token], at: usize) -> Option<Day> {
    let (year, mark) = (number(tokens, at, 4, 4)?, mark(tokens, at + 1, "-/.")?);
    let month = number(tokens, at + 2, 1, 2)?;
    mark_is(tokens, at + 3, mark)?;
    Some(Day { date: date(year, month, number(tokens, at + 4, 1, 2)?)?, from: at, to: at + 5 })
}

/// Two numbers of which one is the day and one the month, and the year.
struct Pair {
    first: u64,
    second: u64,
    mark: char,
    year: u64,
    to: usize,
}

/// `31/03/2018`, `25-3-2021`, `23.11.2020`, `31/03/18`; blanks may stand around the marks.
fn pair(tokens: &[Token], at: usize) -> Option<Pair> {
    let first = number(tokens, at, 1, 2)?;
    let at_mark = skip(tokens, at + 1);
    let mark = mark(tokens, at_mark, "-/.")?;
    let at_second = skip(tokens, at_mark + 1);
    let second = number(tokens, at_second, 1, 2)?;
    let at_mark = skip(tokens, at_second + 1);
    mark_is(tokens, at_mark, mark)?;
    let at_year = skip(tokens, at_mark + 1);
    let Token::Number { value, digits } = *tokens.get(at_year)? else { return None };
    let time_follows = matches!(tokens.get(at_year + 1), Some(Token::Mark(':')));
    let year = match digits {
        4 => value,
        2 if mark != '.' && !time_follows => century(value),
        _ => return None,
    };
    Some(Pair { first, second, mark, year, to: at_year + 1 })
}

/// A pair as a date; with slashes the order is the document's, unless only the other one gives a date.
fn numeric(tokens: &[Token], at: usize, order: Order) -> Option<Day> {
    let Pair { first, second, mark, year, to } = pair(tokens, at)?;
    let swap = mark == '/' && first <= MONTHS_A_YEAR && (order == Order::MonthFirst || second > MONTHS_A_YEAR);
    let (day, month) = if swap { (second, first) } else { (first, second) };
    Some(Day { date: date(year, month, day)?, from: at, to })
}

/// `05 Jul 2017`, `5. Juli 2017`, `31 Thg 3 2018`, `ngày 05 tháng 01 năm 2020`, `05-Jul-17`.
fn day_then_month(tokens: &[Token], at: usize) -> Option<Day> {
    let day = number(tokens, at, 1, 2)?;
    let after = filler(tokens, at + 1, &["de", "of", "st", "nd", "rd", "th"]);
    let (month, after) = month(tokens, after)?;
    let after = filler(tokens, after, &["nam", "de", "del"]);
    let (year, to) = year(tokens, after)?;
    Some(Day { date: date(year, month, day)?, from: at, to })
}

/// `July 5, 2017`, `Tháng Ba 5, 2020`, and the form of C: `Sun Jan  4 16:29:06 2004`.
fn month_then_day(tokens: &[Token], at: usize) -> Option<Day> {
    let (month, after) = month(tokens, at)?;
    let at_day = filler(tokens, after, &[]);
    let day = number(tokens, at_day, 1, 2)?;
    let after = filler(tokens, at_day + 1, &["st", "nd", "rd", "th", "de", "nam"]);
    if let Some((year, to)) = year(tokens, after).filter(|_| !matches!(tokens.get(after + 1), Some(Token::Mark(':')))) {
        return Some(Day { date: date(year, month, day)?, from: at, to });
    }
    let clock = clock_at(tokens, after)?;
    let year = (clock.from..tokens.len()).find_map(|it| {
        let signed = matches!(tokens.get(it.checked_sub(1)?), Some(Token::Mark('+' | '-')));
        number(tokens, it, 4, 4).filter(|_| !signed)
    })?;
    Some(Day { date: date(year, month, day)?, from: at, to: at_day + 1 })
}

/// A month's name or `tháng` and its number, and the token after it.
fn month(tokens: &[Token], at: usize) -> Option<(u64, usize)> {
    let Token::Word(word) = *tokens.get(at)? else { return None };
    if !matches!(word, "thang" | "thg" | "th") {
        let named = |(name, _): &&(&str, u32)| word.len() >= 3 && name.starts_with(word);
        let (_, month) = MONTHS.iter().chain(&MONTHS_MORE).find(named)?;
        return Some((u64::from(*month), at + 1));
    }
    let at = filler(tokens, at + 1, &[]);
    if let Some(month) = number(tokens, at, 1, 2) {
        return Some((month, at + 1));
    }
    let spoken = |at: usize| match tokens.get(at) {
        Some(Token::Word(word)) => NUMBERS_VN.iter().find(|(name, _)| name == word).map(|(_, it)| u64::from(*it)),
        _ => None,
    };
    let first = spoken(at)?;
    match spoken(skip(tokens, at + 1)) {
        Some(second) if first == 10 && second <= 2 => Some((first + second, skip(tokens, at + 1) + 1)),
        _ => Some((first, at + 1)),
    }
}

/// A year of four digits, or of two as RFC 2822 (4.3) reads them, and the token after it.
fn year(tokens: &[Token], at: usize) -> Option<(u64, usize)> {
    match *tokens.get(at)? {
        Token::Number { value, digits: 4 } => Some((value, at + 1)),
        Token::Number { value, digits: 2 } => Some((century(value), at + 1)),
        // RFC 2822: three digits count from 1900.
        Token::Number { value, digits: 3 } => Some((value + 1900, at + 1)),
        _ => None,
    }
}

/// 00 to 49 are of this century, 50 to 99 of the last (RFC 2822, 4.3).
fn century(year: u64) -> u64 {
    if year < 50 { 2000 + year } else { 1900 + year }
}

/// The nearest time of day: after the date, else before it.
fn clock_beside(tokens: &[Token], day: &Day) -> Option<Clock> {
    if let Some(Token::Number { value, digits: digits @ (12 | 14) }) = tokens.get(day.from) {
        let value = if *digits == 12 { value * 100 } else { *value };
        let seconds = seconds(value / 10_000 % 100, value / 100 % 100, value % 100)?;
        return Some(Clock { seconds, zone: offset(tokens, day.to), from: day.from });
    }
    if let (Some(Token::Word("t")), Some(Token::Number { value, digits: digits @ (4 | 6) })) = (tokens.get(day.to), tokens.get(day.to + 1))
    {
        let value = if *digits == 4 { value * 100 } else { *value };
        let seconds = seconds(value / 10_000, value / 100 % 100, value % 100)?;
        return Some(Clock { seconds, zone: offset(tokens, day.to + 2), from: day.to + 1 });
    }
    let after = (day.to..tokens.len().min(day.to + TOKENS_BETWEEN_MAX)).find_map(|at| clock_at(tokens, at));
    after.or_else(|| (day.from.saturating_sub(TOKENS_BETWEEN_MAX * 2)..day.from).find_map(|at| clock_at(tokens, at)))
}

/// The time of day that begins at a token: `9:30`, `09:30:00.123 PM`, `15h45`, `15 giờ`, `2:00:23 CH`.
fn clock_at(tokens: &[Token], from: usize) -> Option<Clock> {
    let mut hour = number(tokens, from, 1, 2)?;
    if from > 0 && matches!(tokens.get(from - 1), Some(Token::Mark('+' | ':' | '/'))) {
        return None;
    }
    let (mut minute, mut second, mut at) = (0, 0, from + 1);
    match tokens.get(skip(tokens, at)) {
        Some(Token::Mark(':')) => {
            let word_after = matches!(tokens.get(at + 1), Some(Token::Blank));
            minute = number(tokens, at + 1 + usize::from(word_after), 2, 2)?;
            at += 2 + usize::from(word_after);
            if let (Some(Token::Mark(':')), Some(value)) = (tokens.get(at), number(tokens, at + 1, 2, 2)) {
                second = value;
                at += 2;
                if matches!((tokens.get(at), tokens.get(at + 1)), (Some(Token::Mark('.' | ',')), Some(Token::Number { .. }))) {
                    at += 2;
                }
            }
        }
        Some(Token::Word("h" | "g" | "gio")) => {
            at = skip(tokens, at) + 1;
            if let Some(value) = number(tokens, skip(tokens, at), 2, 2)
                .filter(|_| !matches!(tokens.get(skip(tokens, at) + 1), Some(Token::Mark('/' | '.' | '-'))))
            {
                minute = value;
                at = skip(tokens, at) + 1;
            }
        }
        _ => return None,
    }
    let at_half = filler(tokens, at, &["phut"]);
    match tokens.get(at_half) {
        Some(Token::Word("pm" | "ch" | "chieu" | "toi" | "p")) if hour < 12 => hour += 12,
        Some(Token::Word("am" | "sa" | "a")) if hour == 12 => hour = 0,
        _ => {}
    }
    if let Some(Token::Word("pm" | "ch" | "chieu" | "toi" | "am" | "sa" | "sang" | "trua" | "dem")) = tokens.get(at_half) {
        at = at_half + 1;
    }
    Some(Clock { seconds: seconds(hour, minute, second)?, zone: offset(tokens, at), from })
}

/// Seconds since midnight; a leap second is the second before it, 24:00 the next day's start.
fn seconds(hour: u64, minute: u64, second: u64) -> Option<i64> {
    let fits = (hour < 24 || (hour == 24 && minute == 0 && second == 0)) && minute < 60 && second <= 60;
    fits.then(|| i64::try_from(hour * 3600 + minute * 60 + second.min(59)).ok()).flatten()
}

/// The zone that follows a time: `+0700`, `+07:00`, `+07`, `GMT+7`, `(GMT +7)`, `ICT`, `Z`.
fn offset(tokens: &[Token], at: usize) -> Option<Zone> {
    let mut at = at;
    while matches!(tokens.get(at), Some(Token::Blank | Token::Mark('(' | ',' | '|'))) {
        at += 1;
    }
    let named = match tokens.get(at) {
        Some(Token::Word(word)) => Some(ZONES.iter().find(|(name, _)| name == word)?),
        _ => None,
    };
    if named.is_some() {
        at += 1;
        at = skip(tokens, at);
    }
    let by_minutes = |minutes: i64| Zone { minutes, label: if minutes == 0 { ZoneLabel::Zero } else { ZoneLabel::Offset } };
    let by_name = |(name, minutes): &(&str, i64)| match *name {
        "gmt" | "utc" | "ut" => Zone { minutes: 0, label: ZoneLabel::Gmt },
        _ => by_minutes(*minutes),
    };
    signed(tokens, at).map(by_minutes).or(named.map(by_name))
}

/// `+0700`, `+07:00`, `+7`, `-0330`.
fn signed(tokens: &[Token], at: usize) -> Option<i64> {
    let sign = match tokens.get(at)? {
        Token::Mark('+') => 1,
        Token::Mark('-') => -1,
        _ => return None,
    };
    let at = at + 1;
    let Token::Number { value, digits } = *tokens.get(at)? else { return None };
    let value = i64::try_from(value).ok()?;
    let minutes = match (digits, tokens.get(at + 1), number(tokens, at + 2, 2, 2)) {
        (4, _, _) => value / 100 * 60 + value % 100,
        (1 | 2, Some(Token::Mark(':')), Some(minutes)) => value * 60 + i64::try_from(minutes).ok()?,
        // `20:36 -14/03/2020` and `-5 tháng` are dates.
        (1 | 2, Some(Token::Mark('/' | '-' | '.' | ':')), _) => return None,
        (1 | 2, _, _) if month(tokens, skip(tokens, at + 1)).is_none() => value * 60,
        _ => return None,
    };
    (minutes <= OFFSET_MINUTES_MAX).then_some(sign * minutes)
}

/// `GMT+7` that stands apart from the time.
fn offset_anywhere(tokens: &[Token], day: &Day) -> Option<Zone> {
    let named = |at: &usize| *at >= day.to && matches!(tokens.get(*at), Some(Token::Word("gmt" | "utc")));
    (0..tokens.len()).filter(named).find_map(|at| offset(tokens, at))
}

fn number(tokens: &[Token], at: usize, digits_min: usize, digits_max: usize) -> Option<u64> {
    match tokens.get(at)? {
        Token::Number { value, digits } if (digits_min..=digits_max).contains(digits) => Some(*value),
        _ => None,
    }
}

fn mark(tokens: &[Token], at: usize, any_of: &str) -> Option<char> {
    match tokens.get(at)? {
        Token::Mark(mark) if any_of.contains(*mark) => Some(*mark),
        _ => None,
    }
}

fn mark_is(tokens: &[Token], at: usize, mark: char) -> Option<()> {
    (tokens.get(at)? == &Token::Mark(mark)).then_some(())
}

/// The next token that is no blank.
fn skip(tokens: &[Token], at: usize) -> usize {
    at + tokens.iter().skip(at).take_while(|it| **it == Token::Blank).count()
}

/// The next token that is neither blank nor a mark nor one of `words`.
fn filler(tokens: &[Token], at: usize, words: &[&str]) -> usize {
    let idle = |it: &&Token| match it {
        Token::Blank | Token::Mark('.' | ',' | '-' | '/' | '\'') => true,
        Token::Word(word) => words.contains(word),
        _ => false,
    };
    at + tokens.iter().skip(at).take_while(idle).count()
}

fn date(year: u64, month: u64, day: u64) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, u32::try_from(month).ok()?, u32::try_from(day).ok()?)
}

#[cfg(test)]
mod tests {
    use chrono_tz::Asia::Ho_Chi_Minh;
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Option<String> {
        let stamp = parse(text, Ho_Chi_Minh)?;
        let local = stamp.instant.with_timezone(&Ho_Chi_Minh);
        Some(local.format(if stamp.reading.precision.is_minute() { "%Y-%m-%dT%H:%M:%S" } else { "%Y-%m-%d" }).to_string())
    }

    #[test]
    fn dates_as_outlets_print_them() {
        for (text, want) in [
            ("14/03/2020 - 12:54", "2020-03-14T12:54:00"),
            ("10:39 | 12/11/2008", "2008-11-12T10:39:00"),
            ("09:22 31/12/2015", "2015-12-31T09:22:00"),
            ("Ngày cập nhật 19/10/2023", "2023-10-19"),
            ("Thứ Hai, 19/12/2016 20:36 (GMT+7)", "2016-12-19T20:36:00"),
            ("17:16, Thứ Năm, 25-3-2021", "2021-03-25T17:16:00"),
            ("07/9/2021 2:00:23 SA", "2021-09-07T02:00:23"),
            ("07/9/2021 2:00:23 CH", "2021-09-07T14:00:23"),
            ("07/9/2021 12:00:23 SA", "2021-09-07T00:00:23"),
            ("07/9/2021 12:00:23 CH", "2021-09-07T12:00:23"),
            ("Thứ năm, 11/06/2026 - 15h45", "2026-06-11T15:45:00"),
            ("15h45 ngày 11/6/2026", "2026-06-11T15:45:00"),
            ("15 giờ 45 phút, ngày 11 tháng 6 năm 2026", "2026-06-11T15:45:00"),
            ("23.11.2020", "2020-11-23"),
            ("ngày 05 tháng 01 năm 2020", "2020-01-05"),
            ("5 Tháng Mười Hai, 2020", "2020-12-05"),
            ("Tháng Ba 5, 2020", "2020-03-05"),
            ("31 Thg 3 2018 20:00", "2018-03-31T20:00:00"),
            ("Thu bay, 31/03/2018, 20:00 (GMT+7)", "2018-03-31T20:00:00"),
            ("Thứ 5 - 28/05/2026 17:00", "2026-05-28T17:00:00"),
            ("Thứ 5, 28/05/2026 17:00:00 GMT+7", "2026-05-28T17:00:00"),
            ("Chủ Nhật, 01/03/2026 00:30 (GMT+7)", "2026-03-01T00:30:00"),
            ("01/03/2026 | 20:36 (GMT +7)", "2026-03-01T20:36:00"),
            ("Đăng lúc 8:05, 3/4/2026", "2026-04-03T08:05:00"),
            ("14 / 03 / 2020", "2020-03-14"),
            ("14/03/20", "2020-03-14"),
        ] {
            assert_eq!(read(text).as_deref(), Some(want), "{text}");
        }
    }

    #[test]
    fn dates_as_feeds_carry_them() {
        for (text, want) in [
            ("Sat, 31 Mar 2018 20:00:00 +0700", "2018-03-31T20:00:00"),
            ("Sat, 31 Mar 2018 20:00:00 +07:00", "2018-03-31T20:00:00"),
            ("Sat, 31 Mar 2018 20:00:00 +07", "2018-03-31T20:00:00"),
            ("Sat, 31 Mar 2018 20:00:00 GMT+7", "2018-03-31T20:00:00"),
            ("Mon, 31 Mar 2018 20:00:00 ICT", "2018-03-31T20:00:00"),
            ("Sat, 31 Mar 2018 20:00:00", "2018-03-31T20:00:00"),
            ("Sat, 31 Mar 2018 20:00:00 GMT", "2018-04-01T03:00:00"),
            ("31 Mar 18 20:00 +0700", "2018-03-31T20:00:00"),
            ("31 Mar 99 20:00 +0700", "1999-03-31T20:00:00"),
            ("Sat, 31 Mar 2018 08:00:00 EST", "2018-03-31T20:00:00"),
            ("2018-03-31T20:00:00+0700", "2018-03-31T20:00:00"),
            ("2018-03-31T20:00:00.123+07:00", "2018-03-31T20:00:00"),
            ("2018-03-31T13:00:00Z", "2018-03-31T20:00:00"),
            ("2018-03-31T20:00:00", "2018-03-31T20:00:00"),
            ("2018-03-31 20:00", "2018-03-31T20:00:00"),
            ("20180331T130000Z", "2018-03-31T20:00:00"),
            ("20180331200000", "2018-03-31T20:00:00"),
            ("2018-03-31", "2018-03-31"),
            ("31/03/2018 20:00:00", "2018-03-31T20:00:00"),
            ("3/31/2018 8:00:00 PM", "2018-03-31T20:00:00"),
            ("7/5/2017 9:30:00 AM", "2017-05-07T09:30:00"),
            ("05/07/2017 09:30", "2017-07-05T09:30:00"),
            ("Thu, 05 Jul 2017 09:30:00 GMT+7", "2017-07-05T09:30:00"),
            ("Thu 5 Jul 2017 09:30 +0700", "2017-07-05T09:30:00"),
            ("July 5, 2017", "2017-07-05"),
            ("5. Juli 2017", "2017-07-05"),
            ("Sun Jan  4 16:29:06 2004", "2004-01-04T16:29:06"),
            ("Sun Jan  4 09:29:06 UTC 2004", "2004-01-04T16:29:06"),
            ("2082-01-01T20:00:00+07:00", "2082-01-01T20:00:00"),
            ("0001-01-02T09:00:00+07:00", "0001-01-02T09:00:00"),
        ] {
            // Before 1911 the zone's own offset was another one.
            let want = if want.starts_with("0001") {
                parse(text, Ho_Chi_Minh).map(|_| read(text).unwrap_or_default())
            } else {
                Some(want.to_owned())
            };
            assert_eq!(read(text), want, "{text}");
        }
        assert!(parse("0001-01-01T00:00:00", Ho_Chi_Minh).is_some());
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "hôm qua",
            "2 giờ trước",
            "12:54",
            "1584165240",
            "1584165240000",
            "31/02/2020",
            "14/3",
            "tháng 3 năm 2020",
            "2003-12",
            "2003",
            "99/99/9999",
            "Nghị định 12/2020/NĐ-CP",
            "0909 123 456",
            "2020-13-01",
            "14:99 14/33/2020",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read(&format!("{} 14/03/2020", "chữ ".repeat(100))), None);
    }

    #[test]
    fn midnight_without_a_time_is_a_day() {
        let read = |text| parse(text, Ho_Chi_Minh).map(|it| (it.reading.precision, it.reading.label));
        assert_eq!(read("2018-03-31T00:00:00"), Some((Precision::Day, ZoneLabel::Absent)));
        assert_eq!(read("2018-03-31 00:30 GMT"), Some((Precision::Minute, ZoneLabel::Gmt)));
    }

    #[test]
    fn the_label_of_the_zone_is_kept_apart_from_what_it_means() {
        for (text, label) in [
            ("Sat, 31 Mar 2018 20:00:00 GMT", ZoneLabel::Gmt),
            ("Sat, 31 Mar 2018 20:00:00 UTC", ZoneLabel::Gmt),
            ("Sat, 31 Mar 2018 20:00:00 GMT+7", ZoneLabel::Offset),
            ("Thứ bảy, 31/03/2018, 20:00 (GMT+7)", ZoneLabel::Offset),
            ("Sat, 31 Mar 2018 20:00:00 +0700", ZoneLabel::Offset),
            ("Sat, 31 Mar 2018 20:00:00 ICT", ZoneLabel::Offset),
            ("Sat, 31 Mar 2018 20:00:00 +0000", ZoneLabel::Zero),
            ("2018-03-31T20:00:00Z", ZoneLabel::Zero),
            ("Sat, 31 Mar 2018 20:00:00", ZoneLabel::Absent),
            ("31/03/2018 20:00", ZoneLabel::Absent),
        ] {
            assert_eq!(parse(text, Ho_Chi_Minh).map(|it| it.reading.label), Some(label), "{text}");
        }
    }

    #[test]
    fn a_document_shows_the_order_of_its_dates_or_leaves_both_readings_open() {
        let open = ["7/5/2017 9:30:00 AM", "6/5/2017 1:00:00 PM"];
        let (july, may) = ("2017-07-05 09:30", "2017-05-07 09:30");
        for (name, others, first, other) in [
            ("nothing decides", &open[..], may, Some(july)),
            ("a second number above 12", &[open[1], "6/30/2017 1:00:00 PM"], july, None),
            ("a first number above 12", &[open[1], "30/6/2017 1:00:00 PM"], may, None),
            ("they contradict each other", &["6/30/2017 1:00:00 PM", "30/6/2017 1:00:00 PM"], may, Some(july)),
            ("another form decides nothing", &["6/30/2017 13:00", "30/6/2017 2:00:00 CH"], may, Some(july)),
        ] {
            let orders = Orders::of(others.iter().copied());
            let stamp = parse_in(open[0], Ho_Chi_Minh, orders).unwrap();
            let local = |at: DateTime<Utc>| at.with_timezone(&Ho_Chi_Minh).format("%Y-%m-%d %H:%M").to_string();
            assert_eq!((local(stamp.instant).as_str(), stamp.reading.other.map(local).as_deref()), (first, other), "{name}");
        }
        let plain = |others: &[&str]| {
            let stamp = parse_in("10/12/2021 14:00", Ho_Chi_Minh, Orders::of(others.iter().copied())).unwrap();
            (stamp.instant.with_timezone(&Ho_Chi_Minh).format("%d/%m").to_string(), stamp.reading.other)
        };
        assert_eq!(plain(&[]), ("10/12".to_owned(), None));
        assert_eq!(plain(&["10/13/2021 14:00"]), ("12/10".to_owned(), None));
        assert_eq!(plain(&["10/13/2021 14:00", "13/10/2021 14:00"]), ("10/12".to_owned(), None));
        assert_eq!(parse("7/7/2017 9:30:00 AM", Ho_Chi_Minh).unwrap().reading.other, None, "both orders give one day");
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader(text in any::<String>(), dated in "[0-9/:. +\\-TZthangGMT]{0,40}") {
            let _ = parse(&text, Ho_Chi_Minh);
            let _ = parse(&dated, Ho_Chi_Minh);
        }

        #[test]
        fn every_minute_reads_back_in_each_form(seconds in 700_000_000i64..3_400_000_000) {
            let at = DateTime::from_timestamp(seconds / 60 * 60 + 1, 0).unwrap();
            let local = at.with_timezone(&Ho_Chi_Minh);
            for form in ["%a, %d %b %Y %H:%M:%S %z", "%Y-%m-%dT%H:%M:%S%:z", "%d/%m/%Y %H:%M:%S", "%-d/%-m/%Y - %H:%M:%S", "%H:%M:%S, %d.%m.%Y", "%-m/%-d/%Y %-I:%M:%S %p", "%d Thg %-m %Y %H:%M:%S"] {
                let text = local.format(form).to_string();
                let stamp = parse(&text, Ho_Chi_Minh).unwrap();
                prop_assert!(stamp.instant == at || stamp.reading.other == Some(at), "{}", text);
                prop_assert!(stamp.instant == at || form.contains("%p"), "{}", text);
            }
        }
    }
}
