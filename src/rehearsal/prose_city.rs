//! Ordinary news of the invented province, first half: streets, weather, schools, hospital, land, offices.

use crate::rehearsal::prose::Subject;

/// Roads, bridges and pavements.
pub const ROADS: Subject = Subject {
    section: "Đô thị",
    path: "do-thi",
    titles: &[
        "Thông xe kỹ thuật đoạn đường qua {noi}",
        "{noi} chỉnh trang {so2} tuyến hẻm trong quý này",
        "Cầu dân sinh ở {noi} sắp hoàn thành",
        "Nâng cấp thoát nước tại {noi}: thi công cuốn chiếu",
        "{noi}: Mở rộng vỉa hè, trồng thêm {so} cây xanh",
    ],
    leads: &[
        "Sau {so2} tháng thi công, đoạn tuyến đi qua {noi} đã thảm nhựa xong lớp cuối và dự kiến bàn giao đúng hẹn.",
        "Mưa nhiều khiến tiến độ chậm hơn dự tính, song nhà thầu cam kết hoàn trả mặt bằng cho người dân {noi} trước mùa lễ.",
        "Ngày {ngay}, đoàn kiểm tra của tỉnh Bình Hương đã đi thực tế các công trình giao thông tại {noi}.",
    ],
    paragraphs: &[
        "Ông {ten}, chỉ huy trưởng công trường, cho biết đơn vị bố trí ba ca thợ, mỗi ca {so2} người, ưu tiên các vị trí đấu nối với đường hiện hữu để xe cộ đi lại bớt khó khăn.",
        "Theo thiết kế, mặt đường rộng 12 mét, hai bên có rãnh thoát nước, hệ thống chiếu sáng dùng đèn tiết kiệm điện. Tổng mức đầu tư hơn {so} tỷ đồng từ ngân sách tỉnh và vốn đối ứng của địa phương.",
        "Bà {ten2}, nhà ở đầu hẻm, kể trước đây cứ mưa lớn là nước ngập đến bậc thềm. Từ ngày cống mới đưa vào dùng, con hẻm khô ráo, trẻ nhỏ đi học không còn phải xắn quần.",
        "Để có mặt bằng, {so2} hộ ở {noi} đã tự nguyện lùi tường rào, nhường lại gần {so} mét vuông đất. Phường hỗ trợ một phần vật liệu để bà con xây lại cổng ngõ.",
        "Cơ quan quản lý đường bộ khuyến cáo lái xe đi chậm qua đoạn còn ngổn ngang vật liệu, nhất là ban đêm. Biển báo và đèn nháy đã được gắn thêm ở hai đầu.",
        "Trong giai đoạn tiếp theo, tuyến đường sẽ nối với {noi2}, rút ngắn quãng đường vận chuyển nông sản ra cảng khoảng {so2} cây số.",
        "Một điểm nghẽn là đường dây 110 kV cắt ngang phạm vi thi công. Ngành điện đã đồng ý di dời hai vị trí cột trong tháng tới.",
    ],
};

/// Sun, rain, storms and the river.
pub const WEATHER: Subject = Subject {
    section: "Thời tiết",
    path: "thoi-tiet",
    titles: &[
        "Bình Hương: Trời chuyển lạnh, vùng núi có sương mù",
        "Mưa lớn cục bộ tại {noi}, đề phòng ngập úng",
        "Nắng ráo trở lại, nước sông ở {noi} xuống nhanh",
        "{noi} chủ động phương án ứng phó mưa bão",
        "Dự báo thời tiết ngày {ngay}: gió nhẹ, đêm có mưa rào",
    ],
    leads: &[
        "Đài khí tượng thủy văn tỉnh cho biết không khí lạnh tiếp tục tăng cường, nhiệt độ thấp nhất ở {noi} khoảng 16 đến 18 độ.",
        "Lượng mưa đo được tại {noi} trong 24 giờ qua là {so} milimét, cao nhất kể từ đầu tháng.",
        "Từ nay đến cuối tuần, khu vực đồng bằng phổ biến ít mây, ngày nắng, đêm và sáng sớm se lạnh.",
    ],
    paragraphs: &[
        "Dự báo viên {ten} lưu ý sương mù dày vào sáng sớm có thể làm giảm tầm nhìn trên các tuyến đèo. Người đi xe máy nên bật đèn, giữ khoảng cách và mặc đủ ấm.",
        "Trên biển, gió đông bắc cấp 5, có lúc cấp 6, sóng cao một đến hai mét. Tàu nhỏ nên hạn chế ra khơi xa và giữ liên lạc với trạm bờ.",
        "Chính quyền {noi} đã rà soát {so2} điểm có nguy cơ sạt lở, chuẩn bị thuyền, áo phao và lương thực cho các thôn thường bị chia cắt.",
        "Các hồ chứa đang vận hành theo quy trình liên hồ, mực nước hồ Đá Bạc sáng {ngay} đạt {pt} dung tích thiết kế.",
        "Bà con trồng rau ở {noi2} tranh thủ trời hửng nắng để lên luống, thu hoạch lứa cải và xà lách đã đến kỳ.",
        "Cơ quan khuyến nông khuyên che chắn chuồng trại, dự trữ rơm khô cho trâu bò, không chăn thả trên núi cao những ngày rét.",
    ],
};

/// Pupils, teachers, examinations.
pub const SCHOOLS: Subject = Subject {
    section: "Giáo dục",
    path: "giao-duc",
    titles: &[
        "Trường học ở {noi} đưa sách đến từng lớp",
        "{so} học sinh {noi} tranh tài khoa học kỹ thuật",
        "{noi}: Thư viện xanh mở cửa cả cuối tuần",
        "Thầy giáo {ten} và lớp học miễn phí bên sông",
        "Bữa ăn bán trú ở {noi}: rõ nguồn gốc, đủ dinh dưỡng",
    ],
    leads: &[
        "Không gian đọc mới được phụ huynh và nhà trường cùng góp công xây dựng, đón hơn {so} lượt học sinh mỗi tuần.",
        "Ngày {ngay}, cụm trường {noi} tổng kết cuộc thi sáng tạo dành cho học sinh trung học cơ sở.",
        "Từ những tiết học ngoài sân trường, học sinh {noi} được làm quen với vườn rau, thí nghiệm và nghề truyền thống.",
    ],
    paragraphs: &[
        "Cô {ten}, hiệu trưởng nhà trường, chia sẻ tiêu chí chọn sách là vừa sức, có tranh minh họa và phải được chính các em bỏ phiếu. Mỗi lớp tự cử hai bạn trực thư viện.",
        "Ban giám khảo chấm điểm dựa trên tính thực tiễn. Đề tài máy lọc nước mini từ vỏ trấu của nhóm học sinh lớp 9 được đánh giá cao nhất.",
        "Năm học này, ngành giáo dục địa phương đầu tư thêm {so2} phòng học kiên cố, thay toàn bộ bàn ghế cũ ở các điểm trường lẻ.",
        "Phụ huynh {ten2} cho rằng điều quý nhất là con mình bớt xem điện thoại, tối về kể lại câu chuyện vừa đọc cho cả nhà nghe.",
        "Các trường cũng lưu ý học sinh đội mũ bảo hiểm, không đi xe phân khối lớn, không đùa nghịch gần ao hồ trong những ngày nước lên.",
        "Kinh phí đến từ quỹ khuyến học của dòng họ và tiền bán phế liệu do học sinh gom góp; tổng cộng được gần {so} triệu đồng.",
        "Sắp tới, mô hình sẽ nhân rộng sang {noi2}, nơi có nhiều học sinh phải đi đò đến lớp.",
    ],
};

/// The hospital: transplants and organ donation are the look-alikes here.
pub const HOSPITAL: Subject = Subject {
    section: "Y tế",
    path: "y-te",
    titles: &[
        "Ghép tim xuyên đêm, một người cha được hồi sinh",
        "Bệnh viện tỉnh tiếp nhận tạng hiến từ {noi}",
        "Khám bệnh, phát thuốc cho {so} người cao tuổi ở {noi}",
        "{noi}: Tiêm chủng mở rộng đạt {pt}",
        "Thêm {so2} gia đình ở {noi} đăng ký hiến tạng, ghép tim",
    ],
    leads: &[
        "Ca phẫu thuật kéo dài bảy giờ, huy động {so2} y bác sĩ, đã đem lại nhịp đập mới cho bệnh nhân suy tim giai đoạn cuối.",
        "Nghĩa cử hiến tạng của một gia đình ở {noi} giúp ba người bệnh có thêm cơ hội sống.",
        "Ngày {ngay}, đoàn thầy thuốc tình nguyện về {noi} khám bệnh, đo huyết áp và tư vấn dinh dưỡng cho bà con.",
    ],
    paragraphs: &[
        "Bác sĩ {ten}, trưởng khoa phẫu thuật tim mạch, cho biết thời gian vàng để ghép tim chỉ khoảng sáu giờ, vì vậy từng phút vận chuyển đều được tính trước.",
        "Gia đình người hiến mong muốn giữ kín danh tính. Họ chỉ nói một câu giản dị rằng cho đi là còn mãi, và xin phép được đưa người thân về quê lo hậu sự.",
        "Người nhận là anh {ten2}, thợ mộc. Sau ba tuần theo dõi, anh đã tự đi lại quanh phòng, ăn được cháo và gọi điện về cho hai con nhỏ.",
        "Hiện bệnh viện có {so} người trong danh sách chờ ghép thận, ghép gan. Việc hiến, nhận đều qua hội đồng chuyên môn và hoàn toàn không vì mục đích lợi nhuận.",
        "Trạm y tế {noi} duy trì lịch khám ngoài giờ hai buổi mỗi tuần để người lao động không phải nghỉ việc.",
        "Đoàn trao {so2} phần quà gồm sữa, đường và máy đo huyết áp cho các gia đình khó khăn, đồng thời hướng dẫn cách dùng thuốc đúng giờ.",
        "Ngành y tế khuyến cáo người dân ăn chín, uống sôi, diệt lăng quăng quanh nhà khi bước vào mùa mưa.",
    ],
};

/// Land, houses and planning: "mua bán nhà đất".
pub const LAND: Subject = Subject {
    section: "Nhà đất",
    path: "nha-dat",
    titles: &[
        "Mua bán nhà đất ở {noi} chậm lại",
        "Giá đất nền {noi} đi ngang, giao dịch giảm {pt}",
        "{noi}: Cấp {so} giấy chứng nhận trong một tháng",
        "Sàn mua bán nhà đất {noi} phải niêm yết phí",
        "Khu tái định cư {noi} đón những hộ đầu tiên",
    ],
    leads: &[
        "Sau đợt tăng nóng, thị trường mua bán nhà đất tại {noi} trầm lắng, người có nhu cầu ở thật bắt đầu quay lại.",
        "Ngày {ngay}, văn phòng đăng ký đất đai công bố số liệu giao dịch và thời gian giải quyết hồ sơ tại {noi}.",
        "Nhiều hộ dân ở {noi} đã bốc thăm nhận lô, chuẩn bị xây nhà mới trước mùa mưa.",
    ],
    paragraphs: &[
        "Theo môi giới {ten}, lượng khách hỏi mua giảm một nửa so với cùng kỳ, song giá không giảm nhiều vì người bán không gấp.",
        "Luật sư {ten2} khuyên người mua kiểm tra quy hoạch, tình trạng thế chấp và lập hợp đồng tại phòng công chứng; tuyệt đối không mua bán nhà đất bằng giấy viết tay.",
        "Phường đã xử lý {so2} trường hợp tự ý san lấp, phân lô khi chưa được phép, yêu cầu trả lại hiện trạng trong 15 ngày.",
        "Hạ tầng khu tái định cư gồm đường bê tông, điện, nước sạch và một nhà sinh hoạt cộng đồng rộng {so} mét vuông.",
        "Đại diện ngân hàng cho hay lãi suất vay mua nhà hiện ở mức ưu đãi trong 12 tháng đầu, sau đó thả nổi theo thị trường.",
        "Nhờ số hóa, hồ sơ sang tên nay chỉ mất bảy ngày làm việc, giảm ba ngày so với năm trước.",
    ],
};

/// Digital offices and reform of procedures.
pub const OFFICES: Subject = Subject {
    section: "Chính quyền số",
    path: "chinh-quyen-so",
    titles: &[
        "{noi} trả kết quả hồ sơ ngay trong ngày",
        "Tổ công nghệ số {noi} gõ cửa từng nhà",
        "{noi}: {pt} hồ sơ được nộp trực tuyến",
        "Một cửa {noi}: bớt giấy tờ, thêm nụ cười",
        "Ra mắt bản đồ số {so2} làng nghề Bình Hương",
    ],
    leads: &[
        "Chỉ cần một chiếc điện thoại, người dân {noi} có thể nộp hồ sơ, đóng phí và theo dõi kết quả từng bước.",
        "Ngày {ngay}, trung tâm hành chính công {noi} công bố danh mục thủ tục giải quyết trong ngày.",
        "Những thanh niên tình nguyện ở {noi} kiên trì hướng dẫn người lớn tuổi làm quen dịch vụ trực tuyến.",
    ],
    paragraphs: &[
        "Anh {ten}, cán bộ một cửa, cho biết khó nhất là thay đổi thói quen. Có cụ bà đến ba lần chỉ để học cách chụp ảnh giấy tờ cho rõ.",
        "Từ đầu năm đến nay, đơn vị tiếp nhận hơn {so} hồ sơ, trong đó {pt} được trả trước hạn, không có hồ sơ nào quá hạn vì lỗi chủ quan.",
        "Tổ công nghệ số cộng đồng gồm {so2} thành viên, chia theo khu dân cư, mỗi tối thứ bảy trực tại nhà văn hóa để hỗ trợ bà con.",
        "Bà {ten2}, tiểu thương, kể nhờ có mã quét mà việc đóng thuế, trả tiền điện nước gói gọn trong mười phút.",
        "Tỉnh yêu cầu các địa phương công khai số điện thoại của lãnh đạo để người dân phản ánh khi hồ sơ chậm trễ.",
        "Bước tiếp theo, {noi2} sẽ kết nối dữ liệu dân cư với dữ liệu đất đai, giảm hẳn việc nộp bản sao công chứng.",
    ],
};
