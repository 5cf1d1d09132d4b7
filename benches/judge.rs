//! What judging costs: generated articles of usual length, judged on one thread. `cargo bench --bench judge` prints megabytes of text
//! a second and seconds for 1,000 articles.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement stops at what it did not expect, and prints")]

use std::{hint::black_box, time::Instant};

use diembao::{
    config::terms::parse,
    domain::relevance::{JudgementKind, Reading, judge},
    rehearsal::prose::draw,
};

const TERMS: &str = include_str!("../config/terms.toml");
const ARTICLES: u64 = 1_000;
const ROUNDS: u32 = 5;
/// Sentences of an article: some 3,500 bytes, as news is.
const SENTENCES: u64 = 26;
/// One article in so many holds terms of the dictionary.
const RELATED_EVERY: u64 = 10;

/// Sentences of ordinary news, full of syllables that the dictionary also uses.
const ORDINARY: [&str; 16] = [
    "Sáng nay, Ủy ban nhân dân tỉnh tổ chức hội nghị đánh giá tình hình kinh tế xã hội sáu tháng đầu năm.",
    "Theo báo cáo, sản lượng lúa của các hợp tác xã tăng hơn 5 phần trăm so với cùng kỳ năm trước.",
    "Công an huyện đang điều tra vụ trộm cắp xe máy xảy ra trên địa bàn vào đêm qua.",
    "Nhiều người dân cho biết con đường đã xuống cấp từ lâu, mỗi khi mưa xuống lại ngập sâu.",
    "Các em học sinh được tham quan bảo tàng và nghe kể chuyện về lịch sử của địa phương.",
    "Đội bóng của tỉnh giành chiến thắng trên sân nhà trước sự cổ vũ của hàng nghìn khán giả.",
    "Giá vàng trong nước chiều nay tăng thêm một triệu đồng mỗi lượng ở cả hai chiều mua bán.",
    "Bệnh viện vừa thực hiện thành công ca phẫu thuật cho một bệnh nhân nữ bị tai nạn giao thông.",
    "Hội Liên hiệp Phụ nữ xã trao quà cho các hộ nghèo, động viên chị em vươn lên trong cuộc sống.",
    "Ông cho rằng doanh nghiệp cần được hỗ trợ về vốn, về thuế và về thủ tục hành chính.",
    "Tiểu thương ở chợ lo lắng vì sức mua giảm, hàng hóa bán ra chậm hơn mọi năm.",
    "Lực lượng biên phòng tuần tra ban đêm, bảo vệ vững chắc chủ quyền và an ninh biên giới.",
    "Người phụ nữ ấy đã bán hàng ở góc phố này gần ba mươi năm, nuôi hai con ăn học nên người.",
    "Dự án được khởi công từ đầu năm, dự kiến đưa vào sử dụng trong quý bốn năm sau.",
    "Trước đó, anh đưa vợ con sang nước bạn làm ăn rồi trở về quê mở xưởng mộc.",
    "Trung Quốc và Thái Lan là hai thị trường lớn của nông sản trong vùng.",
];

const RELATED: [&str; 6] = [
    "Lực lượng chức năng triệt phá đường dây mua bán người sang Campuchia, giải cứu năm nạn nhân.",
    "Hai cô gái bị lừa bán sang Trung Quốc làm vợ đã được đưa về với gia đình.",
    "Hội nghị bàn về công tác phòng, chống mua bán người trong tình hình mới.",
    "Các đối tượng thu giữ giấy tờ, giam giữ, đánh đập và bắt nạn nhân tiếp khách để trừ nợ.",
    "Hai bên hợp tác chống ma túy, buôn lậu, rửa tiền và mua bán người.",
    "Ông từng công tác ở Cục Cảnh sát phòng, chống tội phạm mua bán người.",
];

struct Article {
    title: String,
    lead: String,
    body: String,
}

fn article(number: u64) -> Article {
    let pick = |list: &[&'static str], turn: u64| {
        let at = usize::try_from(draw(number, turn)).unwrap_or(usize::MAX) % list.len();
        list[at]
    };
    let related = number.is_multiple_of(RELATED_EVERY);
    let sentence = |turn: u64| if related && turn.is_multiple_of(5) { pick(&RELATED, turn) } else { pick(&ORDINARY, turn) };
    let body: Vec<String> = (2..SENTENCES).step_by(2).map(|turn| format!("{} {}", sentence(turn), sentence(turn + 1))).collect();
    Article { title: sentence(0).trim_end_matches('.').to_owned(), lead: sentence(1).to_owned(), body: body.join("\n") }
}

fn main() {
    let started = Instant::now();
    let terms = parse(TERMS).unwrap();
    let compiled = started.elapsed();
    let articles: Vec<Article> = (0..ARTICLES).map(article).collect();
    let bytes: usize = articles.iter().map(|it| it.title.len() + it.lead.len() + it.body.len()).sum();
    let mut best = f64::INFINITY;
    let mut about = 0;
    for _ in 0..ROUNDS {
        let started = Instant::now();
        about = 0;
        for it in &articles {
            let judged = black_box(judge(&terms, &Reading { title: &it.title, lead: &it.lead, body: &it.body, captions: "" }));
            about += usize::from(judged.kind == JudgementKind::About);
        }
        best = best.min(started.elapsed().as_secs_f64());
    }
    println!("dictionary    compiled in {:.0} ms", compiled.as_secs_f64() * 1e3);
    println!("articles      {ARTICLES} of {} bytes on average, {about} about the subject", bytes / articles.len());
    println!("judging       {:.1} MB a second on one core", bytes as f64 / 1e6 / best);
    println!("              {:.3} s for 1,000 articles", best * 1e3 / ARTICLES as f64);
}
