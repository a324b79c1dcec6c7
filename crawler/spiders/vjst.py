"""The journal of the Ministry of Science and Technology, the likely source of a text on Bắc Giang.

Its addresses of 2025 and before are the ministry's; since it absorbed ICTVietnam newer articles stand at OneCMS's. Lists are read in
both forms.
"""

from crawler.families.ministry_aspx import MinistryAspxSpider
from crawler.families.onecms import OneCMSSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class Vjst(MinistryAspxSpider, OneCMSSpider):
    name = "vjst"
    title = "Tạp chí Khoa học và Công nghệ Việt Nam"
    province = None
    home = "https://vjst.vn"
    sections = (
        Section(
            "tin-tuc", "/vn/chuyen-muc/31/khcn-va-doi-moi-sang-tao.aspx", "Khoa học, công nghệ và đổi mới sáng tạo"
        ),  # by its name since the first archive
        Section.at("/vn/chuyen-muc/41/khcn-dia-phuong.aspx", "KH&CN địa phương"),
        Section.at("/vn/chuyen-muc/4/dien-dan-khoa-hoc-va-cong-nghe.aspx", "Diễn đàn khoa học và công nghệ"),
        Section(
            "cong-nghe-san-pham-va-doi-song",
            "/vn/chuyen-muc/44/cong-nghe---san-pham-va-doi-song.aspx",
            "Công nghệ - sản phẩm và đời sống",
        ),
        Section.at("/vn/chuyen-muc/6/khcn-nuoc-ngoai.aspx", "KH&CN nước ngoài"),
        Section.at("/vn/chuyen-muc/46/chuyen-doi-so.aspx", "Chuyển đổi số"),
        Section.at("/vn/chuyen-muc/18/khoi-nghiep-doi-moi-sang-tao.aspx", "Khởi nghiệp đổi mới sáng tạo"),
        Section.at("/vn/chuyen-muc/48/nghi-quyet-57.aspx", "Nghị quyết 57"),
        Section.at("/vn/chuyen-muc/16/so-huu-tri-tue.aspx", "Sở hữu trí tuệ"),
        Section.at("/vn/chuyen-muc/17/cach-mang-cong-nghiep-4-0.aspx", "Cách mạng công nghiệp 4.0"),
        Section.at("/vn/chuyen-muc/39/chuong-trinh-kx-01-16-20.aspx", "Chương trình KX.01/16-20"),
        Section.at("/vn/chuyen-muc/15/chuong-trinh-nong-thon-mien-nui.aspx", "Chương trình nông thôn miền núi"),
        Section.at("/vn/chuyen-muc/9/chuong-trinh-592.aspx", "Chương trình 592"),
        Section.at("/vn/chuyen-muc/38/Ho-tro-nghie-cuu-va-dao-tao.aspx", "Hỗ trợ nghiên cứu và đào tạo"),
        Section.at("/vn/chuyen-muc/47/cai-cach-hanh-chinh.aspx", "Cải cách hành chính"),
        Section.at("/vn/chuyen-muc/37/Thong-tin-hoi-nghi-hoi-thao.aspx", "Thông tin hội nghị, hội thảo"),
        Section.at("/vn/chuyen-muc/34/Tuyen-sinh-sau-dai-hoc.aspx", "Tuyển sinh sau đại học"),
        Section.at("/vn/chuyen-muc/35/Tuyen-chon-de-tai-du-an.aspx", "Tuyển chọn đề tài, dự án"),
    )
    sure = Sure.INFERRED  # described in 2025; that its lists still stand there, or show OneCMS, is inferred
    inferred = ("sections", "list", "paging")
    layouts = (*MinistryAspxSpider.layouts, *OneCMSSpider.layouts)
