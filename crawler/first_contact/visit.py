"""Visit one host: its home page, the check of its portal, and the probe where there is none or the check found something."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from archive.model.enums import ArchiveKind, Outcome
from crawler.catalog.check_results import CheckResult, FieldFinding, FieldStatus, store_check
from crawler.check.command import check_result
from crawler.check.fetch import Fetch, FetchResult, PortalCheck
from crawler.check.fields import PortalResponses
from crawler.check.plan import tour as check_tour
from crawler.clock import Clock
from crawler.config.settings_file import NightSettings
from crawler.downloader.guard import PortalHosts, own_hosts
from crawler.downloader.slots import SlotClosed
from crawler.first_contact.differences import ContactPages, DeclarationDifference, differences, unnamed_differences
from crawler.first_contact.folder import ContactFolder, HostContact, ProbeSummary
from crawler.first_contact.home import ENDING, UNANSWERED, HomeAnswer, HomeState, judge_home
from crawler.first_contact.hosts import ProvinceHost
from crawler.first_contact.pages import save_pages
from crawler.listings.feeds import read_feed
from crawler.listings.listing import Entry, Following, ListingError
from crawler.listings.witness import Witness
from crawler.portal import DeclarationError, PortalSpider
from crawler.probe.explore import Exploration
from crawler.probe.infer import infer_portal
from crawler.probe.page import VisitedPage
from crawler.probe.pagination import find_next_page
from crawler.probe.recognise import ENOUGH, recognise
from crawler.probe.report import report
from crawler.probe.result import ProbeResult, spider_of, title_for
from crawler.probe.run import inferred_statements
from crawler.probe.sections import menu_links
from crawler.probe.spider import MOST, PortalPages, unknown_portal, visited_page
from crawler.probe.write import spider_source, write
from crawler.requests import Expect
from crawler.responses.facts import listing_text
from crawler.spider.witness_check import MOST_REQUESTS as MOST_WITNESSES
from crawler.urls import real_url

_WORTH_A_PROBE = ("list", "layout", "published")


@dataclass(frozen=True, slots=True)
class Evening:
    """Hold what all visits share: folders, clock, the operator's settings. `ended` takes each finished host's result."""

    folder: ContactFolder
    clock: Clock
    via: ArchiveKind
    operator: NightSettings
    ended: Callable[[HostContact], None]


@dataclass(slots=True)
class ProvinceVisit:
    """The visit of one host. `pages` are those that came, in order; `listed` is the check's list page."""

    host: ProvinceHost
    evening: Evening
    check: PortalCheck = field(init=False)
    pages: list[VisitedPage] = field(default_factory=list)
    listed: VisitedPage | None = None

    def __post_init__(self) -> None:
        portal = self.host.portal or unknown_portal(self.host.host, self.host.province.slug)
        pause = self.evening.operator.portal(portal.name).delay
        self.check = PortalCheck(portal, self.tour, pause, most=MOST)

    @property
    def _hosts(self) -> PortalHosts:
        portal = self.check.portal
        replica = self.evening.via is ArchiveKind.REPLICA
        return PortalHosts(own_hosts(portal.home, portal.hosts), portal.moved_to, replica)

    async def tour(self, fetch: Fetch) -> None:
        """Make the visit and store its result. Raises SlotClosed where the evening is ended."""
        slug, clock = self.host.province.slug, self.evening.clock
        self.evening.folder.begin(slug)
        began = clock.now()
        home = await self._home(fetch)
        result = HostContact(
            slug, self.host.name, self.host.host, self.host.portal.name if self.host.portal else None,
            self.evening.via, began, home,
        )  # fmt: skip
        try:
            result = await self._look(fetch, result)
        except SlotClosed:
            raise
        except Exception as error:
            # Pages of sixty unknown hosts come this way: a mistake in reading one must not cost the others.
            result = replace(result, error=f"{type(error).__name__}: {error}"[:300])
        saved = [*self.pages, *([self.listed] if self.listed else [])]
        save_pages(self.evening.folder.root / "visited" / result.name, saved, self.check.robots)
        result = replace(result, requests=self.check.sent, robots=self.check.robots_words)
        self.evening.folder.store(result)
        self.evening.ended(result)

    async def _home(self, fetch: Fetch) -> HomeAnswer:
        """Ask for the home page; where no answer comes, once more by its other name, or by http."""
        first, other_name, by_http = self.host.ways()
        answers: list[FetchResult] = [await fetch(Expect.FRONT_PAGE, first, "")]
        if (state := judge_home(answers, self.host.province).state) in UNANSWERED:
            way = other_name if state is HomeState.NO_NAME else by_http
            answers.append(await fetch(Expect.FRONT_PAGE, way, ""))
        response = answers[-1].response
        if response is not None:
            self.pages.append(visited_page(answers[-1].ask.url, response, self._hosts))
        return judge_home(answers, self.host.province)

    async def _look(self, fetch: Fetch, result: HostContact) -> HostContact:
        if result.home.state in ENDING:
            return result
        responses, checked = await self._check(fetch) if self.host.portal else (None, None)
        answered = checked is not None and checked.answered
        result = replace(result, check=checked, witnesses=await self._witnesses(fetch) if answered else ())
        if result.home.state is not HomeState.ANSWERS:
            return result
        if responses is not None and checked is not None and not worth_a_probe(checked, self.listed):
            return replace(result, differences=self._unnamed(checked, responses))
        pages = PortalPages(self.check, fetch, self._hosts, known=self.pages)
        exploration = await pages.explore(self.pages[0].requested, self.evening.clock)
        self.pages += pages.pages
        return self._compare(result, exploration, responses, checked.findings if checked else ())

    async def _check(self, fetch: Fetch) -> tuple[PortalResponses, CheckResult]:
        """Check the declared portal as `scheduler.py check` does, and keep the result where that keeps it."""
        evening, portal = self.evening, self.check.portal

        async def noted(
            expect: Expect, way: Following, section: str, number: int = 1, entry: Entry | None = None
        ) -> FetchResult:
            answer = await fetch(expect, way, section, number, entry)
            if answer.response is not None and answer.ask.request is None:
                page = visited_page(answer.ask.url, answer.response, self._hosts)
                self.pages.append(page)
                if expect is Expect.LISTING and self.listed is None:
                    self.listed = page
            return answer

        responses = await check_tour(noted, portal, portal.sections[0], evening.clock.now(), every=False)
        checked = check_result(self.check, responses, evening.clock, evening.via)
        return responses, store_check(checked, evening.operator.checks)

    async def _witnesses(self, fetch: Fetch) -> tuple[str, ...]:
        """Ask for the declared witnesses as a night does; return what each of them brought, in words."""
        portal, now = self.check.portal, self.evening.clock.now()
        found = []
        for witness in portal.witnesses(now.date() - timedelta(days=1))[:MOST_WITNESSES]:
            answer = await fetch(Expect.RESOURCE, witness.url, "")
            found.append(f"{real_url(witness.url)}: {witness_words(portal, witness, answer, now)}")
        return tuple(found)

    def _unnamed(self, checked: CheckResult, responses: PortalResponses) -> tuple[DeclarationDifference, ...]:
        """Name what a check that passed hides, where the list stands in a page and no interface brought it."""
        if not checked.passed or self.listed is None or real_url(self.listed.url) != responses.first.url:
            return ()
        home = self.pages[0]
        seen = Exploration(home.requested, home, menu=frozenset(link.url for link in menu_links(home)))
        compared = ContactPages(seen, recognise(self.pages), self.listed)
        return unnamed_differences(self.check.portal, compared, self.evening.clock.now())

    def _compare(
        self,
        result: HostContact,
        exploration: Exploration,
        responses: PortalResponses | None,
        findings: tuple[FieldFinding, ...],
    ) -> HostContact:
        """Infer the portal from the exploration, write what was inferred, and name what the family expects otherwise."""
        now, front = self.evening.clock.now(), exploration.front
        title = self.host.portal.title if self.host.portal else (title_for(front) if front and front.is_page else "")
        found = infer_portal(exploration, result.name, title or self.host.host, now)
        compared = ContactPages(exploration, found.ranked, self.listed, responses, findings)
        expected = self._expected(found)
        named: tuple[DeclarationDifference, ...] = differences(expected, compared, now) if expected is not None else ()
        summary = ProbeSummary(
            found.portal.family.family if found.portal else "",
            found.score if found.portal else 0,
            found.mean,
            len(found.portal.sections) if found.portal else 0,
            tuple(map(real_url, found.undecided)),
            tuple(map(real_url, found.unchecked)),
        )
        return replace(result, probe=summary, differences=named, proposed=self._write(result.name, found, exploration))

    def _expected(self, found: ProbeResult) -> type[PortalSpider] | None:
        """Return the portal whose declaration is compared: the declared one, else one of the family that its marks name."""
        if self.host.portal is not None:
            return self.host.portal
        best = next((each for each in found.ranked if each.score >= ENOUGH), None)
        if best is None or found.portal is None or issubclass(found.portal.family, best.family):
            return None
        try:
            return spider_of(replace(found.portal, family=best.family, structure=None, layouts=()))
        except DeclarationError:
            return None  # the family asks of a portal what no page tells

    def _write(self, name: str, found: ProbeResult, exploration: Exploration) -> str | None:
        """Write the probe's report, the proposed spider and its saved pages; return the spider's path."""
        root = self.evening.folder.root
        for folder in ("probes", "spiders", "pages"):
            (root / folder).mkdir(exist_ok=True)
        words = report(found, exploration, self.check.robots_words, self.check.refused)
        (root / "probes" / f"{name}.txt").write_text(words, encoding="utf-8")
        if found.portal is None:
            (root / "spiders" / f"{name}.py").unlink(missing_ok=True)
            return None
        source = spider_source(found.portal, inferred_statements(found))
        written = write(found, source, exploration, root / "spiders", root / "pages", self.evening.clock.now())
        return str(written[0].relative_to(root))


def worth_a_probe(checked: CheckResult, listed: VisitedPage | None) -> bool:
    """Return whether a check failed or doubts what an exploration can settle; a silent portal is asked for no more.

    Lists of one page lead nowhere: that is worth it where the list page itself shows a way on.
    """
    if not checked.answered:
        return False
    doubtful = {each.field for each in checked.findings if each.held is FieldStatus.DOUBTFUL}
    stays = any(each.field == "next page" and each.held is not FieldStatus.OK for each in checked.findings)
    leads_on = stays and listed is not None and find_next_page(listed) is not None
    return not checked.passed or leads_on or not doubtful.isdisjoint(_WORTH_A_PROBE)


def witness_words(portal: type[PortalSpider], witness: Witness, answer: FetchResult, now: datetime) -> str:
    """Return how many articles a witness names, or why it is none."""
    response = answer.response
    refused = answer.outcome is not Outcome.RESOURCE and witness.day is not None  # a feed is no page, whatever it is
    if response is None or response.status != 200 or refused:
        return f"{answer.outcome.value} ({answer.detail})" if answer.detail else answer.outcome.value
    try:
        if witness.day is None:
            return f"a feed of {len(read_feed(response.url, response.body, portal.entry_key, now).entries)} articles"
        return f"{len(portal.read_day(response.url, listing_text(response) or ''))} articles of {witness.day}"
    except ListingError as error:
        return str(error)[:200]
