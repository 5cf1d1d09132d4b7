//! The escalation: an outlet was alerted about months running; the head of the department hears of it.

use chrono::{DateTime, FixedOffset};

use super::{
    MessageText, Sender, TOPIC,
    body::{Body, Item},
    line::{NAME_LETTERS_MAX, REMARK_LETTERS_MAX, moment, month, one_line},
};
use crate::domain::month::Month;

/// Messages, answers and proposals shown, of each kind.
const SHOWN_MAX: usize = 20;

/// What an escalation says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Escalation {
    pub sender: Sender,
    /// Name of the outlet.
    pub outlet: String,
    /// The months running, the first one first.
    pub months: Vec<Month>,
    /// When the outlet's sources were last read, by the site's clock.
    pub collected_to: DateTime<FixedOffset>,
    /// What went to the outlet, the first one first; more than twenty are not shown.
    pub sent: Vec<Sent>,
    /// What the outlet answered about these months, the first answer first; more than twenty are not shown.
    pub answers: Vec<Answer>,
    /// What is proposed to do, a sentence each; more than twenty are not shown.
    pub proposals: Vec<String>,
    /// The desk's page of the outlet; may be empty.
    pub page: String,
}

/// One message that went to the outlet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    pub month: Month,
    /// What the officer calls it: “thư nhắc”, “thư báo chưa ghi nhận”.
    pub what: String,
    pub at: DateTime<FixedOffset>,
    /// To whom; may be empty.
    pub to: String,
    /// Whether it is known to have been taken over.
    pub is_sure: bool,
}

/// One answer, by telephone or by a reply link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub at: DateTime<FixedOffset>,
    /// Who answered.
    pub who: String,
    pub said: String,
}

impl Escalation {
    /// The mail.
    pub fn text(&self) -> MessageText {
        let (running, named) = self.time();
        let wordings = [named.as_str(), &running].map(|it| format!("Báo cáo: {it} chưa ghi nhận đủ tin, bài"));
        let subject = self.sender.subject(&wordings, &self.outlet);

        let mut body = Body::to(&self.sender.head());
        body.prose(format!(
            "{}: {named} chưa ghi nhận đủ tin, bài {TOPIC} (theo dữ liệu thu thập đến {}). Mỗi tháng nêu ở đây đều đã được theo \
             dõi đầy đủ; tháng chưa đủ căn cứ không được tính vào.",
            one_line(&self.outlet, NAME_LETTERS_MAX),
            moment(self.collected_to)
        ));
        body.heading("Đã gửi cơ quan báo chí:");
        listed(&mut body, self.sent.iter().map(Sent::item), "thư", "Chưa có thư nào được ghi lại.");
        body.heading("Trả lời đã nhận:");
        listed(&mut body, self.answers.iter().map(Answer::item), "trả lời", "Chưa có trả lời nào được ghi lại.");
        body.heading("Đề xuất:");
        let proposals = self.proposals.iter().map(|it| Item::new(one_line(it, REMARK_LETTERS_MAX)));
        listed(&mut body, proposals, "đề xuất", "Chưa có đề xuất.");
        body.link("Hồ sơ đầy đủ", &self.page);
        body.sign(subject, &self.sender)
    }

    /// How many months, and the same with their names.
    fn time(&self) -> (String, String) {
        let months: Vec<_> = self.months.iter().map(|it| month(*it)).collect();
        match months.as_slice() {
            [one] => (format!("tháng {one}"), format!("tháng {one}")),
            some => (format!("{} tháng liền", some.len()), format!("{} tháng liền ({})", some.len(), some.join(", "))),
        }
    }
}

fn listed(body: &mut Body, items: impl ExactSizeIterator<Item = Item>, things: &str, none: &str) {
    match items.len() {
        0 => body.prose(none),
        _ => body.list(items, SHOWN_MAX, things),
    }
}

impl Sent {
    fn item(&self) -> Item {
        let to = one_line(&self.to, NAME_LETTERS_MAX);
        let to = if to.is_empty() { to } else { format!(", gửi {to}") };
        let doubt = if self.is_sure { "" } else { " (có thể đã tới)" };
        Item::new(format!("tháng {}: {}, {}{to}{doubt}", month(self.month), one_line(&self.what, NAME_LETTERS_MAX), moment(self.at)))
    }
}

impl Answer {
    fn item(&self) -> Item {
        let who = one_line(&self.who, NAME_LETTERS_MAX);
        Item::new(format!("{}, {who}: {}", moment(self.at), one_line(&self.said, REMARK_LETTERS_MAX)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::message::fixture::{at, hold_to_the_rules, sender, unwrapped};

    fn escalation() -> Escalation {
        let sent = |month: &str, what: &str, when: &str| Sent {
            month: month.parse().unwrap(),
            what: what.to_owned(),
            at: at(when),
            to: "toasoan@bendo.example".to_owned(),
            is_sure: true,
        };
        Escalation {
            sender: sender(),
            outlet: "Báo Bến Đò".to_owned(),
            months: vec!["2026-09".parse().unwrap(), "2026-10".parse().unwrap()],
            collected_to: at("2026-11-05T08:00:00+07:00"),
            sent: vec![
                sent("2026-09", "thư báo chưa ghi nhận", "2026-10-06T08:00:00+07:00"),
                sent("2026-10", "thư nhắc", "2026-10-21T08:00:00+07:00"),
                sent("2026-10", "thư báo chưa ghi nhận", "2026-11-05T08:00:00+07:00"),
            ],
            answers: vec![Answer {
                at: at("2026-10-08T14:20:00+07:00"),
                who: "Trần Văn Thử, thư ký tòa soạn".to_owned(),
                said: "Đã nhận thư,\nsẽ đăng trong tháng 10.".to_owned(),
            }],
            proposals: vec!["Gửi công văn đề nghị phối hợp (bản thảo đã có trong chương trình).".to_owned()],
            page: "https://diembao.example/outlets/bao-ben-do/2026-10".to_owned(),
        }
    }

    #[test]
    fn the_head_reads_what_was_sent_what_was_answered_and_what_is_proposed() {
        let message = escalation().text();
        hold_to_the_rules(&message);
        assert_eq!(message.subject, "[Điểm Báo] Báo cáo: 2 tháng liền (09/2026, 10/2026) chưa ghi nhận đủ tin, bài – Báo Bến Đò");
        assert_eq!(message.text, GOLDEN);
    }

    const GOLDEN: &str = "\
Kính gửi: Lãnh đạo Sở Văn hóa tỉnh Sông Xanh

Báo Bến Đò: 2 tháng liền (09/2026, 10/2026) chưa ghi nhận đủ tin, bài về
phòng, chống mua bán người (theo dữ liệu thu thập đến 05/11/2026 08:00).
Mỗi tháng nêu ở đây đều đã được theo dõi đầy đủ; tháng chưa đủ căn cứ
không được tính vào.

Đã gửi cơ quan báo chí:
- tháng 09/2026: thư báo chưa ghi nhận, 06/10/2026 08:00, gửi
  toasoan@bendo.example
- tháng 10/2026: thư nhắc, 21/10/2026 08:00, gửi toasoan@bendo.example
- tháng 10/2026: thư báo chưa ghi nhận, 05/11/2026 08:00, gửi
  toasoan@bendo.example

Trả lời đã nhận:
- 08/10/2026 14:20, Trần Văn Thử, thư ký tòa soạn: Đã nhận thư, sẽ đăng
  trong tháng 10.

Đề xuất:
- Gửi công văn đề nghị phối hợp (bản thảo đã có trong chương trình).

Hồ sơ đầy đủ:
https://diembao.example/outlets/bao-ben-do/2026-10

Trân trọng.

Sở Văn hóa tỉnh Sông Xanh
Số 1, đường Bến Đò
Điện thoại: 0200 000 000
";

    #[test]
    fn silence_is_said_as_silence_and_a_long_log_is_cut() {
        let empty = Escalation { sent: vec![], answers: vec![], proposals: vec![], page: String::new(), ..escalation() }.text();
        hold_to_the_rules(&empty);
        let text = unwrapped(&empty.text);
        assert!(text.contains("Chưa có thư nào được ghi lại.") && text.contains("Chưa có trả lời nào được ghi lại."), "{text}");
        assert!(text.contains("Chưa có đề xuất.") && !text.contains("Hồ sơ đầy đủ"), "{text}");
        let answer = escalation().answers[0].clone();
        let sender = Sender { department: String::new(), ..sender() };
        let long = Escalation { answers: vec![answer; 25], months: vec!["2026-10".parse().unwrap(); 14], sender, ..escalation() }.text();
        hold_to_the_rules(&long);
        assert!(long.text.contains("- và 5 trả lời khác\n") && long.text.starts_with("Kính gửi: Lãnh đạo Điểm Báo\n"), "{}", long.text);
        assert!(long.subject.contains("14 tháng liền chưa ghi nhận đủ"), "{}", long.subject);
    }
}
