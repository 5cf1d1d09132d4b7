//! The control outlet: every day one article that qualifies and one that only looks like it, each day in other words and
//! under other addresses. It stands beside the real outlets while the program crawls them, on a socket of its own.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use axum::{
    Router,
    extract::{Request, State},
    http::header,
    response::IntoResponse,
};
use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use tokio::{net::TcpListener, task::JoinHandle};
use url::Url;

use crate::{
    domain::{
        control::{CONTROL_HOST, ControlDay},
        month::{MonthRange, midnight},
        outlet::{Covers, Duty, ListingRules, Outlet, OutletId, OutletKind, PageSelectors, Source, SourceKind},
    },
    rehearsal::markup::escape,
};

/// Gives the time: that of the program beside which the outlet stands.
pub type Now = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// The outlet while it is being served. It stops when it is dropped.
pub struct ControlPress {
    /// Its entry, which stands in no register.
    pub outlet: Outlet,
    /// Where it listens: a free port of loopback.
    pub address: SocketAddr,
    serving: JoinHandle<()>,
}

/// The list holds so many days: a program that was down for longer has lost the thread here as with any other outlet.
const DAYS_LISTED: u64 = 10;
/// Local times at which a day's two articles come out.
const ABOUT_OUT: TimeDelta = TimeDelta::minutes(5 * 60 + 10);
const UNRELATED_OUT: TimeDelta = TimeDelta::minutes(5 * 60 + 40);
const FEED_PATH: &str = "/rss";
const NAME: &str = "Tờ tin đối chứng";

#[derive(Clone)]
struct Site {
    now: Now,
    zone: Tz,
}

/// The two articles of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    About,
    Unrelated,
}

/// An article as it is listed and served.
struct Item {
    path: String,
    title: String,
    lead: String,
    paragraphs: Vec<String>,
    at: DateTime<Utc>,
}

impl ControlPress {
    /// Opens a free port of loopback and serves the outlet there, as it stands at the time that `now` gives.
    ///
    /// # Errors
    /// Where no port can be opened.
    pub async fn start(now: Now, zone: Tz) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let outlet = entry().map_err(io::Error::other)?;
        let router = Router::new().fallback(respond).with_state(Site { now, zone });
        let serving = tokio::spawn(async move {
            // A listener that breaks shows as a control that fails, which is what it is there for.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { outlet, address, serving })
    }
}

impl Drop for ControlPress {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// The items that a reader must know at `now`: those of that day, once both are out, and those of the day before.
pub fn due(now: DateTime<Utc>, zone: Tz) -> Vec<ControlDay> {
    let today = now.with_timezone(&zone).date_naive();
    let days = [today - Days::new(1), today].into_iter().filter(|day| out_at(*day, Kind::Unrelated, zone) <= now);
    // An address that cannot be made would leave its day out, which the tests of this file exclude.
    days.filter_map(|day| Some(ControlDay { day, about: address(day, Kind::About)?, unrelated: address(day, Kind::Unrelated)? })).collect()
}

fn entry() -> Result<Outlet, Box<dyn std::error::Error + Send + Sync>> {
    let source = Source {
        kind: SourceKind::Feed,
        url: Url::parse(&format!("http://{CONTROL_HOST}{FEED_PATH}"))?,
        covers: Covers::Outlet,
        accept: Vec::new(),
        formerly: Vec::new(),
        listing: ListingRules::default(),
    };
    Ok(Outlet {
        id: OutletId::control(),
        name: NAME.to_owned(),
        kind: OutletKind::Newspaper,
        duty: Duty::Reference,
        exempt: Vec::new(),
        blind: Vec::new(),
        sections_complete: false,
        active: MonthRange::default(),
        successor: None,
        hosts: vec![CONTROL_HOST.parse()?],
        article_id: None,
        sources: vec![source],
        page: PageSelectors::default(),
        contacts: Vec::new(),
    })
}

async fn respond(State(site): State<Site>, request: Request) -> impl IntoResponse {
    let now = (site.now)();
    let found = match request.uri().path() {
        "/robots.txt" => Some(("text/plain; charset=utf-8", "User-agent: *\nAllow: /\n".to_owned())),
        FEED_PATH => Some(("application/rss+xml; charset=utf-8", feed(now, site.zone))),
        path => listed(now, site.zone).find(|it| it.path == path).map(|it| ("text/html; charset=utf-8", page(&it, site.zone))),
    };
    match found {
        Some((content_type, body)) => (axum::http::StatusCode::OK, [(header::CONTENT_TYPE, content_type)], body),
        None => (axum::http::StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], "404".to_owned()),
    }
}

/// What is out and still listed, newest first.
fn listed(now: DateTime<Utc>, zone: Tz) -> impl Iterator<Item = Item> {
    let today = now.with_timezone(&zone).date_naive();
    let days = (0..DAYS_LISTED).map(move |back| today - Days::new(back));
    let items = days.flat_map(|day| [(day, Kind::Unrelated), (day, Kind::About)]);
    items.filter(move |(day, kind)| out_at(*day, *kind, zone) <= now).map(move |(day, kind)| item(day, kind, zone))
}

fn out_at(day: NaiveDate, kind: Kind, zone: Tz) -> DateTime<Utc> {
    midnight(day, zone) + if kind == Kind::About { ABOUT_OUT } else { UNRELATED_OUT }
}

fn address(day: NaiveDate, kind: Kind) -> Option<Url> {
    Url::parse(&format!("http://{CONTROL_HOST}{}", path(day, kind))).ok()
}

fn path(day: NaiveDate, kind: Kind) -> String {
    let section = if kind == Kind::About { "an-ninh" } else { "doi-song" };
    format!("/{section}/{}.html", day.format("%Y-%m-%d"))
}

fn feed(now: DateTime<Utc>, zone: Tz) -> String {
    let items: String = listed(now, zone)
        .map(|it| {
            format!(
                "<item><title>{}</title><link>http://{CONTROL_HOST}{}</link><pubDate>{}</pubDate><description>{}</description></item>\n",
                escape(&it.title),
                it.path,
                it.at.with_timezone(&zone).to_rfc2822(),
                escape(&it.lead)
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\"><channel>\n<title>{NAME}</title>\n<link>http://{CONTROL_HOST}/</link>\n\
         <description>Tin dựng để kiểm tra máy đọc</description>\n<language>vi</language>\n{items}</channel></rss>\n"
    )
}

fn page(item: &Item, zone: Tz) -> String {
    let (title, at) = (escape(&item.title), item.at.with_timezone(&zone));
    let paragraphs: String = item.paragraphs.iter().map(|it| format!("<p>{}</p>\n", escape(it))).collect();
    format!(
        "<!doctype html>\n<html lang=\"vi\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
         <meta property=\"article:published_time\" content=\"{iso}\">\n</head>\n<body>\n<article>\n<h1>{title}</h1>\n\
         <p class=\"date\">{printed}</p>\n<p class=\"sapo\"><strong>{lead}</strong></p>\n{paragraphs}</article>\n</body>\n</html>\n",
        iso = at.to_rfc3339(),
        printed = at.format("%d/%m/%Y %H:%M"),
        lead = escape(&item.lead),
    )
}

/// A day's article. The day's number turns through templates, places, people and figures of coprime lengths, so that the
/// wording comes back only after years, and the addresses never do.
fn item(day: NaiveDate, kind: Kind, zone: Tz) -> Item {
    let turn = usize::try_from(day.num_days_from_ce()).unwrap_or(0);
    let texts: &[Text] = if kind == Kind::About { &ABOUT } else { &UNRELATED };
    let pick = |from: &[&'static str]| from[turn % from.len()];
    let text = &texts[turn % texts.len()];
    let fill = |template: &str| {
        template
            .replace("{noi}", pick(&PLACES))
            .replace("{ten}", pick(&PEOPLE))
            .replace("{viec}", pick(&DETAILS))
            .replace("{so}", &(40 + turn % 97).to_string())
            .replace("{ngay}", &format!("{}/{}/{}", day.day(), day.month(), day.year()))
    };
    Item {
        path: path(day, kind),
        title: fill(text.title),
        lead: fill(text.lead),
        paragraphs: text.paragraphs.iter().map(|it| fill(it)).collect(),
        at: out_at(day, kind, zone),
    }
}

/// An article with slots: `{noi}` a place, `{ten}` a person, `{viec}` a detail, `{so}` a figure, `{ngay}` the day.
struct Text {
    title: &'static str,
    lead: &'static str,
    paragraphs: [&'static str; 4],
}

const PLACES: [&str; 13] = [
    "xã Rừng Thông",
    "phường Cầu Gỗ",
    "xã Bãi Bồi",
    "xã Đồi Sim",
    "phường Bến Đá",
    "xã Khe Cạn",
    "phường Ngõ Dài",
    "xã Ruộng Bậc",
    "xã Hồ Sen Trắng",
    "phường Chợ Phiên",
    "xã Cồn Dừa",
    "xã Vực Tròn",
    "phường Giếng Cổ",
];

const PEOPLE: [&str; 11] = [
    "bà Lý Thị Mận",
    "ông Trịnh Văn Tre",
    "chị Vương Thị Lụa",
    "anh Tạ Văn Đồng",
    "bà Khúc Thị Na",
    "ông Phùng Văn Thóc",
    "chị Lã Thị Sim",
    "anh Giáp Văn Bách",
    "bà Quách Thị Nhài",
    "ông Mạc Văn Sông",
    "chị Tống Thị Ngần",
];

const DETAILS: [&str; 7] = [
    "Buổi gặp diễn ra ở nhà văn hóa thôn, ai đến muộn thì ngồi ra tận hiên.",
    "Trời mưa nhẹ nhưng sân đình vẫn kín chỗ từ sớm.",
    "Bà con mang theo sổ tay để ghi lại số điện thoại cần nhớ.",
    "Đội văn nghệ thôn mở đầu bằng hai tiết mục tự biên.",
    "Học sinh trường bên cạnh cũng được nghỉ tiết cuối để đến nghe.",
    "Cán bộ thôn phát cho mỗi nhà một tờ giấy gấp đôi.",
    "Loa truyền thanh nhắc lịch từ chiều hôm trước.",
];

const ABOUT: [Text; 5] = [
    Text {
        title: "Người dân {noi} học cách phòng, chống mua bán người, ngày {ngay}",
        lead: "Ngày {ngay}, hơn {so} người dân {noi} dự buổi truyền thông về phòng, chống mua bán người do hội phụ nữ tổ chức.",
        paragraphs: [
            "Tại buổi truyền thông, {ten} kể lại những lời mời việc nhẹ lương cao mà các đối tượng mua bán người hay gửi qua mạng.",
            "{viec}",
            "Cán bộ biên phòng hướng dẫn cách nhận biết thủ đoạn của tội phạm mua bán người và cách báo tin đến tổng đài 111.",
            "Cuối buổi, {so} người ký cam kết không nghe theo người lạ rủ đi làm xa khi chưa rõ nơi đến, nơi ở và người đón.",
        ],
    },
    Text {
        title: "Xét xử hai bị cáo về tội mua bán người tại {noi}, ngày {ngay}",
        lead: "Ngày {ngay}, phiên tòa lưu động tại {noi} tuyên phạt hai bị cáo tổng cộng {so} năm tù về tội mua bán người.",
        paragraphs: [
            "Theo cáo trạng, hai bị cáo làm quen với nạn nhân qua mạng xã hội, hứa tìm việc làm rồi bán sang bên kia biên giới.",
            "Nạn nhân bị giữ giấy tờ, bị ép làm việc để trả các khoản nợ do nhóm mua bán người đặt ra, rồi trốn về được và trình báo.",
            "{viec}",
            "Dự phiên tòa, {ten} nói rằng bài học lớn nhất là phải hỏi kỹ trước khi đưa giấy tờ cho bất kỳ ai.",
        ],
    },
    Text {
        title: "{noi} phát động cao điểm phòng, chống tội phạm mua bán người, ngày {ngay}",
        lead: "Đợt cao điểm phòng, chống tội phạm mua bán người tại {noi} bắt đầu từ ngày {ngay}, kéo dài {so} ngày.",
        paragraphs: [
            "Trong đợt này, công an và hội đoàn thể đến từng nhà trọ, bến xe để nhắc chủ cơ sở báo tin khi thấy dấu hiệu mua bán người.",
            "{viec}",
            "Theo {ten}, mỗi tổ tự quản có một người được tập huấn để tiếp nhận tin báo và giữ kín danh tính của nạn nhân.",
            "Kết quả đợt cao điểm sẽ được công khai tại trụ sở và trên loa truyền thanh.",
        ],
    },
    Text {
        title: "Giúp nạn nhân bị mua bán trở về {noi} ổn định cuộc sống, ngày {ngay}",
        lead: "Đến ngày {ngay}, các nạn nhân bị mua bán trở về {noi} đều được học nghề và vay vốn từ quỹ hỗ trợ nạn nhân mua bán người.",
        paragraphs: [
            "Quỹ do hội phụ nữ quản lý, mỗi suất vay {so} triệu đồng, không lấy lãi trong hai năm đầu.",
            "Cán bộ xã được dặn không hỏi lại chuyện cũ, không chụp ảnh, không nêu tên những người từng là nạn nhân của bọn mua bán người.",
            "{viec}",
            "Người phụ trách quỹ, {ten}, nói rằng điều quan trọng nhất là hàng xóm coi như chưa có gì xảy ra.",
        ],
    },
    Text {
        title: "Học sinh {noi} thi tìm hiểu Luật Phòng, chống mua bán người, ngày {ngay}",
        lead: "Cuộc thi tìm hiểu Luật Phòng, chống mua bán người ngày {ngay} tại {noi} có {so} học sinh tham gia.",
        paragraphs: [
            "Mỗi đội trả lời năm câu hỏi về hành vi bị nghiêm cấm, quyền của nạn nhân và nơi tiếp nhận tin báo về mua bán người.",
            "{viec}",
            "Phần thi kịch ngắn kể chuyện một bạn gái suýt theo người quen trên mạng đi làm xa, may có thầy giáo nhận ra.",
            "Trưởng ban giám khảo, {ten}, mong các em kể lại cho cha mẹ điều đã học được.",
        ],
    },
];

/// Near misses: the words stand in them, the subject does not.
const UNRELATED: [Text; 4] = [
    Text {
        title: "{noi} tập huấn phòng, chống cháy rừng mùa khô, ngày {ngay}",
        lead: "Ngày {ngay}, {so} hộ dân sống gần rừng ở {noi} được tập huấn cách phòng, chống cháy rừng.",
        paragraphs: [
            "Kiểm lâm chỉ cho bà con cách làm đường băng cản lửa, cách báo tin khi thấy khói và cách dập lửa bằng cành tươi.",
            "{viec}",
            "Nhà gần rừng nhất, {ten}, cho biết năm ngoái lửa dừng lại ngay sau vườn nhờ đường băng vừa phát.",
            "Xã giao mỗi thôn một tổ trực ban ngày, thay phiên nhau cho đến khi có mưa.",
        ],
    },
    Text {
        title: "Chợ phiên {noi} đông người mua bán nông sản, ngày {ngay}",
        lead: "Phiên chợ ngày {ngay} ở {noi} có hơn {so} gian hàng, kẻ mua người bán tấp nập từ sáng sớm.",
        paragraphs: [
            "Măng, mật ong và gạo nương bán chạy nhất; nhiều nhà hết hàng trước khi mặt trời đứng bóng.",
            "Gian của {ten} năm nay có thêm giỏ tre đan tay, khách đặt trước cả tháng.",
            "{viec}",
            "Ban quản lý chợ nhắc các hộ ghi giá rõ ràng và giữ lối đi thông thoáng.",
        ],
    },
    Text {
        title: "Quản lý thị trường kiểm tra việc mua bán hàng giả ở {noi}, ngày {ngay}",
        lead: "Trong ngày {ngay}, đoàn kiểm tra đã đến {so} cửa hàng ở {noi} để ngăn việc mua bán hàng giả dịp cuối vụ.",
        paragraphs: [
            "Đoàn lấy mẫu phân bón, bột giặt và mỹ phẩm, niêm phong hai lô hàng chưa rõ nguồn gốc.",
            "{viec}",
            "Chủ một cửa hàng, {ten}, đề nghị nhà sản xuất dán tem dễ nhận biết hơn.",
            "Kết quả kiểm nghiệm sẽ được niêm yết tại trụ sở trong tuần tới.",
        ],
    },
    Text {
        title: "{noi} sửa xong cầu dân sinh trước mùa lũ, ngày {ngay}",
        lead: "Cây cầu dài {so} mét nối hai bờ suối ở {noi} thông xe ngày {ngay}, sớm hơn kế hoạch nửa tháng.",
        paragraphs: [
            "Cầu cũ chỉ đi được xe máy, mùa lũ phải vòng thêm gần mười cây số.",
            "Người góp nhiều ngày công nhất là {ten}, hôm nào cũng có mặt từ lúc tan sương.",
            "{viec}",
            "Từ nay xe chở nông sản vào được tận thôn trong cùng.",
        ],
    },
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    const ZONE: Tz = chrono_tz::Asia::Ho_Chi_Minh;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn each_day_has_addresses_and_words_of_its_own() {
        let first = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
        let (mut titles, mut paths, mut bodies) = (HashSet::new(), HashSet::new(), HashSet::new());
        for day in first.iter_days().take(800) {
            for kind in [Kind::About, Kind::Unrelated] {
                let it = item(day, kind, ZONE);
                let text = [it.title.as_str(), &it.lead, &it.paragraphs.join(" ")].join(" ");
                assert!(!text.contains(['{', '}']) && it.paragraphs.iter().all(|it| !it.is_empty()), "{text}");
                assert_eq!(it.at.with_timezone(&ZONE).date_naive(), day);
                let words: String = text.chars().filter(|it| !it.is_ascii_digit()).collect();
                assert!(titles.insert(it.title) && paths.insert(it.path) && bodies.insert(words), "{day}");
            }
        }
    }

    #[test]
    fn a_day_is_due_once_both_its_articles_are_out_and_until_the_next_day_ends() {
        for (now, days) in [
            ("2026-03-04T00:07:00+07:00", vec!["2026-03-03"]),
            ("2026-03-04T05:39:59+07:00", vec!["2026-03-03"]),
            ("2026-03-04T05:40:00+07:00", vec!["2026-03-03", "2026-03-04"]),
            ("2026-03-04T23:59:59+07:00", vec!["2026-03-03", "2026-03-04"]),
        ] {
            let found: Vec<_> = due(at(now), ZONE).iter().map(|it| it.day.to_string()).collect();
            assert_eq!(found, days, "{now}");
            let paths: HashSet<_> = listed(at(now), ZONE).map(|it| it.path).collect();
            for it in due(at(now), ZONE) {
                assert!(paths.contains(it.about.path()) && paths.contains(it.unrelated.path()), "{now}");
            }
        }
    }

    #[test]
    fn nothing_is_listed_before_it_is_out_and_the_newest_stands_first() {
        let now = at("2026-03-04T05:15:00+07:00");
        let items: Vec<_> = listed(now, ZONE).collect();
        assert_eq!(items.len(), 19, "of ten days, the last one's second article is not out");
        assert!(items.iter().all(|it| it.at <= now) && items.is_sorted_by(|a, b| a.at > b.at));
        assert!(items[0].path.starts_with("/an-ninh/2026-03-04"));
    }
}
