//! Invented reports, each surely about the subject, surely not, or for an officer to judge.

use crate::simulation::world::Text;

const PLACES: [&str; 12] = [
    "xã Sơn Hòa",
    "phường Cầu Vồng",
    "xã Suối Mây",
    "xã Đầm Sen",
    "phường Bến Ván",
    "xã Khe Tre Hạ",
    "xã Bãi Dâu",
    "phường Gia Lạc",
    "xã Hồng Trà",
    "xã Lộc Tiên",
    "phường Chợ Mai",
    "xã Núi Mây",
];
const PLAIN: [&str; 10] = [
    "Chợ phiên {noi} nhộn nhịp ngày cuối tuần",
    "Nông dân {noi} xuống giống vụ mới đúng lịch",
    "Khánh thành cây cầu dân sinh tại {noi}",
    "Đội bóng {noi} giành vé vào vòng chung kết",
    "Học sinh {noi} trồng hàng cây trước cổng trường",
    "Lễ hội đua ghe ở {noi} thu hút đông du khách",
    "{noi} nâng cấp trạm bơm trước mùa mưa bão",
    "Thư viện lưu động về với trẻ nhỏ {noi}",
    "Giá măng khô ở {noi} nhích lên so với tháng trước",
    "Tuyến đường liên thôn {noi} được rải nhựa xong",
];
const NAMED: [&str; 4] = [
    "{noi} tập huấn phòng, chống mua bán người cho trưởng thôn",
    "Phiên tòa giả định về phòng, chống mua bán người ở {noi}",
    "Tuổi trẻ {noi} diễn kịch tuyên truyền phòng, chống mua bán người",
    "Ra mắt mô hình phòng, chống mua bán người tại {noi}",
];

/// What one version of an item says.
pub struct Report {
    pub title: String,
    pub lead: String,
    pub paragraphs: Vec<String>,
}

/// The report of item `n`; its second version has another title.
pub fn report(n: u32, text: Text, version: usize) -> Report {
    let turn = n as usize + version * 5;
    let place = PLACES[turn * 7 % PLACES.len()];
    let fill = |it: &str| {
        let text = it.replace("{noi}", place);
        let mut letters = text.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap()
    };
    let plain = |it: usize| fill(PLAIN[it % PLAIN.len()]);
    let (title, lead, own): (String, &str, Vec<&str>) = match text {
        Text::Title => (
            fill(NAMED[turn % NAMED.len()]),
            "Sáng nay, buổi sinh hoạt về phòng, chống mua bán người được mở tại nhà văn hóa {noi}, có đông đảo bà con tham dự.",
            vec!["Cán bộ công an nêu những cách kẻ xấu hay dùng để dụ dỗ, và số điện thoại để người dân báo tin khi cần giúp đỡ."],
        ),
        Text::Lead => (
            plain(turn + 3),
            "Cùng dịp này, bà con {noi} được nghe về phòng, chống mua bán người và số điện thoại của đường dây nóng.",
            vec!["Buổi sinh hoạt kéo dài hai giờ tại hội trường, nhiều câu hỏi được nêu ra và được giải đáp ngay tại chỗ."],
        ),
        Text::Body => (
            plain(turn + 6),
            "Tối qua, hơn sáu mươi người dân {noi} đến hội trường dự buổi sinh hoạt thường kỳ của khu dân cư.",
            vec![
                "Buổi sinh hoạt dành phần lớn thời gian cho việc phòng, chống mua bán người. Cán bộ {noi} kể lại vụ mua bán người xảy ra năm ngoái.",
                "Theo công an địa phương, tội phạm mua bán người thường bắt đầu bằng lời hứa việc làm. Tờ rơi về phòng, chống mua bán người được phát đến từng nhà.",
            ],
        ),
        Text::Mention => (
            fill("Hội nghị sơ kết công tác an ninh ở {noi}"),
            "Hội nghị đánh giá tình hình trật tự trên địa bàn {noi} ba tháng qua, với nhiều con số đáng mừng.",
            vec![
                "Số vụ trộm cắp giảm so với cùng kỳ. Giao thông đường bộ có chuyển biến, tuần tra đêm được duy trì đều ở các thôn.",
                "Kết thúc hội nghị, các đại biểu bàn kế hoạch quý tới, trong đó có tuyên truyền phòng, chống mua bán người.",
            ],
        ),
        Text::Candidate => (
            fill("Cảnh giác lời mời việc nhẹ lương cao ở {noi}"),
            "Nhiều thanh niên bị lừa sang Campuchia, bị giam giữ, đánh đập, ép làm việc trong các công ty lừa đảo.",
            vec![
                "Gia đình phải gom tiền chuộc người về. Nạn nhân bị khống chế, thu giữ giấy tờ, cưỡng bức lao động và bán sang công ty khác.",
            ],
        ),
        Text::Other => (
            plain(turn),
            "Từ sáng sớm, bà con các thôn của {noi} đã có mặt rất đông, không khí vui tươi và phấn khởi hơn mọi năm.",
            vec!["Ban tổ chức cho biết công việc được chuẩn bị từ nhiều tuần trước, các nhóm chia nhau mỗi nhóm một phần việc."],
        ),
    };
    let close = "Theo kế hoạch, kết quả sẽ được đánh giá lại vào cuối quý. Những cách làm hay sẽ được giới thiệu cho các địa phương khác trong tỉnh.";
    Report { title, lead: fill(lead), paragraphs: own.into_iter().chain([close]).map(fill).collect() }
}

/// What a page says that has lost its article.
pub const REDESIGNED: &str = "<html><head><title>Giao diện mới</title></head><body><h1>Chào mừng quý vị đến với giao diện mới</h1>\
    <p>Tòa soạn vừa thay đổi cách trình bày để việc đọc trên điện thoại được dễ dàng hơn, hình ảnh rõ hơn, chữ to hơn và ít quảng cáo hơn.</p>\
    <p>Trong những ngày đầu, một số chuyên mục có thể chưa hiển thị đầy đủ. Rất mong quý vị thông cảm và gửi ý kiến góp ý về hộp thư bạn đọc.</p>\
    <p>Xin trân trọng cảm ơn quý vị đã luôn đồng hành cùng tòa soạn trong suốt thời gian qua và trong những chặng đường sắp tới.</p></body></html>";

pub const LOG_IN: &str = "<!doctype html><html><head><title>Đăng nhập</title></head><body><h1>Đăng nhập</h1>\
    <p>Vui lòng nhập tên và mật khẩu để đọc tiếp.</p></body></html>";

pub const CHALLENGE: &str =
    "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><script>window._cf_chl_opt={};</script></body></html>";
