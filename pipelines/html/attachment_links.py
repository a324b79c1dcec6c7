"""Find the files and pictures of an article: links, viewer frames, script calls and objects that name a document.

An address is made absolute and otherwise left as served. Letters are never composed, since some portals name their
files in decomposed form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote, unquote_to_bytes, urljoin, urlsplit

from lxml.html import HtmlElement

from archive.model.records import Attachment, Image
from pipelines.article import BlockKind
from pipelines.html.addresses import split_address
from pipelines.html.blocks import Piece
from pipelines.html.tree import line, tag_of, text_of
from vietnam.letters import decode

_TYPES = "pdf docx doc xlsx xls pptx ppt zip rar 7z odt ods rtf".split()
_FILE = re.compile(r"\.(" + "|".join(_TYPES) + r")(?=$|[/?#&;'\"\s])", re.IGNORECASE)
_DOWNLOAD = re.compile(r"[?&](?:download|fileticket)=", re.IGNORECASE)  # `fileticket`: LinkClick.aspx of DNN
_CALL = re.compile(r"""(?:download|open|view|xem|tai)\w*\s*\(([^)]*)\)""", re.IGNORECASE)
_ARGUMENT = re.compile(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)\"""")
_VIEWER = re.compile(r"(?:docs\.google\.com/(?:gview|viewer\w*)|drive\.google\.com/viewer\w*)\b", re.IGNORECASE)
_OFFICE = re.compile(r"\bview\.officeapps\.live\.com/", re.IGNORECASE)
_DRIVE = re.compile(r"\bdrive\.google\.com/(?:file/d/|open\?id=|uc\?(?:[^#]*&)?id=)([\w-]{10,})", re.IGNORECASE)
_LABEL = re.compile(r"^(?:tập tin|tệp tin|tệp|file|văn bản)(?: đính kèm)?(?:\s+\d{1,2})?\s*:\s*", re.IGNORECASE)
_EMPTY_NAME = re.compile(
    r"^(?:tải (?:về|xuống|file|tệp)?|tải|download|xem|xem (?:tại đây|chi tiết|file|trước)|tại đây|ở đây|chi tiết"
    r"|file|pdf|tệp|tập tin|tệp tin|đính kèm|file đính kèm|tệp đính kèm|click|here|link|\W*)$",
    re.IGNORECASE,
)
_PICTURE_SOURCES = ("data-original", "data-src", "data-lazy-src", "data-large", "data-lazy", "src")
_PLACEHOLDER = re.compile(
    r"^data:|bg_trans|blank\.(?:gif|png)|spacer|no-image|loading\.|lazy\w*\.(?:gif|png|svg)", re.IGNORECASE
)
_ICON = re.compile(
    r"(?:^|[/\s_.-])(?:icons?|ico|logo|avatar|sprite|btn|button|print|emoji|share|facebook|zalo|rss)(?:$|[/\s_.-])",
    re.IGNORECASE,
)
_SMALLEST = 100  # pixels of a side of a picture that is content


def attachments_in(roots: Iterable[HtmlElement], base: str) -> tuple[Attachment, ...]:
    """Find the files named below `roots`, absolute against `base`, each URL once, in the order of the page."""
    found: dict[str, Attachment] = {}
    for root in roots:
        for element in root.iter("a", "iframe", "frame", "object", "embed", "button", "span", "div", "li"):
            for address, name in _named(element):
                url = _absolute(base, address)
                if url and url not in found:
                    found[url] = Attachment(_name(name, url), url, _type(url, name))
    return tuple(found.values())


def is_file_link(element: HtmlElement) -> bool:
    """Return whether a link, or the script it calls, opens a document file."""
    return next(_named(element), None) is not None


def is_file(address: str) -> bool:
    """Return whether an address ends in, or carries as a path segment, the name of a document file."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return False
    return bool(_FILE.search(parts.path) or (parts.query and _FILE.search(unquote(parts.query))))


def _named(element: HtmlElement) -> Iterator[tuple[str, str]]:
    """Yield address and name of every file that one element points to."""
    if call := element.get("onclick"):
        yield from _called(call, element)
    tag = tag_of(element)
    if tag == "a":
        href = (element.get("href") or "").strip()
        if href.lower().startswith("javascript:"):
            yield from _called(unquote(href), element)
        elif href and not href.startswith("#"):
            inner = _viewed(href)
            if inner:
                yield inner, text_of(element)
            elif is_file(href) or element.get("download") is not None or _is_download(href, element):
                yield href, text_of(element) or element.get("download") or element.get("title") or ""
    elif tag in ("iframe", "frame", "embed", "object"):
        source = element.get("data" if tag == "object" else "src") or element.get("data-src") or ""
        inner = _viewed(source) or (source if _FILE.search(source) else "")
        if inner:
            yield inner, line(element.get("title") or "")


def _is_download(href: str, element: HtmlElement) -> bool:
    """Return whether a link's words name a document and its address asks for a download (`?download=1&id=0`)."""
    return _DOWNLOAD.search(href) is not None and _FILE.search(text_of(element)) is not None


def _viewed(address: str) -> str:
    """Return the document that a viewer's address shows; empty for no viewer. A Drive link is its own document."""
    if _DRIVE.search(address):
        return address
    if _VIEWER.search(address):
        return _parameter(address, "url") or _parameter(address, "srcid")
    if _OFFICE.search(address):
        return _parameter(address, "src")
    inner = _parameter(address, "file")
    return inner if inner and ("/" in inner or _FILE.search(inner)) else ""


def _parameter(address: str, name: str) -> str:
    """Return a query value as an address: decoded once where it is encoded as a whole, else as served."""
    found = re.search(rf"[?&#;]{name}=([^#&]*)", address, re.IGNORECASE)
    if not found:
        return ""
    value = found[1].strip()
    whole = re.search(r"%2f|%3a", value, re.IGNORECASE) and "/" not in value
    return unquote(value) if whole else value


def _called(script: str, element: HtmlElement) -> Iterator[tuple[str, str]]:
    """Yield the file of `downloadFile('…','…')`: the argument that looks like an address; the other one is its name."""
    for call in _CALL.finditer(script):
        arguments = [a or b for a, b in _ARGUMENT.findall(call[1])]
        paths = [value for value in arguments if _FILE.search(value)]
        if not paths:
            continue
        path = max(paths, key=lambda value: ("/" in value, "://" in value))
        others = [value for value in arguments if value != path]
        yield path, next((value for value in others if line(value)), "") or text_of(element)


def _absolute(base: str, address: str) -> str:
    try:
        url = urljoin(base, address.strip())
    except ValueError:
        return ""
    return url.replace(" ", "%20") if url.lower().startswith(("http://", "https://")) else ""


def _type(url: str, name: str) -> str:
    """Return the file's extension in lower case; empty where neither address nor name has one."""
    parts = split_address(url)
    for text in (parts.path, unquote(parts.query), name):
        if found := _FILE.findall(text):
            return str(found[-1]).lower()
    return ""


def _name(name: str, url: str) -> str:
    """Return the name the page gives, or the file's own where the page has only `Tải về`."""
    shown = _LABEL.sub("", line(name))
    if shown and not _EMPTY_NAME.match(shown):
        return shown
    segments = [segment for segment in split_address(url).path.split("/") if segment]
    files = [segment for segment in segments if _FILE.search(segment)]
    return line(_unquoted((files or segments or [""])[-1])) or shown


def _unquoted(segment: str) -> str:
    """Return a file's name as it was: some servers percent-encode windows-1252, in which `Đ` becomes `Ð`."""
    return decode(unquote_to_bytes(segment), "windows-1252").text.replace("Ð", "Đ")


def images_of(pieces: Iterable[Piece], base: str) -> tuple[Image, ...]:
    """Return the pictures among the blocks, full size where the page names it.

    The last picture before a caption has that caption.
    """
    images: list[Image] = []
    waiting = False
    for piece in pieces:
        shown = [url for url in (_picture(base, image) for image in piece.images) if url]
        known = {image.url for image in images}
        fresh = [Image(url) for url in dict.fromkeys(shown) if url not in known]
        images.extend(fresh)
        waiting = bool(fresh) or (waiting and not (piece.text and piece.kind is not BlockKind.CAPTION))
        if waiting and piece.kind is BlockKind.CAPTION and piece.text:
            images[-1] = Image(images[-1].url, piece.text)
            waiting = False
    return tuple(images)


def is_picture(image: HtmlElement) -> bool:
    """Return whether a picture can be content: no icon, logo or button by its address, class or size."""
    if not _picture("http://localhost/", image):
        return False
    names = " ".join(image.get(name) or "" for name in ("src", "class", "id", "alt"))
    sizes = [
        int(size) for name in ("width", "height") if (size := (image.get(name) or "").removesuffix("px")).isdigit()
    ]
    return not _ICON.search(names) and min(sizes, default=_SMALLEST) >= _SMALLEST


def _picture(base: str, image: HtmlElement) -> str:
    for name in _PICTURE_SOURCES:
        source = (image.get(name) or "").strip()
        if source and not _PLACEHOLDER.search(source):
            return _absolute(base, source)
    return ""
