//! Names of months, numbers and zones as dates spell them.

/// Names of months in the languages that feeds use, without marks; the number is the month.
#[rustfmt::skip]
pub(super) const MONTHS: [(&str, u32); 66] = [
    ("january", 1), ("januar", 1), ("janvier", 1), ("enero", 1), ("janeiro", 1), ("gennaio", 1), ("januari", 1), ("janner", 1),
    ("february", 2), ("februar", 2), ("fevrier", 2), ("febrero", 2), ("fevereiro", 2), ("febbraio", 2), ("februari", 2), ("march", 3),
    ("marz", 3), ("maerz", 3), ("mars", 3), ("marzo", 3), ("marco", 3), ("maart", 3), ("mrz", 3), ("april", 4), ("avril", 4),
    ("abril", 4), ("aprile", 4), ("may", 5), ("mai", 5), ("mayo", 5), ("maio", 5), ("maggio", 5), ("mei", 5), ("maj", 5), ("june", 6),
    ("juni", 6), ("juin", 6), ("junio", 6), ("junho", 6), ("giugno", 6), ("july", 7), ("juli", 7), ("juillet", 7), ("julio", 7),
    ("julho", 7), ("luglio", 7), ("august", 8), ("aout", 8), ("agosto", 8), ("augustus", 8), ("augusti", 8), ("september", 9),
    ("septembre", 9), ("septiembre", 9), ("setembro", 9), ("settembre", 9), ("october", 10), ("oktober", 10), ("octobre", 10),
    ("octubre", 10), ("outubro", 10), ("ottobre", 10), ("november", 11), ("december", 12), ("dezember", 12), ("decembre", 12),
];
/// Further names whose list would only repeat the ones above.
#[rustfmt::skip]
pub(super) const MONTHS_MORE: [(&str, u32); 7] = [
    ("novembre", 11), ("noviembre", 11), ("novembro", 11), ("diciembre", 12), ("dezembro", 12), ("dicembre", 12), ("desember", 12),
];
/// Vietnamese numbers as they follow `tháng`, without marks.
#[rustfmt::skip]
pub(super) const NUMBERS_VN: [(&str, u32); 12] = [
    ("mot", 1), ("gieng", 1), ("hai", 2), ("ba", 3), ("tu", 4), ("bon", 4), ("nam", 5), ("sau", 6), ("bay", 7), ("tam", 8), ("chin", 9),
    ("muoi", 10),
];
/// Zone names and their minutes ahead of UTC (RFC 822, 5.1, and those of the region and of wire services).
#[rustfmt::skip]
pub(super) const ZONES: [(&str, i64); 30] = [
    ("z", 0), ("gmt", 0), ("utc", 0), ("ut", 0), ("wet", 0), ("ict", 420), ("wib", 420), ("est", -300), ("edt", -240), ("cst", -360),
    ("cdt", -300), ("mst", -420), ("mdt", -360), ("pst", -480), ("pdt", -420), ("cet", 60), ("mez", 60), ("bst", 60), ("west", 60),
    ("cest", 120), ("mesz", 120), ("eet", 120), ("sast", 120), ("eest", 180), ("msk", 180), ("jst", 540), ("kst", 540), ("hkt", 480),
    ("sgt", 480), ("aest", 600),
];
