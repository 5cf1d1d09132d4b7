//! The correction: a month that its outlet was alerted about is met after all.

use chrono::{DateTime, FixedOffset, NaiveDate};

use super::{
    MessageText, Person, Sender, TOPIC,
    body::{Body, Item},
    line::{NAME_LETTERS_MAX, day, moment, month, number, one_line, quoted},
};
use crate::domain::{calendar::DutyReading, month::Month, outlet::Medium};

/// Recorded items named in a correction.
const RECORDED_MAX: usize = 10;

/// What a correction says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    pub sender: Sender,
    /// Name of the outlet.
    pub outlet: String,
    pub month: Month,
    pub reading: DutyReading,
    /// The day on which the alert went out.
    pub alerted: NaiveDate,
    /// When the outlet's sources were last read, by the site's clock.
    pub collected_to: DateTime<FixedOffset>,
    /// What counts now; more than ten are not shown.
    pub recorded: Vec<Recorded>,
    pub contact: Option<Person>,
}

/// An item that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Name of the outlet that it is of; shown where it is not the one written to.
    pub outlet: String,
    /// Masked.
    pub title: String,
    pub published: Option<DateTime<FixedOffset>>,
    /// Empty where there is none, or where it must not be spelled out.
    pub url: String,
    /// Of an off-web item.
    pub medium: Option<Medium>,
    /// Of an off-web item; may be empty.
    pub programme: String,
}

impl Correction {
    /// The mail.
    pub fn text(&self) -> MessageText {
        let shown = month(self.month);
        let wordings = [format!("Tháng {shown} đã ghi nhận tin, bài {TOPIC}"), format!("Tháng {shown} đã ghi nhận tin, bài theo chỉ tiêu")];
        let subject = self.sender.subject(&wordings, &self.outlet);

        let whose = match self.reading {
            DutyReading::EachOutlet => "của quý cơ quan".to_owned(),
            DutyReading::Together => format!("của báo chí {}", self.sender.place()),
        };
        let count = match self.recorded.len() {
            0 => String::new(),
            some => format!("{} ", number(some)),
        };
        let mut body = Body::to(&self.outlet);
        body.prose(format!(
            "{} cảm ơn quý cơ quan đã quan tâm, phối hợp. Đến nay đã ghi nhận {count}tin, bài {whose} {TOPIC} trong tháng {shown} (theo \
             dữ liệu thu thập đến {}).",
            self.sender.name(),
            moment(self.collected_to)
        ));
        if !self.recorded.is_empty() {
            body.heading("Đã ghi nhận:");
            body.list(self.recorded.iter().map(|it| self.item(it)), RECORDED_MAX, "tin, bài");
        }
        body.prose(format!(
            "Nội dung thư ngày {} về tháng {shown} như vậy đã được giải quyết xong; quý cơ quan không cần trả lời thư đó và thư này.",
            day(self.alerted)
        ));
        body.prose(self.contact.as_ref().and_then(Person::sentence).unwrap_or_default());
        body.sign(subject, &self.sender)
    }

    fn item(&self, it: &Recorded) -> Item {
        let when = it.published.map_or_else(|| "không rõ ngày".to_owned(), |it| day(it.date_naive()));
        let other = if it.outlet == self.outlet { "" } else { &it.outlet };
        let medium = it.medium.map_or("", Medium::label);
        let programme = one_line(&it.programme, NAME_LETTERS_MAX);
        let programme = if programme.is_empty() { programme } else { format!("chương trình “{programme}”") };
        Item::new(quoted(&it.title)).detail([when.as_str(), other, medium, &programme]).at(&it.url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::message::fixture::{at, hold_to_the_rules, person, sender, unwrapped};

    fn recorded(title: &str) -> Recorded {
        Recorded {
            outlet: "Báo Bến Đò".to_owned(),
            title: title.to_owned(),
            published: Some(at("2026-10-14T09:30:00+07:00")),
            url: "https://bendo.example/phap-luat/ky-nang-nhan-biet-10433.html".to_owned(),
            medium: None,
            programme: String::new(),
        }
    }

    fn correction() -> Correction {
        let aired = Recorded {
            title: "Cảnh giác với lời mời việc nhẹ lương cao".to_owned(),
            published: Some(at("2026-10-20T19:45:00+07:00")),
            url: String::new(),
            medium: Some(Medium::Broadcast),
            programme: "An ninh Sông Xanh".to_owned(),
            ..recorded("")
        };
        Correction {
            sender: sender(),
            outlet: "Báo Bến Đò".to_owned(),
            month: "2026-10".parse().unwrap(),
            reading: DutyReading::EachOutlet,
            alerted: "2026-11-05".parse().unwrap(),
            collected_to: at("2026-11-09T08:00:00+07:00"),
            recorded: vec![recorded("Kỹ năng nhận biết và phòng, chống mua bán người"), aired],
            contact: None,
        }
    }

    #[test]
    fn a_correction_thanks_names_what_was_recorded_and_settles_the_alert() {
        let message = correction().text();
        hold_to_the_rules(&message);
        assert_eq!(message.subject, "[Điểm Báo] Tháng 10/2026 đã ghi nhận tin, bài về phòng, chống mua bán người – Báo Bến Đò");
        assert_eq!(message.text, GOLDEN);
    }

    const GOLDEN: &str = "\
Kính gửi: Báo Bến Đò

Sở Văn hóa tỉnh Sông Xanh cảm ơn quý cơ quan đã quan tâm, phối hợp. Đến
nay đã ghi nhận 2 tin, bài của quý cơ quan về phòng, chống mua bán người
trong tháng 10/2026 (theo dữ liệu thu thập đến 09/11/2026 08:00).

Đã ghi nhận:
- “Kỹ năng nhận biết và phòng, chống mua bán người”, 14/10/2026
  https://bendo.example/phap-luat/ky-nang-nhan-biet-10433.html
- “Cảnh giác với lời mời việc nhẹ lương cao”, 20/10/2026, phát thanh,
  truyền hình, chương trình “An ninh Sông Xanh”

Nội dung thư ngày 05/11/2026 về tháng 10/2026 như vậy đã được giải quyết
xong; quý cơ quan không cần trả lời thư đó và thư này.

Trân trọng.

Sở Văn hóa tỉnh Sông Xanh
Số 1, đường Bến Đò
Điện thoại: 0200 000 000
";

    #[test]
    fn another_outlets_items_are_named_as_such_where_the_press_answers_together() {
        let other = Recorded { outlet: "Đài Sông Xanh".to_owned(), published: None, ..recorded("Một phút an toàn") };
        let message = Correction { reading: DutyReading::Together, recorded: vec![other], contact: Some(person()), ..correction() }.text();
        hold_to_the_rules(&message);
        let text = unwrapped(&message.text);
        assert!(text.contains("đã ghi nhận 1 tin, bài của báo chí tỉnh Sông Xanh về"), "{text}");
        assert!(text.contains("- “Một phút an toàn”, không rõ ngày, Đài Sông Xanh https://"), "{text}");
    }

    #[test]
    fn no_list_is_drawn_of_nothing_and_a_long_one_ends_in_how_many_more() {
        let of = |count: usize| Correction { recorded: vec![recorded("Tin"); count], ..correction() }.text();
        let none = of(0);
        hold_to_the_rules(&none);
        assert!(unwrapped(&none.text).contains("Đến nay đã ghi nhận tin, bài của quý cơ quan") && !none.text.contains("Đã ghi nhận:"));
        let many = of(13);
        hold_to_the_rules(&many);
        assert!(many.text.contains("- và 3 tin, bài khác\n") && many.html.contains("<li>và 3 tin, bài khác</li>"), "{}", many.text);
        assert!(!of(10).text.contains("khác\n"));
    }
}
