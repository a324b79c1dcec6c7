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


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("KL_B%E1o%20c%E1o.pdf", "KL_Báo cáo.pdf"),
        ("%D0%F4ng%20Xu%E2n.doc", "Đông Xuân.doc"),
        ("B%C3%A1o%20c%C3%A1o.pdf", "Báo cáo.pdf"),
        ("100%25.pdf", "100%.pdf"),
    ],
)
@pytest.mark.parametrize("words", ["", "tệp", "Tải về"])
def test_a_file_without_words_has_the_name_of_its_address_in_whatever_encoding(
    path: str, name: str, words: str
) -> None:
    page = parse(f'<p><a href="/tep/{path}">{words}</a></p>'.encode(), BASE, "utf-8")
    assert [(found.name, found.url.endswith(path)) for found in attachments_in([page.root], BASE)] == [(name, True)]


def test_a_link_that_is_no_address_names_no_file() -> None:
    page = parse(b"<p><a href='http://[::1/a.pdf'>a.pdf</a> <a href='/b.pdf'>b.pdf</a></p>", BASE)
    assert [found.name for found in attachments_in([page.root], BASE)] == ["b.pdf"]
