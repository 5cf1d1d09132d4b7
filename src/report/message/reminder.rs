//! The friendly reminder, some days before a month ends in which nothing was found yet.

use chrono::{DateTime, FixedOffset};

use super::{
    MessageText, Person, ReplyLink, Sender, Target,
    body::Body,
    chat::Chat,
    line::{day, moment, month},
};
use crate::domain::month::Month;

/// What a reminder says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reminder {
    pub sender: Sender,
    /// Name of the outlet.
    pub outlet: String,
    pub month: Month,
    pub target: Target,
    /// Items of the outlet that count so far.
    pub counted: usize,
    /// When the outlet's sources were last read, by the site's clock.
    pub collected_to: DateTime<FixedOffset>,
    /// Days that remain after today; zero on the last day.
    pub days_left: u32,
    pub reply: Option<ReplyLink>,
    pub contact: Option<Person>,
}

impl Reminder {
    /// The mail.
    pub fn text(&self) -> MessageText {
        let month_shown = month(self.month);
        let wordings = self.target.shortfall_subject(self.counted).map(|it| format!("Nhắc: tháng {month_shown} {it}"));
        let subject = self.sender.subject(&wordings, &self.outlet);

        let mut body = Body::to(&self.outlet);
        body.prose(format!("{} {}", self.time_left(), self.seen()));
        body.prose(format!(
            "{} Rất mong quý cơ quan quan tâm, bố trí đăng hoặc phát trước khi hết tháng. Nếu đã có kế hoạch, xin bỏ qua thư này.",
            self.target.sentence(&self.sender)
        ));
        let reply = self.reply.as_ref().filter(|it| it.leads_somewhere());
        let how = match reply {
            Some(_) => "trả lời thư này hoặc dùng liên kết dưới đây",
            None => "trả lời thư này",
        };
        body.prose(format!("Chương trình chỉ đọc được những gì đăng trên mạng. {OFF_WEB} xin cho biết: {how}."));
        if let Some(reply) = reply {
            body.link(&reply.words(), &reply.url);
        }
        body.prose(self.contact.as_ref().and_then(Person::sentence).unwrap_or_default());
        body.sign(subject, &self.sender)
    }

    /// The text to be copied into a chat: at most 600 letters, the link on a line of its own.
    pub fn zalo(&self) -> String {
        let said = format!("{} {}", self.time_left(), self.seen());
        let link = self.reply.as_ref().map(|it| it.url.as_str());
        Chat { receiver: &self.outlet, said: &said, more: &format!("{OFF_WEB} xin cho biết giúp."), link, sender: &self.sender }.text()
    }

    fn time_left(&self) -> String {
        let (shown, last) = (month(self.month), day(self.month.next().first_day().pred_opt().unwrap_or_else(|| self.month.first_day())));
        match self.days_left {
            0 => format!("Hôm nay là ngày cuối của tháng {shown} ({last})."),
            left => format!("Còn {left} ngày là hết tháng {shown} (ngày cuối là {last})."),
        }
    }

    fn seen(&self) -> String {
        let shortfall = self.target.shortfall(self.counted, &self.sender);
        format!("Trong tháng này, {shortfall} (theo dữ liệu thu thập đến {}).", moment(self.collected_to))
    }
}

const OFF_WEB: &str = "Nếu trong tháng quý cơ quan đã có tin, bài trên báo in, phát thanh hoặc truyền hình,";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::calendar::DutyReading,
        report::message::fixture::{at, hold_to_polite_words, hold_to_the_rules, person, reply, sender, target, unwrapped},
    };

    fn reminder() -> Reminder {
        Reminder {
            sender: sender(),
            outlet: "Báo Bến Đò".to_owned(),
            month: "2026-10".parse().unwrap(),
            target: target(DutyReading::EachOutlet, 1),
            counted: 0,
            collected_to: at("2026-10-21T08:00:00+07:00"),
            days_left: 10,
            reply: Some(reply()),
            contact: Some(person()),
        }
    }

    #[test]
    fn a_reminder_is_friendly_and_short() {
        let message = reminder().text();
        hold_to_the_rules(&message);
        assert_eq!(message.subject, "[Điểm Báo] Nhắc: tháng 10/2026 chưa ghi nhận tin, bài về phòng, chống mua bán người – Báo Bến Đò");
        assert_eq!(message.text, GOLDEN);
    }

    const GOLDEN: &str = "\
Kính gửi: Báo Bến Đò

Còn 10 ngày là hết tháng 10/2026 (ngày cuối là 31/10/2026). Trong tháng
này, chưa ghi nhận tin, bài nào của quý cơ quan về phòng, chống mua bán
người (theo dữ liệu thu thập đến 21/10/2026 08:00).

Chỉ tiêu (Kế hoạch 1/KH-UBND ngày 02/01/2026): mỗi tháng, mỗi cơ quan
báo chí có ít nhất 1 tin, bài về phòng, chống mua bán người. Rất mong
quý cơ quan quan tâm, bố trí đăng hoặc phát trước khi hết tháng. Nếu đã
có kế hoạch, xin bỏ qua thư này.

Chương trình chỉ đọc được những gì đăng trên mạng. Nếu trong tháng quý
cơ quan đã có tin, bài trên báo in, phát thanh hoặc truyền hình, xin cho
biết: trả lời thư này hoặc dùng liên kết dưới đây.

Liên kết trả lời (dùng một lần, có hiệu lực đến 05/12/2026 08:00):
https://diembao.example/reply/3xAmPl3

Đầu mối liên hệ: Lê Thị Mẫu, chuyên viên, điện thoại 0200 000 001, thư
điện tử mau@so.example.

Trân trọng.

Sở Văn hóa tỉnh Sông Xanh
Số 1, đường Bến Đò
Điện thoại: 0200 000 000
";

    #[test]
    fn every_variant_names_the_cut_off_and_fits_what_was_counted() {
        use DutyReading::{EachOutlet, Together};
        for (reading, minimum, counted, days_left, said) in [
            (
                EachOutlet,
                0,
                0,
                0,
                "Hôm nay là ngày cuối của tháng 10/2026 (31/10/2026). Trong tháng này, chưa ghi nhận tin, bài nào của quý cơ quan",
            ),
            (EachOutlet, 2, 1, 5, "mới ghi nhận 1/2 tin, bài của quý cơ quan về phòng"),
            (
                Together,
                1,
                0,
                5,
                "Còn 5 ngày là hết tháng 10/2026 (ngày cuối là 31/10/2026). Trong tháng này, chưa ghi nhận tin, bài nào của báo chí tỉnh Sông Xanh",
            ),
            (Together, 2, 1, 5, "chưa ghi nhận cơ quan báo chí nào của tỉnh Sông Xanh có đủ 2 tin, bài"),
        ] {
            let nowhere = ReplyLink { url: "diembao/reply/1".to_owned(), ..reply() };
            let reply = Some(nowhere).filter(|_| counted == 1);
            let reminder = Reminder { target: target(reading, minimum), counted, days_left, reply, contact: None, ..reminder() };
            let message = reminder.text();
            hold_to_the_rules(&message);
            let text = unwrapped(&message.text);
            assert!(text.contains(said), "{text}");
            assert!(text.contains("(theo dữ liệu thu thập đến 21/10/2026 08:00)"), "{text}");
            assert!(text.contains("xin cho biết: trả lời thư này.") && !text.contains("liên kết"), "{text}");
            assert_eq!(text.contains("chỉ cần một cơ quan báo chí"), reading == Together, "{text}");
            let chat = reminder.zalo();
            hold_to_polite_words(&chat);
            assert!(chat.contains("theo dữ liệu thu thập đến 21/10/2026 08:00") && chat.contains("Xin trả lời tin nhắn này."), "{chat}");
        }
    }

    #[test]
    fn the_chat_text_is_plain_with_the_link_alone_on_its_line() {
        assert_eq!(
            reminder().zalo(),
            "Kính gửi Báo Bến Đò.\n\
             Còn 10 ngày là hết tháng 10/2026 (ngày cuối là 31/10/2026). Trong tháng này, chưa ghi nhận tin, bài nào của quý cơ quan về \
             phòng, chống mua bán người (theo dữ liệu thu thập đến 21/10/2026 08:00).\n\
             Nếu trong tháng quý cơ quan đã có tin, bài trên báo in, phát thanh hoặc truyền hình, xin cho biết giúp.\n\
             Xin trả lời tại:\n\
             https://diembao.example/reply/3xAmPl3\n\
             Trân trọng. Sở Văn hóa tỉnh Sông Xanh"
        );
    }

    #[test]
    fn a_long_name_keeps_the_subject_short_by_shorter_words_before_it_is_cut() {
        let subject = |outlet: &str| Reminder { outlet: outlet.to_owned(), ..reminder() }.text().subject;
        assert_eq!(
            subject("Báo và Phát thanh, Truyền hình Sông Xanh"),
            "[Điểm Báo] Nhắc: tháng 10/2026 chưa ghi nhận tin, bài theo chỉ tiêu – Báo và Phát thanh, Truyền hình Sông Xanh"
        );
        let cut = subject(&"Tạp chí Rất Dài ".repeat(9));
        assert!(cut.chars().count() < 120 && cut.ends_with('…'), "{cut}");
        assert_eq!(subject("Báo A\r\nBcc: ai@do.example").lines().count(), 1);
    }
}
