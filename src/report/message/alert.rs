//! The alert: after its grace a month holds nothing that counts. It says what was looked at and asks for what was missed; it never
//! accuses.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate};

use super::{
    MessageText, Person, ReplyLink, Sender, TOPIC, Target,
    body::{Body, Item},
    chat::Chat,
    line::{REMARK_LETTERS_MAX, day, moment, month, number, one_line, quoted},
};
use crate::domain::month::Month;

/// Near misses named in an alert.
const NEAR_MAX: usize = 3;

/// What an alert says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    pub sender: Sender,
    /// Name of the outlet.
    pub outlet: String,
    pub month: Month,
    pub target: Target,
    /// Items of the outlet that count.
    pub counted: usize,
    /// When the outlet's sources were last read, by the site's clock.
    pub collected_to: DateTime<FixedOffset>,
    /// The end of the month's grace: coverage without a gap is proven from the month's start up to here.
    pub watched_to: DateTime<FixedOffset>,
    /// Articles of all subjects read in the month.
    pub articles: usize,
    /// Feeds, sitemaps and listings that are watched.
    pub sources: usize,
    /// The best first; more than three are not shown.
    pub near: Vec<Near>,
    /// The day by whose end an answer is asked for.
    pub deadline: NaiveDate,
    pub reply: Option<ReplyLink>,
    pub contact: Option<Person>,
}

/// An article that did not count, so that the outlet can point at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Near {
    /// Masked.
    pub title: String,
    pub published: Option<DateTime<FixedOffset>>,
    /// Why it did not count, a sentence or more.
    pub why: String,
    /// Empty where it must not be spelled out, because it gives a person away.
    pub url: String,
}

impl Alert {
    /// The mail.
    pub fn text(&self) -> MessageText {
        let shown = month(self.month);
        let wordings = self.target.shortfall_subject(self.counted).map(|it| format!("Tháng {shown} {it}"));
        let subject = self.sender.subject(&wordings, &self.outlet);

        let mut body = Body::to(&self.outlet);
        body.prose(format!(
            "{} Dữ liệu này có thể còn thiếu, nhất là với báo in, phát thanh, truyền hình; {} mong quý cơ quan phối hợp bổ sung.",
            self.seen(),
            self.sender.name()
        ));
        body.prose(self.target.sentence(&self.sender));
        body.heading("Những gì đã xem:");
        body.points(self.looked_at());
        body.heading("Tin, bài gần với nội dung này:");
        match self.near.is_empty() {
            true => body.prose("Chưa thấy tin, bài nào."),
            false => {
                body.points(self.near.iter().take(NEAR_MAX).map(Near::item));
                body.prose("Nếu có tin, bài đúng nội dung mà chương trình chưa nhận ra, xin chỉ giúp.");
            }
        }
        body.heading(format!("Đến hết ngày {}, đề nghị quý cơ quan quan tâm, phối hợp theo một trong hai cách:", day(self.deadline)));
        body.points(self.ways());
        let reply = self.reply.as_ref().filter(|it| it.leads_somewhere());
        body.prose(match reply {
            Some(_) => "Xin trả lời thư này hoặc dùng liên kết dưới đây. Liên kết chỉ dành cho quý cơ quan, xin không chuyển tiếp.",
            None => "Xin trả lời thư này.",
        });
        if let Some(reply) = reply {
            body.link(&reply.words(), &reply.url);
        }
        body.prose(self.contact.as_ref().and_then(Person::sentence).unwrap_or_default());
        body.prose("Thư này được lập tự động từ dữ liệu theo dõi. Có điểm nào chưa đúng, xin cho biết để được sửa.");
        body.sign(subject, &self.sender)
    }

    /// The text to be copied into a chat: at most 600 letters, the link on a line of its own.
    pub fn zalo(&self) -> String {
        let ask = format!(
            "Đến hết ngày {}, đề nghị gửi minh chứng (kể cả báo in, phát thanh, truyền hình) hoặc cho biết dự kiến đăng, phát trong tháng {}.",
            day(self.deadline),
            month(self.next())
        );
        let link = self.reply.as_ref().map(|it| it.url.as_str());
        Chat { receiver: &self.outlet, said: &self.seen(), more: &ask, link, sender: &self.sender }.text()
    }

    fn seen(&self) -> String {
        let shortfall = self.target.shortfall(self.counted, &self.sender);
        format!("Trong tháng {}, {shortfall} (theo dữ liệu thu thập đến {}).", month(self.month), moment(self.collected_to))
    }

    fn looked_at(&self) -> Vec<Item> {
        let shown = month(self.month);
        let articles = match self.articles {
            0 => format!("không thấy tin, bài nào thuộc bất cứ chủ đề nào của quý cơ quan trong tháng {shown}"),
            some => format!("{} tin, bài thuộc mọi chủ đề của quý cơ quan trong tháng {shown}", number(some)),
        };
        let (from, to) = (day(self.month.first_day()), moment(self.watched_to));
        vec![
            Item::new(articles),
            Item::new(format!("{} nguồn tin trên mạng của quý cơ quan", number(self.sources))),
            Item::new(format!("theo dõi liên tục từ {from} 00:00 đến {to}, không có khoảng hở")),
        ]
    }

    fn ways(&self) -> [Item; 2] {
        [
            Item::new(format!(
                "gửi minh chứng về tin, bài đã đăng, phát trong tháng {}: địa chỉ bài, hoặc số báo, chương trình, ngày giờ phát, thời \
                 lượng, bản chụp nếu có;",
                month(self.month)
            )),
            Item::new(format!(
                "nếu trong tháng chưa có, cho biết dự kiến đăng, phát ít nhất {} tin, bài {TOPIC} trong tháng {}.",
                self.target.needed(),
                month(self.next())
            )),
        ]
    }

    /// The month in which an item is asked for: the one that runs when the answer is due.
    fn next(&self) -> Month {
        let due = Month::new(self.deadline.year(), self.deadline.month());
        due.unwrap_or(self.month).max(self.month.next())
    }
}

impl Near {
    fn item(&self) -> Item {
        let when = self.published.map_or_else(|| "không rõ ngày".to_owned(), |it| day(it.date_naive()));
        let why = one_line(&self.why, REMARK_LETTERS_MAX);
        let why = if why.is_empty() { why } else { format!("Chưa được tính: {why}") };
        Item::new(quoted(&self.title)).detail([when.as_str()]).at(&self.url).remark(why)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        domain::calendar::DutyReading,
        report::message::fixture::{at, hold_to_polite_words, hold_to_the_rules, hostile, person, reply, sender, target, unwrapped},
    };

    fn near(title: &str, why: &str) -> Near {
        Near {
            title: title.to_owned(),
            published: Some(at("2026-10-12T09:30:00+07:00")),
            why: why.to_owned(),
            url: "https://bendo.example/doi-song/hop-to-dan-pho-10412.html".to_owned(),
        }
    }

    fn alert() -> Alert {
        Alert {
            sender: sender(),
            outlet: "Báo Bến Đò".to_owned(),
            month: "2026-10".parse().unwrap(),
            target: target(DutyReading::EachOutlet, 1),
            counted: 0,
            collected_to: at("2026-11-05T08:00:00+07:00"),
            watched_to: at("2026-11-05T00:00:00+07:00"),
            articles: 1034,
            sources: 3,
            near: vec![near("Họp tổ dân phố bàn chuyện giữ gìn an ninh", "Chỉ nhắc thoáng qua “mua bán người”.")],
            deadline: "2026-11-15".parse().unwrap(),
            reply: Some(reply()),
            contact: Some(person()),
        }
    }

    #[test]
    fn an_alert_says_what_was_looked_at_and_asks_for_what_was_missed() {
        let message = alert().text();
        hold_to_the_rules(&message);
        assert_eq!(message.subject, "[Điểm Báo] Tháng 10/2026 chưa ghi nhận tin, bài về phòng, chống mua bán người – Báo Bến Đò");
        assert_eq!(message.text, GOLDEN);
    }

    const GOLDEN: &str = "\
Kính gửi: Báo Bến Đò

Trong tháng 10/2026, chưa ghi nhận tin, bài nào của quý cơ quan về
phòng, chống mua bán người (theo dữ liệu thu thập đến 05/11/2026 08:00).
Dữ liệu này có thể còn thiếu, nhất là với báo in, phát thanh, truyền
hình; Sở Văn hóa tỉnh Sông Xanh mong quý cơ quan phối hợp bổ sung.

Chỉ tiêu (Kế hoạch 1/KH-UBND ngày 02/01/2026): mỗi tháng, mỗi cơ quan
báo chí có ít nhất 1 tin, bài về phòng, chống mua bán người.

Những gì đã xem:
- 1.034 tin, bài thuộc mọi chủ đề của quý cơ quan trong tháng 10/2026
- 3 nguồn tin trên mạng của quý cơ quan
- theo dõi liên tục từ 01/10/2026 00:00 đến 05/11/2026 00:00, không có
  khoảng hở

Tin, bài gần với nội dung này:
- “Họp tổ dân phố bàn chuyện giữ gìn an ninh”, 12/10/2026
  https://bendo.example/doi-song/hop-to-dan-pho-10412.html
  Chưa được tính: Chỉ nhắc thoáng qua “mua bán người”.

Nếu có tin, bài đúng nội dung mà chương trình chưa nhận ra, xin chỉ
giúp.

Đến hết ngày 15/11/2026, đề nghị quý cơ quan quan tâm, phối hợp theo một
trong hai cách:
- gửi minh chứng về tin, bài đã đăng, phát trong tháng 10/2026: địa chỉ
  bài, hoặc số báo, chương trình, ngày giờ phát, thời lượng, bản chụp
  nếu có;
- nếu trong tháng chưa có, cho biết dự kiến đăng, phát ít nhất 1 tin,
  bài về phòng, chống mua bán người trong tháng 11/2026.

Xin trả lời thư này hoặc dùng liên kết dưới đây. Liên kết chỉ dành cho
quý cơ quan, xin không chuyển tiếp.

Liên kết trả lời (dùng một lần, có hiệu lực đến 05/12/2026 08:00):
https://diembao.example/reply/3xAmPl3

Đầu mối liên hệ: Lê Thị Mẫu, chuyên viên, điện thoại 0200 000 001, thư
điện tử mau@so.example.

Thư này được lập tự động từ dữ liệu theo dõi. Có điểm nào chưa đúng, xin
cho biết để được sửa.

Trân trọng.

Sở Văn hóa tỉnh Sông Xanh
Số 1, đường Bến Đò
Điện thoại: 0200 000 000
";

    #[test]
    fn every_variant_names_the_cut_off_and_asks_in_its_own_words() {
        use DutyReading::{EachOutlet, Together};
        for (reading, minimum, counted, said) in [
            (EachOutlet, 1, 0, "Trong tháng 10/2026, chưa ghi nhận tin, bài nào của quý cơ quan về phòng, chống mua bán người (theo"),
            (EachOutlet, 3, 2, "Trong tháng 10/2026, mới ghi nhận 2/3 tin, bài của quý cơ quan về phòng, chống mua bán người (theo"),
            (Together, 1, 0, "chưa ghi nhận tin, bài nào của báo chí tỉnh Sông Xanh về phòng, chống mua bán người (theo"),
            (Together, 2, 0, "chưa ghi nhận cơ quan báo chí nào của tỉnh Sông Xanh có đủ 2 tin, bài về phòng, chống mua bán người (theo"),
        ] {
            let alert =
                Alert { target: target(reading, minimum), counted, articles: 0, near: vec![], reply: None, contact: None, ..alert() };
            let message = alert.text();
            hold_to_the_rules(&message);
            let text = unwrapped(&message.text);
            assert!(text.contains(said) && text.contains("theo dữ liệu thu thập đến 05/11/2026 08:00"), "{text}");
            assert!(text.contains("không thấy tin, bài nào thuộc bất cứ chủ đề nào") && text.contains("Chưa thấy tin, bài nào."), "{text}");
            assert_eq!(text.contains("chỉ cần một cơ quan báo chí có ít nhất"), reading == Together, "{text}");
            assert_eq!(message.subject.contains("chưa ghi nhận đủ"), minimum > 1, "{}", message.subject);
            let chat = alert.zalo();
            hold_to_polite_words(&chat);
            assert!(chat.contains("theo dữ liệu thu thập đến 05/11/2026 08:00") && chat.contains("15/11/2026"), "{chat}");
        }
    }

    #[test]
    fn an_alert_names_three_near_misses_and_an_item_is_asked_for_in_the_month_of_the_deadline() {
        let mut nears = vec![near("Một", ""), near("Hai", ""), near("Ba", ""), near("Bốn", "")];
        (nears[1].url, nears[1].published, nears[2].title) = (String::new(), None, " \u{200B}".to_owned());
        let message = Alert { near: nears, deadline: "2026-12-20".parse().unwrap(), ..alert() }.text();
        hold_to_the_rules(&message);
        let text = unwrapped(&message.text);
        assert!(text.contains("- “Hai”, không rõ ngày - (không") && !text.contains("Bốn"), "{text}");
        assert!(text.contains("(không có tiêu đề), 12/10/2026"), "{text}");
        assert!(text.contains("ít nhất 1 tin, bài về phòng, chống mua bán người trong tháng 12/2026"), "{text}");
    }

    #[test]
    fn the_chat_text_of_an_alert_fits_one_screen() {
        let chat = alert().zalo();
        assert_eq!(
            chat,
            "Kính gửi Báo Bến Đò.\n\
             Trong tháng 10/2026, chưa ghi nhận tin, bài nào của quý cơ quan về phòng, chống mua bán người (theo dữ liệu thu thập đến \
             05/11/2026 08:00).\n\
             Đến hết ngày 15/11/2026, đề nghị gửi minh chứng (kể cả báo in, phát thanh, truyền hình) hoặc cho biết dự kiến đăng, phát \
             trong tháng 11/2026.\n\
             Xin trả lời tại:\n\
             https://diembao.example/reply/3xAmPl3\n\
             Trân trọng. Sở Văn hóa tỉnh Sông Xanh"
        );
    }

    proptest! {
        #[test]
        fn no_title_reason_or_name_breaks_a_line_or_the_page(title in hostile(), why in hostile(), outlet in hostile(), url in hostile()) {
            let near = vec![Near { title, why, url, ..near("", "") }];
            let mut alert = Alert { near, outlet: outlet.clone(), ..alert() };
            alert.sender.department = outlet;
            let MessageText { subject, text, html } = alert.text();
            prop_assert!(subject.lines().count() == 1 && subject.chars().all(|it| !it.is_control()));
            prop_assert!(!text.chars().any(|it| it.is_control() && it != '\n'));
            prop_assert!(text.lines().filter(|it| *it == "Trân trọng.").count() == 1);
            let page = scraper::Html::parse_document(&html);
            prop_assert_eq!(page.errors.len(), 0);
            let foreign = scraper::Selector::parse("script, img, iframe, form, [onclick], [onerror]").unwrap();
            prop_assert_eq!(page.select(&foreign).count(), 0);
            let tags = |it: &str| it.matches('<').count();
            prop_assert!(tags(&html) < 120, "{}", html);
        }
    }
}
