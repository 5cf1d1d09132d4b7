//! The report to whoever runs the program: causes that only they can mend, and causes that are over. One mail, however many.

use chrono::{DateTime, FixedOffset};

use super::{
    MessageText, Sender,
    body::{Body, Item},
    line::{NAME_LETTERS_MAX, REMARK_LETTERS_MAX, moment, number, one_line},
};
use crate::domain::cause::CauseKind;

/// Causes of one kind that are named.
const CAUSES_MAX: usize = 15;

/// What a report to the operator says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorReport {
    pub sender: Sender,
    /// What is new and what is over since the report before, in any order; more than fifteen of a kind are not shown.
    pub causes: Vec<ReportedCause>,
    /// The desk's page that shows them all; may be empty.
    pub page: String,
}

/// One thing that went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportedCause {
    pub kind: CauseKind,
    /// What it concerns: the outlet, the message, the control.
    pub what: String,
    /// The address that it concerns; may be empty.
    pub url: String,
    /// What is known of why; may be empty.
    pub why: String,
    /// By the site's clock.
    pub since: DateTime<FixedOffset>,
    /// When it ended, if it did.
    pub over: Option<DateTime<FixedOffset>>,
}

/// What the operator can do.
fn advice(kind: CauseKind) -> &'static str {
    match kind {
        CauseKind::SourceUnreadable => {
            "Mở địa chỉ bằng trình duyệt. Nếu trang đã chuyển chỗ, sửa nguồn ở trang “Nguồn”; nếu máy chủ của cơ quan báo chí lỗi, chỉ \
             cần chờ: chương trình vẫn đọc lại đều đặn."
        }
        CauseKind::ControlSilent => {
            "Kiểm tra đường truyền, DNS và tường lửa của máy chủ. Cho đến khi các địa chỉ này trả lời, không thư nào được gửi cho cơ \
             quan báo chí."
        }
        CauseKind::ControlNotFound => {
            "Chạy `diembao check --online` và xem mục đối chứng. Cho đến khi đối chứng đúng trở lại, chưa nên dựa vào các kết quả chưa \
             ghi nhận."
        }
        CauseKind::MessageHeld => "Xem lý do ở từng dòng. Khi lý do không còn, thư đến hạn được gửi ở lượt sau.",
        CauseKind::DeliveryFailed => "Kiểm tra địa chỉ người nhận và máy chủ thư (`smtp_url`), rồi cho gửi lại ở trang “Thông báo”.",
        CauseKind::DeliveryDoubtful => {
            "Xem nhật ký máy chủ thư hoặc hỏi người nhận, rồi ghi là đã gửi hoặc cho gửi lại ở trang “Thông báo”. Chương trình không tự \
             gửi lại để người nhận không nhận hai lần."
        }
        CauseKind::ContactMissing => "Thêm một địa chỉ còn hiệu lực (`[[outlet.contact]]` trong `outlets.toml`).",
        CauseKind::WasDown => {
            "Xem vì sao máy hoặc chương trình ngừng. Thời gian không theo dõi được hiện là khoảng hở ở tháng liên quan; chưa thư nào được \
             gửi cho cơ quan báo chí cho đến khi chương trình chạy lại đủ lâu."
        }
        CauseKind::PagesUnreadable => {
            "Mở vài bài mới bằng trình duyệt. Nếu trang đổi giao diện, sửa bộ chọn ở `[outlet.page]` trong `outlets.toml`; nếu phần \
             lớn là video hoặc bài trả phí, khai ở `blind`. Các tháng liên quan giữ mức “Chưa đủ căn cứ” cho đến khi đọc lại được."
        }
        CauseKind::AlertedInDoubt => {
            "Xem lại tháng trên bảng theo dõi. Nếu thư trước không còn đúng, liên hệ cơ quan báo chí và ghi vào nhật ký."
        }
    }
}

impl OperatorReport {
    /// The mail.
    pub fn text(&self) -> MessageText {
        let (over, standing): (Vec<_>, Vec<_>) = self.causes.iter().partition(|it| it.over.is_some());
        let said: Vec<_> = [(standing.len(), "việc mới cần xem"), (over.len(), "việc đã hết")]
            .into_iter()
            .filter(|it| it.0 > 0)
            .map(|(count, what)| format!("{} {what}", number(count)))
            .collect();
        let said = if said.is_empty() { "không có việc mới".to_owned() } else { said.join(", ") };
        let subject = self.sender.subject(&[format!("Vận hành: {said}")], "");

        let mut body = Body::to("Người vận hành chương trình");
        body.prose(format!("Từ báo cáo trước đến nay: {said}."));
        for kind in CauseKind::ALL {
            let of_kind: Vec<_> = standing.iter().filter(|it| it.kind == kind).collect();
            if !of_kind.is_empty() {
                body.heading(format!("{} ({})", kind.label(), number(of_kind.len())));
                body.prose(advice(kind));
                body.list(of_kind.into_iter().map(|it| it.item()), CAUSES_MAX, "việc");
            }
        }
        if !over.is_empty() {
            body.heading(format!("Đã hết ({})", number(over.len())));
            body.prose("Không cần làm gì thêm.");
            let ordered = CauseKind::ALL.iter().flat_map(|kind| over.iter().filter(move |it| it.kind == *kind));
            body.list(ordered.map(|it| it.item()), CAUSES_MAX, "việc");
        }
        body.link("Xem tất cả", &self.page);
        body.sign(subject, &self.sender)
    }
}

impl ReportedCause {
    fn item(&self) -> Item {
        let what = one_line(&self.what, NAME_LETTERS_MAX);
        let (since, why) = (moment(self.since), one_line(&self.why, REMARK_LETTERS_MAX));
        let words = match self.over {
            None => format!("{what}, từ {since}"),
            Some(over) => format!("{}: {what}, từ {since} đến {}", self.kind.label(), moment(over)),
        };
        Item::new(words).about(&self.url).remark(why)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::message::fixture::{at, hold_to_the_rules, sender, unwrapped};

    fn cause(kind: CauseKind, what: &str, why: &str) -> ReportedCause {
        ReportedCause {
            kind,
            what: what.to_owned(),
            url: String::new(),
            why: why.to_owned(),
            since: at("2026-10-20T21:15:00+07:00"),
            over: None,
        }
    }

    fn report() -> OperatorReport {
        let source = ReportedCause {
            url: "https://bendo.example/rss.xml".to_owned(),
            ..cause(CauseKind::SourceUnreadable, "Báo Bến Đò", "máy chủ báo lỗi 503, 12 lượt liền")
        };
        OperatorReport {
            sender: sender(),
            causes: vec![
                source.clone(),
                cause(CauseKind::MessageHeld, "Thư nhắc tháng 10/2026, Báo Bến Đò", "độ phủ chưa trọn"),
                ReportedCause { over: Some(at("2026-10-21T06:00:00+07:00")), ..source },
            ],
            page: "https://diembao.example/sources".to_owned(),
        }
    }

    #[test]
    fn causes_stand_by_kind_each_kind_with_what_to_do_and_what_is_over_last() {
        let message = report().text();
        hold_to_the_rules(&message);
        assert_eq!(message.subject, "[Điểm Báo] Vận hành: 2 việc mới cần xem, 1 việc đã hết");
        assert_eq!(message.text, GOLDEN);
    }

    const GOLDEN: &str = "\
Kính gửi: Người vận hành chương trình

Từ báo cáo trước đến nay: 2 việc mới cần xem, 1 việc đã hết.

Thư bị giữ lại (1)
Xem lý do ở từng dòng. Khi lý do không còn, thư đến hạn được gửi ở lượt
sau.

- Thư nhắc tháng 10/2026, Báo Bến Đò, từ 20/10/2026 21:15
  độ phủ chưa trọn

Nguồn không đọc được (1)
Mở địa chỉ bằng trình duyệt. Nếu trang đã chuyển chỗ, sửa nguồn ở trang
“Nguồn”; nếu máy chủ của cơ quan báo chí lỗi, chỉ cần chờ: chương trình
vẫn đọc lại đều đặn.

- Báo Bến Đò, từ 20/10/2026 21:15
  https://bendo.example/rss.xml
  máy chủ báo lỗi 503, 12 lượt liền

Đã hết (1)
Không cần làm gì thêm.

- Nguồn không đọc được: Báo Bến Đò, từ 20/10/2026 21:15 đến 21/10/2026
  06:00
  https://bendo.example/rss.xml
  máy chủ báo lỗi 503, 12 lượt liền

Xem tất cả:
https://diembao.example/sources

Trân trọng.

Sở Văn hóa tỉnh Sông Xanh
Số 1, đường Bến Đò
Điện thoại: 0200 000 000
";

    #[test]
    fn every_kind_has_its_heading_once_and_says_what_to_do() {
        let causes = CauseKind::ALL.into_iter().flat_map(|it| [cause(it, "A", ""), cause(it, "B", "")]).collect();
        let message = OperatorReport { causes, ..report() }.text();
        hold_to_the_rules(&message);
        let text = unwrapped(&message.text);
        for kind in CauseKind::ALL {
            assert_eq!(text.matches(&format!("{} (2) {}", kind.label(), advice(kind))).count(), 1, "{kind:?} {text}");
        }
    }

    #[test]
    fn a_storm_of_causes_is_one_mail_that_says_how_many_more() {
        let mut causes = vec![cause(CauseKind::DeliveryFailed, "Thư", ""); 1200];
        causes.extend(vec![ReportedCause { over: Some(at("2026-10-21T06:00:00+07:00")), ..causes[0].clone() }; 16]);
        let message = OperatorReport { causes, ..report() }.text();
        hold_to_the_rules(&message);
        assert!(message.text.contains("- và 1.185 việc khác\n") && message.text.contains("- và 1 việc khác\n"), "{}", message.text);
        assert_eq!(message.subject, "[Điểm Báo] Vận hành: 1.200 việc mới cần xem, 16 việc đã hết");
    }

    #[test]
    fn nothing_new_is_said_as_such_and_what_is_only_over_stands_alone() {
        let empty = OperatorReport { causes: vec![], ..report() }.text();
        hold_to_the_rules(&empty);
        assert_eq!(empty.subject, "[Điểm Báo] Vận hành: không có việc mới");
        let over = ReportedCause {
            over: Some(at("2026-10-21T06:00:00+07:00")),
            ..cause(CauseKind::ControlSilent, "https://kiem-tra.example/", "")
        };
        let message = OperatorReport { causes: vec![over], ..report() }.text();
        assert_eq!(message.subject, "[Điểm Báo] Vận hành: 1 việc đã hết");
    }
}
