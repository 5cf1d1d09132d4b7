//! The press digest (điểm báo) for officers: what is new since the one before, outlet by outlet.

use chrono::{DateTime, FixedOffset};

use super::{
    MessageText, Sender, TOPIC,
    body::{Body, Item},
    line::{NAME_LETTERS_MAX, REMARK_LETTERS_MAX, day, moment, month, number, one_line, quoted},
};
use crate::domain::month::Month;

/// New items, waiting items and broken sources named of one outlet, of each.
const ITEMS_MAX: usize = 15;
/// Letters kept of a gist: two lines.
const GIST_LETTERS_MAX: usize = 140;

/// What a digest says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    pub sender: Sender,
    /// What the digest spans, by the site's clock.
    pub from: DateTime<FixedOffset>,
    /// The moment at which it is made.
    pub to: DateTime<FixedOffset>,
    /// Notices that wait for an officer to let them go.
    pub unapproved: usize,
    /// In the order of the register; outlets of which there is nothing to say are left out.
    pub outlets: Vec<DigestOutlet>,
    /// The desk's queue of what waits; may be empty.
    pub page: String,
}

/// What there is to say of one outlet. Of each list more than fifteen are not shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestOutlet {
    pub outlet: String,
    /// New items that count.
    pub items: Vec<DigestItem>,
    /// New items that wait for an officer.
    pub waiting: Vec<WaitingItem>,
    /// Sources that cannot be read.
    pub down: Vec<SourceDown>,
    /// Months that run and hold nothing that counts.
    pub without: Vec<MonthLeft>,
}

/// A new item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestItem {
    /// Masked.
    pub title: String,
    pub published: Option<DateTime<FixedOffset>>,
    /// Empty where there is none, or where it must not be spelled out.
    pub url: String,
    /// Masked; its lead or first sentences. May be empty.
    pub gist: String,
    /// The label of its genre; may be empty.
    pub genre: String,
}

/// An item that an officer has to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingItem {
    /// Masked.
    pub title: String,
    /// Its page in the desk, or its own address.
    pub url: String,
    /// For what it waits.
    pub why: String,
}

/// A source that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceDown {
    pub url: String,
    pub why: String,
    /// By the site's clock.
    pub since: DateTime<FixedOffset>,
}

/// A month without evidence so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthLeft {
    pub month: Month,
    /// Days that remain after today; zero on the last day.
    pub days_left: u32,
}

impl Digest {
    /// The mail.
    pub fn text(&self) -> MessageText {
        let count = |of: fn(&DigestOutlet) -> usize| self.outlets.iter().map(of).sum::<usize>();
        let counted = [
            (count(|it| it.items.len()), "tin, bài mới"),
            (count(|it| it.waiting.len()), "mục chờ kết luận"),
            (count(|it| it.down.len()), "nguồn không đọc được"),
            (self.unapproved, "thông báo chờ duyệt"),
        ];
        let said: Vec<_> = counted.into_iter().filter(|it| it.0 > 0).map(|(count, what)| format!("{} {what}", number(count))).collect();
        let said = if said.is_empty() { "không có tin, bài mới".to_owned() } else { said.join(", ") };
        let subject = self.sender.subject(&[format!("{}: {said}", day(self.to.date_naive()))], "");

        let mut body = Body::to("Các chuyên viên theo dõi báo chí");
        body.prose(format!("Điểm báo {TOPIC}, từ {} đến {}: {said}.", moment(self.from), moment(self.to)));
        self.outlets.iter().for_each(|it| it.add_to(&mut body));
        body.link("Danh sách chờ kết luận", &self.page);
        body.sign(subject, &self.sender)
    }
}

impl DigestOutlet {
    fn add_to(&self, body: &mut Body) {
        if self.items.is_empty() && self.waiting.is_empty() && self.down.is_empty() && self.without.is_empty() {
            return;
        }
        body.section(one_line(&self.outlet, NAME_LETTERS_MAX));
        for it in &self.without {
            let left = match it.days_left {
                0 => "hôm nay là ngày cuối".to_owned(),
                left => format!("còn {left} ngày"),
            };
            body.prose(format!("Tháng {}: chưa ghi nhận tin, bài nào được tính, {left}.", month(it.month)));
        }
        body.list(self.items.iter().map(DigestItem::item), ITEMS_MAX, "tin, bài");
        if !self.waiting.is_empty() {
            body.heading(format!("Chờ kết luận ({}):", number(self.waiting.len())));
            body.list(self.waiting.iter().map(WaitingItem::item), ITEMS_MAX, "mục");
        }
        if !self.down.is_empty() {
            body.heading(format!("Nguồn không đọc được ({}):", number(self.down.len())));
            body.list(self.down.iter().map(SourceDown::item), ITEMS_MAX, "nguồn");
        }
    }
}

impl DigestItem {
    fn item(&self) -> Item {
        let when = self.published.map_or_else(|| "không rõ ngày".to_owned(), moment);
        let genre = one_line(&self.genre, NAME_LETTERS_MAX);
        Item::new(quoted(&self.title)).detail([when.as_str(), &genre]).at(&self.url).remark(one_line(&self.gist, GIST_LETTERS_MAX))
    }
}

impl WaitingItem {
    fn item(&self) -> Item {
        Item::new(quoted(&self.title)).at(&self.url).remark(one_line(&self.why, REMARK_LETTERS_MAX))
    }
}

impl SourceDown {
    fn item(&self) -> Item {
        let why = one_line(&self.why, REMARK_LETTERS_MAX);
        let why = if why.is_empty() { "chưa rõ lý do".to_owned() } else { why };
        Item::new(format!("{why}, từ {}", moment(self.since))).about(&self.url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::message::fixture::{at, hold_to_the_rules, sender, unwrapped};

    fn item(title: &str) -> DigestItem {
        DigestItem {
            title: title.to_owned(),
            published: Some(at("2026-10-20T09:30:00+07:00")),
            url: "https://bendo.example/phap-luat/ky-nang-nhan-biet-10433.html".to_owned(),
            gist: "Buổi nói chuyện ở xã Rừng Thông giúp bà con nhận ra lời mời việc làm có dấu hiệu lừa đưa người qua biên giới, và biết \
                   gọi cho ai khi người thân mất liên lạc nhiều ngày."
                .to_owned(),
            genre: "phóng sự".to_owned(),
        }
    }

    fn digest() -> Digest {
        let waiting = WaitingItem {
            title: "Cứu một em nhỏ".to_owned(),
            url: "https://diembao.example/articles/7".to_owned(),
            why: "chỉ nhắc thoáng qua".to_owned(),
        };
        let down = SourceDown {
            url: "https://dai.example/rss.xml".to_owned(),
            why: "máy chủ báo lỗi".to_owned(),
            since: at("2026-10-19T22:00:00+07:00"),
        };
        let left = MonthLeft { month: "2026-10".parse().unwrap(), days_left: 10 };
        let nothing =
            DigestOutlet { outlet: "Tạp chí Ghềnh Đá".to_owned(), items: vec![], waiting: vec![], down: vec![], without: vec![] };
        let ben_do = DigestOutlet {
            outlet: "Báo Bến Đò".to_owned(),
            items: vec![item("Kỹ năng nhận biết và phòng, chống mua bán người")],
            waiting: vec![waiting],
            ..nothing.clone()
        };
        let dai = DigestOutlet { outlet: "Đài Sông Xanh".to_owned(), down: vec![down], without: vec![left], ..nothing.clone() };
        Digest {
            sender: sender(),
            from: at("2026-10-20T07:00:00+07:00"),
            to: at("2026-10-21T07:00:00+07:00"),
            unapproved: 0,
            outlets: vec![ben_do, dai, nothing],
            page: "https://diembao.example/queue".to_owned(),
        }
    }

    #[test]
    fn a_digest_tells_what_is_new_outlet_by_outlet() {
        let message = digest().text();
        hold_to_the_rules(&message);
        assert_eq!(message.subject, "[Điểm Báo] 21/10/2026: 1 tin, bài mới, 1 mục chờ kết luận, 1 nguồn không đọc được");
        assert_eq!(message.text, GOLDEN);
    }

    const GOLDEN: &str = "\
Kính gửi: Các chuyên viên theo dõi báo chí

Điểm báo về phòng, chống mua bán người, từ 20/10/2026 07:00 đến
21/10/2026 07:00: 1 tin, bài mới, 1 mục chờ kết luận, 1 nguồn không đọc
được.

Báo Bến Đò
==========
- “Kỹ năng nhận biết và phòng, chống mua bán người”, 20/10/2026 09:30,
  phóng sự
  https://bendo.example/phap-luat/ky-nang-nhan-biet-10433.html
  Buổi nói chuyện ở xã Rừng Thông giúp bà con nhận ra lời mời việc làm
  có dấu hiệu lừa đưa người qua biên giới, và biết gọi cho ai khi…

Chờ kết luận (1):
- “Cứu một em nhỏ”
  https://diembao.example/articles/7
  chỉ nhắc thoáng qua

Đài Sông Xanh
=============
Tháng 10/2026: chưa ghi nhận tin, bài nào được tính, còn 10 ngày.

Nguồn không đọc được (1):
- máy chủ báo lỗi, từ 19/10/2026 22:00
  https://dai.example/rss.xml

Danh sách chờ kết luận:
https://diembao.example/queue

Trân trọng.

Sở Văn hóa tỉnh Sông Xanh
Số 1, đường Bến Đò
Điện thoại: 0200 000 000
";

    #[test]
    fn a_rich_day_is_cut_with_how_many_more_and_an_empty_one_says_so() {
        let mut rich = digest();
        rich.outlets[0].items = vec![item("Tin"); 40];
        rich.outlets[0].without = vec![MonthLeft { month: "2026-10".parse().unwrap(), days_left: 0 }];
        let message = rich.text();
        hold_to_the_rules(&message);
        assert!(message.text.contains("- và 25 tin, bài khác\n") && message.subject.contains("40 tin, bài mới"), "{}", message.text);
        assert!(unwrapped(&message.text).contains("chưa ghi nhận tin, bài nào được tính, hôm nay là ngày cuối."));
        let empty = Digest { outlets: vec![], page: String::new(), ..digest() }.text();
        hold_to_the_rules(&empty);
        assert_eq!(empty.subject, "[Điểm Báo] 21/10/2026: không có tin, bài mới");
    }

    #[test]
    fn items_without_date_genre_gist_or_address_are_told_with_what_there_is() {
        let bare = DigestItem { published: None, url: String::new(), gist: String::new(), genre: String::new(), ..item("Tin") };
        let mut digest = digest();
        digest.outlets[0].items = vec![bare];
        digest.outlets[1].down[0].why = String::new();
        let message = digest.text();
        hold_to_the_rules(&message);
        assert!(message.text.contains("\n- “Tin”, không rõ ngày\n\n") && message.text.contains("- chưa rõ lý do, từ"), "{}", message.text);
    }
}
