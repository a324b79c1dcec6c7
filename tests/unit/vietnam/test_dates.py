"""Publication dates: every form portals write, exactly; everything else refused."""

from __future__ import annotations

import csv
import unicodedata
from datetime import date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testing.recorded import ABSENT, GUIDE
from vietnam.date_forms import TZ
from vietnam.dates import (
    Moment,
    find_published,
    later_moments,
    read_machine,
    read_published,
    read_upload,
    read_url_day,
    shows_no_moment,
)

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=TZ)
TABLE = GUIDE / "dates.csv"

SHOWN = {
    "9:05, Thứ Hai, 06-4-2026": "2026-04-06T09:05:00+07:00",
    "Thứ tư, 08/04/2026 07:30": "2026-04-08T07:30:00+07:00",
    "08/04/2026 07:30": "2026-04-08T07:30:00+07:00",
    "08/04/2026 07:30:15": "2026-04-08T07:30:15+07:00",
    "Thứ tư, 08/04/2026 07:30 GMT+7": "2026-04-08T07:30:00+07:00",
    "Thứ tư, 8/4/2026, 00:30 (GMT+7)": "2026-04-08T00:30:00+07:00",
    "08/04/2026 07:30 (GMT+07:00)": "2026-04-08T07:30:00+07:00",
    "08/04/2026 20:30 UTC": "2026-04-09T03:30:00+07:00",
    "Thứ Tư, ngày 08 tháng 4 năm 2026, 07:30 (Giờ Hà Nội)": "2026-04-08T07:30:00+07:00",
    "Ngày 08/04/2026": "2026-04-08",
    "Ngày: 08/04/2026": "2026-04-08",
    "(08/04/2026)": "2026-04-08",
    "8.4.2026": "2026-04-08",
    "08-04-2026": "2026-04-08",
    "Thứ 4, 08/04/2026 | 21:22": "2026-04-08T21:22:00+07:00",
    "T4, 08/04/2026 21:22": "2026-04-08T21:22:00+07:00",
    "CN, 12/04/2026 10:11": "2026-04-12T10:11:00+07:00",
    "Chủ nhật - 12/04/2026 15:22": "2026-04-12T15:22:00+07:00",
    "21:22:05 | 08/04/2026": "2026-04-08T21:22:05+07:00",
    "21:22 , 08/04/2026": "2026-04-08T21:22:00+07:00",
    "21:22 08/04/2026": "2026-04-08T21:22:00+07:00",
    "08/04/2026 - 21:22": "2026-04-08T21:22:00+07:00",
    "- 08/04/2026 08:47": "2026-04-08T08:47:00+07:00",
    "08-04-2026 - 00:01 AM": "2026-04-08T00:01:00+07:00",
    "08-04-2026 - 15:01 PM": "2026-04-08T15:01:00+07:00",
    "08/04/2026 3:34:00 CH": "2026-04-08T15:34:00+07:00",
    "08/04/2026 8:00 SA": "2026-04-08T08:00:00+07:00",
    "25/12/2025 10:00 AM": "2025-12-25T10:00:00+07:00",
    "5/5/2026 3:34 PM": "2026-05-05T15:34:00+07:00",
    "8h30' ngày 8-4-2026": "2026-04-08T08:30:00+07:00",
    "08/04/2026, 08 giờ 30 phút": "2026-04-08T08:30:00+07:00",
    "29 Tháng 7, 2025": "2025-07-29",
    "5 Tháng Ba, 2026": "2026-03-05",
    "Tháng Mười Một 5, 2025": "2025-11-05",
    "05 Th3 2026": "2026-03-05",
    "08 tháng 04 năm 2026": "2026-04-08",
    "ngày 14 tháng 08 năm 2025": "2025-08-14",
    "Ngày đăng: 08-04-2026": "2026-04-08",
    "Ngày đăng: 08/04/2026  11:38": "2026-04-08T11:38:00+07:00",
    "Đăng ngày 08/04/2026 bởi Admin": "2026-04-08",
    "Được đăng: Thứ tư, 08 Tháng 4 2026 15:34": "2026-04-08T15:34:00+07:00",
    "Gửi lúc: 08/04/2026 15:42:27": "2026-04-08T15:42:27+07:00",
    "Cập nhật: Thứ Tư, ngày 08/04/2026": "2026-04-08",
    "Cập nhật, 12:53, Thứ Tư, 08/04/2026 (GMT+7)": "2026-04-08T12:53:00+07:00",
    "Cập nhật lúc: 15:34, 08/04/2026": "2026-04-08T15:34:00+07:00",
    "Lượt xem: 7.370 | Gửi lúc: 08/04/2026 15:42": "2026-04-08T15:42:00+07:00",
    "08/04/2026 (12 lượt xem)": "2026-04-08",
    "Thứ tư, 08/04/2026 | 10:31 | Lượt xem: 29 | Đọc bài": "2026-04-08T10:31:00+07:00",
    "Thứ tư - 08/04/2026 15:34 In ra": "2026-04-08T15:34:00+07:00",
    "Tác giả: Trần Văn Bảo | Ngày: 08/04/2026 08:00 | Lượt xem: 12": "2026-04-08T08:00:00+07:00",
    "THANH BÌNH - MAI LÂM 08/04/2026 11:39": "2026-04-08T11:39:00+07:00",
    "Tin tức - Sự kiện - 08/04/2026 15:34": "2026-04-08T15:34:00+07:00",
    "Ngày đăng: 05/05/2021 | Cập nhật: 06/06/2022 10:00": "2021-05-05",
    "Cập nhật: 06/06/2022 10:00 - Ngày đăng: 05/05/2021 09:00": "2021-05-05T09:00:00+07:00",
    "Số 12 Ngày 8/4/2026": "2026-04-08",
    "08/04/2026\n\n   09:51": "2026-04-08T09:51:00+07:00",
    "Thứ Tư, 15:22, 08/04/2026": "2026-04-08T15:22:00+07:00",
    "08/04/2026 15:22 [GMT+7]": "2026-04-08T15:22:00+07:00",
    "08/04/2026 vào lúc 15:22": "2026-04-08T15:22:00+07:00",
    "08 Tháng Tư 2026 Lượt xem: 12": "2026-04-08",
    "Publish date: 08/04/2026": "2026-04-08",
    "Đăng bởi Lan Chi lúc 08/04/2026 15:22": "2026-04-08T15:22:00+07:00",
    "Ngày đăng: 08/04/2026 | Lượt xem: 12 | Tác giả: Lan Chi": "2026-04-08",
    "08/04/2026 15:22 - 120 lượt xem": "2026-04-08T15:22:00+07:00",
    "2026/04/08 08:11": "2026-04-08T08:11:00+07:00",
    # a weekday in either language settles the order of day and month
    "Wednesday, 08/04/2026, 07:30": "2026-04-08T07:30:00+07:00",
    "Wed, 04/08/2026 - 07:30": "2026-04-08T07:30:00+07:00",
    "Wed, 08/04/2026 - 07:30": "2026-04-08T07:30:00+07:00",
    "Tue., 03/24/2026 - 13:32": "2026-03-24T13:32:00+07:00",
    "Thứ Tư, 08/04/2026 2:05 PM": "2026-04-08T14:05:00+07:00",
    "Wednesday, 4/8/2026 2:05:00 PM": "2026-04-08T14:05:00+07:00",
    "2:05 PM, Thứ Tư, 08/04/2026": "2026-04-08T14:05:00+07:00",
    "Thứ Hai, 06/04/2026 12:05 a.m.": "2026-04-06T00:05:00+07:00",
    "Wednesday, April 8, 2026 - 14:00": "2026-04-08T14:00:00+07:00",
    "8 Apr 2026 2:00 p.m.": "2026-04-08T14:00:00+07:00",
    # the time stands behind words of its own
    "Thứ bẩy, ngày 04 tháng 04 năm 2026 cập nhật lúc 14:08": "2026-04-04T14:08:00+07:00",
    "Thứ Bẩy, ngày 04/04/2026 (cập nhật lúc 14h08)": "2026-04-04T14:08:00+07:00",
    "08/04/2026 - Cập nhật lúc: 14:08": "2026-04-08T14:08:00+07:00",
    "Thứ Tư, 08/04/2026 | - 13:32": "2026-04-08T13:32:00+07:00",
    # a name behind the date
    "08/04/2026 14:00 by quantri": "2026-04-08T14:00:00+07:00",
    "Submitted by quantri on Wed, 04/08/2026 - 14:00": "2026-04-08T14:00:00+07:00",
    "Ngày đăng: 08/04/2026 bởi quản trị": "2026-04-08",
    "08/04/2026 14:00 bởi Lan Chi | Lượt xem: 12": "2026-04-08T14:00:00+07:00",
    # labels beside the label of publication
    "Ngày ký: 01/04/2026 | Ngày đăng: 08/04/2026": "2026-04-08",
    "Ngày ban hành: 01/04/2026 Ngày đăng tải: 08/04/2026 09:15": "2026-04-08T09:15:00+07:00",
    "Ngày đăng: 08/04/2026 - Ngày có hiệu lực: 10/04/2026": "2026-04-08",
    "Số ký hiệu: 12/TB-UBND | Ngày ban hành: 01/04/2026 | Ngày đăng: 08/04/2026": "2026-04-08",
}

MACHINE = {
    "2026-04-08T07:30:15+07:00": "2026-04-08T07:30:15+07:00",
    "2026-04-08T07:30:15+0700": "2026-04-08T07:30:15+07:00",
    "2026-04-08T07:30:15": "2026-04-08T07:30:15+07:00",
    "2026-04-08 07:30": "2026-04-08T07:30:00+07:00",
    "2026-04-08T07:30:15.123456 +07:00": "2026-04-08T07:30:15+07:00",
    "2026-04-08T20:30:15Z": "2026-04-09T03:30:15+07:00",
    "2026-04-08T20:30:15-05:00": "2026-04-09T08:30:15+07:00",
    "2026-04-08": "2026-04-08",
    "Wed, 08 Apr 2026 20:30:05 UTC": "2026-04-09T03:30:05+07:00",
    "Wed, 08 Apr 2026 20:30:05 GMT": "2026-04-09T03:30:05+07:00",
    "Wed, 08 Apr 2026 20:30:05 +0700": "2026-04-08T20:30:05+07:00",
    "8 Apr 2026 20:30 +0700": "2026-04-08T20:30:00+07:00",
}

REFUSED = [
    # impossible, out of range, incomplete
    "30/02/2026", "31/04/2025 10:00", "12/13/2025", "0/1/2026", "01/01/0001", "31/12/9999", "05/03/1996",
    "05/03/2026 25:10", "05/03/26 10:00", "10/11", "tháng 3/2026", "năm 2026", "-0001-11-30 07:06:30", "13-01",
    "2025-13-45", "2026-02-30", "2026-04-08T24:30:00", "2026-04-08T10:00:00+19:00", "",
    # later than now
    "23/11/2026", "22/11/2026 12:01", "2026-11-22T05:01:00Z", "01/01/2999",
    # month first, or could be
    "03/05/2026 3:34 PM", "3/5/2026 3:34:00 AM", "11/24/2023 3:18:29 PM", "January 12th, 2011",
    "Tue, 03 Feb 2026 15:02 GMT",
    # other dates than publication
    "Ngày ký: 01/04/2026 | Ngày hiệu lực: 08/04/2026", "Số ký hiệu: 12/TB-UBND | 08/04/2026 ký ban hành",
    "Ngày hiệu lực: 05/03/2026", "Ngày ban hành: 05/03/2026", "Ngày ký: 05/03/2026", "Hạn nộp hồ sơ: 05/03/2026",
    "Ngày trả lời: 05/03/2026 10:22", "Ngày họp: 05/03/2026", "Kết thúc: 05/03/2026", "Hôm nay, 05/03/2026",
    "Trần Văn Bảo sinh ngày 05/03/2000", "Giấy phép số: 12/GP-TTĐT, cấp ngày 05/03/2020",
    "có hiệu lực thi hành kể từ 05/03/2026", "Đăng ký trước ngày 05/03/2026", "(tự động cập nhật 05/03/2026)",
    "Họp lúc 14:30 ngày 05/03/2026", "Kế hoạch số 12/KH-UBND ngày 31/05/2023", "© 2007 - 2026",
    # ranges and sentences
    "05/03/2026 - 07/03/2026", "05/03/2026 08:00 - 06/03/2026 17:00", "5-7/3/2026", "5 và 7/3/2026",
    "từ ngày 5 đến ngày 7 tháng 3 năm 2026", "8h00 - 11h30, 05/03/2026", "Sáng 05/03/2026",
    "Sáng ngày 05/03/2026, đồng chí Bí thư chủ trì", "Hội nghị diễn ra ngày 05/03/2026",
    # stamps and broken machine values
    "<!--s: 07/03/2026 00:01:43-->", "2026-04-08+0708:47:29", "2026-04-08T10-15-08", "1663239191717",
    "Tue, 3 Feb 2026 08:02:00 GMT", "bdate=01/01/2001&edate=01/01/2001", "1.2.3.2026", "0233-05-03-2026",
]  # fmt: skip


@pytest.mark.parametrize(("line", "iso"), SHOWN.items(), ids=list(SHOWN))
def test_visible_line(line: str, iso: str) -> None:
    moment = read_published(line, NOW)
    assert moment is not None
    assert moment.isoformat() == iso
    assert read_published(unicodedata.normalize("NFD", line.upper()), NOW) == moment


@pytest.mark.parametrize(("value", "iso"), MACHINE.items(), ids=list(MACHINE))
def test_machine_value(value: str, iso: str) -> None:
    moment = read_machine(f" {value} ", NOW)
    assert moment is not None
    assert moment.isoformat() == iso
    assert read_published(value, NOW) == moment


@pytest.mark.parametrize("text", REFUSED)
def test_refused(text: str) -> None:
    assert read_published(text, NOW) is None
    assert read_machine(text, NOW) is None
    assert read_url_day(text) is None
    assert find_published(text, NOW) is None


@pytest.mark.parametrize("line", ["08/04/2026 07:30", "Thứ tư, 8/4/2026"])
def test_a_visible_form_is_no_machine_value(line: str) -> None:
    """Day and month of a slashed attribute may be in either order, and hidden fields hold the last change."""
    assert read_machine(line, NOW) is None


FOUND = {
    "Sở tổ chức hội nghị ngày 05/03/2026\n7:51, Thứ Tư, 08-4-2026\nLượt xem: 12": "7:51, Thứ Tư, 08-4-2026",
    "08/04/2026 09:10 | Lượt xem: 12": "08/04/2026 09:10",
    "Thứ tư, 08/04/2026 13:16 Sở Khoa học hoàn thành kế hoạch": "Thứ tư, 08/04/2026 13:16",
    "Quy định có hiệu lực từ ngày 01-01-2026\n08/04/2026 10:10": "08/04/2026 10:10",
    "Giờ làm việc: 7:30 - 11:30\n08/04/2026 10:10": "08/04/2026 10:10",
    "Tác giả: Lan Chi\nThứ 4, 08/04/2026 | 21:22 | Lượt xem: 1.200": "Thứ 4, 08/04/2026 | 21:22",
    "Ngày đăng:  08/04/2026\nNgày hiệu lực: 01/10/2026": "Ngày đăng: 08/04/2026",
    "(08/04/2026)": "08/04/2026",
    "Thứ Tư, 15:22, 08/04/2026 [GMT+7] In ra": "Thứ Tư, 15:22, 08/04/2026 [GMT+7]",
    "Lượt xem: 7370 | Gửi lúc: 08/04/2026 15:42:27": "Gửi lúc: 08/04/2026 15:42:27",
    "Tin: 08/04/2026 08:00 đã sửa\nThứ 5, 09/04/2026, 09:00 (GMT+7)": "Thứ 5, 09/04/2026, 09:00 (GMT+7)",
}


@pytest.mark.parametrize(("block", "raw"), FOUND.items(), ids=list(FOUND.values()))
def test_found_in_a_title_block(block: str, raw: str) -> None:
    found = find_published(block, NOW)
    assert found is not None
    assert found[1] == raw
    assert found[0] == read_published(raw, NOW)


@pytest.mark.parametrize(
    "block",
    [
        "(Cổng TTĐT) Sáng ngày 29/11/2023, ông Trần Văn Bảo chủ trì buổi làm việc.",
        "Ngày 16/10/2020, Sở Khoa học tổ chức hội nghị",
        "Vào lúc 08:00 ngày 05/03/2026, tại Hội trường",
        "Lễ hội diễn ra từ 28-6 đến 4-7-2026",
        "Không có ngày nào",
        "",
    ],
)
def test_no_date_in_a_sentence(block: str) -> None:
    assert find_published(block, NOW) is None


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://tinh.replica.test/portal/Pages/2024-4-25/Tin-moi.aspx", date(2024, 4, 25)),
        ("/portal/pages/2026-07-15/", date(2026, 7, 15)),
        ("/tin/2024/04/25/bai-viet", date(2024, 4, 25)),
        ("/portal/pages/2015/", None),
        ("/portal/Pages/2024-2-30/", None),
        ("/portal/Pages/1901-2-3/", None),
        ("/tin/hoi-nghi-2024-04-25-tai-hue", None),
        ("/tim?ngay=/2024-04-25/", None),
        ("/chi-tiet/-/view-article/1/1663228888354/1663239191717", None),
        ("-102260228093004191.htm", None),
    ],
)
def test_day_of_an_address(url: str, day: date | None) -> None:
    assert read_url_day(url) == day


@pytest.mark.parametrize(
    ("url", "moment"),
    [
        (
            "https://datafiles.nghean.gov.vn/nan-ubnd/1/quantritintuc20242/a[1]638442095766744668.jpg",
            "2024-02-22T14:39:36",
        ),
        ("/gov-cmu/1/FileQuanTriTinTuc/ke-hoach-3-639040686316440730.pdf", "2026-01-15T10:10:31"),
        ("/tintuc/2025/3/bao-cao-2025638442095766744668.pdf?v=1", "2024-02-22T14:39:36"),
        ("/steeringdocument/a638442095766744668639040686316440730.docx", "2026-01-15T10:10:31"),
        ("/a638442095766744668/b.pdf", None),
        ("/a63844209576674466.pdf", None),
        ("/a999999999999999999.pdf", None),
        ("/a000000000000000000.pdf", None),
        ("/a649999999999999999.pdf", None),
    ],
    ids=[
        "a picture",
        "a file",
        "behind a year",
        "a copy",
        "a folder",
        "17 digits",
        "year 3169",
        "year 1",
        "the future",
    ],
)
def test_the_upload_in_a_files_name(url: str, moment: str | None) -> None:
    found = read_upload(url, NOW)
    assert (found.isoformat() if found else None) == (f"{moment}+07:00" if moment else None)


def test_moment() -> None:
    day = Moment(date(2023, 11, 30))
    assert (day.isoformat(), day.at().isoformat()) == ("2023-11-30", "2023-11-30T00:00:00+07:00")
    assert Moment(date(2023, 11, 30), time(7, 51)).isoformat() == "2023-11-30T07:51:00+07:00"


def test_known_by_the_day_of_viet_nam() -> None:
    """At 18:00 UTC the next day has begun in Viet Nam."""
    utc = timezone(timedelta(0))
    assert Moment(date(2026, 3, 6)).known_by(datetime(2026, 3, 5, 17, 0, tzinfo=utc))
    assert not Moment(date(2026, 3, 6)).known_by(datetime(2026, 3, 5, 16, 59, tzinfo=utc))
    assert not Moment(date(2026, 3, 5), time(8, 0)).known_by(datetime(2026, 3, 5, 0, 59, tzinfo=utc))


@given(st.dates(date(1997, 1, 1), date(2026, 11, 21)), st.times().map(lambda at: at.replace(microsecond=0)))
def test_every_moment_is_read_back(day: date, clock: time) -> None:
    moment = Moment(day, clock)
    for line in (f"{day:%d/%m/%Y} {clock:%H:%M:%S}", f"{clock:%H:%M:%S}, {day.day}-{day.month}-{day.year}"):
        assert read_published(line, NOW) == moment
    assert read_machine(moment.isoformat(), NOW) == moment
    assert read_published(f"ngày {day.day} tháng {day.month} năm {day.year}", NOW) == Moment(day)


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (read_published, read_machine, find_published):
        read(text, NOW)
    read_url_day(text)


def guide(kind: str) -> list[dict[str, str]]:
    if not TABLE.is_file():
        pytest.skip(ABSENT)
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return [row for row in csv.DictReader(lines) if row["kind"] == kind]


def iso(written: str) -> str:
    return written if "T" not in written else datetime.fromisoformat(written).replace(microsecond=0).isoformat()


def test_published_rows_of_the_field_guide() -> None:
    rows = guide("published")
    assert len(rows) == 60
    for row in rows:
        folder = read_url_day(row["text"])
        read = Moment(folder) if folder else read_published(row["text"], NOW)
        assert read is not None, row["text"]
        assert read.isoformat() == iso(row["iso"]), row["text"]


def test_trap_rows_of_the_field_guide() -> None:
    """Position traps look like any date and are refused where they stand; a hidden field is read as a machine value."""
    rows = [row for row in guide("trap") if not row["note"].startswith("position:")]
    assert len(rows) == 41
    for row in rows:
        assert read_machine(row["text"], NOW) is None, row
        assert read_url_day(row["text"]) is None, row
        if "input#" not in row["where_seen"]:
            assert read_published(row["text"], NOW) is None, row
            assert find_published(row["text"], NOW) is None, row


def test_the_moments_that_come_later_are_collected_where_they_are_refused() -> None:
    with later_moments() as later:
        assert read_published("Thứ tư, 08/04/2026 07:30", NOW) is not None
        assert later == []
        assert read_published("Ngày đăng: 23/11/2026", NOW) is None
        assert read_machine("2026-11-22T12:00:01+07:00", NOW) is None
    assert set(later) == {Moment(date(2026, 11, 23)), Moment(date(2026, 11, 22), time(12, 0, 1))}
    read_published("Ngày đăng: 24/11/2026", NOW)
    assert len(set(later)) == 2


@pytest.mark.parametrize(
    "text",
    [
        "31/02/2025", "Ngày đăng: 31/02/2025 25:61", "05/03/20205 08:00", "NaN/NaN/NaN 25:61", "05/03/2568 08:00",
        "03/13/2025 08:00 | Lượt xem: 35", "01/01/0001 00:00", "05/03/2099 08:00", "3/5/2026 3:34:00 PM", "04/03/25",
        "Thứ Năm, 31 tháng 2 năm 2025", "2025-02-31T08:00:00", "30 Feb 2025", "Lê Văn Thử - 00/00/0000",
    ],
)  # fmt: skip
def test_a_published_line_with_an_impossible_moment_is_known_as_one(text: str) -> None:
    assert read_published(text, NOW) is None
    assert shows_no_moment(text, NOW)


@pytest.mark.parametrize(
    "text",
    [
        "05/03/2025 08:00", "Giấy phép số 12/GP cấp ngày 31/02/2025", "Hạn nộp: 31/02/2025", "Số 15/2024/QĐ-UBND",
        "Từ ngày 31/02/2025 đến 03/03/2025", "31/02/2025 là ngày không có", "1.234.567", "10.0.0.1", "3 giờ trước",
    ],
)  # fmt: skip
def test_other_lines_show_no_impossible_moment(text: str) -> None:
    assert not shows_no_moment(text, NOW)
