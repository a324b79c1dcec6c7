"""A portal's declaration is checked when its class is made, and every complaint names the attribute."""

from __future__ import annotations

from types import new_class
from typing import Any, cast

import pytest

from crawler.families.vhv import VHVSpider
from crawler.listings.listing import Listing, Section
from crawler.portal import DeclarationError, PortalSpider, Sure, own_hosts
from crawler.urls import host_of, real_host
from pipelines.article import Layout

GOOD: dict[str, Any] = {
    "name": "quang_tri",
    "title": "Cổng thông tin điện tử tỉnh Quảng Trị",
    "province": "quangtri",
    "home": "https://www.quangtri.gov.vn",
    "sections": (Section("tin-tuc", "/tin-tuc", "Tin tức"),),
    "sure": Sure.INFERRED,
    "__module__": __name__,
}
GONE = object()


def made(class_name: str, base: type[PortalSpider], body: dict[str, Any], **keywords: str) -> type[PortalSpider]:
    return cast(
        "type[PortalSpider]", new_class(class_name, (base,), keywords, lambda namespace: namespace.update(body))
    )


def portal(class_name: str = "QuangTri", **changes: Any) -> type[PortalSpider]:
    body = {name: value for name, value in {**GOOD, **changes}.items() if value is not GONE}
    return made(class_name, VHVSpider, body)


def test_a_full_declaration_is_accepted() -> None:
    spider = portal(hosts=("sokhcn.quangtri.gov.vn",), delay=5, tls="level1", inferred=("paging",), province=None)
    assert spider.family == "VHV"
    assert spider.section_url(spider.sections[0]) == "https://www.quangtri.gov.vn/tin-tuc"


@pytest.mark.parametrize("attribute", ["name", "title", "province", "home", "sections", "sure"])
def test_a_missing_attribute_is_named(attribute: str) -> None:
    with pytest.raises(DeclarationError, match=f"attribute `{attribute}` is missing"):
        portal("QuangTri", **{attribute: GONE})


@pytest.mark.parametrize(
    ("attribute", "value", "found"),
    [
        ("name", "quang-tri", "found str 'quang-tri'"),
        ("name", 7, "found int 7"),
        ("title", " ", "found str ' '"),
        ("province", "quang_tri", "a slug of provinces.csv or None, found str 'quang_tri'"),
        ("home", "http://www.quangtri.gov.vn", "https://host without a slash at the end"),
        ("home", "https://www.quangtri.gov.vn/", "https://host without a slash at the end"),
        ("home", "https://www.quangtri.gov.vn/vi", "https://host without a slash at the end"),
        ("home", "https://WWW.quangtri.gov.vn", "https://host without a slash at the end"),
        ("sections", [], "found list []"),
        ("sections", (), "a tuple of Section with at least one"),
        ("sections", ("/tin-tuc",), "a tuple of Section"),
        ("sure", "inferred", "Sure.INFERRED, found str 'inferred'"),
        ("inferred", ("pageing",), "home, sections, list, paging, key, layout"),
        ("inferred", "paging", "found str 'paging'"),
        ("hosts", ("https://sokhcn.quangtri.gov.vn",), "a tuple of host names"),
        ("moved_to", ("haiduong.haiphong.gov.vn",), "none of them a commune's"),
        ("file_hosts", ("https://cdn.quangtri.gov.vn",), "a tuple of host names, `{domain}` for the province's"),
        ("file_hosts", ("cdn.{host}",), "a tuple of host names, `{domain}` for the province's"),
        ("feed", "https://www.quangtri.gov.vn/rss", "the path of a feed, or empty"),
        ("feed", None, "the path of a feed, or empty, found NoneType None"),
        ("delay", "2", "a number of seconds, found str '2'"),
        ("delay", True, "a number of seconds, found bool True"),
        ("delay", -1, "a number of seconds"),
        ("delay", float("nan"), "a number of seconds"),
        ("tls", "level2", "one of plain, level1, unverified"),
        ("first_walk_days", 0, "a whole number of days from 1"),
        ("first_walk_days", 1.5, "a whole number of days from 1"),
        ("recheck_days", (2, 1), "a tuple of days in rising order"),
        ("recheck_days", (0, 1), "a tuple of days in rising order"),
        ("gone_after", 0, "a whole number of days from 1"),
        ("gone_after", 14.5, "a whole number of days from 1"),
        ("labels", "Tin tức", "a tuple of lines"),
        ("layouts", (), "a tuple of Layout, newest first"),
    ],
)
def test_a_wrong_value_is_named_with_what_was_expected(attribute: str, value: object, found: str) -> None:
    with pytest.raises(DeclarationError, match=f"attribute `{attribute}` should be ") as error:
        portal("QuangTri", **{attribute: value})
    assert found in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("attribute", "hint"),
    [
        ("sectoins", "did you mean `sections`?"),
        ("Home", "did you mean `home`?"),
        ("first_walk_day", "did you mean `first_walk_days`?"),
        ("article_keys", "did you mean `article_key`?"),
        ("custom_settings", "a portal declares name, title,"),
        ("start_urls", "a portal declares name, title,"),
    ],
)
def test_an_unknown_attribute_is_named_with_the_close_one(attribute: str, hint: str) -> None:
    with pytest.raises(DeclarationError, match=f"quang_tri: unknown attribute `{attribute}`; ") as error:
        portal("QuangTri", **{attribute: ()})
    assert hint in str(error.value)


def test_an_annotation_without_a_value_is_an_unknown_attribute_too() -> None:
    with pytest.raises(DeclarationError, match="unknown attribute `sectoins`"):
        portal(__annotations__={"sectoins": tuple})


@pytest.mark.parametrize(
    ("sections", "complaint"),
    [
        ((Section("Tin tức", "/a", "A"),), "name 'Tin tức' should have only a-z, 0-9 and single hyphens"),
        ((Section("tin--tuc", "/a", "A"),), "name 'tin--tuc' should have only"),
        ((Section("tin-tuc", "tin-tuc", "A"),), "name 'tin-tuc' has a path that should begin with /, found 'tin-tuc'"),
        ((Section("a", "/a", "A"), Section("a", "/b", "B")), "name 'a' stands twice"),
    ],
    ids=["letters", "double hyphen", "relative path", "twice"],
)
def test_sections_are_checked_one_by_one(sections: tuple[Section, ...], complaint: str) -> None:
    with pytest.raises(DeclarationError, match="attribute `sections`: ") as error:
        portal(sections=sections)
    assert complaint in str(error.value)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/tin-tuc/kinh-te", "kinh-te"),
        ("/chinh-tri/doi-ngoai.htm", "doi-ngoai"),
        ("/portal/Pages/Hoat-dong-cua-UBND.aspx", "hoat-dong-cua-ubnd"),
        ("/portal/Pages/co_che_chinh_sach.aspx", "co-che-chinh-sach"),
    ],
)
def test_a_section_at_a_path_has_the_name_of_its_last_part(path: str, name: str) -> None:
    assert Section.at(path, "Tin") == Section(name, path, "Tin")


@pytest.mark.parametrize("path", ["/tin-tuc/", "/danh-muc?id=3"])
def test_a_path_that_gives_no_name_is_refused(path: str) -> None:
    with pytest.raises(DeclarationError, match=r"attribute `sections`: name .* should have only"):
        portal(sections=(Section.at(path, "Tin"),))


def test_class_and_file_carry_the_spiders_name() -> None:
    with pytest.raises(DeclarationError, match="asks for a class called QuangTri, found QuangTriPortal"):
        portal("QuangTriPortal")
    with pytest.raises(DeclarationError, match=r"asks for a file called quang_tri\.py, found quangtri\.py"):
        portal(__module__="crawler.spiders.quangtri")


def test_a_portal_needs_a_family() -> None:
    with pytest.raises(DeclarationError, match="quang_tri: derive the class from a family"):
        made("QuangTri", PortalSpider, GOOD)


class TestFamily:
    layout = Layout("x", "a", ("a",), ("a",), ("a",))

    def test_without_layouts(self) -> None:
        with pytest.raises(DeclarationError, match="NoLayouts: a family needs `layouts`"):

            class NoLayouts(PortalSpider, family="x"):
                pass

    @pytest.mark.parametrize("method", ["article_key", "read_listing"])
    def test_without_its_own_reading(self, method: str) -> None:
        def article_key(cls: type[PortalSpider], url: str) -> str | None:
            return url

        def read_listing(cls: type[PortalSpider], url: str, html: str, section: Section, number: int) -> Listing:
            return Listing(())

        body: dict[str, Any] = {
            "layouts": (self.layout,),
            "article_key": classmethod(article_key),
            "read_listing": classmethod(read_listing),
        }
        del body[method]
        with pytest.raises(DeclarationError, match=f"Half: a family needs its own `{method}`"):
            made("Half", PortalSpider, body, family="x")


def test_hosts_of_a_portal() -> None:
    spider = portal(hosts=("sokhcn.quangtri.gov.vn",))
    assert own_hosts(spider) == {"quangtri.gov.vn", "www.quangtri.gov.vn", "sokhcn.quangtri.gov.vn"}
    assert host_of("https://WWW.QuangTri.gov.vn:443/a") == "www.quangtri.gov.vn"
    assert host_of("https://[broken/") == ""
    assert real_host("quangtri.gov.vn.replica.test") == "quangtri.gov.vn"


def test_a_wards_portal_is_none_of_the_former_province() -> None:
    ward = "https://haiduong.haiphong.gov.vn"
    assert portal(home=ward, province="haiphong").home == ward
    with pytest.raises(DeclarationError, match="`province` should be haiphong: "):
        portal(home=ward, province="haiduong")
