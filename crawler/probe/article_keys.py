"""Infer the key in an article's address from the addresses of a portal's lists, checked against others. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote

from crawler.listings.alternate_urls import is_alternate, is_archive, page_path
from crawler.urls import as_key, parameters
from pipelines.html.addresses import split_address

# A wrong key makes two articles one: a rule must also tell the entries apart, and take no section, menu entry or page
# link.
_MOST = 0.8  # share of a list's entries that a rule must take
_NEARLY_ALL = 0.97  # share from which no later rule is asked
_SLUG_WORDS = 4
_MOST_NAMES = 20
_MANY = 8  # articles from which names that look like titles are evidence


@dataclass(frozen=True, slots=True)
class KeyRule:
    """A regular expression with the group `key`, the query parameter it reads if any, and its description in words."""

    pattern: str
    query: str
    words: str
    share: float

    def key(self, url: str) -> str | None:
        """Return the key of an address by this rule."""
        parts = split_address(url)
        path = as_key(page_path(parts.path))
        if self.query:
            values = {name.lower(): value for name, value in reversed(parameters(parts.query))}
            path = f"{path}?{self.query}={values.get(self.query, '')}"
        found = re.fullmatch(self.pattern, path)
        return found["key"] if found else None


def infer_key(entries: Sequence[str], others: Iterable[str]) -> KeyRule | None:
    """Return the rule that takes the lists' entries, tells them apart, and takes none of `others`.

    `others` are sections, menus and page links. None where no rule does: a wrong key makes two articles one, which is
    worse than none.
    """
    wanted = [url for url in dict.fromkeys(entries) if not (is_alternate(url) or is_archive(url))]
    refused = [url for url in dict.fromkeys(others) if url not in wanted]
    if len(wanted) < 2:
        return None
    # A folder that is a section's own name shows which list was visited, not where articles stand.
    folders = frozenset(segment for path in _paths(refused) for segment in path.strip("/").split("/"))
    folder = _literal_folder(_paths(wanted), folders)
    rules = [*_by_parameter(wanted), *_by_number(wanted, folder), *_by_slug(wanted, folder)]
    apart = _by_exclusion(wanted, refused)
    depths = {path.rstrip("/").count("/") - 1 for path in _paths(wanted)}
    if len(depths) == 1:  # where a page link ends as an article does, the number of folders may tell them apart
        exact = f"(?:/[^/]+){{{depths.pop()}}}/"
        rules += [
            replace(rule, pattern=rule.pattern.replace("(?:/[^/]+)*/", exact, 1))
            for rule in rules
            if rule.pattern.startswith("(?:/[^/]+)*/")
        ]
    best: KeyRule | None = None
    for rule in [*rules, *apart]:
        keys = [key for url in wanted if (key := rule.key(url))]
        if len(keys) < _MOST * len(wanted) or len(set(keys)) < _MOST * len({_article_address(url) for url in wanted}):
            continue
        if any(rule.key(url) for url in refused):
            continue
        if best is None or len(keys) / len(wanted) > best.share:
            best = replace(rule, share=len(keys) / len(wanted))
        if best.share >= _NEARLY_ALL:
            break
    return best


def _article_address(url: str) -> str:
    """Return the last segment with the query: the same article below two sections has it twice."""
    parts = split_address(url)
    return parts.path.rstrip("/").rpartition("/")[2] + "?" + parts.query


def _paths(urls: Iterable[str]) -> list[str]:
    return [as_key(page_path(split_address(url).path)) for url in urls]


def _by_parameter(urls: Sequence[str]) -> list[KeyRule]:
    """Propose rules for one path with a parameter that differs for each article."""
    paths = Counter(_paths(urls))
    path, count = paths.most_common(1)[0]
    if count < _MOST * len(urls):
        return []
    queries = [dict(parameters(split_address(url).query)) for url in urls]
    names = Counter(name for query in queries for name in query)
    rules: list[KeyRule] = []
    for name, there in names.most_common():
        values = {query[name] for query in queries if name in query}
        if there >= _MOST * len(urls) and len(values) >= _MOST * len(urls):
            kind = r"\d+" if all(value.isdecimal() for value in values) else r"[^&/]+"
            pattern = f"{re.escape(path)}\\?{re.escape(name.lower())}=(?P<key>{kind})"
            numeric = kind == r"\d+"
            rule = KeyRule(pattern, name.lower(), f"the parameter `{name}` of {path}", 0.0)
            rules.insert(0 if numeric else len(rules), rule)
    return rules


def _by_number(urls: Sequence[str], folder: str) -> list[KeyRule]:
    """Propose rules for a number at the end or beginning of the last segment, or a segment of its own.

    The sign before the number counts.
    """
    paths = _paths(urls)
    end = _commonest_ending(paths)
    least = _digits(paths)
    before = f"(?:/[^/]+)*{re.escape(folder) or '/'}"
    tail = _tail(end)
    rules = []
    lasts = [_stem(path, end) for path in paths]
    signs = Counter(found[1] for last in lasts if (found := re.search(r"([-_.,]?[a-z]{0,8})\d{3,}$", last)))
    for sign, _ in signs.most_common(2):
        pattern = f"{before}[^/]*{re.escape(sign)}(?P<key>\\d{{{least},}}){tail}"
        rules.append(KeyRule(pattern, "", f"the number behind `{sign}` at the end of the address", 0.0))
    rules.append(KeyRule(f"{before}(?P<key>\\d{{{least},}})-[^/]+{tail}", "", "the number before the slug", 0.0))
    rules.append(KeyRule(f"{before}(?P<key>\\d{{{least},}})/[^/]+{tail}", "", "the number above the slug", 0.0))
    rules.append(KeyRule(f"{before}(?P<key>\\d{{{least},}}){tail}", "", "the number that is the last segment", 0.0))
    return rules


def _by_slug(urls: Sequence[str], folder: str) -> list[KeyRule]:
    """Propose the last segment without its ending, where ending, folder or many words tell it from a section."""
    paths = _paths(urls)
    end = _commonest_ending(paths)
    before, tail = f"(?:/[^/]+)*{re.escape(folder) or '/'}", _tail(end)
    rules = []
    if end not in ("", "/"):
        rules.append(KeyRule(f"{before}(?P<key>[^/]+){tail}", "", f"the slug before `{end}`", 0.0))
    if folder:
        pattern = f"(?:/[^/]+)*{re.escape(folder)}(?P<key>[^/]+){tail}"
        rules.append(KeyRule(pattern, "", f"the slug below `{folder}`", 0.0))
    words = f"(?P<key>[^/-]+(?:-[^/-]+){{{_SLUG_WORDS},}})"
    rules.append(KeyRule(f"{before}{words}{tail}", "", "a slug of five words and more", 0.0))
    return rules


def _by_exclusion(urls: Sequence[str], refused: Sequence[str]) -> list[KeyRule]:
    """Propose the last segment of any address at the articles' depth but the sections' and the menu's own, by name."""
    paths = _paths(urls)
    depths = {path.strip("/").count("/") for path in paths}
    like_titles = sum(_stem(path, _ending(path)).count("-") >= _SLUG_WORDS - 1 for path in paths)
    if len(depths) != 1 or len(urls) < _MANY or like_titles * 2 < len(urls) or any("?" in url for url in urls):
        return []
    end = _commonest_ending(paths)
    depth = depths.pop()
    names = {_stem(path, "") for path in _paths(refused) if path.strip("/").count("/") == depth}
    names = {name for name in names if name}
    if not names or len(names) > _MOST_NAMES:
        return []
    but = "|".join(re.escape(as_key(name)) for name in sorted(names))
    before = f"(?:/[^/]+){{{depth}}}/" if depth else "/"
    pattern = f"{before}(?!(?:{but})/?$)(?P<key>[^/]+){_tail(end)}"
    return [KeyRule(pattern, "", "the last segment, the menu's own addresses left out", 0.0)]


def _tail(end: str) -> str:
    return "/?" if end in ("", "/") else re.escape(end)


def _ending(path: str) -> str:
    if path.endswith("/"):
        return "/"
    found = re.search(r"\.[a-z]{2,5}$", path, re.IGNORECASE)
    return found[0] if found else ""


def _commonest_ending(paths: Sequence[str]) -> str:
    return Counter(map(_ending, paths)).most_common(1)[0][0]


def _stem(path: str, end: str) -> str:
    return unquote(path.removesuffix(end).rstrip("/").rpartition("/")[2])


def _digits(paths: Sequence[str]) -> int:
    """Return the least digits of a key: one less than the shortest met, so that the next decade does not end it."""
    runs = [len(run) for path in paths for run in re.findall(r"\d+", path.rpartition("/")[2])[-1:]]
    shortest = min(runs, default=1)
    return max(1, shortest - 1)


def _literal_folder(paths: Sequence[str], sections: frozenset[str]) -> str:
    """Return the folder that all articles stand in, as `/bai-viet/`; empty where they have none in common."""
    names = {path.rstrip("/").rpartition("/")[0].rpartition("/")[2] for path in paths}
    name = names.pop() if len(names) == 1 else ""
    return f"/{name}/" if name and not name.isdecimal() and name not in sections else ""
