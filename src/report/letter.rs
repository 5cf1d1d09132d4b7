//! The letter to outlets for which no item was seen in a month: a công văn that asks for evidence or for an item in the next month.
//!
//! The duty is a target of a plan, and what was not seen may still exist: the words ask and never accuse.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate};

use crate::{
    domain::{calendar::Basis, month::Month, verdict::Verdict},
    report::paper::{Block, Column, Copies, Head, Paper, Signer, Subject, Table, day, month_number, or_blank},
};

/// Places that a sentence or a cell names; the rest is counted.
const PLACES_NAMED_MAX: usize = 3;

/// What a letter rests on. It is one for several outlets where more than one is given.
#[derive(Debug, Clone, PartialEq)]
pub struct LetterFacts {
    pub head: Head,
    pub month: Month,
    /// The end of what was collected, in the site's zone.
    pub collected_until: DateTime<FixedOffset>,
    pub outlets: Vec<LetterOutlet>,
    /// Items that the policy asks for in a month.
    pub minimum: usize,
    /// The last day on which an answer is awaited.
    pub answer_by: NaiveDate,
    pub contact: Contact,
    /// The legal texts that may be cited on the day of the letter; their notes are not printed.
    pub bases: Vec<Basis>,
    pub signer: Signer,
    pub copies: Copies,
}

/// What was looked at and found for one outlet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterOutlet {
    pub name: String,
    /// Where its items were looked for: hosts, or names of sources.
    pub places: Vec<String>,
    /// Items of the month that were looked at.
    pub read: usize,
    /// Those among them that count.
    pub counted: usize,
    /// How the month before ended, where that was judged.
    pub month_before: Option<Verdict>,
}

/// Whom the outlet reaches with its answer. Empty texts are shown as blanks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contact {
    pub name: String,
    pub phone: String,
    pub email: String,
}

/// The letter as a paper.
pub fn letter(facts: &LetterFacts) -> Paper {
    let office = or_blank(&facts.head.issuing);
    let mut body = vec![Block::Paragraph(format!(
        "{office} trân trọng cảm ơn sự quan tâm, phối hợp của Quý cơ quan trong công tác thông tin, tuyên truyền về phòng, chống mua bán người \
         thời gian qua."
    ))];
    match facts.outlets.as_slice() {
        [one] => body.push(Block::Paragraph(observation(facts, one, &office))),
        many => {
            let (month, until) = (month_words(facts.month), until_words(facts.collected_until));
            body.push(Block::Paragraph(format!(
                "Qua rà soát tin, bài đăng trong tháng {month}, {office} tổng hợp kết quả về nội dung phòng, chống mua bán người \
                 ({until}) như sau:"
            )));
            body.push(Block::Table(table(facts.month, many)));
        }
    }
    body.extend(request(facts, &office).map(Block::Paragraph));
    Paper {
        head: facts.head.clone(),
        subject: Subject::Concerning(format!("đăng tải thông tin về phòng, chống mua bán người tháng {}", month_words(facts.month))),
        addressees: facts.outlets.iter().map(|it| it.name.clone()).collect(),
        bases: facts.bases.iter().map(|it| it.title.clone()).collect(),
        body,
        closing: "Rất mong nhận được sự quan tâm, phối hợp của Quý cơ quan".to_owned(),
        signer: facts.signer.clone(),
        copies: facts.copies.clone(),
        as_of: facts.collected_until,
    }
}

/// What was seen of a single outlet.
fn observation(facts: &LetterFacts, outlet: &LetterOutlet, office: &str) -> String {
    let looked_at = match outlet.read {
        0 => "tin, bài".to_owned(),
        read => format!("{} tin, bài", number(read)),
    };
    let places = match places_words(&outlet.places) {
        words if words.is_empty() => String::new(),
        words => format!(" đăng trên {words}"),
    };
    let found = match outlet.counted {
        0 => "chưa ghi nhận tin, bài".to_owned(),
        counted => format!("mới ghi nhận {} tin, bài", number(counted)),
    };
    let (month, until) = (month_words(facts.month), until_words(facts.collected_until));
    let before = outlet
        .month_before
        .and_then(found_before)
        .map_or_else(String::new, |it| format!(" Kết quả tháng {} của Quý cơ quan: {it}.", month_words(facts.month.previous())));
    format!(
        "Qua rà soát {looked_at}{places} trong tháng {month}, {office} {found} về phòng, chống mua bán người của Quý cơ quan ({until}).{before}"
    )
}

/// What is asked for, until when, and whom to answer.
fn request(facts: &LetterFacts, office: &str) -> [String; 4] {
    // An item can only be asked for in a month that is still to end when the answer is due.
    let coming = facts.month.next().max(Month::new(facts.answer_by.year(), facts.answer_by.month()).unwrap_or(facts.month));
    let (month, next, least) = (month_words(facts.month), month_words(coming), number(facts.minimum));
    let Contact { name, phone, email } = &facts.contact;
    // A number that is divided between lines is misread.
    let (name, phone, email) = (or_blank(name), or_blank(phone).replace(' ', "\u{a0}"), or_blank(email));
    [
        format!(
            "Kết quả trên có thể chưa bao gồm tin, bài đã phát sóng, in trên báo giấy hoặc đăng ở nơi {office} chưa thu thập được. \
             {office} đề nghị Quý cơ quan quan tâm, phối hợp:"
        ),
        format!(
            "1. Trường hợp trong tháng {month} đã đăng, phát tin, bài về phòng, chống mua bán người: gửi danh sách tin, bài (ngày đăng, \
             phát; chuyên mục, chương trình; thời lượng; đường dẫn hoặc tệp) để {office} cập nhật kết quả."
        ),
        format!("2. Trường hợp chưa đăng, phát: bố trí đăng, phát ít nhất {least} tin, bài về nội dung này trong tháng {next}."),
        format!(
            "Thông tin phản hồi xin gửi về {office} chậm nhất ngày {}. Đầu mối liên hệ: {name}; điện thoại: {phone}; thư điện tử: {email}.",
            day(facts.answer_by)
        ),
    ]
}

fn table(month: Month, outlets: &[LetterOutlet]) -> Table {
    let column = |heading: String, share: u32, centred: bool| Column { heading, share, centred };
    let columns = vec![
        column("TT".to_owned(), 19, true),
        column("Cơ quan báo chí".to_owned(), 72, false),
        column("Nguồn đã rà soát".to_owned(), 76, false),
        column("Số tin, bài đã rà soát".to_owned(), 38, true),
        column(format!("Kết quả tháng {}", month_words(month)), 62, true),
        column(format!("Kết quả tháng {}", month_words(month.previous())), 62, true),
    ];
    let row = |(at, it): (usize, &LetterOutlet)| {
        let found = match it.counted {
            0 => "Chưa ghi nhận".to_owned(),
            counted => format!("{} tin, bài", number(counted)),
        };
        let before = it.month_before.map_or("", cell_before).to_owned();
        vec![(at + 1).to_string(), it.name.clone(), places_words(&it.places), number(it.read), found, before]
    };
    Table { columns, rows: outlets.iter().enumerate().map(row).collect() }
}

/// The month before in a sentence; nothing where there is nothing to tell.
fn found_before(verdict: Verdict) -> Option<&'static str> {
    match verdict {
        Verdict::Met => Some("đã ghi nhận tin, bài"),
        Verdict::NotMet => Some("chưa ghi nhận tin, bài"),
        Verdict::Undetermined => Some("chưa đủ căn cứ để tổng hợp"),
        Verdict::Open | Verdict::Exempt => None,
    }
}

/// The month before in a cell. An outlet reads it: `Đạt` and its absence are words for the desk.
fn cell_before(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Met => "Đã ghi nhận",
        other => other.label(),
    }
}

fn places_words(places: &[String]) -> String {
    let named = places.iter().take(PLACES_NAMED_MAX).map(String::as_str).collect::<Vec<_>>().join(", ");
    match places.len().saturating_sub(PLACES_NAMED_MAX) {
        0 => named,
        more => format!("{named} và {} nguồn khác", number(more)),
    }
}

fn until_words(until: DateTime<FixedOffset>) -> String {
    format!("theo dữ liệu thu thập đến {} ngày {}", until.format("%H giờ %M phút"), day(until.date_naive()))
}

fn month_words(month: Month) -> String {
    format!("{}/{}", month_number(month.number()), month.year())
}

/// A count as offices write it: `05`, `16.626`.
fn number(count: usize) -> String {
    let digits = format!("{count:02}");
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push('.');
        }
        grouped.push(digit);
    }
    if count == 0 { "0".to_owned() } else { grouped }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::report::paper::BLANK;

    /// A letter to as many invented outlets.
    pub fn facts(outlets: usize) -> LetterFacts {
        let names = ["Báo Sông Xanh", "Đài Phát thanh và Truyền hình Đồi Gió", "Tạp chí Văn nghệ Bến Thông", "Báo Lửa Hồng điện tử"];
        let outlet = |at: usize| LetterOutlet {
            name: if at < names.len() {
                names[at].to_owned()
            } else {
                format!("Tạp chí Nghiên cứu Bến Thông, số chuyên đề {at}")
            },
            places: vec![format!("bao{at}.example.vn")],
            read: 1_234 + at,
            counted: 0,
            month_before: Some(Verdict::ALL[at % 5]),
        };
        LetterFacts {
            head: Head {
                governing: "UBND thành phố Huế".to_owned(),
                issuing: "Sở Văn hóa và Thể thao".to_owned(),
                number: None,
                symbol: "SVHTT-QLBC".to_owned(),
                place: "Huế".to_owned(),
                date: None,
            },
            month: "2026-10".parse().unwrap(),
            collected_until: "2026-11-05T08:00:00+07:00".parse().unwrap(),
            outlets: (0..outlets).map(outlet).collect(),
            minimum: 1,
            answer_by: "2026-11-20".parse().unwrap(),
            contact: Contact {
                name: "Nguyễn Văn Mẫu".to_owned(),
                phone: "0234 0000 000".to_owned(),
                email: "qlbc@so.example.vn".to_owned(),
            },
            bases: ["Luật Phòng, chống mua bán người số 53/2024/QH15 ngày 28/11/2024", "Quyết định số 33/QĐ-TTg ngày 07/01/2026"]
                .map(|title| Basis { id: String::new(), title: title.to_owned(), from: None, to: None, note: "CHƯA XÁC MINH".to_owned() })
                .to_vec(),
            signer: Signer {
                authority: "KT. Giám đốc".to_owned(), position: "Phó Giám đốc".to_owned(), name: "Trần Thị Ví Dụ".to_owned()
            },
            copies: Copies { others: vec!["Ban Tuyên giáo và Dân vận Thành ủy".to_owned()], unit: "QLBC".to_owned() },
        }
    }

    /// All that a reader of the paper reads.
    pub fn words(paper: &Paper) -> String {
        let mut words = vec![paper.head.number_line(), paper.head.date_line(), paper.closing_line()];
        words.extend([paper.head.governing_line(), paper.head.issuing_line(), paper.signer.name_line()]);
        words.extend(paper.addressee_lines().into_iter().chain(paper.basis_lines()).chain(paper.copy_lines()));
        words.extend(paper.signer.position_lines());
        if let Subject::Concerning(text) = &paper.subject {
            words.push(text.clone());
        }
        for block in &paper.body {
            match block {
                Block::Paragraph(text) => words.push(text.clone()),
                Block::Table(table) => {
                    words.extend(table.columns.iter().map(|it| it.heading.clone()));
                    words.extend(table.rows.iter().flatten().cloned());
                }
            }
        }
        words.join("\n")
    }

    #[test]
    fn no_letter_accuses() {
        let forbidden = [
            "vi phạm",
            "xử phạt",
            "xử lý",
            "không đạt",
            "chưa đạt",
            "không thực hiện",
            "không chấp hành",
            "phê bình",
            "kiểm điểm",
            "nhắc nhở",
            "chấn chỉnh",
            "đôn đốc",
            "yêu cầu",
            "không có tin",
        ];
        for outlets in [1, 2, 40] {
            for counted in [0, 1] {
                for before in Verdict::ALL.map(Some).into_iter().chain([None]) {
                    let mut facts = facts(outlets);
                    facts.outlets.iter_mut().for_each(|it| (it.counted, it.month_before) = (counted, before));
                    let words = words(&letter(&facts)).to_lowercase();
                    for word in forbidden {
                        assert!(!words.contains(word), "`{word}` stands in a letter to {outlets}:\n{words}");
                    }
                    for word in ["quan tâm, phối hợp", "theo dữ liệu thu thập đến 08 giờ 00 phút ngày 05/11/2026", "đề nghị"]
                    {
                        assert!(words.contains(word), "`{word}` is missing in a letter to {outlets}:\n{words}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_letter_to_one_outlet_tells_what_was_searched_and_asks_for_evidence_or_for_the_next_month() {
        let paper = letter(&facts(1));
        let words = words(&paper);
        for said in [
            "Qua rà soát 1.234 tin, bài đăng trên bao0.example.vn trong tháng 10/2026, Sở Văn hóa và Thể thao chưa ghi nhận tin, bài về phòng, \
             chống mua bán người của Quý cơ quan (theo dữ liệu thu thập đến 08 giờ 00 phút ngày 05/11/2026). Kết quả tháng 9/2026 của Quý cơ \
             quan: đã ghi nhận tin, bài.",
            "đăng tải thông tin về phòng, chống mua bán người tháng 10/2026",
            "gửi danh sách tin, bài",
            "ít nhất 01 tin, bài về nội dung này trong tháng 11/2026",
            "chậm nhất ngày 20/11/2026. Đầu mối liên hệ: Nguyễn Văn Mẫu; điện thoại: 0234\u{a0}0000\u{a0}000; thư điện tử: qlbc@so.example.vn.",
            "Căn cứ Luật Phòng, chống mua bán người số 53/2024/QH15 ngày 28/11/2024;",
            "Căn cứ Quyết định số 33/QĐ-TTg ngày 07/01/2026.",
        ] {
            assert!(words.contains(said), "missing: {said}\n{words}");
        }
        assert!(paper.body.iter().all(|it| matches!(it, Block::Paragraph(_))), "one outlet needs no table");
        assert!(!words.contains("CHƯA XÁC MINH"), "notes on a basis are for the officer");
        assert!(paper.closing_line().ends_with("Quý cơ quan./."));
    }

    #[test]
    fn a_letter_to_several_outlets_has_a_row_for_each() {
        let mut facts = facts(3);
        facts.outlets[1].counted = 1;
        facts.outlets[2].places = ["a.vn", "b.vn", "c.vn", "d.vn", "e.vn"].map(str::to_owned).to_vec();
        let paper = letter(&facts);
        let table = paper.body.iter().find_map(|it| if let Block::Table(table) = it { Some(table) } else { None }).unwrap();
        assert_eq!(table.rows[0], ["1", "Báo Sông Xanh", "bao0.example.vn", "1.234", "Chưa ghi nhận", "Đã ghi nhận"]);
        assert_eq!(table.rows[1][4], "01 tin, bài");
        assert_eq!(table.rows[2][2], "a.vn, b.vn, c.vn và 02 nguồn khác");
        assert_eq!((table.rows.len(), table.columns.len()), (3, 6));
        assert_eq!(paper.addressees.len(), 3);
    }

    #[test]
    fn in_the_turn_of_a_year_the_months_beside_it_bear_their_own_year() {
        let words = |month: &str| words(&letter(&LetterFacts { month: month.parse().unwrap(), ..facts(1) }));
        assert!(words("2026-12").contains("nội dung này trong tháng 01/2027"));
        assert!(words("2026-01").contains("Kết quả tháng 12/2025"));
        assert!(words("2026-01").contains("trong tháng 01/2026"));
    }

    #[test]
    fn what_the_office_did_not_enter_is_a_blank_and_never_a_wrong_fact() {
        let empty = LetterFacts { head: Head::default(), contact: Contact::default(), signer: Signer::default(), ..facts(1) };
        let words = words(&letter(&empty));
        assert!(words.contains(&format!("điện thoại: {BLANK}; thư điện tử: {BLANK}.")), "{words}");
        assert!(words.contains(&format!("{BLANK} đề nghị Quý cơ quan")), "{words}");
    }

    #[test]
    fn counts_are_written_as_offices_write_them() {
        for (count, written) in
            [(0, "0"), (5, "05"), (12, "12"), (100, "100"), (1_000, "1.000"), (16_626, "16.626"), (1_234_567, "1.234.567")]
        {
            assert_eq!(number(count), written);
        }
    }
}
