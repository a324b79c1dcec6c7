"""Portals that moved or are gone, over real crawls: sent on to a successor, without a name, a certificate or a page."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from archive.__main__ import main
from archive.model.decommission import DecommissionSign
from archive.model.enums import ArchiveKind, Event, Outcome, Verdict
from archive.model.records import Run
from testing.ba_song_pages import article, listing
from testing.crawl import crawl, new_archive, the_night
from testing.http_server import HttpServer, response

JULY = date(2025, 7, 10)
HERE = ("-s", "SPIDER_MODULES=testing.portals.ending.ending")
LIVE = (
    *(*HERE, "-s", "DOWNLOAD_DELAY=0", "-s", "RETRY_TIMES=0", "-s", "GONE_NIGHTS=2"),
    *("-s", "TWISTED_DNS_RESOLVER=testing.portals.ending.wire.Resolver"),
)


def night(number: int) -> date:
    return JULY + timedelta(days=number)


def sent_to(url: str) -> bytes:
    return response(b"", "301 Moved Permanently", Location=url)


def run_of(root: Path, number: int, portal: str = "ben_da", run: str = "") -> Run:
    return the_night(root, run or portal, night(number))[0]


def rehearse(root: Path, server: HttpServer, number: int, portal: str = "ben_da", *more: str) -> Run:
    done = crawl(
        "--archive", str(root), "--night", night(number).isoformat(), *HERE, *more, portal=portal, port=server.port
    )
    assert "Traceback" not in done.err, done.err
    return run_of(root, number, portal)


def standing() -> dict[str, bytes]:
    """Two lists, three articles."""
    pages = {"/tin-tuc": response(listing(["a", "b"])), "/su-kien": response(listing(["c"]))}
    return pages | {f"/tin/{key}.html": response(article(number)) for number, key in enumerate("abc")}


def test_a_portal_that_sends_on_is_moved_and_nothing_is_asked_of_its_successor(tmp_path: Path) -> None:
    root = new_archive(tmp_path / "archive")
    with HttpServer(dict(standing())) as server:
        assert rehearse(root, server, 0).verdict is Verdict.GOOD
        for path in standing():
            server.pages[path] = sent_to(f"https://khanhhoa.gov.vn{path}")
        run = rehearse(root, server, 1)
        hosts = {line for head in server.heads for line in head.splitlines() if line.lower().startswith("host:")}
        assert hosts == {"Host: www.ba-song.vn.replica.test"}
        assert (run.verdict, run.events) == (Verdict.MOVED, {"moved": 3})
        assert run.outcomes == {"moved": 5, "robots": 1}
        assert run.away is not None
        assert (run.away.sign, run.away.to, run.province) == (DecommissionSign.MOVED, "khanhhoa.gov.vn", "ninhthuan")
        assert sum("moved to khanhhoa.gov.vn (Khánh Hòa)" in str(reason) for reason in run.reasons) == 1
        _, pages, articles = the_night(root, "ben_da", night(1))
        assert {line.event for line in articles} == {Event.MOVED}
        assert all(line.file is None and line.warc is not None for line in articles)
        assert {page.detail for page in pages if page.outcome is Outcome.MOVED} == {"khanhhoa.gov.vn"}
        server.pages.update(standing())  # a person asks again, and it stands
        back = rehearse(root, server, 3)
    assert back.away is None
    assert back.events == {"returned": 3}
    assert any(str(reason).startswith("it answers again: it was recorded on 2025-07-11") for reason in back.reasons)
    assert main(["rebuild", "--archive", str(root)]) == 0
    assert main(["verify", "--archive", str(root)]) == 0


def test_a_front_page_that_sends_a_browser_on_is_a_move_too(tmp_path: Path) -> None:
    root = new_archive(tmp_path / "archive")
    refresh = b'<html><head><meta http-equiv="refresh" content="0; url=https://www.xa-moi.vn/"></head></html>'
    with HttpServer({"/tin-tuc": response(b"", "404 Not Found"), "/": response(refresh)}) as server:
        run = rehearse(root, server, 0, "huyen_cu")  # the front page alone, to a host that only its file knows
        assert (run.verdict, run.outcomes) == (Verdict.MOVED, {"gone": 1, "moved": 1, "robots": 1})
        assert run.away is not None
        assert run.away.to == "www.xa-moi.vn"


def test_where_every_address_is_not_found_a_dissolved_portal_is_gone(tmp_path: Path) -> None:
    root = new_archive(tmp_path / "archive")
    few = ("-s", "GONE_NIGHTS=2")
    with HttpServer(dict(standing())) as server:
        rehearse(root, server, 0, "ben_da", *few)
        server.pages.clear()
        first = rehearse(root, server, 1, "ben_da", *few)
        assert (first.verdict, server.asked["/"]) == (Verdict.BROKEN, 1)
        run = rehearse(root, server, 2, "ben_da", *few)
        assert run.verdict is Verdict.GONE
        assert str(run.reasons[1]).startswith(
            "gone since 2025-07-11 (every address answers that it is not found), Ninh Thuận"
        )
        assert run.events == {}  # where every address is not found, no article of it is gone


def live(root: Path, number: int, *more: str, **environment: str) -> Run:
    done = crawl(
        *("--archive", str(root), "--night", night(number).isoformat(), *LIVE, *more),
        portal="ben_da",
        port=None,
        LUU_TRU_CONTACT="luutru@example.vn",
        **environment,
    )
    assert "Traceback" not in done.err, done.err
    return run_of(root, number)


@contextlib.contextmanager
def expired(folder: Path) -> Iterator[int]:
    """Serve at a port whose certificate for the portal's host ended yesterday."""
    key, name = ec.generate_private_key(ec.SECP256R1()), "www.ba-song.vn"
    now, subject = datetime.now(UTC), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now - timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "expired.pem").write_bytes(plain + made.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "expired.pem")
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with contextlib.suppress(OSError), connection:
                    context.wrap_socket(connection, server_side=True).close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        listener.close()


def test_no_such_name_and_no_valid_certificate_are_signs_and_a_look_up_that_fails_is_none(tmp_path: Path) -> None:
    root = new_archive(tmp_path / "archive", ArchiveKind.LIVE)
    first = live(root, 0, NAMES="none")
    assert (first.verdict, first.away and first.away.sign) == (Verdict.UNREACHABLE, DecommissionSign.NO_NAME)
    later = live(root, 1, NAMES="later")
    assert (later.verdict, later.away) == (Verdict.UNREACHABLE, None)
    handlers = json.dumps(dict.fromkeys(("http", "https"), "testing.portals.ending.wire.Handler"))
    with expired(tmp_path) as port:
        gone = live(root, 2, "-s", f"DOWNLOAD_HANDLERS={handlers}", TLS_PORT=str(port))
    assert gone.verdict is Verdict.GONE
    assert gone.away is not None
    assert (gone.away.sign, gone.away.since, gone.away.nights) == (DecommissionSign.CERTIFICATE, night(0), 2)
    said = [{page.detail for page in the_night(root, "ben_da", night(number))[1]} for number in range(3)]
    assert said == [{"name not found"}, {"name look-up failed"}, {"certificate not valid"}]
