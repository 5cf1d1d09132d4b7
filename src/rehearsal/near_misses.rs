//! Articles that must wait for an officer: passing mentions, candidates, and one whose page is never served.

use crate::rehearsal::stories::Story;

/// Passing mentions: one strong hit in the body, no contextual term beside it.
pub const MENTIONS: [&Story; 2] = [&MEMO, &GARDEN];

/// Candidates: contextual-high terms with an anchor, or a strong hit under a fake-news marker.
pub const CANDIDATES: [&Story; 2] = [&CAGE, &RUMOUR];

const MEMO: Story = Story {
    title: "Hội phụ nữ hai tỉnh ký kết chương trình phối hợp",
    lead: "Ngày {ngay}, tại {noi}, hội phụ nữ tỉnh Bình Hương và hội phụ nữ tỉnh bạn ký chương trình phối hợp công tác ba năm tới.",
    paragraphs: &[
        "Theo văn bản đã ký, hai bên trao đổi kinh nghiệm phát triển kinh tế gia đình, giới thiệu sản phẩm làng nghề và luân phiên mở hội chợ vào dịp đầu xuân.",
        "Bà {ten}, chủ tịch hội, cho biết năm đầu tiên sẽ ưu tiên kết nối các tổ hợp tác trồng rau, dệt thổ cẩm và làm bánh.",
        "Chương trình cũng nêu các việc chung như giữ gìn văn hóa, chăm sóc người cao tuổi, phòng, chống mua bán người, bảo vệ rừng và nguồn nước ở vùng giáp ranh.",
        "Sau lễ ký, đại biểu thăm xưởng dệt của chị {ten2} ở {noi2}, nơi {so2} phụ nữ có việc làm quanh năm.",
        "Hai bên thống nhất mỗi năm gặp nhau một lần để nhìn lại việc đã làm được và chọn việc cho năm sau.",
    ],
};

const GARDEN: Story = Story {
    title: "Vườn rau của bộ đội trên đỉnh {noi}",
    lead: "Giữa vùng đất cằn, vườn rau của đơn vị vẫn xanh tốt quanh năm, vừa cải thiện bữa ăn vừa làm mẫu cho dân bản.",
    paragraphs: &[
        "Đất được gùi từ thung lũng lên, mỗi chiến sĩ một sọt. Nước lấy từ khe đá, chảy qua ba lớp lọc bằng cát và than.",
        "Thiếu tá {ten} cho biết vườn có {so2} loại rau, mùa nào thức ấy, mỗi tháng thu gần {so} ký.",
        "Bộ đội tặng giống, chỉ cách làm luống cho bà con. Nhà chị {ten2} nay đã có rau bán ở chợ phiên.",
        "Ngoài giờ làm vườn, cán bộ đơn vị xuống bản dạy chữ, cắt tóc cho trẻ nhỏ, nói chuyện về mua bán người và giúp dân dựng lại mái nhà tốc gió.",
        "Chiều xuống, khói bếp bay lên từ những nếp nhà sàn, mùi canh rau cải lan cả sườn đồi.",
    ],
};

const CAGE: Story = Story {
    title: "Trở về từ khu nhà kín cổng ở nước ngoài",
    lead: "Tin lời mời làm việc qua mạng, hai thanh niên {noi} bị lừa sang Campuchia làm việc, chỉ được về sau khi gia đình nộp tiền chuộc.",
    paragraphs: &[
        "Anh V. kể người tuyển chỉ nhắn tin, không gặp mặt. Xe đón lúc nửa đêm, đi vòng vèo rồi dừng trước một tòa nhà nhiều tầng có hàng rào thép.",
        "Ở đó, các anh bị giam giữ, đánh đập khi không đủ chỉ tiêu, bị ép lừa đảo qua mạng mỗi ngày hơn mười hai giờ.",
        "Giấy tờ bị thu hết. Muốn về phải nộp tiền chuộc hơn {so} triệu đồng, nếu không sẽ bị chuyển sang công ty khác để trừ nợ.",
        "Ông {ten}, cha của anh V., bán đàn bò và vay thêm họ hàng. Ngày con về, ông không nhận ra vì con quá gầy.",
        "Công an {noi} đã tiếp nhận đơn, đang xác minh những người đứng sau các tài khoản tuyển dụng.",
        "Bà con trong xóm gom tiền giúp hai gia đình qua lúc khó khăn, và dặn nhau hỏi kỹ trước khi để con em đi xa.",
    ],
};

const RUMOUR: Story = Story {
    title: "Bác bỏ tin giả về bắt cóc, buôn người tại chợ {noi}",
    lead: "Công an khẳng định thông tin lan truyền trên mạng về nhóm bắt cóc, buôn người ở {noi} là tin giả, sai sự thật.",
    paragraphs: &[
        "Đoạn phim dài 20 giây cho thấy một người phụ nữ dắt tay đứa trẻ, kèm lời kêu gọi chia sẻ gấp. Thực tế đó là hai bà cháu đi chợ.",
        "Người đăng tải, bà {ten}, thừa nhận chép lại từ nhóm trò chuyện, không kiểm chứng. Bà đã gỡ bài và viết cam kết.",
        "Theo quy định, hành vi đưa thông tin sai sự thật gây hoang mang có thể bị xử phạt nhiều triệu đồng.",
        "Ban quản lý chợ cho biết hai ngày qua khách giảm hẳn vì tin đồn, tiểu thương thiệt hại không nhỏ.",
        "Công an đề nghị người dân không chia sẻ tin chưa rõ nguồn, khi cần hãy gọi trực ban phường để hỏi.",
    ],
};

/// Listed by a feed, but its page answers 500 whenever it is asked for. Only weak terms stand in title and lead.
pub const UNREAD: Story = Story {
    title: "Nâng cao cảnh giác với chiêu trò tuyển lao động thời vụ qua mạng",
    lead: "Nhiều người ở {noi} nhận được tin nhắn mời làm việc thời vụ; cơ quan chức năng khuyên kiểm tra kỹ trước khi nhận lời.",
    paragraphs: &["Trang này chưa từng hiện ra với người đọc."],
};

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(text: &str) -> usize {
        ["mua bán người", "buôn người", "lừa bán"].iter().map(|it| text.to_lowercase().matches(it).count()).sum()
    }

    #[test]
    fn a_mention_names_the_subject_once_in_its_body_and_a_cage_never() {
        for story in MENTIONS {
            assert_eq!((hits(story.title), hits(story.lead), hits(&story.paragraphs.join("\n"))), (0, 0, 1), "{}", story.title);
        }
        for story in [&CAGE, &UNREAD] {
            assert_eq!(hits(&format!("{}\n{}\n{}", story.title, story.lead, story.paragraphs.join("\n"))), 0);
        }
        assert!(RUMOUR.title.contains("tin giả") && hits(RUMOUR.title) == 1);
    }
}
