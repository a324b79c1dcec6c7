"""After a night: one digest, one heartbeat, one report; a message that cannot be sent is tried again and never lost."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from archive.errors import DiskFull, RunBusy
from archive.leases.ledger import Ledger
from archive.leases.states import LeaseState
from archive.messages.reason import Reason
from archive.model.enums import ArchiveKind
from archive.store import Archive
from crawler.config.alerts import AlertSettings
from crawler.config.settings_file import NightSettings
from crawler.disk_space import DiskSpace
from crawler.reports.after_night import AfterNight, night_report
from crawler.reports.outbox import PAUSES, Outbox
from crawler.reports.snapshot import night_sizes
from testing.archives import ARCHIVE_ID, FIRST, at, run_night
from testing.archives import make as make_replica
from testing.http_server import NotificationServer
from vietnam.date_forms import TZ

NOW = datetime(2025, 3, 3, 7, 5, tzinfo=TZ)


@pytest.fixture
def listener() -> Iterator[NotificationServer]:
    with NotificationServer() as found:
        yield found


@dataclass(slots=True)
class Place:
    """An archive with one night that ended: two portals good, one missed."""

    root: Path
    store: Archive
    ledger: Ledger
    settings: NightSettings

    def after_night(self, kind: ArchiveKind = ArchiveKind.LIVE, **environment: str) -> AfterNight:
        return AfterNight(self.settings, self.root / "archive", kind, environment)

    def after(self, after_night: AfterNight, now: datetime = NOW, *remarks: str, sealed: bool = True) -> None:
        after_night.report_night(self.store, self.ledger, FIRST, now, remarks, sealed=sealed)

    def report(self) -> str:
        return (self.root / "reports" / f"{FIRST}.md").read_text(encoding="utf-8")


@pytest.fixture
def place(tmp_path: Path, listener: NotificationServer) -> Iterator[Place]:
    with make_replica(tmp_path / "archive") as store, Ledger(store.paths.ledger) as ledger:
        run_night(store, 0)
        for portal in ("da_nang", "quang_tri"):
            ledger.end(portal, FIRST, LeaseState.DONE, None, at(FIRST), portal)
        ledger.end("hue", FIRST, LeaseState.MISSED, Reason.sentence("no scheduler ran that night"), at(FIRST))
        ledger.end("lai_chau", FIRST, LeaseState.SKIPPED, Reason.sentence("known only by inference"), at(FIRST))
        store.seal(FIRST, {"hue": Reason.sentence("no scheduler ran that night")})
        alerts = AlertSettings(urls=(listener.alert,), heartbeat_file=tmp_path / "beat")
        settings = NightSettings(archive=tmp_path / "archive", reports=tmp_path / "reports", alerts=alerts)
        yield Place(tmp_path, store, ledger, settings)


def test_one_digest_for_the_night_and_not_one_message_a_portal(place: Place, listener: NotificationServer) -> None:
    after_night = place.after_night(LUU_TRU_HEARTBEAT_URL=listener.heartbeat)
    for _ in range(3):
        place.after(after_night)
    place.after(place.after_night(LUU_TRU_HEARTBEAT_URL=listener.heartbeat))  # another process
    assert [(said.method, said.path) for said in listener.requests] == [("POST", "/alert"), ("GET", "/beat")]
    digest = listener.requests[0]
    assert digest.title.endswith("2025-03-03: 1 of 3 portals wants a look")
    assert "3 portals: 2 good, 1 missed; 2 new, 0 revisions, 0 gone" in digest.message
    assert "- **missed** `hue`: no scheduler ran that night" in digest.message
    assert "sealed as manifest-1" in digest.message
    assert f"{place.root}/reports/{FIRST}.md" in digest.message
    assert (place.root / "beat").read_text(encoding="utf-8").startswith("2025-03-03 3 portals: ")


@pytest.mark.parametrize(
    ("on", "sent"),
    [
        pytest.param(("missed",), True, id="its verdict is sent"),
        pytest.param(("broken", "blocked"), False, id="another verdict is sent"),
        pytest.param(("good",), True, id="a digest every after_night"),
        pytest.param((), False, id="nothing is sent"),
    ],
)
def test_what_is_reported_is_the_operators_choice(
    place: Place, listener: NotificationServer, on: tuple[str, ...], sent: bool
) -> None:
    place.settings = replace(place.settings, alerts=replace(place.settings.alerts, on=on))
    place.after(place.after_night())
    assert bool(listener.requests) == sent


@pytest.mark.parametrize(
    ("nights", "remark", "sent"),
    [
        pytest.param(2.5, "the disk lasts 2 more nights of the usual size", True, id="nearly full"),
        pytest.param(1.5, "the disk lasts 1 more night of the usual size", True, id="one more"),
        pytest.param(9.5, "the disk lasts 9 more nights of the usual size", False, id="filling"),
        pytest.param(10**9, None, False, id="room enough"),
    ],
)
def test_a_disk_that_fills_is_reported_before_it_is_full(
    place: Place,
    listener: NotificationServer,
    monkeypatch: pytest.MonkeyPatch,
    nights: float,
    remark: str | None,
    sent: bool,
) -> None:
    (usual,) = night_sizes(place.store)
    free = int(usual * nights)
    monkeypatch.setattr("crawler.reports.after_night.free_space", lambda folder: DiskSpace(free, free, None))
    place.settings = replace(place.settings, min_free=0, alerts=replace(place.settings.alerts, on=()))
    for _ in range(2):  # written once, read again
        place.after(place.after_night())
    report = night_report(place.store, place.ledger, place.settings, FIRST)
    assert report.remarks == ((remark,) if remark else ())
    assert bool(listener.requests) == sent


def test_a_rehearsal_is_reported_and_tells_nobody(place: Place, listener: NotificationServer) -> None:
    place.after(place.after_night(ArchiveKind.REPLICA, LUU_TRU_HEARTBEAT_URL=listener.heartbeat))
    assert listener.requests == []
    assert not (place.root / "beat").exists()
    assert place.report().startswith("# Night 2025-03-03 (rehearsal)")


def test_a_rehearsal_that_may_tell_does(place: Place, listener: NotificationServer) -> None:
    place.settings = replace(place.settings, alerts=replace(place.settings.alerts, rehearsals=True))
    place.after(place.after_night(ArchiveKind.REPLICA))
    assert listener.requests[0].title.startswith("Lưu Trữ (rehearsal) 2025-03-03: ")


def test_a_bad_night_calls_the_other_heartbeat(place: Place, listener: NotificationServer) -> None:
    alerts = replace(
        place.settings.alerts,
        urls=(),
        heartbeat_url=listener.heartbeat,
        heartbeat_fail_url=f"{listener.heartbeat}/fail",
    )
    place.settings = replace(place.settings, alerts=alerts)
    place.after(place.after_night())
    assert [said.path for said in listener.requests] == ["/beat/fail"]


def test_a_night_at_its_cut_off_without_a_seal_is_reported_and_calls_no_heartbeat(
    place: Place, listener: NotificationServer
) -> None:
    place.after(place.after_night(LUU_TRU_HEARTBEAT_URL=listener.heartbeat), sealed=False)
    assert [said.path for said in listener.requests] == ["/alert"]
    assert not (place.root / "beat").exists()


def test_what_cannot_be_sent_is_reported_and_tried_again(
    place: Place, listener: NotificationServer, caplog: pytest.LogCaptureFixture
) -> None:
    listener.status = 503
    after_night = place.after_night()
    place.after(after_night, NOW, "da_nang had no log")
    assert "1 try" in place.report()
    assert "da\\_nang had no log" in place.report()
    assert "not sent: json://127.0.0.1:" in place.report()
    ours = [record.levelno for record in caplog.records if record.name == "scheduler"]
    assert ours == [logging.ERROR]
    after_night.retry_messages(NOW + PAUSES[0] - timedelta(seconds=1))
    assert len(listener.requests) == 1
    listener.status = 200
    place.after_night().retry_messages(NOW + PAUSES[0])  # another process, later
    assert len(listener.requests) == 2
    assert listener.requests[1] == listener.requests[0]
    assert len(place.after_night().unsent()) == 0
    report = night_report(place.store, place.ledger, place.settings, FIRST)
    assert report.remarks == ("da_nang had no log",)


def test_it_is_given_up_after_five_tries(place: Place, listener: NotificationServer) -> None:
    listener.status = 500
    place.after(place.after_night())
    now = NOW
    for _ in range(50):
        now += timedelta(hours=5)
        place.after_night().retry_messages(now)
    assert len(listener.requests) == 5
    report = night_report(place.store, place.ledger, place.settings, FIRST)
    assert report.remarks[0].endswith("(5 tries, given up)")


def test_only_who_was_not_reached_is_tried_again(place: Place, listener: NotificationServer) -> None:
    with NotificationServer() as other:
        other.status = 500
        alerts = replace(place.settings.alerts, urls=(listener.alert, other.alert))
        place.settings = replace(place.settings, alerts=alerts)
        place.after(place.after_night())
        other.status = 200
        place.after_night().retry_messages(NOW + PAUSES[0])
        assert (len(listener.requests), len(other.requests)) == (1, 2)


def test_no_address_stands_beside_the_reports(place: Place, listener: NotificationServer) -> None:
    listener.status = 500
    alerts = replace(place.settings.alerts, urls=(f"json://me:c4n4ry-word@127.0.0.1:{listener.port}/c4n4ry-token",))
    place.settings = replace(place.settings, alerts=alerts)
    place.after(place.after_night())
    assert len(place.after_night().unsent()) == 1
    for path in (place.root / "reports").iterdir():
        assert "c4n4ry-word" not in path.read_text(encoding="utf-8")


def test_a_folder_of_reports_that_cannot_be_written_costs_nothing(
    place: Place, listener: NotificationServer, caplog: pytest.LogCaptureFixture
) -> None:
    (place.root / "reports").write_text("a file where the folder should be")
    after_night = place.after_night()
    place.after(after_night)
    place.after(after_night)
    assert [said.path for said in listener.requests] == ["/alert"]
    assert any("cannot write" in record.getMessage() for record in caplog.records)


def test_a_night_that_cannot_be_run_is_reported_once(place: Place, listener: NotificationServer) -> None:
    after_night = place.after_night()
    for _ in range(3):
        after_night.report_failure(DiskFull("low disk: 1 GB free, 2 GB wanted"), NOW)
    after_night.report_failure(RunBusy("ledger.db is locked by another process"), NOW + timedelta(days=1))
    (said,) = listener.requests
    assert said.title == "Lưu Trữ 2025-03-03: the night could not be run"
    assert said.message.startswith("low disk: 1 GB free, 2 GB wanted")
    after_night.report_failure(DiskFull("low disk: 1 GB free, 2 GB wanted"), NOW + timedelta(days=1))
    assert len(listener.requests) == 2


@pytest.mark.parametrize(
    ("now", "nights", "messages"),
    [
        pytest.param("2025-03-04T06:59", 1, 0, id="the next night is on"),
        pytest.param("2025-03-04T07:59", 1, 0, id="it may still be sealed"),
        pytest.param("2025-03-04T08:00", 1, 1, id="the next night was not sealed"),
        pytest.param("2025-03-06T12:00", 1, 1, id="days later"),
        pytest.param("2025-03-06T07:00", 3, 0, id="three nights may pass"),
        pytest.param("2025-03-06T08:00", 3, 1, id="three nights have passed"),
        pytest.param("2025-04-06T08:00", 0, 0, id="nobody wants to know"),
    ],
)
def test_silence_is_reported_once_a_day(
    place: Place, listener: NotificationServer, now: str, nights: int, messages: int
) -> None:
    place.settings = replace(place.settings, alerts=replace(place.settings.alerts, silent_nights=nights))
    moment = datetime.fromisoformat(now).replace(tzinfo=TZ)
    for _ in range(3):
        place.after_night().report_silence(place.store, place.ledger, moment)
    assert len(listener.requests) == messages
    if messages:
        assert listener.requests[0].title == "Lưu Trữ: no night since the night of 2025-03-03"
        place.after_night().report_silence(place.store, place.ledger, moment + timedelta(days=1))
        assert len(listener.requests) == 2


def test_an_archive_that_never_sealed_a_night_is_silent_too(tmp_path: Path, listener: NotificationServer) -> None:
    settings = NightSettings(
        reports=tmp_path / "reports", archive=tmp_path, alerts=AlertSettings(urls=(listener.alert,))
    )
    after_night = AfterNight(settings, tmp_path, ArchiveKind.LIVE, {})
    with Archive.create(tmp_path / "archive", ArchiveKind.LIVE, ARCHIVE_ID, NOW) as store:
        with Ledger(store.paths.ledger) as ledger:
            after_night.report_silence(store, ledger, NOW + timedelta(days=9))
            assert listener.requests == []  # nothing was ever planned
            ledger.plan(date(2025, 3, 3), ["da_nang"], NOW)
            after_night.report_silence(store, ledger, NOW)
            assert listener.requests == []
            after_night.report_silence(store, ledger, NOW + timedelta(hours=1))
    assert listener.requests[0].title == "Lưu Trữ: no night at all so far"


def test_what_is_reported_is_kept_in_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.reports.outbox._LIMIT", 3)
    outbox = Outbox(tmp_path)
    after_night = AfterNight(NightSettings(reports=tmp_path, archive=tmp_path), tmp_path, ArchiveKind.LIVE, {})
    for day in range(5):
        after_night.report_failure(DiskFull("full"), NOW + timedelta(days=day))
    assert [message.key[-2:] for message in outbox.all()] == ["05", "06", "07"]
    assert len(json.loads((tmp_path / "told.json").read_text())) == 3
