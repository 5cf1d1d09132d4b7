//! The quarter's summary for the head of the department.

use chrono::{DateTime, FixedOffset};

use super::{
    MessageText, Sender,
    body::{Body, Item, Table},
    line::{NAME_LETTERS_MAX, REMARK_LETTERS_MAX, moment, month, number, one_line},
};
use crate::{
    domain::verdict::{Reason, Verdict},
    report::board::{Board, Cell, TOGETHER},
};

/// Undetermined months named with their reasons.
const UNDETERMINED_MAX: usize = 40;

/// What a quarter's summary says.
#[derive(Debug, Clone, PartialEq)]
pub struct Quarter {
    pub sender: Sender,
    /// The quarter's months, the first one first.
    pub board: Board,
    /// When the sources were last read, by the site's clock.
    pub collected_to: DateTime<FixedOffset>,
    /// The desk's page of these months; may be empty.
    pub page: String,
}

impl Quarter {
    /// The mail.
    pub fn text(&self) -> MessageText {
        let time = self.time();
        let subject = self.sender.subject(&[format!("{time}: kết quả theo tháng của các cơ quan báo chí")], "");

        let mut body = Body::to(&self.sender.head());
        body.prose(format!(
            "{time}: kết quả theo dõi tin, bài về phòng, chống mua bán người của các cơ quan báo chí (theo dữ liệu thu thập đến {}).",
            moment(self.collected_to)
        ));
        if self.board.rows.is_empty() {
            body.prose("Không có cơ quan báo chí nào được theo dõi trong thời gian này.");
        } else {
            body.table(self.table());
            body.prose("Số trong ngoặc là số tin, bài được tính.");
        }
        body.heading("Tổng hợp:");
        body.points(self.totals());
        body.heading("Chưa đủ căn cứ, vì sao:");
        let undetermined = self.undetermined();
        match undetermined.is_empty() {
            true => body.prose("Không có trường hợp nào."),
            false => {
                body.prose("Những trường hợp dưới đây không được coi là thiếu tin, bài; cần làm rõ trước khi kết luận.");
                body.list(undetermined, UNDETERMINED_MAX, "trường hợp");
            }
        }
        body.link("Bảng theo dõi", &self.page);
        body.sign(subject, &self.sender)
    }

    /// The quarter by its number, or the months where they are not one.
    fn time(&self) -> String {
        let months = &self.board.months;
        let running = months.windows(2).all(|it| it[0].next() == it[1]);
        match (months.first(), months.last()) {
            (Some(first), Some(_)) if months.len() == 3 && running && first.number() % 3 == 1 => {
                let roman = ["I", "II", "III", "IV"][(first.number() as usize / 3).min(3)];
                format!("Quý {roman}/{}", first.year())
            }
            (Some(first), Some(last)) => format!("Từ tháng {} đến tháng {}", month(*first), month(*last)),
            _ => "Không có tháng nào".to_owned(),
        }
    }

    fn table(&self) -> Table {
        let heads = self.board.months.iter().map(|it| format!("Tháng {}", month(*it)));
        let mut table = Table::new([String::from("Cơ quan báo chí")].into_iter().chain(heads));
        for row in &self.board.rows {
            table.row(&one_line(&row.name, NAME_LETTERS_MAX), row.cells.iter().map(|it| shown(it.as_ref())));
        }
        table.row(TOGETHER, self.board.together.iter().map(|it| shown(it.as_ref())));
        table
    }

    fn cells(&self) -> impl Iterator<Item = &Cell> {
        self.board.rows.iter().flat_map(|it| &it.cells).flatten()
    }

    fn totals(&self) -> Vec<Item> {
        let of = |verdict: Verdict| self.cells().filter(|it| it.verdict == verdict).count();
        let verdicts = Verdict::ALL.map(|it| (it, of(it))).into_iter().filter(|it| it.1 > 0);
        let verdicts = verdicts.map(|(it, count)| format!("{} ({}): {} lượt", it.label(), it.sign(), number(count)));
        let items: usize = self.cells().map(|it| it.count).sum();
        let all = format!("{} cơ quan báo chí; mỗi cơ quan trong một tháng là một lượt", number(self.board.rows.len()));
        [all].into_iter().chain(verdicts).chain([format!("{} tin, bài được tính", number(items))]).map(Item::new).collect()
    }

    fn undetermined(&self) -> Vec<Item> {
        let mut items = Vec::new();
        for (at, in_month) in self.board.months.iter().enumerate() {
            for row in &self.board.rows {
                let Some(cell) = row.cells.get(at).and_then(Option::as_ref).filter(|it| it.verdict == Verdict::Undetermined) else {
                    continue;
                };
                let words = format!("{}, tháng {}", one_line(&row.name, NAME_LETTERS_MAX), month(*in_month));
                let reason = cell.reason.map_or("chưa rõ lý do", Reason::label);
                items.push(Item::new(format!("{words}: {reason}")).remark(one_line(&cell.detail, REMARK_LETTERS_MAX)));
            }
        }
        items
    }
}

fn shown(cell: Option<&Cell>) -> String {
    // A number beside a verdict that is not met would read as a shortfall where nothing is known yet.
    match cell {
        None => "chưa xét".to_owned(),
        Some(it) if it.count > 0 => format!("{} {} ({})", it.verdict.sign(), it.verdict.label(), number(it.count)),
        Some(it) => format!("{} {}", it.verdict.sign(), it.verdict.label()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{
        board::Row,
        message::fixture::{at, hold_to_the_rules, sender, unwrapped},
    };

    fn cell(verdict: Verdict, reason: Reason, count: usize) -> Option<Cell> {
        Some(Cell { verdict, reason: Some(reason), count, detail: String::new() })
    }

    fn quarter() -> Quarter {
        let gap = Cell {
            detail: "từ 03/11/2026 10:00 đến 05/11/2026 22:00: bản tin không còn chạm lượt đọc trước".to_owned(),
            ..cell(Verdict::Undetermined, Reason::CoverageGap, 0).unwrap()
        };
        let row = |outlet: &str, name: &str, cells| Row { outlet: outlet.parse().unwrap(), name: name.to_owned(), cells };
        let met = |count| cell(Verdict::Met, Reason::Articles, count);
        let rows = vec![
            row("a", "Báo Bến Đò", vec![met(1034), cell(Verdict::NotMet, Reason::NoneFound, 0), met(1)]),
            row("b", "Báo và Phát thanh, Truyền hình Sông Xanh", vec![met(12), Some(gap), cell(Verdict::Open, Reason::InGrace, 0)]),
            row(
                "c",
                "Tạp chí Ghềnh Đá",
                vec![None, cell(Verdict::Exempt, Reason::Exempted, 0), cell(Verdict::Exempt, Reason::Exempted, 0)],
            ),
        ];
        let months = ["2026-10", "2026-11", "2026-12"].map(|it| it.parse().unwrap()).to_vec();
        let together = vec![met(1046), cell(Verdict::Undetermined, Reason::CoverageGap, 0), met(1)];
        Quarter {
            sender: sender(),
            board: Board { months, rows, together },
            collected_to: at("2027-01-04T08:00:00+07:00"),
            page: "https://diembao.example/?year=2026".to_owned(),
        }
    }

    #[test]
    fn a_quarter_is_a_table_its_totals_and_what_is_not_known() {
        let message = quarter().text();
        hold_to_the_rules(&message);
        assert_eq!(message.subject, "[Điểm Báo] Quý IV/2026: kết quả theo tháng của các cơ quan báo chí");
        assert_eq!(message.text, GOLDEN);
        for cell in
            ["<th scope=\"col\">Tháng 11/2026</th>", "<th scope=\"row\">Báo Bến Đò</th><td>✓ Đạt (1.034)</td><td>✗ Chưa ghi nhận</td>"]
        {
            assert!(message.html.contains(cell), "{}", message.html);
        }
    }

    const GOLDEN: &str = "\
Kính gửi: Lãnh đạo Sở Văn hóa tỉnh Sông Xanh

Quý IV/2026: kết quả theo dõi tin, bài về phòng, chống mua bán người của
các cơ quan báo chí (theo dữ liệu thu thập đến 04/01/2027 08:00).

- Báo Bến Đò
  Tháng 10/2026: ✓ Đạt (1.034)
  Tháng 11/2026: ✗ Chưa ghi nhận
  Tháng 12/2026: ✓ Đạt (1)
- Báo và Phát thanh, Truyền hình Sông Xanh
  Tháng 10/2026: ✓ Đạt (12)
  Tháng 11/2026: ? Chưa đủ căn cứ
  Tháng 12/2026: … Đang theo dõi
- Tạp chí Ghềnh Đá
  Tháng 10/2026: chưa xét
  Tháng 11/2026: – Không áp dụng
  Tháng 12/2026: – Không áp dụng
- Báo chí của tỉnh, tính chung
  Tháng 10/2026: ✓ Đạt (1.046)
  Tháng 11/2026: ? Chưa đủ căn cứ
  Tháng 12/2026: ✓ Đạt (1)

Số trong ngoặc là số tin, bài được tính.

Tổng hợp:
- 3 cơ quan báo chí; mỗi cơ quan trong một tháng là một lượt
- Đạt (✓): 3 lượt
- Chưa ghi nhận (✗): 1 lượt
- Chưa đủ căn cứ (?): 1 lượt
- Đang theo dõi (…): 1 lượt
- Không áp dụng (–): 2 lượt
- 1.047 tin, bài được tính

Chưa đủ căn cứ, vì sao:
Những trường hợp dưới đây không được coi là thiếu tin, bài; cần làm rõ
trước khi kết luận.

- Báo và Phát thanh, Truyền hình Sông Xanh, tháng 11/2026: còn khoảng
  hở, chưa chắc đã thấy hết tin, bài
  từ 03/11/2026 10:00 đến 05/11/2026 22:00: bản tin không còn chạm lượt
  đọc trước

Bảng theo dõi:
https://diembao.example/?year=2026

Trân trọng.

Sở Văn hóa tỉnh Sông Xanh
Số 1, đường Bến Đò
Điện thoại: 0200 000 000
";

    #[test]
    fn months_that_are_no_quarter_and_boards_without_outlets_are_said_as_they_are() {
        let time = |months: &[&str]| {
            let months = months.iter().map(|it| it.parse().unwrap()).collect();
            Quarter { board: Board { months, rows: vec![], together: vec![] }, page: String::new(), ..quarter() }.text()
        };
        for (months, said) in [
            (&["2026-01", "2026-02", "2026-03"][..], "Quý I/2026: kết quả"),
            (&["2026-04", "2026-05", "2026-06"], "Quý II/2026: kết quả"),
            (&["2026-07", "2026-08", "2026-09"], "Quý III/2026: kết quả"),
            (&["2026-02", "2026-03", "2026-04"], "Từ tháng 02/2026 đến tháng 04/2026: kết quả"),
            (&["2026-01", "2026-03", "2026-04"], "Từ tháng 01/2026 đến tháng 04/2026: kết quả"),
            (&[], "Không có tháng nào: kết quả"),
        ] {
            let message = time(months);
            hold_to_the_rules(&message);
            let text = unwrapped(&message.text);
            assert!(
                text.contains(said) && text.contains("Không có cơ quan báo chí nào") && text.contains("0 tin, bài được tính"),
                "{text}"
            );
            assert!(text.contains("vì sao: Không có trường hợp nào."), "{text}");
        }
    }
}
