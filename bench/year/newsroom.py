"""Compose what a portal publishes in a year: articles of its own, documents it announces, releases it shares with others.

Everything follows from the seed, the portal and the day, so that the same year can be made again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from random import Random

from bench.verdicts.portals import poisson
from bench.year.document_series import CITED, IssuedDocument, Series
from replicas.prose.provincial_news import NewsText, compose_article, compose_notice
from replicas.records import TZ, Kind, Part, Removal, ReplicaArticle, Revision
from replicas.sites.composed import ComposedSite, DaysOnly
from replicas.sites.domino import CongBaoSonLa
from vietnam.holidays import DayType, day_type
from vietnam.letters import strip_diacritics

FACTORS = {DayType.WORKDAY: 1.0, DayType.SATURDAY: 0.35, DayType.SUNDAY: 0.2, DayType.HOLIDAY: 0.15, DayType.TET: 0.1}
_OWN_ARTICLE = 0.3  # of a day's documents: the others stand in the week's list
_ANNOUNCED = "Danh mục văn bản ban hành từ ngày {0:%d/%m/%Y} đến ngày {1:%d/%m/%Y}"


@dataclass(slots=True)
class ReleaseWire:
    """Releases that other portals print too, word for word or cut: article, its portal, the night from which they may."""

    releases: list[tuple[ReplicaArticle, str]] = field(default_factory=list)

    def take(self, rng: Random, portal: str, day: date) -> ReplicaArticle | None:
        """Return a recent release of another portal."""
        self.releases = [one for one in self.releases if (day - one[0].day).days < 5]
        others = [article for article, owner in self.releases if owner != portal and article.day < day]
        return rng.choice(others) if others else None


@dataclass(slots=True)
class Newsroom:
    """One portal's office.

    `slug` is its province's, if it has one. `volume` is articles of a workday; `ends` the day from which it publishes
    nothing, `successor` the host of the portal that takes its place.
    """

    site: type[ComposedSite]
    rng: Random
    province: str
    slug: str | None
    volume: float
    series: list[Series]
    wire: ReleaseWire
    successor: str | None = None
    ends: date | None = None
    made: int = 0
    known: list[IssuedDocument] = field(default_factory=list)
    waiting: list[IssuedDocument] = field(default_factory=list)

    @property
    def sections(self) -> list[str]:
        """The two sections that are walked."""
        return [section.name for section in self.site.sections if not section.share][:2]

    @property
    def is_gazette(self) -> bool:
        """Return whether it publishes documents as they are issued and nothing else."""
        return issubclass(self.site, CongBaoSonLa)

    def publish(self, day: date) -> list[ReplicaArticle]:
        """Return the articles of a day, in the order of their publication."""
        if self.ends is not None and day >= self.ends:
            return []
        issued = [one for series in self.series for one in series.issue(self.rng, day)]
        if self.is_gazette:
            self.known += issued
            return [self._article(day, 8 * 60 + at, *self._gazetted(one)) for at, one in enumerate(issued)]
        told = [self._news(day) for _ in range(poisson(self.rng, self.volume * FACTORS[day_type(day)]))]
        for one in issued:
            if self.rng.random() < _OWN_ARTICLE:
                told.append(self._announced(one))
                self.known.append(one)
            else:
                self.waiting.append(one)
        last = day + timedelta(days=1) == self.ends or (day.month, day.day) in ((12, 31), (6, 30))
        if self.waiting and (day.weekday() == 4 or last):
            told.append(self._listed(self.waiting))
            self.known += self.waiting
            self.waiting = []
        minutes = sorted(self.rng.sample(range(6 * 60, 21 * 60), len(told) + 1))
        made = [self._article(day, minute, *one) for one, minute in zip(told, minutes, strict=False)]
        return made + self._copied(day, minutes[-1])

    def _news(self, day: date) -> tuple[str, NewsText, tuple[Part, ...], tuple[str, ...]]:
        rng = self.rng
        if rng.random() < 0.03:
            said = compose_notice(rng, f"{day:%d/%m/%Y}", day.isocalendar().week)
        else:
            said = compose_article(rng, self.province)
        cited = self._citations()
        parts = [Part(Kind.PARAGRAPH, text) for text in said.paragraphs]
        if cited:
            parts.insert(rng.randint(0, len(parts)), Part(Kind.PARAGRAPH, f"Căn cứ {'; '.join(cited)}."))
        if rng.random() < 0.35:
            parts.insert(1, Part(Kind.CAPTION, f"{said.author} tại hiện trường. Ảnh: Tổ truyền thông", image="anh.jpg"))
        parts.append(Part(Kind.SIGNOFF, said.author))
        return "news", said, tuple(parts), ()

    def _citations(self) -> list[str]:
        """Compose what a text refers to without issuing it: the state's documents, last year's, a neighbour's, its own."""
        rng, cited = self.rng, []
        if rng.random() < 0.12:
            cited += rng.sample(CITED, rng.randint(1, 3))
        if self.known and rng.random() < 0.06:
            cited.append(rng.choice(self.known[-60:]).named)
        if self.series and rng.random() < 0.03:
            year = (self.known[-1].day.year if self.known else 2025) - 1
            cited.append(
                f"Quyết định số {rng.randint(900, 2900)}/QĐ-UBND ngày {rng.randint(10, 28)}/11/{year} của UBND tỉnh"
            )
        if self.series and rng.random() < 0.01:
            cited.append(f"Kế hoạch số {rng.randint(20, 400)}/KH-UBND của UBND tỉnh Tam Lộ")
        return cited

    def _announced(self, one: IssuedDocument) -> tuple[str, NewsText, tuple[Part, ...], tuple[str, ...]]:
        name = re.sub(r"[^a-z0-9]+", "-", strip_diacritics(one.written)) + ".pdf"
        lead = f"Ngày {one.day:%d/%m/%Y}, cơ quan có thẩm quyền đã ký ban hành {one.named}."
        said = compose_article(self.rng, self.province)
        parts = (
            Part(Kind.PARAGRAPH, f"Nội dung chi tiết xem [[{name}|văn bản số {one.written}]] kèm theo."),
            *(Part(Kind.PARAGRAPH, text) for text in said.paragraphs[:2]),
            Part(Kind.SIGNOFF, said.author),
        )
        title = f"{one.named.partition(' ngày ')[0]} về việc {one.subject}"
        return "announced", NewsText(title, lead, (), said.author), parts, (name,)

    def _gazetted(self, one: IssuedDocument) -> tuple[str, NewsText, tuple[Part, ...], tuple[str, ...]]:
        kind, number = one.named.partition(" ngày ")[0].split(" số ")
        title = f"{kind} của UBND tỉnh số {number} về việc {one.subject}"
        return "gazetted", NewsText(title, "", (), ""), (), (f"{kind} so {one.number}.{one.day.year}.pdf",)

    def _listed(self, issued: Iterable[IssuedDocument]) -> tuple[str, NewsText, tuple[Part, ...], tuple[str, ...]]:
        rows = sorted(issued, key=lambda one: (one.day, one.kind, one.number))
        head = ("Số, ký hiệu", "Ngày ban hành", "Trích yếu")
        cells = [head, *((one.written, f"{one.day:%d/%m/%Y}", f"Về việc {one.subject}") for one in rows)]
        parts = tuple(Part(Kind.TABLE_ROW, " | ".join(row), cells=row) for row in cells)
        title = _ANNOUNCED.format(rows[0].day, rows[-1].day)
        return "listed", NewsText(title, "", (), "Văn phòng UBND"), (*parts, Part(Kind.SIGNOFF, "Văn phòng UBND")), ()

    def _article(
        self, day: date, minute: int, kind: str, said: NewsText, parts: tuple[Part, ...], files: tuple[str, ...]
    ) -> ReplicaArticle:
        self.made += 1
        number = 2_000_000 + self.made
        published = datetime.combine(day, time(minute // 60, minute % 60), TZ)
        base = re.sub(r"[^a-z0-9]+", "-", strip_diacritics(said.title)).strip("-")[:60].strip("-")
        slug = f"{base}-{number}"
        article = ReplicaArticle(
            key=self.site.key_of(slug, published, str(number)),
            slug=slug,
            section=self.rng.choices(self.sections, (0.7, 0.3)[: len(self.sections)])[0],
            title=said.title,
            published=published,
            lead=said.lead,
            parts=parts,
            byline=said.author or None,
            files=files if self.is_gazette else (),
            clock=not issubclass(self.site, DaysOnly),
            related=False,
        )
        if kind == "news" and self.rng.random() < 0.04:
            self.wire.releases.append((article, self.site.portal))
            return article
        return article if files or kind == "listed" else self._changed(article)

    def _changed(self, article: ReplicaArticle) -> ReplicaArticle:
        """Edit some later, some taken down, and some of those come back."""
        draw, day = self.rng.random(), article.day
        if draw < 0.04:
            since = day + timedelta(days=self.rng.randint(1, 6))
            return replace(article, revisions=(_edited(self.rng, article, since),))
        if draw < 0.05:
            since = day + timedelta(days=self.rng.randint(2, 20))
            back = since + timedelta(days=40) if self.rng.random() < 0.3 else None
            return replace(article, removals=(Removal(since, back, self.rng.choice((404, 404, 410))),))
        return article

    def _copied(self, day: date, minute: int) -> list[ReplicaArticle]:
        """Return a release of another portal, word for word or cut and signed otherwise."""
        if self.rng.random() > min(0.5, 0.06 * self.volume):
            return []
        release = self.wire.take(self.rng, self.site.portal, day)
        if release is None:
            return []
        is_cut = self.rng.random() < 0.4 and len(release.parts) > 4
        signed = Part(Kind.SIGNOFF, "Theo Cổng thông tin điện tử")
        parts = (*release.parts[:-2], signed) if is_cut else release.parts
        said = NewsText(release.title, release.lead, (), release.byline or "")
        return [self._article(day, minute, "cut" if is_cut else "copied", said, parts, ("-",))]


def _edited(rng: Random, article: ReplicaArticle, since: date) -> Revision:
    """Return a figure corrected, a paragraph added or the title put otherwise."""
    kind = rng.choice(("figure", "added", "title"))
    if kind == "title":
        return Revision(since, f"{article.title} (cập nhật)", article.lead, article.parts)
    if kind == "added":
        added = Part(Kind.PARAGRAPH, "Ban biên tập bổ sung: số liệu trên do đơn vị chủ trì cung cấp.")
        return Revision(since, article.title, article.lead, (*article.parts[:-1], added, article.parts[-1]))
    parts = tuple(
        replace(part, text=re.sub(r"\d+", lambda found: str(int(found[0]) + 1), part.text, count=1))
        if part.kind is Kind.PARAGRAPH and "Căn cứ" not in part.text
        else part
        for part in article.parts
    )
    return Revision(since, article.title, article.lead, parts)
