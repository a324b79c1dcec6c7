"""The gazette of Sơn La."""

from crawler.families.lotus_domino import LotusDominoSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class CongBaoSonLa(LotusDominoSpider):
    name = "cong_bao_son_la"
    title = "Công báo tỉnh Sơn La"
    province = "sonla"
    home = "https://congbao.sonla.gov.vn"
    sections = (Section("van-ban", "/congbao.nsf/VanBanQPPL2?OpenView&Start=1&page=1", "Văn bản đăng công báo"),)
    sure = Sure.RECORDED
