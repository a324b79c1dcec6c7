"""Composed lines: what widgets of many portals print, by kind, and prose that uses the same words."""

from __future__ import annotations

WIDGETS = {
    "visitor counter": [
        "Người dùng trực tuyến: 3", "Số lượt truy cập trong ngày: 120", "Trực tuyến: 12", "Đang online: 4.517",
        "Tuần này: 1.234", "Hôm qua 2.345", "Lượt truy cập hôm qua 2.345", "Tổng lượt truy cập: 63.727.740",
        "Số người đang xem: 7", "Hôm nay: 12 | Hôm qua: 15 | Tổng: 2.310", "Khách viếng thăm: 41",
        "Trong tháng: 1 204", "Truy cập: 120 lượt", "Thống kê truy cập website", "12 người đang truy cập",
    ],
    "view counter": [
        "Lượt xem: 1.234", "125 lượt xem", "Đã xem 12 lần", "Số lần đọc: 90", "Xem: 22", "Lượt đọc bài viết: 8",
        "Bài viết này đã được xem 12 lần", "Views: 100", "Số lượt tải về: 3",
    ],
    "font size": [
        "Cỡ chữ: A+ A-", "A+ A A-", "A-", "Cỡ chữ", "Tăng cỡ chữ | Giảm cỡ chữ", "[A+] [A-]",
    ],
    "contrast": [
        "Độ tương phản", "Chế độ ban đêm",
    ],
    "share": [
        "Gửi qua Zalo", "Thích 0", "Theo dõi chúng tôi", "Chia sẻ bài viết qua Facebook",
        "Chia sẻ trên Zalo, Facebook", "Chia sẻ: Facebook Twitter Zalo", "Sao chép đường dẫn", "Copy link",
        "Chia sẻ 12", "Facebook", "|", "• : •", "Theo dõi Báo Mới trên Google News",
    ],
    "print": [
        "In trang", "In bài viết", "Xem bản in", "In ra",
    ],
    "save": [
        "Lưu bài", "Lưu lại",
    ],
    "email": [
        "Gửi email", "Gửi bài viết qua email", "Gửi cho bạn bè",
    ],
    "audio": [
        "Nghe bài viết", "00:00 / 03:12", "Giọng nữ miền Bắc", "Tạm dừng",
    ],
    "rating": [
        "Average (0 Votes)", "Average (12 Votes)", "Your Rating (1 Vote)",
        "Điểm: 5/5 (1 đánh giá)", "Hãy đánh giá bài viết này", "★★★★☆",
        "Tổng số điểm của bài viết là: 10 trong 2 đánh giá", "Xếp hạng: 4.5 - 12 phiếu bầu", "4.5/5 (12 đánh giá)",
        "Click để đánh giá bài viết", "Nhấn vào ngôi sao để đánh giá", "Bạn đánh giá bài viết này thế nào?",
    ],
    "comment": [
        "Be the first to comment", "Please sign in to comment.", "No comments yet. Be the first.", "Add Comment", "Comments (3)",
        "Nhập các ký tự trong hình", "Thảo luận (0)", "0 bình luận", "Bình luận (3)", "Ý kiến bạn đọc (0)",
        "Gửi phản hồi", "Chưa có bình luận nào", "Nhập mã xác nhận", "Sắp xếp theo thời gian mới nhất",
        "Vui lòng đăng nhập để gửi bình luận", "Viết bình luận của bạn",
    ],
    "related": [
        "Đang tải dữ liệu...", "Tin nổi bật khác", "Click vào đây để xem", "Tin cùng chuyên mục", "Các bài viết khác",
        "Tin đã đưa", "Bài viết liên quan:", "TIN MỚI NHẤT", "Xem nhiều nhất", "Có thể bạn quan tâm",
        "Không có bài viết nào", "Hiện chưa có dữ liệu", "Nội dung đang được cập nhật...", "Những tin cũ hơn",
    ],
    "navigation": [
        "Trở về trang chủ", "Trang chủ >> Tin tức sự kiện", "Trang chủ Tin tức", "Quay lại", "Về đầu trang",
        "Trang chủ > Tin tức > Tin trong tỉnh", "Trang chủ » Giới thiệu", "Sơ đồ website", "Skip to content",
        "Chào mừng bạn đến với Cổng thông tin điện tử tỉnh",
    ],
    "pager": [
        "Bài tiếp theo", "<< < 1 2 3 > >>", "Đầu Trước 1 2 3 Sau Cuối", "Trang 1 2 3 4 5", "Trang trước",
        "1 2 3 4 ... 12", "Trang 2/15", "«", "Xem thêm", "Hiển thị 1 - 10 của 120 kết quả", "Trang sau >>",
    ],
    "search box": [
        "Nhập từ khóa tìm kiếm", "-- Chọn lĩnh vực --", "Tìm kiếm theo từ khóa", "Tất cả chuyên mục",
    ],
    "calendar": [
        "T2 T3 T4 T5 T6 T7 CN", "Lịch tiếp công dân",
    ],
    "links": [
        "Liên kết website", "-- Liên kết web --", "Các trang liên kết",
    ],
    "tags": [
        "Tags: chuyển đổi số, nông nghiệp", "Từ khóa:", "Tag",
    ],
    "attachment label": [
        "Tệp tin đính kèm:", "File đính kèm (2)", "Tải về", "Download", "Tài liệu kèm theo",
    ],
    "login": [
        "Đăng nhập", "Quên mật khẩu?", "Tên đăng nhập",
    ],
    "copyright footer": [
        "© 2025 Cổng thông tin điện tử tỉnh", "Bản quyền thuộc về Sở Nội vụ tỉnh", "Copyright 2024 by Sở Tư pháp",
        "Ghi rõ nguồn khi phát hành lại thông tin từ website này", "All rights reserved.",
        "Thiết kế bởi Trung tâm CNTT",
        "Chú ý: Việc đăng lại bài viết trên ở website khác mà không ghi rõ nguồn xã Bến Vàng là vi phạm bản quyền",
        "Việc đăng lại nội dung mà không ghi rõ nguồn https://xabenvang.mau.vn/ là vi phạm bản quyền.",
        "Đề nghị ghi rõ nguồn khi sử dụng tin bài từ www.phuongnuiden.mau.vn",
        "Nghiêm cấm sao chép bài viết của hoidaolon.mau.vn, trừ khi được ban biên tập đồng ý",
    ],
    "licence footer": [
        "GPXB số: 12/GP-STTTT cấp ngày 12/3/2014", "Giấy phép số 45/GP-TTĐT do Sở TT&TT cấp ngày 12/3/2021",
        "Giấy phép xuất bản: 9/GP-STTTT",
    ],
    "contact footer": [
        "Chịu trách nhiệm chính: Ông Trần Văn Bảo", "Đơn vị quản lý: Văn phòng UBND tỉnh",
        "Số 12 Lê Lai, Đông Hà, Quảng Trị",
    ],
    "no-script notice": [
        "Trình duyệt của bạn không hỗ trợ thẻ audio", "Vui lòng bật JavaScript để xem trang",
    ],
    "app": [
        "Tải ứng dụng trên App Store", "Quét mã QR để tải ứng dụng", "Google Play",
    ],
    "image alt from Word": [
        "Description: Description: IMG_2034.JPG", "z4567_abc.jpg",
    ],
    "default image alt": [
        "Anh-tin-bai", "anh-tin-bai Anh-tin-bai", "Anh_tin_bai.",
    ],
    "clock": [
        "Thứ bảy, ngày 5 tháng 4 năm 2025", "Hôm nay: Thứ ba, 04/03/2025", "Bây giờ là 10:20",
    ],
    "advertising": [
        "Quảng cáo",
    ],
    "language": [
        "Tiếng Việt | English", "VN EN", "English | 中文",
    ],
    "date label": [
        "Ngày đăng:", "Đăng lúc",
    ],
}  # fmt: skip

PROSE = """
Đánh giá kết quả sáu tháng đầu năm, lãnh đạo Sở ghi nhận nhiều chuyển biến.
Đánh giá cao tinh thần của các hộ dân
Hôm nay, tại hội trường huyện, đoàn công tác đã gặp gỡ cử tri.
Hôm nay có mưa rào và dông vài nơi
Hôm qua, giá lúa tăng 200 đồng mỗi ký
Thống kê cho thấy sản lượng tăng 12%.
Thống kê truy cập cho thấy người dân dùng dịch vụ công nhiều hơn trước
Tin nổi bật trong tuần là việc khánh thành cây cầu mới
Tin liên quan đến dịch bệnh phải được kiểm chứng trước khi chia sẻ
Lưu ý người dân không tắm sông mùa lũ
Lưu trữ hồ sơ đúng thời hạn quy định
In ấn tài liệu tuyên truyền phát cho các thôn
In lụa là nghề truyền thống của làng
Chia sẻ kinh nghiệm trồng sầu riêng, ông Bảo cho biết cần giữ ẩm
Chia sẻ niềm vui với bà con, các em đã múa hát
Email công vụ được dùng trong mọi cơ quan
Tìm kiếm cứu nạn trên biển được tăng cường
Tìm kiếm theo dấu vết, lực lượng kiểm lâm phát hiện hai lán trại
Quay lại thời điểm năm 2020, cả xã chỉ có ba tổ hợp tác
Trở lại trường sau kỳ nghỉ, học sinh được tặng sách
Trang chủ của cổng được thiết kế lại cho người khuyết tật
Về đầu trang trại, du khách gặp vườn hoa
Tải về máy rồi cài đặt là người dân dùng được ngay
Bình luận về kết quả này, đại biểu Trần Văn Bảo nói
Bình chọn sản phẩm OCOP tiêu biểu của tỉnh
Xem thêm các mẫu đơn tại bộ phận một cửa
Đọc nhiều sách giúp trẻ mở rộng vốn từ
Mới nhất là mô hình nuôi tôm hai giai đoạn
Liên kết sản xuất theo chuỗi giá trị
Lịch công tác của đoàn kéo dài ba ngày
Trực tuyến và trực tiếp là hai hình thức của hội nghị
Tháng này: trồng 1.200 cây phân tán
Tổng cộng: 1.200
Tổng số: 45
Trong năm 2025
Thông tin tìm kiếm cứu nạn
Click chuột vào biểu tượng để mở bản đồ số, người dân xem được quy hoạch
Năm: 2025
Bản quyền tác giả là tài sản cần được bảo vệ
Bản quyền thuộc về tác giả, vì vậy đơn vị phải xin phép trước
Giấy phép số 12/GP-UBND cho phép công ty khai thác đá
Giấy phép số 45/GP-TTĐT đã hết hạn từ tháng trước
Đề nghị ghi rõ nguồn gốc sản phẩm khi cung cấp thông tin cho khách hàng
Nghiêm cấm sao chép đề thi dưới mọi hình thức.
Nghiêm cấm sao chép bài viết. Thí sinh vi phạm bị đình chỉ thi.
Đăng nhập vào hệ thống bằng tài khoản định danh mức hai
Mã an toàn được gửi qua tin nhắn cho từng thí sinh
Hiện chưa có ý kiến phản hồi từ phía doanh nghiệp
Không có kết quả nào đáng kể hơn niềm tin của dân
Tài liệu đính kèm gồm ba phụ lục
Phụ lục kèm theo
(Có danh sách kèm theo)
Ý kiến của bạn đọc được gửi đến Chủ tịch xã
Nghe đọc bài thơ, nhiều người xúc động
Thiết kế bởi kiến trúc sư người Huế, công trình hoàn thành sau hai năm
Địa chỉ: Số 12 Lê Lai, phường Nam
Điện thoại: 0233 385 1234
Liên hệ: Văn phòng Sở, số 9 Trần Phú
Trung tâm Khuyến nông; Chi cục Thủy lợi;
Thứ Hai, 19/01/2026
7:51, Thứ Năm, 30-11-2023
Ngày đăng: 05-05-2021
Tác giả: NVK
Lan Chi
HT
Phòng Quản lý công nghệ
Nơi nhận:
Căn cứ Luật Tổ chức chính quyền địa phương
Ảnh: Mai Lâm
Từ khóa: chuyển đổi số, nông thôn
Trở thành người đầu tiên chinh phục đỉnh núi
Chọn trang phục phù hợp khi đến cơ quan
5 sao
Tiếng Anh
Không
12
In 2025
105 Võ Nguyên Giáp
***
Kết quả:
Theo dõi diễn biến bão, các xã chủ động sơ tán dân
""".strip().splitlines()
