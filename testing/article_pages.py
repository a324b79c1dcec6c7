"""Composed article pages in the markup shapes of the CMS families: invented people and events, what must come out beside."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.article import Block, BlockKind, Layout

L, H, P, C, LI, T, S = (
    BlockKind.LEAD,
    BlockKind.HEADING,
    BlockKind.PARAGRAPH,
    BlockKind.CAPTION,
    BlockKind.LIST_ITEM,
    BlockKind.TABLE_ROW,
    BlockKind.SIGNOFF,
)

TITLE = "Xã Đồng Mộc khánh thành trạm bơm nước sạch thứ hai"
LEAD = "Sáng 14/3, xã Đồng Mộc đưa vào sử dụng trạm bơm nước sạch thứ hai, phục vụ hơn một nghìn hộ dân hai thôn phía đông."
ONE = (
    "Công trình do huyện Thanh Lạc đầu tư trong mười tháng, gồm một trạm bơm, hai bể lắng và gần chín kilômét đường ống; "
    "tổng vốn hơn mười hai tỷ đồng từ ngân sách huyện và đóng góp của nhân dân."
)
TWO = "Ông Trần Hữu Lãm, Chủ tịch UBND xã, cho biết nước được kiểm nghiệm hằng tuần và giá bán giữ nguyên đến hết năm sau."
CAPTION = "Người dân thôn Hạ lấy nước từ vòi công cộng. Ảnh: Vũ Khoa"
NAME = "Lê Thị Thu Sương"
RELATED = "Thôn Thượng họp bàn kế hoạch làm đường liên gia trong quý hai"


@dataclass(frozen=True, slots=True)
class ArticleShape:
    """A page, the layout that fits it, and what it says."""

    name: str
    html: str
    layout: Layout
    blocks: tuple[Block, ...]
    published: str | None = "2025-03-14T16:20:00+07:00"
    raw: str | None = None
    title: str = TITLE
    author: str | None = None
    attachments: tuple[tuple[str, str, str], ...] = ()


def b(*pairs: tuple[BlockKind, str]) -> tuple[Block, ...]:
    return tuple(Block(kind, text) for kind, text in pairs)


def page(inner: str, head: str = "") -> str:
    return f"""<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8">
<title>{TITLE} - Cổng thông tin điện tử huyện Thanh Lạc</title>
{head}</head><body><div id="top"><h1>Thực đơn</h1><ul><li><a href="/">Trang chủ</a></li><li><a href="/tin">Tin tức</a></li></ul>
<span class="clock">Thứ hai, 17/03/2025</span></div>{inner}
<div class="col-right"><h3>Tin nổi bật</h3><ul><li><a href="/k1">{RELATED}</a> <span>12/03/2025</span></li></ul>
<p>Đang truy cập: 31</p><p>Tổng lượt truy cập: 90211</p></div>
<div class="foot">Giấy phép số 17/GP-TTĐT cấp ngày 02/01/2025. Bản quyền thuộc UBND huyện Thanh Lạc.</div></body></html>"""


VHV = Layout(
    name="vhv-new",
    fits="article[class*=news-detail-layout]",
    title=("h1.title-detail",),
    published=("span.post-date",),
    lead=(".article-brief", "div.brief"),
    body=(".common-content", ".content-detail"),
    author=(".aritcle-author",),
    drop=(".social-connect",),
)
TANDAN = Layout(
    name="tandan",
    fits=".tandan-p-article-news-title, .tandan-title-view",
    title=(".tandan-p-article-news-title", ".tandan-title-view"),
    published=(".tandan-span-date-publish",),
    lead=(".tandan-p-article-news-summary",),
    body=(".tandan-p-article-main", ".ms-rtestate-field"),
    drop=(".tandan-div-article-other",),
)
VCCORP = Layout(
    name="vccorp",
    fits="[data-role=content]",
    title=("[data-role=title]",),
    published=("[data-role=publishdate]",),
    lead=("[data-role=sapo]",),
    body=("[data-role=content]",),
    author=(".detail-author-top",),
    drop=("[type=RelatedNewsBox]", ".NLPlaceholderShow"),
)
NUKEVIET = Layout(
    name="nukeviet",
    fits="#news-bodyhtml",
    title=("h1.title",),
    published=("span.h5",),
    lead=(".hometext",),
    body=("#news-bodyhtml",),
    author=("p.h5.text-right",),
    attachments=(".news-download-file",),
)
LIFERAY = Layout(
    name="liferay",
    fits=".portlet-asset-publisher",
    title=(".title-detail",),
    published=(".date-publish",),
    lead=("meta[name=description]::attr(content)",),
    body=(".portlet-asset-publisher .journal-content-article",),
    drop=("[class*=rating]", "[class*=portlet]"),
    cut=(".others",),
    labels=("Hoạt động của các thôn",),
)
PLAIN = Layout(name="plain", fits="div.c", title=("h1.t",), published=("p.d",), body=("div.c",))


def vhv(body: str, brief: str = LEAD, after: str = "") -> str:
    return page(
        f"""<div class="ModuleWrapper"><article class="news-detail-layout-type-2"><header>
<span class="post-date left">Thứ sáu, 14/03/2025<span class="drash"> | </span>16:20</span>
<div class="block_share">A- A A+</div></header>
<div class="article-content"><h1 class="article-title title-detail">{TITLE}</h1><div class="social-connect">Chia sẻ</div>
<div class="article-brief common-brief"><p><strong>{brief}</strong></p></div>
<div class="article-content common-content">{body}</div><hr>{after}
<div class="rating">Tổng số điểm của bài viết là: 0 trong 0 đánh giá</div></div></article></div>"""
    )


def plain(body: str) -> str:
    return page(f'<main><h1 class="t">{TITLE}</h1><p class="d">14/03/2025 16:20</p><div class="c">{body}</div></main>')


def spans(text: str, depth: int) -> str:
    return "<span style='font-size:14px'>" * depth + text + "</span>" * depth


VHV_RAW = "Thứ sáu, 14/03/2025 | 16:20"
PLAIN_RAW = "14/03/2025 16:20"
BASE = "https://thanhlac.replica.test"

SHAPES = (
    ArticleShape(
        "VHV news with author outside the body",
        vhv(
            f"<p style='text-align:center'><img src='/upload/1/tram.jpg'></p><p style='text-align:center'><em>{CAPTION}</em></p>"
            f"<p>{spans(ONE, 20)}</p><p>{TWO}</p>",
            after=f"<div class='aritcle-author author'><span><b>Tác giả:</b></span> {NAME}</div>",
        ),
        VHV,
        b((L, LEAD), (C, CAPTION), (P, ONE), (P, TWO), (S, f"Tác giả: {NAME}")),
        raw=VHV_RAW,
        author=NAME,
    ),
    ArticleShape(
        "VHV with the lead as the whole body",
        vhv("").replace('<div class="article-content common-content"></div>', ""),
        VHV,
        b((P, LEAD)),
        raw=VHV_RAW,
    ),
    ArticleShape(
        "VHV lead repeated as first paragraph",
        vhv(f"<p>{LEAD}</p><p>{ONE}</p>"),
        VHV,
        b((L, LEAD), (P, ONE)),
        raw=VHV_RAW,
    ),
    ArticleShape(
        "Tân Dân, where the paragraph of the body closes before it",
        page(
            f"""<div class="tandan"><p class="tandan-p-article-news-title">{TITLE}</p>
<span class="tandan-span-date-publish">Đăng ngày 14/03/2025 16:20</span><p class="tandan-p-article-news-summary">{LEAD}</p>
<p class="tandan-p-article-main"><div class="ms-rtestate-field"><p>{ONE}</p><p><img src="/portal/Photos/a%20(1).jpg" alt=""></p>
<p>{CAPTION}</p><div>{TWO}</div></div>
<div class="tandan-div-article-other"><p class="tandan-p-article-other"><a href="/k">{RELATED}</a></p></div></div>"""
        ),
        TANDAN,
        b((L, LEAD), (P, ONE), (C, CAPTION), (P, TWO)),
        raw="Đăng ngày 14/03/2025 16:20",
    ),
    ArticleShape(
        "VCCorp with figure, headings and a related box in the body",
        page(
            f"""<div class="detail"><h1 data-role="title">{TITLE}</h1><h2 data-role="sapo">{LEAD}</h2>
<div data-role="publishdate">14/03/2025 <span class="icon"><svg><text>x</text></svg></span>
16:20</div><div data-role="content"><figure type="Photo"><div><img src="/thumb/a.jpg" data-original="/full/a.jpg"></div>
<figcaption class="PhotoCMS_Caption"><p>{CAPTION}</p></figcaption></figure><h2>Nguồn vốn</h2><p>{ONE}</p>
<p class="NLPlaceholderShow">Chú thích ảnh</p>
<div type="RelatedNewsBox"><ul><li>Tham khảo thêm</li><li><a href="/k">{RELATED}</a></li></ul></div><p>{TWO}</p></div></div>"""
        ),
        VCCORP,
        b((L, LEAD), (C, CAPTION), (H, "Nguồn vốn"), (P, ONE), (P, TWO)),
        raw=PLAIN_RAW,
    ),
    ArticleShape(
        "NukeViet with a file, an author and a source below the body",
        page(
            f"""<div class="news_column"><h1 class="title">{TITLE}</h1>
<span class="hidden d-none" itemprop="datePublished">2025-03-14T16:20:00+07:00</span>
<span class="h5">Thứ sáu - 14/03/2025 16:20</span>
<div id="imgpreview" style="display:none">{CAPTION}</div><div class="hometext">{LEAD}</div>
<div id="news-bodyhtml"><p>{ONE}</p>{TWO}<br><br>Nước về đến thôn Hạ lúc chín giờ.</div>
<div class="news-download-file"><a href="/tin/tram-12.html?download=1&amp;id=0" download>
Tập tin: <strong>ke-hoach.pdf</strong></a></div>
<p class="h5 text-right"><strong>Tác giả: </strong>{NAME}</p>
<p class="h5 text-right"><strong>Nguồn tin: </strong>Đài huyện</p></div>"""
        ),
        NUKEVIET,
        b(
            (L, LEAD),
            (P, ONE),
            (P, TWO),
            (P, "Nước về đến thôn Hạ lúc chín giờ."),
            (S, f"Tác giả: {NAME}"),
            (S, "Nguồn tin: Đài huyện"),
        ),
        raw="Thứ sáu - 14/03/2025 16:20",
        author=NAME,
        attachments=(("ke-hoach.pdf", f"{BASE}/tin/tram-12.html?download=1&id=0", "pdf"),),
    ),
    ArticleShape(
        "Liferay with the lead in the description only and the next module's label after the body",
        page(
            f"""<div class="journal-content-article"><img src="/banner.png">Khẩu hiệu của cổng</div>
<div class="portlet-asset-publisher"><h2 class="title-detail">{TITLE}</h2>
<span class="date-publish">14/03/2025 16:20 | Lượt xem: 1.204</span>
<div class="journal-content-article"><p>{ONE}</p><p>{TWO}</p><div class="taglib-ratings rating">Đánh giá bài viết</div>
<p>Hoạt động của các thôn</p><div class="others"><a href="/k">{RELATED}</a></div><p>Cổng TTĐT</p></div></div>""",
            head=f'<meta name="description" content="{LEAD}">',
        ),
        LIFERAY,
        b((L, LEAD), (P, ONE), (P, TWO)),
        raw=PLAIN_RAW,
    ),
    ArticleShape(
        "nested divs, centred blocks and bare text between them",
        plain(
            f"{ONE}<div><div>{TWO}</div>Sau khối lồng nhau còn một câu.</div><center>Khối giữa trang</center>"
            "Chữ trần thứ nhất<br>Chữ trần thứ hai<div align='center'><b>TM. BAN TỔ CHỨC</b></div>câu cuối sau khối giữa."
        ),
        PLAIN,
        b(
            (P, ONE),
            (P, TWO),
            (P, "Sau khối lồng nhau còn một câu."),
            (P, "Khối giữa trang"),
            (P, "Chữ trần thứ nhất"),
            (P, "Chữ trần thứ hai"),
            (P, "TM. BAN TỔ CHỨC"),
            (P, "câu cuối sau khối giữa."),
        ),
        raw=PLAIN_RAW,
    ),
    ArticleShape(
        "short notice",
        plain("<p>Xã tạm ngừng cấp nước từ 8 giờ ngày 20/3.</p>"),
        PLAIN,
        b((P, "Xã tạm ngừng cấp nước từ 8 giờ ngày 20/3.")),
        raw=PLAIN_RAW,
    ),
    ArticleShape(
        "decision table",
        plain(
            "<p>Danh sách hộ được hỗ trợ:</p><table><thead><tr><th>STT</th><th>Họ và tên</th><th>Số tiền</th></tr></thead><tbody>"
            "<tr><td>1</td><td><p>Đinh Văn Bạo</p></td><td>1.200.000</td></tr>"
            "<tr><td>2</td><td></td><td>900.000</td></tr></tbody></table>"
            "<p>Căn cứ đề nghị của thôn.</p>"
        ),
        PLAIN,
        b(
            (P, "Danh sách hộ được hỗ trợ:"),
            (T, "STT | Họ và tên | Số tiền"),
            (T, "1 | Đinh Văn Bạo | 1.200.000"),
            (T, "2 | | 900.000"),
            (P, "Căn cứ đề nghị của thôn."),
        ),
        raw=PLAIN_RAW,
    ),
    ArticleShape(
        "photo story in tables that only arrange",
        plain(
            "".join(
                f"<table align='center'><tr><td><img src='/p/{n}.jpg'></td></tr>"
                f"<tr><td>Ảnh {n}: thợ lắp đường ống.</td></tr></table>"
                for n in (1, 2, 3)
            )
        ),
        PLAIN,
        b(*((C, f"Ảnh {n}: thợ lắp đường ống.") for n in (1, 2, 3))),
        raw=PLAIN_RAW,
    ),
    ArticleShape(
        "attachment only",
        plain("<p><iframe src='/pdfjs/web/viewer.html?file=%2Fupload%2F17%2Fthong-bao.pdf#zoom=90'></iframe></p>"),
        PLAIN,
        (),
        raw=PLAIN_RAW,
        attachments=(("thong-bao.pdf", f"{BASE}/upload/17/thong-bao.pdf", "pdf"),),
    ),
    ArticleShape(
        "one-word, link-only and identical paragraphs",
        plain("<p>Có.</p><p><a href='/x'>Xem bản đồ</a></p><p>Nhất trí.</p><p>Nhất trí.</p><p>Nhất trí.</p>"),
        PLAIN,
        b((P, "Có."), (P, "Xem bản đồ"), (P, "Nhất trí."), (P, "Nhất trí."), (P, "Nhất trí.")),
        raw=PLAIN_RAW,
    ),
    ArticleShape(
        "three hundred levels of nesting",
        plain("<div>" * 300 + f"<p>{ONE}</p>" + "</div>" * 300 + f"<p>{TWO}</p>"),
        PLAIN,
        b((P, ONE), (P, TWO)),
        raw=PLAIN_RAW,
    ),
    ArticleShape(
        "lists, a quotation, hidden text, scripts and a title repeated in the body",
        plain(
            f"<p><b>{TITLE}</b></p><ul><li>Điểm một</li><li><p>Điểm hai</p></li></ul><blockquote><p>{ONE}</p></blockquote>"
            "<p style='display:none'>Ẩn</p><script>var a=1</script><p hidden>Ẩn nữa</p><!-- bình luận -->"
            "<p>Diện tích 5 m<sup>2</sup>,&nbsp;&nbsp;giá<o:p></o:p> 3&#8203;00 đồng.</p><pre>Dòng giữ nguyên</pre>"
        ),
        PLAIN,
        b(
            (LI, "Điểm một"),
            (LI, "Điểm hai"),
            (P, ONE),
            (P, "Diện tích 5 m2, giá 300 đồng."),
            (P, "Dòng giữ nguyên"),
        ),
        raw=PLAIN_RAW,
    ),
)
