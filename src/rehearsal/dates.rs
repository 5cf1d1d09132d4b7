//! Dates as the scripted outlets print them. The press lives in Indochina time, seven hours ahead, all year round.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, TimeDelta, Timelike, Utc};

const ZONE_HOURS: i64 = 7;
const WEEKDAYS_EN: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const WEEKDAYS_VN: [&str; 7] = ["Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật"];
const WEEKDAYS_VN_SHORT: [&str; 7] = ["Thứ 2", "Thứ 3", "Thứ 4", "Thứ 5", "Thứ 6", "Thứ 7", "Chủ nhật"];

/// A minute of local time as the script writes it: year, month, day, hour, minute.
pub type Minute = (i32, u32, u32, u32, u32);

/// The instant of a local minute.
pub fn instant(minute: Minute) -> DateTime<Utc> {
    let (year, month, day, hour, min) = minute;
    let local = NaiveDate::from_ymd_opt(year, month, day).and_then(|it| it.and_hms_opt(hour, min, 0));
    // The script's own tests prove that every minute in it exists.
    local.unwrap_or_default().and_utc() - TimeDelta::hours(ZONE_HOURS)
}

/// The clock on the wall at an instant.
pub fn local(at: DateTime<Utc>) -> NaiveDateTime {
    at.naive_utc() + TimeDelta::hours(ZONE_HOURS)
}

/// `2026-03-01T00:30:00+07:00`.
pub fn rfc3339(at: DateTime<Utc>) -> String {
    format!("{}+07:00", local(at).format("%Y-%m-%dT%H:%M:%S"))
}

/// `Sun, 01 Mar 2026 00:30:00 +0700`, the form that feeds should carry.
pub fn rfc2822(at: DateTime<Utc>) -> String {
    local(at).format("%a, %d %b %Y %H:%M:%S +0700").to_string()
}

/// `Sat, 28 Feb 2026 17:30:00 GMT`, the form of HTTP headers.
pub fn http(at: DateTime<Utc>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// `Chủ Nhật, 01/03/2026 00:30 (GMT+7)`.
pub fn long_vn(at: DateTime<Utc>) -> String {
    format!("{} {} (GMT+7)", day_vn(at), local(at).format("%H:%M"))
}

/// `Chủ Nhật, 01/03/2026`.
pub fn day_vn(at: DateTime<Utc>) -> String {
    let local = local(at);
    format!("{}, {}", WEEKDAYS_VN[weekday(local)], local.format("%d/%m/%Y"))
}

/// `01/03/2026 - 00:30`.
pub fn dashed(at: DateTime<Utc>) -> String {
    local(at).format("%d/%m/%Y - %H:%M").to_string()
}

/// `00:30 | 01/03/2026`.
pub fn barred(at: DateTime<Utc>) -> String {
    local(at).format("%H:%M | %d/%m/%Y").to_string()
}

/// One of the five forms with which real Vietnamese feeds break the standard, by turns of `turn`.
pub fn odd(at: DateTime<Utc>, turn: u64) -> String {
    let local = local(at);
    let (day, time) = (local.format("%d/%m/%Y"), local.format("%H:%M:%S"));
    match turn % 5 {
        0 => format!("{}, {} GMT+7", WEEKDAYS_EN[weekday(local)], local.format("%d %b %Y %H:%M:%S")),
        1 => format!("{}, {day} {time} GMT+7", WEEKDAYS_VN_SHORT[weekday(local)]),
        2 => format!("{}/{}/{} {} {}", local.day(), local.month(), local.year(), half_day(local), half(local, "AM", "PM")),
        3 => format!("{}/{}/{} {} {}", local.format("%d"), local.month(), local.year(), half_day(local), half(local, "SA", "CH")),
        _ => format!("{}, {}", WEEKDAYS_EN[weekday(local)], local.format("%d %b %Y %H:%M:%S")),
    }
}

fn half_day(local: NaiveDateTime) -> String {
    let (_, hour) = local.hour12();
    format!("{hour}:{}", local.format("%M:%S"))
}

fn half<'a>(local: NaiveDateTime, morning: &'a str, afternoon: &'a str) -> &'a str {
    if local.hour() < 12 { morning } else { afternoon }
}

fn weekday(local: NaiveDateTime) -> usize {
    local.weekday().num_days_from_monday() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_half_hour_of_march_is_march_in_every_form() {
        let at = instant((2026, 3, 1, 0, 30));
        assert_eq!(rfc3339(at), "2026-03-01T00:30:00+07:00");
        assert_eq!(rfc2822(at), "Sun, 01 Mar 2026 00:30:00 +0700");
        assert_eq!(http(at), "Sat, 28 Feb 2026 17:30:00 GMT");
        assert_eq!(long_vn(at), "Chủ Nhật, 01/03/2026 00:30 (GMT+7)");
        assert_eq!(dashed(at), "01/03/2026 - 00:30");
        assert_eq!(barred(at), "00:30 | 01/03/2026");
    }

    #[test]
    fn odd_dates_are_those_of_real_feeds() {
        let at = instant((2026, 5, 28, 17, 0));
        let forms: Vec<String> = (0..5).map(|turn| odd(at, turn)).collect();
        assert_eq!(
            forms,
            [
                "Thu, 28 May 2026 17:00:00 GMT+7",
                "Thứ 5, 28/05/2026 17:00:00 GMT+7",
                "28/5/2026 5:00:00 PM",
                "28/5/2026 5:00:00 CH",
                "Thu, 28 May 2026 17:00:00",
            ]
        );
        assert_eq!(odd(instant((2026, 5, 1, 0, 30)), 2), "1/5/2026 12:30:00 AM");
        assert_eq!(odd(instant((2026, 9, 7, 2, 0)), 3), "07/9/2026 2:00:00 SA");
    }
}
