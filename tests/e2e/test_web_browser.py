"""The audit page as a person uses it: the system's Chromium over composed archives, with and without JavaScript."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

from archive.search.engine import SearchIndex
from archive.search.indexer import catch_up
from archive.store import Archive
from testing.archives import sealed
from testing.hostile_archive import PAYLOADS, PORTAL, SIGNAL, hostile
from testing.web_page import serve_page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PHONE = {"width": 360, "height": 740}
EDITED = "/articles/da_nang/thong-bao"
PAGES = (
    "/", "/nights/2025-03-04", "/nights/2025-03-04?kind=changed", "/coverage/2025-03", "/portals/da_nang", EDITED,
    "/articles/quang_tri/thong-cao", "/captures/2025-03-04/da_nang/0", "/search", "/search?q=cau", '/search?q="', "/doubtful",
    "/documents",
    "/integrity", "/nothing",
)  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: the page is not tried in a browser (apt-get install chromium)")
    arguments = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    arguments += [
        "--disable-gpu",
        "--disable-software-rasterizer",
    ]  # no picture is taken: the processor would draw each page
    arguments += ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield started
        started.close()


def _filled(archive: Archive) -> None:
    with archive, SearchIndex.of(archive) as words:
        catch_up(archive, words)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = tmp_path_factory.mktemp("page") / "archive"
    _filled(sealed(root))
    with serve_page(root) as where:
        yield where


@pytest.fixture(scope="module")
def hostile_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = tmp_path_factory.mktemp("hostile") / "archive"
    _filled(hostile(root))
    with serve_page(root) as where:
        yield where


class Watched:
    """A window and everything in it that should not have happened."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.page, self.address, self.odd = context.new_page(), address, list[str]()
        self.page.on("console", lambda message: self._note(f"console {message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self._note(f"error: {error}"))
        self.page.on("dialog", lambda dialog: self._note(f"dialog: {dialog.message}"))
        self.page.on("request", self._asked)

    def _note(self, what: str) -> None:
        if "Failed to load resource" not in what:  # the browser's word for a page that is answered with 404 or 400
            self.odd.append(f"{self.page.url}: {what}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith(f"{self.address}/"):
            self._note(f"asked for {request.url}")

    def open(self, path: str) -> Page:
        """Go there."""
        self.page.goto(self.address + path)
        return self.page


@contextmanager
def window(browser: Browser, address: str, **options: object) -> Iterator[Watched]:
    """Open a new profile with one window; assert at its end that nothing odd happened in it."""
    context = browser.new_context(**options)  # type: ignore[arg-type]  # playwright's own options by name
    try:
        watched = Watched(context, address)
        yield watched
        assert not watched.odd, watched.odd
    finally:
        context.close()


@pytest.mark.parametrize(("language", "scheme"), [("vi", "light"), ("en", "dark")])
def test_every_page_is_drawn_without_a_complaint_and_fits_a_phone(
    browser: Browser, address: str, language: str, scheme: str
) -> None:
    with window(browser, address, viewport=PHONE, color_scheme=scheme) as watched:
        for path in PAGES:
            page = watched.open(f"/{language}{path}")
            assert page.locator("h1").count() == 1, path
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} is wider than a phone"
            small = page.evaluate(_SMALL)
            assert not small, f"{path}: {small}"


_SMALL = """() => [...document.querySelectorAll("button, input:not([type=checkbox]), select, .top nav a")]
  .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 24).map((one) => one.outerHTML)"""

_CONTRAST = """() => {
  const parse = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.backgroundImage !== "none" && style.backgroundImage.includes("rgb"))
        return style.backgroundImage.match(/rgba?\\([^)]*\\)/g).map(parse);
      const found = parse(style.backgroundColor);
      if (found.length === 3 || found[3] > 0.99) return [found];
    }
    return [[255, 255, 255]];
  };
  const poor = new Set();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const one = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !one.checkVisibility() || one.closest(".unseen, .skip")) continue;
    if (getComputedStyle(one).opacity !== "1") poor.add(`${one.className} is seen through`);
    const style = getComputedStyle(one), ink = light(parse(style.color));
    const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    for (const colour of ground(one)) {
      const back = light(colour), ratio = (Math.max(ink, back) + 0.05) / (Math.min(ink, back) + 0.05);
      if (ratio < (large ? 3 : 4.5)) poor.add(`${one.tagName}.${one.className} ${ratio.toFixed(2)}`);
    }
  }
  return [...poor];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(browser: Browser, address: str, scheme: str) -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1, large words 3 to 1, on every page."""
    with window(browser, address, color_scheme=scheme) as watched:
        changes = watched.open(f"/en{EDITED}").locator("a[href^='/en/changes']").first.get_attribute("href") or ""
        for path in (*(f"/en{path}" for path in PAGES), changes):
            assert not (poor := watched.open(path).evaluate(_CONTRAST)), f"{path}: {poor}"


def test_a_person_goes_from_the_calendar_to_a_change_and_back_in_another_language(
    browser: Browser, address: str
) -> None:
    with window(browser, address, locale="en-GB") as watched:
        page = watched.open("/")
        assert page.url == f"{address}/en/"
        page.get_by_role("link", name="Tuesday, 4 March 2025").click()
        assert page.locator("h1").inner_text() == "The night of Tuesday, 4 March 2025"
        page.get_by_role("link", name="Changed", exact=True).click()
        page.get_by_role("link", name="Thông báo lịch tiếp dân").click()
        page.get_by_role("link", name="Compare with the one before").click()
        assert page.locator("del bdi").all_inner_texts() == ["Hai,"]
        assert page.locator("ins bdi").all_inner_texts() == ["Ba,"]
        page.get_by_role("link", name="Tiếng Việt").click()
        assert page.locator("h1").inner_text().startswith("Đã thay đổi gì")
        assert page.locator("html").get_attribute("lang") == "vi"
        page.get_by_role("link", name="Tổng quan").click()
        assert page.url == f"{address}/vi/"


def test_a_person_searches_without_diacritics_and_takes_the_proof_home(browser: Browser, address: str) -> None:
    with window(browser, address) as watched:
        page = watched.open("/vi/")
        page.keyboard.press("/")
        page.keyboard.type("cau ben da")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.locator(".hits h3").all_inner_texts() == ["Thông cáo về cầu Bến Đá"]
        assert page.locator(".hits mark").count() >= 3
        page.locator(".hits h3 a").click()
        assert "Cầu Bến Đá thông xe ngày 10/3." in page.locator(".text").inner_text()
        with page.expect_download() as taken:
            page.get_by_role("link", name="Tải bằng chứng, đến nay").click()
        assert taken.value.suggested_filename.endswith(".proof.json")


def test_the_portals_are_narrowed_while_one_types_and_arrows_walk_the_days(
    browser: Browser, hostile_address: str
) -> None:
    with window(browser, hostile_address) as watched:
        page = watched.open("/en/")
        page.locator(".year .day a").first.focus()
        page.keyboard.press("ArrowRight")
        assert "4 March 2025" in (page.evaluate("document.activeElement.getAttribute('aria-label')") or "")
        assert page.locator("[data-filter]").is_hidden()  # two portals need no filter


def test_everything_is_reached_by_the_tab_key_with_the_focus_in_sight(browser: Browser, address: str) -> None:
    with window(browser, address) as watched:
        page = watched.open("/en/")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        assert page.locator(".skip").bounding_box()["x"] >= 0  # type: ignore[index]  # it is in sight once it has the focus
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        page = watched.open("/en/")
        wanted = page.locator("a[href]:visible, button:visible, input:visible, summary:visible").count()
        reached = set[str]()
        for _ in range(wanted + 5):
            page.keyboard.press("Tab")
            focused = page.evaluate(_FOCUSED)
            if focused is None:
                break
            assert focused["seen"], focused["what"]
            reached.add(focused["what"])
        assert len(reached) >= wanted


_FOCUSED = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const style = getComputedStyle(one);
  const place = [...document.querySelectorAll("*")].indexOf(one);
  const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return {what: `${place} ${one.outerHTML.slice(0, 90)}`, seen};
}"""


def test_without_javascript_nothing_is_missing(browser: Browser, address: str) -> None:
    with window(browser, address, java_script_enabled=False) as watched:
        page = watched.open("/en/")
        page.fill("#find", "mưa")
        page.locator(".find button").click()
        page.locator(".hits h3 a").click()
        assert "Mưa từ 50 mm." in page.locator(".text").inner_text()
        for path in PAGES:
            assert watched.open(f"/vi{path}").locator("h1").count() == 1


def test_a_reason_is_in_the_pages_language_and_an_older_records_sentence_as_it_was_written(
    browser: Browser, hostile_address: str
) -> None:
    with window(browser, hostile_address, java_script_enabled=False) as watched:
        reasons = watched.open("/vi/doubtful").locator(".reasons").first
        assert "tiêu đề là thông báo lỗi: <script>" in reasons.inner_text()
        assert "the title is an error message" not in reasons.inner_text()
        older = reasons.locator("span[lang=en]")
        assert older.count() == 2  # a screen reader changes its voice for them alone
        assert "pwned" in older.first.inner_text()


def test_a_page_on_paper_has_its_text_and_no_controls(browser: Browser, address: str) -> None:
    with window(browser, address) as watched:
        page = watched.open(f"/en{EDITED}")
        page.emulate_media(media="print")
        assert page.locator(".text").is_visible()
        for hidden in (".find", ".languages", ".top nav"):
            assert page.locator(hidden).is_hidden(), hidden
        assert page.pdf(format="A4", print_background=False).startswith(b"%PDF")


# hostile texts


def test_no_payload_does_anything_in_a_real_browser(browser: Browser, hostile_address: str) -> None:
    """Rows D7 and D8: no dialog, no global, no element, no request to anywhere else, no refused script either."""
    with window(browser, hostile_address) as watched:
        lists = ["/en/", f"/en/portals/{PORTAL}", "/en/doubtful", "/en/nights/2025-03-03", "/en/coverage/2025-03"]
        articles = [f"/en/articles/{PORTAL}/p{place:02d}" for place in range(len(PAYLOADS))]
        for path in [
            *lists,
            *articles,
            "/en/captures/2025-03-03/quang_tri/0",
            "/en/search?q=<script>window.pwned=1</script>",
        ]:
            page = watched.open(path)
            assert page.evaluate(_UNTOUCHED, SIGNAL) == [], path


_UNTOUCHED = """(signal) => {
  const odd = [];
  if (window[signal] !== undefined) odd.push("a script ran");
  if (document.getElementById(signal)) odd.push("an element came in");
  const strange = "iframe, object, embed, base, img, style, math, template, noscript, slot, [style], [onload], [onerror]";
  for (const one of document.querySelectorAll(strange)) odd.push(one.outerHTML.slice(0, 80));
  if (document.scripts.length !== 1 || document.styleSheets.length !== 1) odd.push("another script or sheet");
  for (const one of document.links)
    if (!/^https?:$/.test(one.protocol)) odd.push(one.href);
  if (document.querySelectorAll("main").length !== 1 || !document.querySelector("footer")) odd.push("the page was broken out of");
  return odd;
}"""


def test_what_was_stored_is_saved_and_never_opened(browser: Browser, hostile_address: str) -> None:
    with window(browser, hostile_address, accept_downloads=True) as watched:
        page = watched.open(f"/en/articles/{PORTAL}/drawing")
        page.get_by_role("link", name="The response as it was served").click()
        with page.expect_download() as taken:
            page.get_by_role("link", name="Download as served").click()
        assert taken.value.suggested_filename.endswith(".capture.txt")
        assert "/captures/" in page.url


class Stranger(BaseHTTPRequestHandler):
    """Another site on this machine that builds the page into its own."""

    target = ""

    def do_GET(self) -> None:
        parts = "".join(
            f"<{tag} src='{self.target}{path}' onload=\"events.push('{tag} came')\" onerror=\"events.push('{tag} refused')\"></{tag}>"
            for tag, path in (("img", "/static/icon.svg"), ("script", "/static/page.js"))
        )
        frame = f"<iframe name=framed src='{self.target}/en/'></iframe>"
        data = f"<!doctype html><script>events = []</script>{parts}{frame}".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is said."""


def test_another_site_can_neither_frame_nor_build_in_the_page(browser: Browser, address: str) -> None:
    """Rows D11 and D12 from another port of this machine, which is the same site to a browser and another origin."""
    Stranger.target = address
    server = ThreadingHTTPServer(("127.0.0.1", 0), Stranger)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    context = browser.new_context()
    try:
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/", wait_until="load")
        assert sorted(page.evaluate("events")) == ["img refused", "script refused"]
        framed = page.frame("framed")
        assert framed is not None
        assert (
            framed.url.startswith("chrome-error:")
            or framed.locator("h1", has_text="What the archive holds").count() == 0
        )
    finally:
        context.close()
        server.shutdown()
        server.server_close()
        thread.join()
