"""Addresses of further portals and families in their real shapes, with the keys they have, and such as are no article."""

from __future__ import annotations

from crawler.portal import PortalSpider
from crawler.spiders.an_giang import AnGiang
from crawler.spiders.ca_mau import CaMau
from crawler.spiders.can_tho import CanTho
from crawler.spiders.cao_bang import CaoBang
from crawler.spiders.cong_an_thanh_hoa import CongAnThanhHoa
from crawler.spiders.dak_lak import DakLak
from crawler.spiders.dien_bien import DienBien
from crawler.spiders.dong_nai import DongNai
from crawler.spiders.dong_thap import DongThap
from crawler.spiders.gia_lai import GiaLai
from crawler.spiders.ha_tinh import HaTinh
from crawler.spiders.hai_phong import HaiPhong
from crawler.spiders.ho_chi_minh import HoChiMinh
from crawler.spiders.hue import Hue
from crawler.spiders.hung_yen import HungYen
from crawler.spiders.lai_chau import LaiChau
from crawler.spiders.lam_dong import LamDong
from crawler.spiders.lang_son import LangSon
from crawler.spiders.lao_cai import LaoCai
from crawler.spiders.moc import Moc
from crawler.spiders.moit import Moit
from crawler.spiders.most import Most
from crawler.spiders.mst import Mst
from crawler.spiders.nghe_an import NgheAn
from crawler.spiders.ninh_binh import NinhBinh
from crawler.spiders.phu_tho import PhuTho
from crawler.spiders.quang_ngai import QuangNgai
from crawler.spiders.so_khcn_ninh_binh import SoKhcnNinhBinh
from crawler.spiders.son_la import SonLa
from crawler.spiders.tay_ninh import TayNinh
from crawler.spiders.thai_nguyen import ThaiNguyen
from crawler.spiders.thang_long import ThangLong
from crawler.spiders.thanh_hoa import ThanhHoa
from crawler.spiders.tuyen_quang import TuyenQuang
from crawler.spiders.vinh_long import VinhLong
from testing.portals.samples.mau_drupal import MauDrupal
from testing.portals.samples.mau_nukeviet import MauNukeviet
from testing.portals.samples.mau_wordpress import MauWordpress

Portal = type[PortalSpider]

FURTHER: list[Portal] = [
    CanTho, CaoBang, CongAnThanhHoa, DienBien, GiaLai, HaTinh, HungYen, MauDrupal, MauNukeviet, MauWordpress, Moit, Most, Mst,
    NinhBinh, SoKhcnNinhBinh, SonLa, ThaiNguyen, ThangLong, LaiChau, LangSon, QuangNgai, ThanhHoa, Moc, AnGiang, DakLak, DongThap,
    HoChiMinh, Hue, PhuTho, VinhLong, CaMau, HaiPhong, LaoCai, NgheAn, TayNinh, DongNai, LamDong, TuyenQuang,
]  # fmt: skip

FURTHER_ARTICLES: list[tuple[Portal, str, str]] = [
    (GiaLai, "/tin-tuc/tin-kinh-te-tong-hop/mo-cho-phien.html", "mo-cho-phien"),
    (Moit, "/tin-tuc/xuat-khau-ca-phe.html", "xuat-khau-ca-phe"),
    (HungYen, "/hoi-nghi-so-ket-c284386.html", "284386"),
    (QuangNgai, "/tin-tuc/tin-tu-cac-so-nganh-dia-phuong/mo-kho.html", "mo-kho"),
    (LaiChau, "/tin-tuc-su-kien/chuyen-de/tin-trong-nuoc/ngay-hoi-ban-tren-nen-v-.html", "ngay-hoi-ban-tren-nen-v-"),
    (LangSon, "/tin-moi/cho-phien.html", "cho-phien"),
    (ThanhHoa, "/portal/pages/2026-07-15/Hop-to-do-bao-cat-468686.aspx", "2026-07-15/hop-to-do-bao-cat-468686.aspx"),
    (CongAnThanhHoa, "/de-an-06/cap-can-cuoc-luu-dong.html", "cap-can-cuoc-luu-dong"),
    (DienBien, "/portal/Pages/2026-01-15/Hop-bao-468686.aspx", "2026-01-15/hop-bao-468686.aspx"),
    (ThaiNguyen, "/thoi-su/-/asset_publisher/CxpLMxKIhxrm/content/mua-che", "mua-che"),
    (HoChiMinh, "/web/hcm/-/khoi-cong-cau-moi", "khoi-cong-cau-moi"),
    (HoChiMinh, "/web/hcm/w/truong-ai-hoc", "truong-ai-hoc"),
    (DakLak, "/-/-ak-lak-cong-bo", "-ak-lak-cong-bo"),
    (DakLak, "/tong-quan-dak-lak/-/asset_publisher/bDngMUmMrWIw/content/ia-ly", "ia-ly"),
    (DongThap, "/tin-tuc/chi-tiet?id=7742453", "id/7742453"),
    (DongThap, "/web/sctdt/tin-tuc/chi-tiet?id=2695008", "id/2695008"),
    (DongThap, "/chi-tiet-bai-viet/-/asset_publisher/1mOzUrGkrdAE/content/id/15646298", "id/15646298"),
    (AnGiang, "/vi/toan-van-thong-tu-642025tt-btc-quy-inh-muc-thu", "toan-van-thong-tu-642025tt-btc-quy-inh-muc-thu"),
    (AnGiang, "/en/investment-news-of-the-month", "en/investment-news-of-the-month"),
    (AnGiang, "/node/1482", "node/1482"),
    (PhuTho, "/vi/thanhpholehoi/hoi-lang-mua-xuan", "thanhpholehoi/hoi-lang-mua-xuan"),
    (PhuTho, "/vi/hoi-lang-mua-xuan", "hoi-lang-mua-xuan"),
    (Hue, "/Trang-chu/Chi-tiet/mlid/68e0cd6b-2327-f111-9a80-1866dae8d0c9", "68e0cd6b-2327-f111-9a80-1866dae8d0c9"),
    (Hue, "/Du-khach/Kham-pha-Hue/tb/Chua-Thien-Mu-485886", "tb/485886"),
    (Hue, "/Trang-chu/He-thong-van-ban-phap-luat/doc/all/vb/485886", "vb/485886"),
    (Hue, "/Trang-chu/He-thong-van-ban-phap-luat/tp/7/vb/59037", "vb/59037"),
    (VinhLong, "/xem-chi-tiet-tin-tuc/id/228793", "id/228793"),
    (VinhLong, "/Default.aspx?tabid=22641&ID=228794", "id/228794"),
    (VinhLong, "/Home/moduleId/2239/itemId/49762/controller/BaiViet/action/ChiTiet", "itemid/49762"),
    (Most, "/vn/tin-tuc/11980/nghien-cuu-giong-lua-.aspx", "11980"),
    (Most, "/vn/Pages/chitiettin.aspx?IDNews=24021", "24021"),
    (Moc, "/vn/tin-tuc/1196/71552/thong-tu-moi.aspx", "71552"),
    (ThangLong, "/cho-dem-mo-cua-103260105093004191.htm", "103260105093004191"),
    (Mst, "/chuyen-doi-so-o-xa-197260105093004191.htm", "197260105093004191"),
    (NinhBinh, "/tin-noi-bat/khai-mac-le-hoi-336351", "336351"),
    (NinhBinh, "/tin-noi-bat/ky-niem-20-nam-2025-336352", "336352"),
    (SoKhcnNinhBinh, "/tin-hoat-dong-cua-so/trao-giai-sang-kien-4127", "4127"),
    (SonLa, "/tin-kinh-te/mua-man-hau-630360", "630360"),
    (SonLa, "/4/469/61708/630360/tin-kinh-te/mua-man-hau", "4/469/61708/630360"),
    (CaoBang, "/van-hoaxa-hoi/hat-then-ben-suoi-99120", "99120"),
    (CanTho, "/tin-tuc-va-su-kien/cho-noi-hop-lai-88210", "88210"),
    (NgheAn, "/tin-tuc-su-kien-73053/mo-hoi-cho-nam-2025-723384", "723384"),
    (NgheAn, "/diem-du-lich/thac-nuoc-623724", "623724"),
    (HaiPhong, "/tin-tuc-su-kien/hop-bao-thanh-pho--760833", "760833"),
    (HaiPhong, "/thu-tuc-hanh-chinh-76761/cap-doi-giay-to-743051", "743051"),
    (HaiPhong, "/tin-tuc-su-kien/Hop-Bao-Quy-Ba-118467.html", "118467.html"),
    (TayNinh, "/tin-noi-bat/khoi-cong-cum-cong-nghiep--1075352", "1075352"),
    (CaMau, "/tin-tuc-su-kien/mua-tom-282160", "282160"),
    (LaoCai, "/luat--phap-lenh/sua-doi-quy-dinh-1282238", "1282238"),
    (HaTinh, "/vi/bai-viet/so-ket-vu-xuan", "so-ket-vu-xuan"),
    (HaTinh, "/vi/bai-viet/so-ket-vu-xuan-1", "so-ket-vu-xuan-1"),
    (MauNukeviet, "/vi/news/van-hoa/hoi-lang-37146.html", "37146"),
    (MauNukeviet, "/index.php/thong-bao/lich-cat-dien-559.html", "559"),
    (DongNai, "/vi/news/tin-hoat-dong-linh-vuc-nganh/cong-bo-quyet-dinh-48904.html", "48904"),
    (DongNai, "/vi/news/an-sinh/trao-nha-48905.html", "48905"),
    (DongNai, "/en/news/Foreign-Affairs/city-welcomes-guests-6314.html", "en/6314"),
    (TuyenQuang, "/vi/post/khai-hoi-thanh-tuyen?type=NEWS&id=148950", "148950"),
    (TuyenQuang, "/vi/tin-bai/tuan-tra-dem?type=NEWS&id=233701", "233701"),
    (LamDong, "/HOME/news/hotnews/SitePages/Khai-mac-tuan-le.aspx", "home/news/hotnews/khai-mac-tuan-le"),
    (LamDong, "/sites/thanhtra/thanh-tra/ketluan/SitePages/kl-1.aspx", "sites/thanhtra/thanh-tra/ketluan/kl-1"),
    (MauDrupal, "/hoi-lang-mua-xuan", "hoi-lang-mua-xuan"),
    (MauDrupal, "/node/1482", "node/1482"),
    (MauNukeviet, "/chan-nuoi/dan-bo-37146.html", "chan-nuoi/37146"),
    (MauNukeviet, "/gioi-thieu/lich-su-37146.html", "gioi-thieu/37146"),
    (MauWordpress, "/archives/68", "p/68"),
    (MauWordpress, "/gioi-thieu/hoi-lang/", "gioi-thieu/hoi-lang"),
    (MauWordpress, "/2025/07/hoi-cho-xuan.html", "hoi-cho-xuan"),
    (MauWordpress, "/hoi-lang-mua-xuan/", "hoi-lang-mua-xuan"),
    (MauWordpress, "/2025/07/29/ngay-hoi-doc-sach/", "ngay-hoi-doc-sach"),
]

FURTHER_NO_ARTICLES: list[tuple[Portal, str]] = [
    (HungYen, "/chuyen-muc-tin-tong-hop-c21073-1.html"),
    (HungYen, "/chuyen-muc-lang-nghe-truyen-thong-c21072-2.html"),
    (DienBien, "/portal/Pages/co_che_chinh_sach.aspx"),
    (ThanhHoa, "/portal/KenhTin/Hoi-dong-nhan-dan-tinh.aspx"),
    (ThanhHoa, "/danh-ba-dien-thoai.html"),
    (LangSon, "/en/tong-quan/lich-su"),
    (ThaiNguyen, "/vi_VN/thoi-su"),
    (HoChiMinh, "/landing-page-bau-cu"),
    (HoChiMinh, "/cuoc-doi-su-nghiep"),
    (HoChiMinh, "/documents/10180/2824707/quy-che.pdf"),
    (DakLak, "/trang-chu/-/asset_publisher/Wc4AMpniWT49/rss"),
    (DakLak, "/van-ban-chi-dao-dieu-hanh"),
    (DongThap, "/tin-tuc/chi-tiet"),
    (DongThap, "/tin-tuc/chi-tiet?id=7a"),
    (DongThap, "/van-ban/chi-tiet?id=7742453"),
    (DongThap, "/tin-tuc?id=7742453"),
    (AnGiang, "/vi/dau-tu-cong"),
    (AnGiang, "/dau-tu-cong/"),
    (AnGiang, "/vi/dau-tu-cong?page=1"),
    (AnGiang, "/vi"),
    (AnGiang, "/en"),
    (AnGiang, "/vi/du-lich/le-hoi"),
    (AnGiang, "/sites/default/files/inline-images/anh.jpg"),
    (PhuTho, "/vi/thanhpholehoi/cac-le-hoi?page=0"),
    (PhuTho, "/vi/user/login"),
    (Hue, "/Du-khach/Thong-tin-du-khach/Kham-pha-Hue"),
    (Hue, "/Trang-chu/Chi-tiet/mlid/68e0cd6b"),
    (Hue, "/Du-khach/tb/Chua-Thien-Mu"),
    (Hue, "/Portals/0/Uploads/VBPL/Nam2026/Thang3/8_signed.pdf"),
    (VinhLong, "/id/228793"),
    (VinhLong, "/Default.aspx?tabid=22641"),
    (VinhLong, "/Default.aspx?ID=228793"),
    (VinhLong, "/LinkClick.aspx?fileticket=x&mid=10814&portalid=0&tabid=63&id=3"),
    (ThangLong, "/kinh-te/trang-2.htm"),
    (Moc, "/rss/1196/gioi-thieu-van-ban-moi.rss"),
    (Most, "/vn/chuyen-muc/493/Tin-tong-hop.aspx"),
    (Most, "/en/Category/23/news--events.aspx"),
    (Most, "/bai-viet-76554.html"),
    (Mst, "/tin-tuc-su-kien/chuyen-doi-so.htm"),
    (NinhBinh, "/kinh-te"),
    (NinhBinh, "/kinh-te?page=2"),
    (NinhBinh, "/admin/bai-viet-336351"),
    (NinhBinh, "/search/bai-viet-336351"),
    (NinhBinh, "/files/van-ban-336351.pdf"),
    (NinhBinh, "/tin-noi-bat/khai-mac-le-hoi-336351?format=pdf"),
    (SonLa, "/dailoan/tin-tuc-630360"),
    (SonLa, "/vi-VN/1/3034/17/231/tintuc/mua-man-hau.aspx"),
    (NgheAn, "/tin-tuc-su-kien-73053"),
    (NgheAn, "/tin-tuc-su-kien-73053?pageindex=1"),
    (NgheAn, "/vi/tin-tuc-su-kien-73053/"),
    (HaiPhong, "/thu-tuc-hanh-chinh-76761"),
    (HaiPhong, "/en/news-76761"),
    (HaiPhong, "/Van-ban-quy-pham-phap-luat/"),
    (HaiPhong, "/van-ban/quyet-dinh-760833?p_steering=760833"),
    (HaiPhong, "/gov-hpg/1/tintuc/2025/3/bao-cao-638442095766744668.pdf"),
    (CaMau, "/wps/wcm/connect/6f1c2a30-7d51/tin-tuc-282160"),
    (CaMau, "/Datafiles/camau-gov-vn/wps/wcm/connect/6f1c/anh-282160"),
    (LaoCai, "/Default.aspx?dvid=1231&pageid=95227&sid=1365"),
    (CanTho, "/huong-toi-dai-hoi-dai-bieu-toan-quoc-lan-thu-xiv-cua-dang"),
    (HaTinh, "/vi/chuyen-muc/so-lieu-kinh-te---xa-hoi?page=2"),
    (HaTinh, "/uploads/topics/20250303081500.jpg"),
    (MauNukeviet, "/news/tin-tuc/"),
    (MauNukeviet, "/news/tin-tuc/page-2/"),
    (MauNukeviet, "/news/savefile/tin-tuc/hoi-lang-37146.html"),
    (MauNukeviet, "/news/rss/tin-tuc/"),
    (DongNai, "/vi/news/rss/tin-hoat-dong-linh-vuc-nganh/"),
    (DongNai, "/uploads/binhphuoc/news/2026_10/anh-48904.jpg"),
    (TuyenQuang, "/vi/post/khai-hoi-thanh-tuyen"),
    (TuyenQuang, "/vi/post/khai-hoi-thanh-tuyen?type=NEWS"),
    (TuyenQuang, "/vi/post/van-ban?type=DOC&id=12"),
    (TuyenQuang, "/chi-tiet-tin/-/asset_publisher/1o2MmGSc2AhD/content/id/48213"),
    (LamDong, "/HOME/news/hotnews/SitePages/Home.aspx"),
    (LamDong, "/HOME/news/hotnews/Lists/Posts/Posts.aspx"),
    (LamDong, "/HOME/news/hotnews/SiteAssets/SitePages/1-1747273319703.jpg"),
    (Mst, "/tin-tuc-su-kien/xem-theo-ngay-29-11-2026.htm"),
    (Mst, "/rss/home.rss"),
    (MauDrupal, "/taxonomy/term/4"),
    (MauDrupal, "/taxonomy/term/4?page=1"),
    (MauDrupal, "/taxonomy/term/4/feed"),
    (MauDrupal, "/van-ban"),
    (MauDrupal, "/search/node"),
    (MauDrupal, "/sites/default/files/a.pdf"),
    (MauNukeviet, "/about/quy-che-37146.html"),
    (MauNukeviet, "/author/mai-thi-lua-20.html"),
    (MauNukeviet, "/users/mai-thi-lua-20.html"),
    (MauNukeviet, "/index.php?language=vi&nv=voting&op=tham-do-4.html"),
    (MauNukeviet, "/index.php?language=vi&nv=news&op=rss/tin-tuc-2026"),
    (MauNukeviet, "/index.php?language=vi&nv=news&op=tin-tuc/page-2"),
    (MauWordpress, "/2025/07/"),
    (MauWordpress, "/2025/07/29/"),
    (MauWordpress, "/author/mai-lua/"),
    (MauWordpress, "/tag/hoi-lang/"),
    (MauWordpress, "/?cat=2"),
    (MauWordpress, "/2025/"),
    (MauWordpress, "/archives/category/tin-tuc/"),
    (MauWordpress, "/archives/2025/07/"),
    (MauWordpress, "/amp/?p=68"),
    (MauWordpress, "/?page_id=4"),
    (MauWordpress, "/?author=3"),
    (MauWordpress, "/hoi-lang/comment-page-2/"),
    (MauWordpress, "/hoi-lang/2/"),
    (MauWordpress, "/page/2/"),
    (MauWordpress, "/category/tin-tuc/"),
    (MauWordpress, "/category/tin-tuc/page/2/"),
    (MauWordpress, "/wp-content/uploads/2025/07/a.pdf"),
    (MauWordpress, "/hoi-lang-mua-xuan/feed/"),
    (MauWordpress, "/"),
]

FURTHER_TWINS: list[tuple[Portal, str, str]] = [
    (GiaLai, "/tin-tuc/mo-cho.html", "/tin-tuc/tin-kinh-te-tong-hop/mo-cho.html?categoryId=1"),
    (Moit, "/tin-tuc/mo-cho.html", "/tin-tuc/thong-bao/mo-cho.html"),
    (QuangNgai, "/tin-tuc/mo-cho.html?categoryId=7", "/tin-tuc/tin-tu-cac-so-nganh-dia-phuong/mo-cho.html"),
    (HungYen, "/so-ket-c284386.html", "/so-ket-sau-thang-c284386.html"),
    (ThaiNguyen, "/thoi-su/-/asset_publisher/x/content/che", "/vi_VN/a/-/asset_publisher/y/content/che?inheritRedirect=true"),
    (HoChiMinh, "/web/hcm/-/cau-moi", "/vi/web/hcm/w/cau-moi"),
    (HoChiMinh, "/web/hcm/-/cau-moi", "/w/cau-moi"),
    (DongThap, "/tin-tuc/chi-tiet?id=8", "/web/sctdt/tin-tuc/chi-tiet?fbclid=x&id=8"),
    (Hue, "/Trang-chu/A/tb/Cu-485886", "/en-us/B/tb/Moi-485886"),
    (Hue, "/A/Chi-tiet/mlid/68e0cd6b-2327-f111-9a80-1866dae8d0c9", "/b/chi-tiet-su-kien/MLID/68E0CD6B-2327-F111-9A80-1866DAE8D0C9"),
    (VinhLong, "/xem-chi-tiet-tin-tuc/id/8", "/Default.aspx?tabid=22641&ID=8"),
    (DienBien, "/portal/Pages/2026-01-15/A.aspx", "/portal/pages/2026-01-15/a.aspx"),
    (Most, "/vn/tin-tuc/24021/a-.aspx", "/vn/Pages/chitiettin.aspx?IDNews=24021&ChuyenmucID=493"),
    (NinhBinh, "/kinh-te/a-336351", "/tin-noi-bat/b-336351?fbclid=x"),
    (NgheAn, "/tin-tuc-su-kien-73053/mo-kho-723384", "/tin-noi-bat/mo-kho-thoc--723384?pageindex=0"),
    (HaTinh, "/vi/bai-viet/a", "/bai-viet/a/"),
    (MauNukeviet, "/news/tin-tuc/cu-37146.html", "/vi/news/van-hoa/moi-37146.html"),
    (MauNukeviet, "/news/tin-tuc/cu-37146.html", "/index.php?language=vi&nv=news&op=tin-tuc/cu-37146.html"),
    (DongNai, "/vi/news/an-sinh/cu-48905.html", "/vi/news/tin-hoat-dong-linh-vuc-nganh/moi-48905.html?download=1&id=1"),
    (TuyenQuang, "/vi/post/a?type=NEWS&id=209752", "/vi/tin-bai/b?id=209752&type=NEWS"),
    (LamDong, "/HOME/news/hotnews/SitePages/A.aspx", "/home/news/hotnews/sitepages/a.aspx?web=1"),
    (MauDrupal, "/hoi-lang", "/index.php/hoi-lang"),
    (AnGiang, "/vi/hoi-lang", "/hoi-lang/"),
    (MauWordpress, "/hoi-lang/", "/2025/07/29/hoi-lang"),
    (MauWordpress, "/hoi-lang/", "/tin-tuc/hoi-lang/"),
    (MauWordpress, "/archives/68", "/?p=68"),
    (MauWordpress, "/68/", "/?p=68"),
    (MauWordpress, "/archives/hoi-lang", "/hoi-lang/"),
]  # fmt: skip
