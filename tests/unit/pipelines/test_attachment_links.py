"""Find files behind addresses that name none: the link's words do, and the address asks for a download."""

from __future__ import annotations

import pytest

from pipelines.html.attachment_links import attachments_in
from pipelines.html.tree import parse

BASE = "https://xa.mau.vn.replica.test/y-te/lich-tiem-12.html"


@pytest.mark.parametrize(
    ("link", "names"),
    [
        ("<a href='/y-te/lich-tiem-12.html?download=1&amp;id=0'>Tập tin : <b>lich-tiem.pdf</b></a>", ["lich-tiem.pdf"]),
        ("<a href='/tai?id=7&amp;download=true'>Mẫu đơn.docx</a>", ["Mẫu đơn.docx"]),
        ("<a href='/LinkClick.aspx?fileticket=a%3d&amp;mid=10814&amp;tabid=63'>Quy chế.pdf</a>", ["Quy chế.pdf"]),
        ("<a href='?download=3'>danh-sach.xlsx (12 KB)</a>", ["danh-sach.xlsx (12 KB)"]),
        ("<a href='?download=3'>Tải ứng dụng</a>", []),
        ("<a href='/y-te/tin-7.html'>Cách đọc tệp lich-tiem.pdf trên điện thoại</a>", []),
    ],
)
def test_a_download_is_known_by_its_words(link: str, names: list[str]) -> None:
    page = parse(f"<html><body><div>{link}</div></body></html>".encode(), BASE)
    assert [found.name for found in attachments_in([page.root], BASE)] == names
