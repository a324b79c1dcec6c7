"""The composed portals: what they serve, and that it changes as real portals do."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from replicas import FIRST_NIGHT, LAST_NIGHT
from replicas.articles import PORTALS, article_url, articles, expected, portal_site, render_article
from replicas.files import FileKind, file_bytes, replica_file
from replicas.records import Kind, ReplicaArticle, ReplicaSection, plain
from replicas.serve import NIGHT_HEADER, ReplicaServer
from testing.replica_client import ask

EVERY = [
    pytest.param(portal, article, id=f"{portal}-{article.slug[:40]}")
    for portal in PORTALS
    for article in articles(portal)
]
SECTIONS = [
    pytest.param(portal, section, id=f"{portal}{section.path}")
    for portal in PORTALS
    for section in portal_site(portal).sections
]


def path_of(url: str) -> str:
    """Path and query of an absolute address."""
    return "/" + url.split("/", 3)[3]


def words(page: str) -> str:
    """Return a page's characters without tags, comments and scripts, blanks folded, attribute values of meta kept."""
    contents = " ".join(re.findall(r'<meta[^>]+content="([^"]*)"', page))
    page = re.sub(r"(?s)<script.*?</script>|<!--.*?-->", " ", page)
    # Inline tags split words nowhere; block tags and breaks do.
    page = re.sub(r"</?(?:span|strong|b|em|i|a|font|o:p)\b[^>]*>", "", page)
    return plain(html.unescape(re.sub(r"<[^>]*>", " ", page) + " " + contents))


@pytest.fixture(scope="module")
def server() -> Iterator[ReplicaServer]:
    with ReplicaServer() as running:
        yield running


# What every portal serves ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("portal", PORTALS)
def test_a_portal_has_enough_of_everything(portal: str) -> None:
    found = articles(portal)
    nights = {article.day for article in found if article.day >= FIRST_NIGHT}
    assert len(found) >= 12
    assert all(FIRST_NIGHT - timedelta(days=20) <= article.day <= LAST_NIGHT for article in found)
    assert {FIRST_NIGHT, FIRST_NIGHT + timedelta(days=1), FIRST_NIGHT + timedelta(days=2), LAST_NIGHT} <= nights
    assert sum(article.withdrawn for article in found) == 1
    assert [len(article.revisions) for article in found if article.revisions] == [1]
    assert sum(article.twin is not None for article in found) == 1
    assert sum(article.shared is not None for article in found) == 1
    kinds = {part.kind for article in found for part in article.parts}
    assert {Kind.PARAGRAPH, Kind.CAPTION, Kind.SIGNOFF, Kind.TABLE_ROW} <= kinds
    assert {"plain", "word", "nested", "br", "centre"} == {article.shape for article in found}
    assert any(article.links() for article in found)
    assert any(0 < sum(len(part.text) for part in a.parts) < 250 and not a.lead for a in found)


def test_four_releases_are_printed_by_two_portals_word_for_word() -> None:
    places: dict[str, list[tuple[str, ReplicaArticle]]] = {}
    for portal in PORTALS:
        for article in articles(portal):
            if article.shared:
                places.setdefault(article.shared, []).append((portal, article))
    assert {name: len(shown) for name, shown in places.items()} == dict.fromkeys(places, 2)
    assert len(places) == 4
    for (one, first), (other, second) in places.values():
        a, b = expected(one, first, LAST_NIGHT), expected(other, second, LAST_NIGHT)
        assert (a.title, a.blocks) == (b.title, b.blocks)
    third = FIRST_NIGHT + timedelta(days=2)
    assert any(all(FIRST_NIGHT <= article.day <= third for _, article in shown) for shown in places.values())


def test_a_release_is_printed_by_other_portals_cut_or_signed_otherwise() -> None:
    reprints = [(portal, article) for portal in PORTALS for article in articles(portal) if article.reprint]
    assert [(portal, article.reprint, (article.day - FIRST_NIGHT).days) for portal, article in reprints] == [
        ("ninh_thuan", "canh_bao_lua_dao", 1),
        ("binh_dinh", "canh_bao_lua_dao", 0),
    ]
    for portal, article in reprints:
        [one, *_] = [(name, a) for name in PORTALS for a in articles(name) if a.shared == article.reprint]
        printed, release = expected(portal, article, LAST_NIGHT), expected(*one, LAST_NIGHT)
        assert printed.title == release.title
        assert printed.blocks[:-1] == release.blocks[: len(printed.blocks) - 1]
        assert printed.blocks[-1].kind is Kind.SIGNOFF
        assert len(printed.blocks) - 1 <= len(release.blocks)


@pytest.mark.parametrize("portal", PORTALS)
def test_robots_allows_the_sections_and_forbids_something(server: ReplicaServer, portal: str) -> None:
    site = portal_site(portal)
    answer = ask(server, site.host, "/robots.txt")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/plain")
    forbidden = re.findall(r"^Disallow: (\S+)$", answer.text, re.MULTILINE)
    assert forbidden
    paths = [section.path for section in site.sections] + [site.article_path(a) for a in site.articles]
    assert not [path for path in paths for rule in forbidden if path.startswith(rule)]


@pytest.mark.parametrize(("portal", "section"), SECTIONS)
def test_a_sections_pages_show_all_its_articles_once_more_than_the_sticky(
    server: ReplicaServer, portal: str, section: ReplicaSection
) -> None:
    site = portal_site(portal)
    rows = site.rows(section, LAST_NIGHT)
    pages = -(-len(rows) // site.page_size)
    shown = ""
    for number in range(1, pages + 1):
        answer = ask(server, site.host, site.list_path(section, number))
        assert answer.status == 200
        shown += answer.text
    assert len(rows) >= 1
    for row in rows:
        assert re.search(re.escape(html.escape(row.address)) + "[\"']", shown)
        assert html.escape(row.article.title, quote=False) in shown
    beyond = ask(server, site.host, site.list_path(section, pages + 1))
    assert beyond.status == 200


@pytest.mark.parametrize("portal", PORTALS)
def test_the_first_section_needs_paging_on_the_first_night(portal: str) -> None:
    site = portal_site(portal)
    assert len(site.rows(site.sections[0], FIRST_NIGHT)) > site.page_size or len(site.sections) > 2


def test_a_page_after_the_last_repeats_or_is_empty_as_the_portal_does() -> None:
    counts = {}
    for portal in PORTALS:
        site = portal_site(portal)
        longest = max(site.sections, key=lambda section: len(portal_site(portal).rows(section, LAST_NIGHT)))
        rows, last = site.page(longest, 99, LAST_NIGHT)
        counts[portal] = rows == site.page(longest, last, LAST_NIGHT)[0] and bool(rows)
    assert counts == {
        "ninh_thuan": False,
        "quang_tri": False,
        "binh_dinh": False,
        "bac_giang": True,
        "vjst": True,
        "quang_ninh": False,
        "da_nang": True,
        "bao_chinh_phu": True,
    }


def test_a_page_parameter_brings_page_one_again_on_the_newspaper(server: ReplicaServer) -> None:
    path = "/chinh-sach-va-cuoc-song/chinh-sach-moi.htm"
    ids = [
        re.findall(r'data-id="(\d+)"', ask(server, "baochinhphu.vn", path + query).text) for query in ("", "?page=2")
    ]
    assert ids[0] == ids[1] != []


def test_the_sticky_article_is_on_top_of_page_one_only() -> None:
    site = portal_site("quang_ninh")
    (sticky,) = [article for article in site.articles if article.sticky]
    first, last = site.page(site.sections[0], 1, LAST_NIGHT)
    assert first[0].article.key == sticky.key
    assert len(first) == site.page_size + 1
    assert last > 1
    assert site.page(site.sections[0], 2, LAST_NIGHT)[0][0].article.key != sticky.key


@pytest.mark.parametrize(("portal", "article"), EVERY)
def test_an_articles_page_holds_all_that_is_expected_of_it_in_order(portal: str, article: ReplicaArticle) -> None:
    wanted = expected(portal, article, LAST_NIGHT)
    page = words(render_article(portal, article, LAST_NIGHT))
    assert wanted.title in page
    assert wanted.published_raw in page
    assert wanted.published[:10] == article.day.isoformat()
    assert wanted.key
    for block in wanted.blocks:
        # The cells of a row stand apart in the page.
        assert all(piece in page for piece in block.text.split(" | "))
    texts = [block.text for block in wanted.blocks if block.kind is not Kind.LEAD and " | " not in block.text]
    places = [page.rindex(text) for text in texts]
    assert places == sorted(places)
    if wanted.author:
        assert wanted.blocks[-1].kind is Kind.SIGNOFF
        assert wanted.author in wanted.blocks[-1].text


@pytest.mark.parametrize(("portal", "article"), EVERY)
def test_an_article_is_served_at_both_its_addresses_and_its_files_too(
    server: ReplicaServer, portal: str, article: ReplicaArticle
) -> None:
    site = portal_site(portal)
    own = ask(server, site.host, path_of(article_url(portal, article)))
    second = ask(server, site.host, site.twin_path(article))
    assert (own.status, second.status) == (200, 200)
    if not article.withdrawn:
        wanted = expected(portal, article, LAST_NIGHT)
        last = wanted.blocks[-1].text.rsplit(" | ", 1)[-1]
        assert last in words(own.text)
        assert last in words(second.text)
    names = [*(name for name, _ in article.links()), *article.files]
    for name, file in zip(names, expected(portal, article, LAST_NIGHT).attachments, strict=True):
        answer, made = ask(server, site.host, path_of(file.url)), replica_file(name, article)
        assert answer.status == (404 if made.kind is FileKind.MISSING else 200)
        assert made.kind is FileKind.MISSING or answer.body == file_bytes(made)


# What changes, and when ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("portal", PORTALS)
def test_counter_and_clock_differ_at_every_request(server: ReplicaServer, portal: str) -> None:
    site = portal_site(portal)
    path = site.list_path(site.sections[0], 1)
    first, second = ask(server, site.host, path), ask(server, site.host, path)
    assert first.body != second.body

    def still(page: str) -> str:
        """Return the page without tokens and the comment behind it, and without numbers, in which counters and clocks stand."""
        page = re.sub(r"\b[0-9a-f]{8}(?:[0-9a-f]{8})?\b|banner\d|\bn\d\b|\.\d+s ", "", page)
        return re.sub(r"\b(?:0x)?[0-9A-Fa-f/]*\d[0-9A-Fa-f/]*\b|wU\S+", "", page)

    assert still(first.text) == still(second.text)
    for changing in (r'name="csrf-token" content="(\w+)"', r'data-slot="(\d)"', r"</html>.*\n<!-- (\w{8}) "):
        assert len({re.search(changing, page.text)[1] for page in (first, second)}) == 2, changing  # type: ignore[index]


@pytest.mark.parametrize("portal", PORTALS)
def test_a_later_article_is_neither_listed_nor_served_before_its_day(server: ReplicaServer, portal: str) -> None:
    site = portal_site(portal)
    later = [article for article in site.articles if article.day > FIRST_NIGHT]
    assert later
    for article in later:
        path, before = site.article_path(article), article.day - timedelta(days=1)
        assert ask(server, site.host, path, before).status == 404
        assert ask(server, site.host, path, article.day).status == 200
        assert article.key not in [row.article.key for row in site.rows(site.section(article.section), before)]
        assert article.key in [row.article.key for row in site.rows(site.section(article.section), article.day)]


@pytest.mark.parametrize("portal", PORTALS)
def test_an_edit_appears_on_its_night_and_not_before(server: ReplicaServer, portal: str) -> None:
    site = portal_site(portal)
    (article,) = [article for article in site.articles if article.revisions]
    since = article.revisions[0].since
    assert since in (FIRST_NIGHT + timedelta(days=1), FIRST_NIGHT + timedelta(days=2))
    old, new = (expected(portal, article, night) for night in (since - timedelta(days=1), since))
    assert (old.url, old.key, old.published) == (new.url, new.key, new.published)
    gone = [block.text for block in old.blocks if block not in new.blocks and " | " not in block.text]
    come = [block.text for block in new.blocks if block not in old.blocks and " | " not in block.text]
    assert gone
    assert come
    before, after = (
        words(ask(server, site.host, path_of(new.url), night).text) for night in (since - timedelta(days=1), since)
    )
    assert all(text in before and text not in after for text in gone)
    assert all(text in after and text not in before for text in come)


@pytest.mark.parametrize("portal", PORTALS)
def test_the_withdrawn_article_is_listed_and_its_page_says_with_200_that_there_is_nothing(
    server: ReplicaServer, portal: str
) -> None:
    site = portal_site(portal)
    (article,) = [article for article in site.articles if article.withdrawn]
    assert article.key in [row.article.key for row in site.rows(site.section(article.section), FIRST_NIGHT)]
    answer = ask(server, site.host, site.article_path(article), FIRST_NIGHT)
    assert answer.status == 200
    assert "Không tìm thấy" in answer.text
    assert plain(article.parts[0].text) not in words(answer.text)
    honest = ask(server, site.host, "/khong-co-trang-nay.html")
    assert honest.status == 404


REMOVED = [(portal, article) for portal in PORTALS for article in articles(portal) if article.removals]


@pytest.mark.parametrize(("portal", "article"), REMOVED, ids=[article.slug for _, article in REMOVED])
def test_a_removed_article_is_away_from_its_night_on_and_until_it_comes_back(
    server: ReplicaServer, portal: str, article: ReplicaArticle
) -> None:
    site = portal_site(portal)
    (removal,) = article.removals
    back = removal.until or removal.since + timedelta(days=400)
    assert LAST_NIGHT < removal.since
    standing = {removal.since - timedelta(days=1), *([removal.until] if removal.until else [])}
    for night in sorted({removal.since, back - timedelta(days=1), *standing}):
        answer = ask(server, site.host, site.article_path(article), night)
        listed = article.key in [row.article.key for row in site.rows(site.section(article.section), night)]
        said = plain(article.title) in words(answer.text)
        assert (answer.status, listed, said) == (
            (200, True, True) if night in standing else (removal.status, False, False)
        )


def test_without_a_night_the_last_composed_one_is_answered(server: ReplicaServer) -> None:
    path = path_of(article_url("quang_tri", articles("quang_tri")[-1]))
    assert ask(server, "www.quangtri.gov.vn", path, None).status == 200
    assert server.log[-1].night == LAST_NIGHT


def test_a_wrong_night_is_refused_in_one_line(server: ReplicaServer) -> None:
    answer = ask(server, "vjst.vn", "/vn/chuyen-muc/46/chuyen-doi-so.aspx", "03/03/2025")
    assert answer.status == 400
    assert answer.text.strip() == f"{NIGHT_HEADER} is not a date YYYY-MM-DD"
