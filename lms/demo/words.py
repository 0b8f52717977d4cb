"""What organisers of the demo write: work in five clear points, reports, what stands in the way."""

# (indicator, work, expected result)
WORK = [
    (
        "reached",
        "Đến từng nhà vận động những người đã ghi danh mà chưa đến lớp lần nào",
        "Ít nhất 8 người đến lớp tối thứ bảy",
    ),
    (
        "enrolled",
        "Rà danh sách người từ 50 tuổi ở cụm dân cư xa, ghi danh cho ai muốn học",
        "Có danh sách 20 người, ghi danh ít nhất 12 người",
    ),
    (
        "completed",
        "Kèm riêng những người chỉ còn thiếu một, hai bài",
        "10 người hoàn thành khóa học",
    ),
    (
        "o1",
        "Hẹn công an xã về nhà văn hóa làm định danh mức 2 một buổi sáng",
        "30 người có tài khoản định danh mức 2",
    ),
    (
        "reached",
        "Mở thêm một lớp buổi sáng cho người bận buổi tối",
        "Một lớp sáng thứ năm, từ 10 người trở lên",
    ),
    (
        "o2",
        "Hướng dẫn nộp hồ sơ trực tuyến tại bộ phận một cửa, kèm từng người",
        "15 hồ sơ nộp thành công, người dân tự bấm",
    ),
    (
        "",
        "Sửa mạng ở nhà văn hóa trước buổi học tới",
        "Mạng chạy suốt buổi học, đủ cho 30 máy",
    ),
    (
        "reached",
        "Mượn điện thoại thông minh cho người chưa có máy thực hành",
        "4 máy, ai không có máy cũng được bấm tay",
    ),
]

RESULTS = [
    (
        "9 người đến lớp tối thứ bảy; 2 người bận chăm cháu, hẹn tuần sau.",
        "Sổ điểm danh tối thứ bảy",
    ),
    ("Ghi danh thêm 14 người, 3 người nhờ tổ đến nhà kèm.", "Danh sách trưởng thôn giữ"),
    ("11 người học xong bài còn thiếu và đã hoàn thành.", "Danh sách trên hệ thống"),
    (
        "26 người làm xong định danh mức 2, 5 người hẹn lại vì quên mật khẩu.",
        "Biên bản buổi làm việc",
    ),
]

PROGRESS = [
    "Đã đến 5 nhà, 3 người hứa đi học.",
    "Đã xin được ý kiến, đang chờ lịch của công an xã.",
    "Mượn được 2 máy, còn thiếu 2.",
    "Chưa làm được, tuần này mưa to.",
]

DROPPED = "Nhà văn hóa đang sửa, chuyển việc này sang tháng sau."

NARRATIVES = [
    "Duy trì lớp tối cuối tuần; tổ công nghệ số đến nhà kèm những người vắng hai buổi liền.",
    "Mở thêm một điểm học ở nhà văn hóa; đoàn thanh niên kèm từng người thao tác trên máy.",
    "Hội phụ nữ vận động hội viên lớn tuổi đi học; lớp có thêm người học tiếng Ê Đê.",
    "Tập trung ôn bài định danh điện tử và cách nhận biết lừa đảo; phát thanh trên loa mỗi chiều.",
]

DIFFICULTIES = [
    "Một số người dùng điện thoại đời cũ, màn hình nhỏ; mạng ở nhà văn hóa chập chờn.",
    "Đang mùa thu hoạch cà phê nên buổi tối nhiều người đến muộn.",
    "Người cao tuổi hay quên mật khẩu, phải làm lại từ đầu.",
    "Thiếu người kèm ở hai thôn xa, tình nguyện viên đi làm ca.",
    "",
]

PROPOSALS = [
    "Đề nghị hỗ trợ thêm bốn điện thoại cũ còn dùng tốt cho lớp mượn.",
    "Đề nghị công an xã về làm định danh mức 2 tại lớp một buổi mỗi tháng.",
    "Đề nghị lắp thêm một điểm phát mạng ở nhà văn hóa.",
    "",
]

WHY_DIFFERENT = [
    "Hai người ở xã bên sang học nhờ, đơn vị đếm cả.",
    "Sổ giấy buổi thứ bảy chưa kịp nhập lên hệ thống.",
]

RETURNED = [
    "Số tự đếm lệch nhiều mà chưa nói rõ vì sao. Đề nghị rà lại sổ giấy rồi gửi lại.",
    "Phần khó khăn còn chung chung, nói rõ thôn nào thiếu người kèm.",
]

# (name, unit, per, how it is shown)
INDICATORS = [
    (
        "Định danh điện tử mức 2",
        "người",
        "resident",
        "Người dân mở được tài khoản mức 2 trước mặt tình nguyện viên; không chụp số định danh",
    ),
    (
        "Tự nộp hồ sơ trực tuyến",
        "người",
        "resident",
        "Mã hồ sơ trên phiếu hẹn, người dân giữ",
    ),
    ("Lượt xem livestream bán nông sản", "lượt", "tally", "Đường dẫn của buổi phát"),
    ("Gian hàng số mở được", "gian hàng", "tally", "Tên gian hàng trên sàn"),
]
