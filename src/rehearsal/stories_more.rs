//! The second half of the articles about preventing human trafficking. All names, places and cases are invented.

use crate::rehearsal::stories::Story;

/// Forced work at sea.
pub const BOATS: Story = Story {
    title: "Ngăn nạn mua bán người, ép lao động trên tàu cá",
    lead: "Qua đấu tranh với một nhóm môi giới lao động biển, công an xác định có dấu hiệu tội mua bán người, khởi tố ba bị can.",
    paragraphs: &[
        "Nhóm này lân la bến xe, quán cơm, tìm những thanh niên xa nhà, không tiền, rủ uống cà phê rồi đưa thẳng xuống cảng ngay trong đêm.",
        "Mỗi người bị giao cho chủ tàu với giá hai chục triệu đồng, gọi là tiền ứng trước. Họ phải làm nhiều tháng không lương để trả khoản nợ mà mình chưa từng cầm.",
        "Vụ việc bị phát hiện khi hai lao động nhảy xuống biển, được tàu bạn vớt lên và báo đồn biên phòng cửa lạch.",
        "Trung tá {ten} cho biết cơ quan điều tra làm rõ hành vi chuyển giao người để cưỡng bức lao động, yếu tố cấu thành của tội mua bán người.",
        "Hiệp hội nghề cá ở {noi} đã họp các chủ tàu, yêu cầu ký hợp đồng lao động, chụp ảnh giấy tờ và đăng ký thuyền viên trước mỗi chuyến biển.",
        "Anh {ten2}, một chủ tàu, nói thiếu bạn chài thì thiếu thật, nhưng không ai được đối xử với con người như món hàng.",
    ],
};

/// A women's club in the hills.
pub const CLUB: Story = Story {
    title: "Câu lạc bộ phụ nữ {noi} nói không với mua bán người",
    lead: "Mỗi tối thứ sáu, {so2} thành viên câu lạc bộ phụ nữ phòng, chống mua bán người ở {noi} lại gặp nhau bên bếp lửa nhà rông.",
    paragraphs: &[
        "Không bục giảng, không loa máy, các chị vừa dệt vải vừa kể cho nhau những lời rủ rê mà con cháu mình nhận được qua điện thoại.",
        "Chủ nhiệm {ten} ghi lại từng câu chuyện, cuối tháng mang lên xã để công an nắm tình hình. Có lần nhờ vậy mà giữ được hai cô gái đã sắp sẵn quần áo theo người lạ đi lấy chồng xa.",
        "Câu lạc bộ đặt quy ước: nhà nào có con đi làm xa phải để lại tên công ty, địa chỉ, số điện thoại chủ; mỗi tuần gọi về một lần.",
        "Bà {ten2}, người cao tuổi nhất, hát những câu lý do bà tự đặt về kẻ buôn người với cái miệng ngọt như mật ong rừng.",
        "Hội phụ nữ tỉnh hỗ trợ {so} triệu đồng làm vốn quay vòng, giúp hội viên nuôi heo, trồng chuối, bớt phải rời bản tìm việc.",
        "Từ một nhóm nhỏ, mô hình đã có mặt ở {noi2} và ba xã khác dọc biên giới.",
    ],
};

/// The yearly drive of the police.
pub const RAID: Story = Story {
    title: "Mở cao điểm tấn công, trấn áp tội phạm mua bán người",
    lead: "Từ ngày 1/7 đến ngày 30/9, tỉnh Bình Hương mở đợt cao điểm tấn công, trấn áp tội phạm mua bán người trên các tuyến, địa bàn trọng điểm.",
    paragraphs: &[
        "Kế hoạch giao lực lượng công an làm nòng cốt, phối hợp với biên phòng, tư pháp và các hội đoàn thể. Mỗi xã lập danh sách người vắng mặt lâu ngày không rõ lý do để xác minh.",
        "Các quán karaoke, cơ sở xoa bóp và nhà trọ ven quốc lộ được kiểm tra theo chuyên đề, tập trung phát hiện dấu hiệu giữ giấy tờ, ép làm việc.",
        "Đại tá {ten} nhấn mạnh yêu cầu lấy nạn nhân làm trung tâm: người được giải cứu phải được đưa đến nơi an toàn trước, lấy lời khai sau.",
        "Song song với trấn áp là truyền thông. Loa phường, trang mạng và xe lưu động cùng phát một bộ thông điệp ngắn về thủ đoạn của tội phạm mua bán người.",
        "Qua hai tuần đầu, lực lượng đã rà soát {so} cơ sở, xử phạt {so2} trường hợp sử dụng lao động chưa đủ tuổi tại {noi}.",
        "Người cung cấp tin có giá trị được giữ bí mật và khen thưởng theo quy định.",
    ],
};

/// The telephone line.
pub const HOTLINE: Story = Story {
    title: "Tổng đài 111: một cuộc gọi, một cơ hội thoát khỏi nạn mua bán người",
    lead: "Từ khi tổng đài 111 tiếp nhận cả tin báo về mua bán người, số cuộc gọi từ tỉnh Bình Hương tăng hơn {pt}.",
    paragraphs: &[
        "Ca trực đêm có ba nhân viên. Chị {ten} kể có cuộc gọi chỉ vỏn vẹn một câu thì thầm tên khách sạn rồi tắt máy. Hai giờ sau, công an đã có mặt.",
        "Nhân viên được huấn luyện để hỏi ngắn, không hỏi dồn, không phán xét. Mỗi thông tin được mã hóa trước khi chuyển cho cơ quan chức năng.",
        "Không phải cuộc gọi nào cũng là mua bán người; nhiều người chỉ cần được tư vấn hợp đồng lao động, hoặc hỏi cách tìm con bỏ nhà đi.",
        "Tại {noi}, số 111 được sơn trên tường các nhà trọ, in sau vé xe và dán ở cửa phòng vệ sinh bến xe, nơi người bị canh giữ vẫn có thể nhìn thấy.",
        "Ông {ten2}, phụ trách tổng đài khu vực, mong các gia đình dạy con thuộc con số này như thuộc tên cha mẹ.",
        "Cuộc gọi hoàn toàn miễn phí, kể cả khi điện thoại hết tiền.",
    ],
};

/// Talks with the province across the border.
pub const NEIGHBOURS: Story = Story {
    title: "Hợp tác phòng, chống mua bán người trên tuyến biên giới",
    lead: "Ngày {ngay}, đoàn đại biểu Bình Hương và tỉnh bạn hội đàm, ký biên bản hợp tác phòng, chống mua bán người giai đoạn mới.",
    paragraphs: &[
        "Hai bên thống nhất lập đầu mối liên lạc suốt ngày đêm, rút thời gian xác minh nhân thân nạn nhân từ mười ngày xuống ba ngày.",
        "Đại diện tỉnh bạn, ông {ten}, đánh giá cao việc Bình Hương cử phiên dịch giúp làm việc với các nạn nhân là người dân tộc thiểu số.",
        "Trong năm qua, hai tỉnh tuần tra chung {so2} lượt, trao trả {so2} công dân, cùng triệt phá hai đường dây mua bán người.",
        "Nội dung hợp tác mới gồm dạy tiếng cho cán bộ đồn, phát tờ rơi hai thứ tiếng tại chợ biên giới và tổ chức ngày hội kết nghĩa bản với bản.",
        "Bà {ten2}, trưởng đoàn phụ nữ, đề nghị mỗi bên dành một ngôi nhà tạm lánh cho chị em trong lúc chờ thủ tục hồi hương.",
        "Hội nghị kế tiếp sẽ diễn ra tại {noi} vào năm sau.",
    ],
};

/// A film team's diary.
pub const REPORTAGE: Story = Story {
    title: "Phóng sự: Phía sau những chuyến xe đêm của bọn buôn người",
    lead: "Ba tháng theo chân lực lượng công an, nhóm phóng viên ghi lại hành trình giải cứu những cô gái bị bọn buôn người đưa khỏi quê.",
    paragraphs: &[
        "Chuyến xe lăn bánh lúc 23 giờ từ một cây xăng ở {noi}. Trên xe có bốn cô gái, một người đàn ông lái và một phụ nữ luôn miệng gọi họ là em gái.",
        "Trinh sát {ten} bám theo suốt quãng đường, giữ khoảng cách vừa đủ để không bị lộ. Anh nói sợ nhất là mất dấu ở ngã ba cuối cùng.",
        "Cửa xe bật mở trong ánh đèn pin. Cô gái nhỏ tuổi nhất òa khóc khi nghe ai đó nói rằng các em được về nhà rồi.",
        "Qua đấu tranh, hai đối tượng khai nhận đã nhiều lần mua bán người theo cách tương tự, mỗi chuyến nhận vài chục triệu đồng.",
        "Khuôn mặt và giọng nói của các em được thay đổi trong phóng sự. Tên nhân vật trong bài cũng đã được thay đổi.",
        "Phóng sự gồm hai tập, phát vào tối thứ bảy và phát lại trên nền tảng số, kèm phần trao đổi với luật sư {ten2} về tội mua bán người dưới 16 tuổi.",
    ],
};

/// Learning a trade after coming home.
pub const TRADE: Story = Story {
    title: "Dạy nghề, cho vay vốn giúp nạn nhân mua bán người làm lại cuộc đời",
    lead: "Lớp làm bánh ở {noi} vừa bế giảng, {so2} học viên từng là nạn nhân của tội phạm mua bán người nhận chứng chỉ nghề.",
    paragraphs: &[
        "Mùi bơ thơm lan khắp dãy nhà cấp bốn. Học viên mặc tạp dề trắng, tự tay bày những mẻ bánh đầu tiên mời người thân.",
        "Giáo viên {ten} không hỏi quá khứ của ai. Bà chỉ chấm điểm chiếc bánh: nở đều chưa, vỏ có giòn không, giá bán đã tính đủ tiền điện chưa.",
        "Ngân hàng chính sách cho mỗi người vay {so} triệu đồng không cần thế chấp, thời hạn ba năm, có cán bộ đến tận nơi hướng dẫn ghi sổ.",
        "Chị N. thuê chung một quầy ở chợ với bạn cùng lớp. Ngày mở hàng, chị bán được sáu mươi chiếc bánh và dành chiếc cuối cùng cho mình.",
        "Theo ông {ten2}, cán bộ xã hội, hỗ trợ nạn nhân mua bán người không dừng ở một suất quà; phải đi cùng họ đến khi tự đứng được.",
        "Khóa học tiếp theo mở ở {noi2}, dạy thêm nghề làm tóc và sửa điện thoại.",
    ],
};

/// The five-year programme.
pub const PROGRAMME: Story = Story {
    title: "Bình Hương triển khai chương trình phòng, chống mua bán người giai đoạn 2026 - 2030",
    lead: "Ủy ban nhân dân tỉnh Bình Hương vừa ban hành kế hoạch thực hiện chương trình phòng, chống mua bán người giai đoạn 2026 - 2030, định hướng đến năm 2035.",
    paragraphs: &[
        "Kế hoạch đặt mục tiêu mọi xã, phường có tài liệu truyền thông bằng ngôn ngữ phù hợp; mỗi cơ quan báo chí trong tỉnh có ít nhất một tin, bài mỗi tháng về phòng, chống mua bán người.",
        "Ông {ten}, lãnh đạo sở chuyên ngành, cho biết điểm mới là đo kết quả bằng thay đổi hiểu biết của người dân chứ không chỉ bằng số cuộc họp.",
        "Ngân sách dành hơn {so} tỷ đồng cho năm năm, ưu tiên vùng biên giới, vùng biển và khu công nghiệp.",
        "Các trường học đưa kỹ năng phòng, tránh bị mua bán vào hoạt động ngoại khóa từ lớp 6; trung tâm việc làm kiểm tra từng doanh nghiệp tuyển người đi xa.",
        "Tỉnh giao công an chủ trì xây dựng cơ sở dữ liệu về nạn nhân với quy định bảo mật chặt chẽ.",
        "Kết quả được báo cáo hằng năm, công khai số liệu tổng hợp, tuyệt đối không nêu danh tính.",
    ],
};
