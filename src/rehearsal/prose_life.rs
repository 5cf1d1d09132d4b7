//! Ordinary news of the invented province, second half: markets, police, festivals, football, fields, visitors, the river.

use crate::rehearsal::prose::Subject;

/// Markets and traders: "người buôn bán", "điểm mua bán. Người dân" are the look-alikes here.
pub const MARKETS: Subject = Subject {
    section: "Thị trường",
    path: "thi-truong",
    titles: &[
        "Chợ {noi} đông khách trở lại, người buôn bán phấn khởi",
        "{noi}: Sắp xếp {so2} điểm mua bán tự phát vào chợ",
        "Hộ buôn bán ở {noi} quen dần với hóa đơn điện tử",
        "Giá rau xanh tại {noi} tăng {pt} sau mưa",
        "Phiên chợ quê {noi} níu chân người bán, người mua",
    ],
    leads: &[
        "Từ sáng sớm, người buôn bán ở chợ {noi} đã tất bật bày hàng; sức mua khá hơn tháng trước khoảng {pt}.",
        "Ngày {ngay}, ban quản lý chợ {noi} vận động tiểu thương dời hàng hóa khỏi lòng đường.",
        "Chợ phiên {noi} chỉ họp vài giờ nhưng bán đủ thứ, từ mớ tôm đầm đến chiếc gùi đan tay.",
    ],
    paragraphs: &[
        "Bà {ten}, người buôn bán lâu năm ở chợ, cho biết hàng về đều nhưng khách chọn kỹ hơn, món nào tươi và rõ nguồn gốc mới bán nhanh.",
        "Phường đã kẻ vạch, bố trí lại từng điểm mua bán. Người dân ủng hộ vì lối đi thông thoáng, xe cứu hỏa vào được tận nơi.",
        "Theo thống kê, chợ có {so} hộ buôn bán cố định, phần lớn đã dùng máy tính tiền kết nối với cơ quan thuế.",
        "Anh {ten2} mua bán hàng khô đã hai mươi năm, nay nhận thêm đơn qua mạng; người mua ở xa chỉ việc chuyển khoản rồi chờ xe đò.",
        "Đội quản lý thị trường kiểm tra {so2} quầy, nhắc nhở ba trường hợp chưa niêm yết giá và tạm giữ một lô bánh kẹo không nhãn mác.",
        "Giá thịt heo ổn định, giá cá biển tăng nhẹ do tàu thuyền ít ra khơi. Các loại trái cây đầu mùa như thanh trà, quýt đang hút khách.",
        "Ban quản lý chợ mong tiểu thương giữ thói quen cân đủ, nói đúng, vì đó là cách bền nhất để kéo người mua từ siêu thị về lại {noi}.",
    ],
};

/// Police and courts on other matters: drugs, traffic, theft, smuggled goods.
pub const POLICE: Subject = Subject {
    section: "Pháp luật",
    path: "phap-luat",
    titles: &[
        "Bắt nhóm mua bán ma túy tại {noi}",
        "{noi}: Phạt nguội {so} trường hợp vi phạm giao thông",
        "Tuyên án vụ mua bán trái phép chất ma túy ở {noi}",
        "Thu giữ {so} bao thuốc lá nhập lậu tại {noi}",
        "Công an {noi} trao trả xe máy cho người bị mất",
    ],
    leads: &[
        "Công an tỉnh Bình Hương vừa bắt quả tang một nhóm mua bán ma túy tại {noi}, thu giữ nhiều tang vật.",
        "Ngày {ngay}, tòa án khu vực xét xử sơ thẩm các bị cáo về tội mua bán trái phép chất ma túy.",
        "Lực lượng chức năng {noi} tăng cường tuần tra ban đêm, giữ yên các khu dân cư trong mùa cao điểm.",
    ],
    paragraphs: &[
        "Theo cơ quan điều tra, các đối tượng dùng mạng xã hội để giao dịch, hẹn giao hàng ở những bãi đất vắng rồi di chuyển bằng xe máy thuê.",
        "Tại tòa, bị cáo {ten} thừa nhận mua ma túy về bán lại để kiếm lời. Hội đồng xét xử tuyên phạt {so2} tháng tù.",
        "Trung tá {ten2} cho biết camera giám sát đã giúp phát hiện nhiều lỗi vượt đèn đỏ, đi sai làn. Người vi phạm có thể nộp phạt trực tuyến.",
        "Số hàng lậu được chở trên xe khách, ngụy trang dưới các thùng trái cây. Tài xế khai nhận chở thuê, không biết chủ hàng.",
        "Chiếc xe bị lấy trộm khi chủ nhân đi chợ. Nhờ người dân báo tin kịp thời, tổ công tác tìm thấy xe sau hai ngày.",
        "Công an khuyến cáo không mua bán pháo nổ, hóa đơn, tài khoản ngân hàng; các hành vi này đều bị xử lý theo pháp luật.",
        "Vụ án đang được mở rộng, làm rõ vai trò của những người liên quan.",
    ],
};

/// Festivals, crafts and heritage.
pub const FESTIVALS: Subject = Subject {
    section: "Văn hóa",
    path: "van-hoa",
    titles: &[
        "Lễ hội đua ghe {noi} khuấy động bến sông",
        "Nghề làm nón ở {noi} có thêm người trẻ",
        "{noi}: Phục dựng điệu hò giã gạo",
        "Triển lãm {so2} bức ảnh cũ về {noi}",
        "Nghệ nhân {ten}: sáu mươi năm với tiếng trống chầu",
    ],
    leads: &[
        "Tiếng trống, tiếng hò vang khắp bến nước khi {so2} đội ghe của {noi} và các vùng lân cận bước vào vòng đua cuối.",
        "Giữa nhịp sống mới, một nhóm bạn trẻ ở {noi} chọn quay về với nghề cũ của ông bà.",
        "Ngày {ngay}, không gian triển lãm tại {noi} mở cửa miễn phí cho công chúng.",
    ],
    paragraphs: &[
        "Ông {ten}, người giữ đình, kể lễ hội có từ thời lập làng. Mỗi chiếc ghe là niềm tự hào của một xóm, phải tập bơi cả tháng mới dám ra sông.",
        "Ban tổ chức trao giải nhất cho đội {noi}, giải phong cách cho đội nữ {noi2}. Giá trị giải thưởng không lớn nhưng tiếng cười thì đầy ắp.",
        "Chị {ten2} học chằm nón được ba năm. Chị nói khó nhất là giữ cho từng mũi kim đều nhau khi mắt đã mỏi.",
        "Những bức ảnh ghi lại cảnh bến đò, chợ sớm, đám cưới quê, được sưu tầm từ {so} gia đình trong và ngoài tỉnh.",
        "Ngành văn hóa đang lập hồ sơ đề nghị đưa làn điệu này vào danh mục di sản, đồng thời mở lớp truyền dạy vào dịp hè.",
        "Đêm bế mạc có hát bội, thả hoa đăng và chương trình nghệ thuật do người dân tự biên, tự diễn.",
    ],
};

/// Football and village sports; buyers and sellers of players.
pub const FOOTBALL: Subject = Subject {
    section: "Thể thao",
    path: "the-thao",
    titles: &[
        "Bóng đá Bình Hương thắng đậm trên sân {noi}",
        "{noi} vô địch giải bóng đá thiếu niên",
        "Bình Hương không mua thêm cầu thủ giữa mùa",
        "Giải chạy {noi}: {so} vận động viên về đích",
        "Thủ môn {ten}: từ sân ruộng đến đội tuyển trẻ",
    ],
    leads: &[
        "Hai bàn thắng cuối trận giúp đội chủ nhà giành trọn ba điểm và tạm vươn lên thứ {so2} trên bảng xếp hạng.",
        "Ngày {ngay}, trận chung kết giải thiếu niên diễn ra trên sân {noi} trong tiếng reo hò của hơn {so} khán giả.",
        "Câu lạc bộ khẳng định đặt niềm tin vào lò đào tạo trẻ thay vì chạy đua chuyển nhượng.",
    ],
    paragraphs: &[
        "Huấn luyện viên {ten} nói sau trận rằng các học trò đã kiên nhẫn, biết chờ thời cơ và không nôn nóng khi bị dẫn trước.",
        "Phút 78, tiền vệ {ten2} thoát xuống bên cánh phải, căng ngang để đồng đội đệm bóng cận thành.",
        "Chủ tịch câu lạc bộ cho hay kỳ chuyển nhượng này không bán cầu thủ nào; đội chỉ ký thêm một hậu vệ theo dạng cho mượn.",
        "Ban tổ chức dành toàn bộ tiền vé để sửa mái khán đài và mua bóng cho các trường ở {noi2}.",
        "Đường chạy men theo bờ sông, qua ba cây cầu cũ. Nhiều gia đình đăng ký cả ông bà, cha mẹ và con cháu.",
        "Vòng đấu tới, đội sẽ làm khách trên sân {noi}, nơi chủ nhà đang có chuỗi {so2} trận bất bại.",
    ],
};

/// Fields, ponds and boats.
pub const FIELDS: Subject = Subject {
    section: "Nông nghiệp",
    path: "nong-nghiep",
    titles: &[
        "{noi} xuống giống {so} héc-ta lúa đông xuân",
        "Nuôi tôm hai giai đoạn ở {noi} cho lãi khá",
        "Ngư dân {noi} trúng mùa cá cơm",
        "{noi}: Cùng nhau tiêu thụ {so} tấn dưa hấu",
        "Lão nông {ten} đưa sen về ruộng trũng",
    ],
    leads: &[
        "Thời tiết thuận lợi, nông dân {noi} khẩn trương xuống đồng, phấn đấu gieo sạ xong trước ngày {ngay}.",
        "Mỗi vụ nuôi kéo dài bốn tháng, trừ chi phí, hộ nuôi tôm ở {noi} lãi vài trăm triệu đồng.",
        "Những chuyến biển ngắn ngày mang về đầy khoang cá, bến {noi} nhộn nhịp từ ba giờ sáng.",
    ],
    paragraphs: &[
        "Hợp tác xã khuyến khích dùng giống ngắn ngày, gieo thưa, bón phân cân đối để cây cứng và ít sâu bệnh.",
        "Anh {ten} cho biết ao lắng, ao xử lý chiếm một phần ba diện tích, tốn công lúc đầu nhưng giảm hẳn dịch bệnh.",
        "Thương lái mua tại bờ với giá cao hơn vụ trước {pt}. Cá được phân loại, ướp đá rồi chuyển thẳng vào nhà máy.",
        "Thanh niên và phụ nữ {noi} đứng ra gom đơn, mỗi chiều một chuyến xe, giúp bà con bớt lo cảnh được mùa mất giá.",
        "Cán bộ khuyến nông {ten2} lưu ý theo dõi rầy nâu, không phun thuốc tràn lan khi chưa đến ngưỡng.",
        "Toàn xã hiện có {so} héc-ta chuyển đổi cây trồng, nhiều diện tích trồng sen, rau màu cho thu nhập gấp đôi trồng lúa.",
        "Tỉnh hỗ trợ lắp {so2} thiết bị giám sát hành trình, giúp chủ tàu yên tâm và đáp ứng yêu cầu truy xuất nguồn gốc.",
    ],
};

/// Visitors, inns and food.
pub const VISITORS: Subject = Subject {
    section: "Du lịch",
    path: "du-lich",
    titles: &[
        "{noi} đón {so} lượt khách cuối tuần",
        "Du lịch vườn ở {noi} hút khách phương xa",
        "Mở tuyến thuyền ngắm hoàng hôn qua {noi}",
        "Quán bún của bà {ten} và những vị khách quen",
        "{noi}: Đường hoa mùa này có gì lạ?",
    ],
    leads: &[
        "Không ồn ào, du lịch vườn ở {noi} giữ chân khách bằng bữa cơm nhà, hàng chè tàu và câu chuyện xưa.",
        "Từ ngày {ngay}, mỗi chiều có {so2} chuyến thuyền đưa khách đi dọc bờ sông qua {noi}.",
        "Công suất phòng tại {noi} đạt {pt}, nhiều cơ sở lưu trú kín chỗ trước một tuần.",
    ],
    paragraphs: &[
        "Chủ vườn {ten} cho biết khách thích nhất là được tự tay hái trái, nấu ăn và đạp xe quanh làng.",
        "Giá vé 90.000 đồng mỗi người, trẻ em dưới một mét được miễn phí. Thuyền có áo phao và người thuyết minh.",
        "Hiệp hội du lịch cùng {so2} doanh nghiệp cam kết không tăng giá ngày lễ, niêm yết công khai và có số điện thoại tiếp nhận phản ánh.",
        "Bà {ten2} nhóm bếp từ hai giờ sáng. Nồi nước dùng ninh xương suốt đêm, ăn kèm rau thơm trồng ở {noi2}.",
        "Địa phương trồng thêm {so} gốc hoa ven đường, đặt ghế đá và thùng rác, nhờ các hộ hai bên cùng chăm sóc.",
        "Nhiều đoàn khách chọn ở lại hai đêm thay vì đi về trong ngày, mang đến nguồn thu cho cả làng nghề lân cận.",
    ],
};

/// River, forest and rubbish.
pub const RIVER: Subject = Subject {
    section: "Môi trường",
    path: "moi-truong",
    titles: &[
        "Ngày chủ nhật xanh: {so} người dọn rác ở {noi}",
        "Thả {so} con cá giống về đầm {noi}",
        "{noi}: Phân loại rác từ bếp",
        "Rừng ngập mặn {noi} thêm {so2} héc-ta",
        "Thả cá thể rùa quý về rừng {noi}",
    ],
    leads: &[
        "Từ sáu giờ sáng ngày {ngay}, người dân {noi} mang theo cuốc, chổi, bao tải cùng xuống bến sông nhặt rác.",
        "Rừng non ở {noi} đã khép tán, tôm cá về trú nhiều hơn, bà con có thêm sinh kế.",
        "Mỗi gia đình ở {noi} được phát ba thùng rác nhỏ và một tờ hướng dẫn in màu dễ hiểu.",
    ],
    paragraphs: &[
        "Bí thư đoàn {ten} nói mỗi buổi gom được gần {so} ký rác nhựa; phần tái chế được bán gây quỹ mua sách cho học sinh.",
        "Kiểm lâm tiếp nhận con vật từ một người dân tự nguyện giao nộp, chăm sóc {so2} ngày trước khi thả về tự nhiên.",
        "Các hộ cam kết không mua bán động vật hoang dã, không đặt bẫy và báo kiểm lâm khi phát hiện.",
        "Kỹ sư {ten2} giải thích rễ đước giữ bùn, chắn sóng; vài năm nữa bờ đê sẽ vững hơn mà không cần đổ bê tông.",
        "Rác hữu cơ được ủ thành phân, bón cho vườn rau của tổ phụ nữ. Mùi hôi giảm hẳn so với trước.",
        "Từ {noi}, mô hình lan sang {noi2}, mỗi tuần hai chuyến xe chuyên dùng đến gom rác đã phân loại.",
    ],
};
