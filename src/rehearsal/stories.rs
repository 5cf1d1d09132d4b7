//! Articles about preventing human trafficking, written in full. All names, places and cases are invented.

use crate::rehearsal::stories_more as more;

/// An article written in full; its slots are filled as those of ordinary news.
pub struct Story {
    pub title: &'static str,
    pub lead: &'static str,
    pub paragraphs: &'static [&'static str],
}

/// The stories by the place that the script names them with.
pub const STORIES: [&Story; 16] = [
    &MEETING,
    &TRIAL,
    &CAMPAIGN,
    &RETURN,
    &BORDER,
    &LAW,
    &CONTEST,
    &LURE,
    &more::BOATS,
    &more::CLUB,
    &more::RAID,
    &more::HOTLINE,
    &more::NEIGHBOURS,
    &more::REPORTAGE,
    &more::TRADE,
    &more::PROGRAMME,
];

const MEETING: Story = Story {
    title: "{noi}: Truyền thông phòng, chống mua bán người đến từng tổ dân phố",
    lead: "Ngày {ngay}, {noi} tổ chức buổi truyền thông phòng, chống mua bán người cho hơn {so} hội viên, đoàn viên và người lao động đi làm ăn xa.",
    paragraphs: &[
        "Tại nhà văn hóa, Đại úy {ten} phân tích những thủ đoạn mà các đối tượng mua bán người thường dùng: kết bạn qua mạng, hứa tìm việc lương cao, ứng trước tiền rồi giữ giấy tờ để khống chế.",
        "Thay vì nghe thuyết trình, bà con được chia nhóm, đóng vai người bị rủ rê, người thân và cán bộ tiếp nhận tin báo. Cách làm này khiến không khí sôi nổi, ai cũng muốn thử một lần.",
        "Chị {ten2}, công nhân may, nói trước đây chị nghĩ chuyện đó chỉ xảy ra ở biên giới. Nay chị biết rằng một tin nhắn tuyển người làm quán ăn cũng có thể là khởi đầu của một vụ mua bán người.",
        "Báo cáo viên dành nhiều thời gian hướng dẫn cách gọi tổng đài 111, cách ghi lại số điện thoại, biển số xe và báo Công an nơi gần nhất khi nghi ngờ có người gặp nạn.",
        "Kết thúc buổi gặp, {noi} phát {so} tờ rơi, dán mã quét dẫn đến bộ câu hỏi nhận biết tội phạm mua bán người tại các nhà trọ và bến xe.",
        "Lãnh đạo phường cho biết từ nay mỗi quý sẽ có một buổi như vậy, luân phiên tại các tổ dân phố và ở {noi2}.",
    ],
};

const TRIAL: Story = Story {
    title: "Tòa án tỉnh Bình Hương xét xử vụ mua bán người sang nước ngoài",
    lead: "Ngày {ngay}, tòa án tuyên phạt bị cáo {ten} 12 năm tù về tội mua bán người, bị cáo đồng phạm {ten2} nhận mức án 9 năm tù.",
    paragraphs: &[
        "Theo cáo trạng, từ đầu năm trước, hai bị cáo lập nhiều tài khoản mạng xã hội để tìm những cô gái trẻ cần việc làm, hứa đưa ra nước ngoài phục vụ nhà hàng với thu nhập cao.",
        "Khi nạn nhân qua đến bên kia biên giới, các bị cáo giao họ cho một người phụ nữ chưa rõ lai lịch để lấy tiền. Nạn nhân bị thu giấy tờ, bị buộc làm việc để trừ các khoản nợ do chúng đặt ra.",
        "Chị L.T.M, một trong các bị hại, trốn thoát sau bốn tháng và trình báo tại đồn biên phòng. Lời khai của chị giúp cơ quan điều tra làm rõ toàn bộ đường dây mua bán người.",
        "Hội đồng xét xử nhận định hành vi của các bị cáo xâm phạm danh dự, nhân phẩm và tự do của con người, gây lo lắng trong dư luận, cần xử lý nghiêm để răn đe.",
        "Ngoài hình phạt tù, các bị cáo phải liên đới bồi thường cho mỗi bị hại {so} triệu đồng. Tòa kiến nghị các địa phương tăng cường truyền thông ở những vùng có nhiều người đi làm ăn xa.",
        "Phiên tòa được truyền trực tuyến đến ba điểm cầu, có đông người dân {noi} theo dõi.",
    ],
};

const CAMPAIGN: Story = Story {
    title: "Bình Hương hưởng ứng Ngày toàn dân phòng, chống mua bán người 30/7",
    lead: "Sáng {ngay}, tại quảng trường {noi}, tỉnh Bình Hương mít tinh hưởng ứng Ngày thế giới và Ngày toàn dân phòng, chống mua bán người.",
    paragraphs: &[
        "Hơn {so} cán bộ, chiến sĩ, đoàn viên và học sinh dự lễ phát động, sau đó diễu hành bằng xe đạp qua các tuyến phố chính, mang theo khẩu hiệu chung tay phòng, chống mua bán người.",
        "Phát biểu tại buổi lễ, ông {ten}, phó chủ tịch tỉnh, nhấn mạnh mỗi gia đình phải là một lá chắn, mỗi người dân là một tuyên truyền viên để loại bỏ nguyên nhân và điều kiện phát sinh tội phạm.",
        "Ban tổ chức dựng {so2} gian trưng bày: tranh của học sinh, tờ gấp bằng tiếng dân tộc thiểu số, góc tư vấn pháp luật và nơi gọi thử tổng đài 111.",
        "Trong tháng cao điểm, các địa phương chiếu video lưu động, phát thanh mỗi ngày hai lượt và tổ chức hội thi tìm hiểu pháp luật cho thanh niên.",
        "Em {ten2}, học sinh lớp 11, cho biết em và các bạn sẽ quay video ngắn về một cô bé suýt bị lừa bán qua biên giới, để đăng lên trang của đoàn trường.",
        "Lực lượng chức năng cũng công bố đường dây nóng phòng, chống mua bán người, hoạt động suốt ngày đêm.",
    ],
};

const RETURN: Story = Story {
    title: "Chỗ dựa cho nạn nhân bị mua bán trở về ở {noi}",
    lead: "Những phụ nữ từng là nạn nhân bị mua bán trở về {noi} đang có công việc ổn định nhờ sự chung tay của chính quyền, hội đoàn thể và hàng xóm.",
    paragraphs: &[
        "Ba năm trước, chị H. xuống xe khách ở ngã ba chợ với một túi vải nhỏ. Chị sợ tiếng xì xào hơn sợ cái nghèo. Người đầu tiên đến gõ cửa là chi hội trưởng phụ nữ, mang theo rổ khoai còn nóng.",
        "Theo quy định mới, người đang trong quá trình xác định là nạn nhân cũng được hỗ trợ chỗ ở, ăn mặc, y tế và tâm lý. Cán bộ xã nhờ vậy không phải chờ đủ giấy tờ mới giúp được chị.",
        "Chị được học nghề may, vay vốn ưu đãi và nhận đơn hàng tại nhà. Đến nay, thu nhập mỗi tháng hơn bảy triệu đồng, đủ nuôi con gái đang học lớp 6.",
        "Bà {ten}, cán bộ công tác xã hội, cho biết điều quan trọng nhất là giữ kín danh tính. Mọi cuộc gặp đều do chị em chọn nơi, chọn giờ; hồ sơ chỉ hai người được mở.",
        "Toàn địa bàn hiện có {so2} trường hợp được theo dõi, hỗ trợ; không ai phải bỏ xứ lần nữa. Các hội đoàn thể gây quỹ, mỗi năm tặng bảo hiểm y tế cho từng gia đình.",
        "Nhìn những đường kim đều tăm tắp, chị H. nói nhỏ rằng điều chị muốn là không còn cô gái nào ở {noi2} phải đi con đường chị đã đi.",
    ],
};

const BORDER: Story = Story {
    title: "Biên phòng Bình Hương tuần tra, ngăn chặn tội phạm mua bán người",
    lead: "Trên tuyến biên giới dài {so2} cây số, các đồn biên phòng tỉnh Bình Hương vừa tuần tra vừa vận động bà con tố giác tội phạm mua bán người.",
    paragraphs: &[
        "Từ bốn giờ sáng, tổ công tác do Thiếu tá {ten} dẫn đầu đã men theo đường mòn kiểm tra các lối mở. Mỗi chuyến đi kéo dài hai ngày, mang theo gạo, muối và cuốn sổ ghi những người lạ vào bản.",
        "Tại thôn vùng cao, bộ đội cùng già làng kể chuyện bằng tiếng địa phương: kẻ xấu thường đi xe đẹp, nói lời ngọt, hứa cho tiền cha mẹ rồi đưa con gái trong bản đi làm thuê.",
        "Năm nay, lực lượng đã xác minh {so2} nguồn tin, phối hợp ngăn kịp thời ba thiếu nữ bị rủ rê vượt biên trái phép, bàn giao về gia đình an toàn.",
        "Bà {ten2}, trưởng thôn, cho biết sau các buổi chiếu bóng của bộ đội, dân bản hễ thấy người lạ hỏi chuyện cưới gả là báo ngay.",
        "Hai bên biên giới duy trì trao đổi thông tin mỗi tuần, chủ động nắm các đường dây mua bán người có dấu hiệu chuyển địa bàn.",
        "Cùng với tuần tra, đồn nhận đỡ đầu {so2} học sinh nghèo, bởi theo chỉ huy đồn, giữ được các em ở lớp là cách phòng ngừa mua bán người bền vững nhất.",
    ],
};

const LAW: Story = Story {
    title: "Những điểm mới của Luật Phòng, chống mua bán người cần biết",
    lead: "Luật Phòng, chống mua bán người (53/2024/QH15) có hiệu lực từ ngày 1/7/2025, mở rộng đối tượng được bảo vệ và chế độ hỗ trợ.",
    paragraphs: &[
        "Theo luật sư {ten}, điểm đáng chú ý đầu tiên là luật nghiêm cấm việc thỏa thuận mua bán người từ khi còn đang là bào thai, bịt lại khoảng trống mà nhiều đối tượng đã lợi dụng.",
        "Với người dưới 18 tuổi, chỉ cần có hành vi và mục đích bóc lột là đủ căn cứ, không cần chứng minh thủ đoạn đe dọa hay lừa gạt.",
        "Luật cũng quy định chế độ cho người đang trong quá trình xác định là nạn nhân, gồm nhu cầu thiết yếu, y tế, phiên dịch, trợ giúp pháp lý và chi phí đi lại.",
        "Thông tin về nạn nhân phải được giữ bí mật. Người làm lộ thông tin khi chưa được đồng ý có thể bị xử lý theo quy định.",
        "Bà {ten2}, cán bộ tư pháp {noi}, cho biết địa phương đã in {so} cuốn hỏi đáp khổ nhỏ, phát tại các khu nhà trọ và chợ.",
        "Người dân cần tư vấn có thể gọi tổng đài 111 miễn phí, hoạt động 24 giờ mỗi ngày.",
    ],
};

const CONTEST: Story = Story {
    title: "Học sinh {noi} thi tìm hiểu về phòng, chống mua bán người",
    lead: "Ngày {ngay}, hội thi rung chuông vàng với chủ đề phòng, chống mua bán người thu hút {so} học sinh {noi} tham gia.",
    paragraphs: &[
        "Sân trường rợp bóng phượng chật kín cổ động viên. Câu hỏi đi từ dễ đến khó: số tổng đài 111, dấu hiệu nhận biết tội phạm mua bán người, cách từ chối một lời rủ đi chơi xa.",
        "Đến câu thứ 15, chỉ còn lại hai bạn trên sàn. Em {ten} trả lời đúng câu hỏi về quyền được giữ kín danh tính của nạn nhân và rung được chuông.",
        "Xen giữa các vòng thi là tiểu phẩm do học sinh tự viết, kể về một cô bé suýt rời nhà theo người bạn quen trên mạng.",
        "Thầy {ten2}, tổng phụ trách, nói kiến thức khô khan mà đặt vào tình huống thì các em nhớ rất lâu. Nhiều em về nhà hỏi lại cha mẹ, thành ra cả nhà cùng học.",
        "Ban tổ chức trao {so2} suất học bổng cho học sinh có hoàn cảnh khó khăn, những em dễ bị lợi dụng nhất nếu phải nghỉ học sớm.",
        "Sau hội thi, câu lạc bộ phòng ngừa mua bán người của trường sẽ sinh hoạt mỗi tháng một lần.",
    ],
};

const LURE: Story = Story {
    title: "Cảnh giác bẫy mua bán người núp bóng \"việc nhẹ, lương cao\"",
    lead: "Công an tỉnh Bình Hương cảnh báo các đường dây mua bán người đang nhắm vào thanh niên tìm việc qua mạng bằng lời mời \"việc nhẹ, lương cao\".",
    paragraphs: &[
        "Các bài đăng thường không ghi tên công ty, chỉ hứa bao ăn ở, vé xe và lương mỗi tháng hai mươi triệu đồng. Người muốn đi được đón ngay trong đêm, dặn không báo gia đình.",
        "Anh T.V.K ở {noi} kể anh bị đưa qua đường mòn, nhốt trong tòa nhà có người canh gác, mỗi ngày ngồi trước máy tính 14 giờ để đi lừa người khác. Không đủ chỉ tiêu thì bị đánh và bán lại cho công ty khác.",
        "Gia đình anh phải vay mượn để nộp tiền chuộc. Khi trở về, anh sút mười hai ký và mất ngủ nhiều tháng.",
        "Thượng tá {ten} khẳng định bản chất của những vụ này là mua bán người nhằm cưỡng bức lao động, dù nạn nhân ban đầu tự nguyện lên đường.",
        "Cơ quan công an khuyên người dân kiểm tra giấy phép của doanh nghiệp, không giao giấy tờ cho người lạ, không đi theo lối mở và luôn để lại địa chỉ cho người thân.",
        "Từ đầu năm, tỉnh đã tiếp nhận {so2} đơn trình báo liên quan, phối hợp đưa về nước an toàn {so2} người.",
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_story_says_in_its_title_or_lead_what_it_is_about() {
        for story in STORIES {
            let head = format!("{} {}", story.title, story.lead).to_lowercase();
            let strong = ["mua bán người", "buôn người", "nạn nhân bị mua bán"];
            assert!(strong.iter().any(|it| head.contains(it)), "{}", story.title);
            assert!((5..=8).contains(&story.paragraphs.len()), "{}", story.title);
        }
    }
}
