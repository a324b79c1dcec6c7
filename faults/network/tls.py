"""Check our settings against bad TLS: servers with certificates of their own on loopback, asked by a crawl without the guard.

`python -m faults.network.tls FOLDER`: prints one line, or what was wrong on stderr, exit code 1. A program of its own,
because Twisted's reactor runs once in a process.
"""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import sys
import threading
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import scrapy
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.http import Request, Response
from scrapy.settings import Settings
from twisted.python.failure import Failure

from archive.model.enums import Outcome
from crawler.responses.failures import judge_failure
from crawler.spider.crawl import PortalCrawler
from crawler.spiders.quang_tri import QuangTri

_PEM = serialization.Encoding.PEM
_PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey
_BODY = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


class _Authority:
    """A certificate authority of our own; with it in `SSL_CERT_FILE` this process trusts what it signs.

    One below it that no server names with its own certificate leaves an incomplete chain.
    """

    def __init__(self, folder: Path, *, below: bool = False) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        name = "faults, issuing" if below else "faults"
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        if below:
            return
        made = self._builder(self._name, self._key.public_key(), 30)
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        (folder / "authority.pem").write_bytes(self._signed(made))
        os.environ["SSL_CERT_FILE"] = str(folder / "authority.pem")

    def issue(
        self, name: str, host: str = "localhost", days: int = 30, *, weak: bool = False, own: bool = False
    ) -> Path:
        """Return a certificate for a host, valid until so many days from now, with its key.

        `weak`: of 1024 bits; `own`: self-signed.
        """
        key = rsa.generate_private_key(65537, 1024) if weak else ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        made = self._builder(subject, key.public_key(), days, subject if own else self._name)
        made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        path, plain = self._folder / f"{name}.pem", serialization.NoEncryption()
        private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        path.write_bytes(private + (made.sign(key, hashes.SHA256()).public_bytes(_PEM) if own else self._signed(made)))
        return path

    def _builder(
        self, subject: x509.Name, key: _PublicKey, days: int, issuer: x509.Name | None = None
    ) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        made = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer or subject).public_key(key)
        made = made.serial_number(x509.random_serial_number())
        return made.not_valid_before(now - timedelta(days=30)).not_valid_after(now + timedelta(days=days))

    def _signed(self, made: x509.CertificateBuilder) -> bytes:
        return made.sign(self._key, hashes.SHA256()).public_bytes(_PEM)


def _context(certificate: Path, *, old: bool = False) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.load_cert_chain(certificate)
    if old:
        with contextlib.suppress(ValueError), warnings.catch_warnings(action="ignore"):
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1
    return context


@contextlib.contextmanager
def _serving(context: ssl.SSLContext | None, *, cut: bool = False) -> Iterator[int]:
    """Serve a port that answers `ok` under this context.

    Plainly without one; or hangs up in the middle of the handshake.
    """
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with contextlib.suppress(OSError, ssl.SSLError), connection:
                if cut:
                    connection.recv(100)
                    continue
                with context.wrap_socket(connection, server_side=True) if context else connection as channel:
                    channel.recv(65536)
                    channel.sendall(_BODY)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        listener.close()


class _PortSpider(scrapy.Spider):
    """Asks each port once."""

    name = "asker"

    def __init__(self, ports: dict[str, int], seen: dict[str, str]) -> None:
        super().__init__()
        self._ports, self._seen = ports, seen

    async def start(self):  # type: ignore[no-untyped-def]  # as Scrapy has it
        for name, port in self._ports.items():
            yield Request(f"https://localhost:{port}/", self.answered, errback=self.failed, cb_kwargs={"case": name})

    def answered(self, response: Response, case: str) -> None:
        self._seen[case] = f"read ({response.status})"

    def failed(self, failure: Failure) -> None:
        outcome, detail = judge_failure(failure.value or ValueError("no error"))
        self._seen[failure.request.cb_kwargs["case"]] = f"{outcome.value}: {detail}"  # type: ignore[attr-defined]


class _PlainPortal(PortalCrawler):
    """A portal as far as its settings go."""

    delay = 0.0
    tls = "plain"


class _Level1(_PlainPortal):
    tls = "level1"


def _settings(portal: type[PortalCrawler], folder: Path) -> Settings:
    """Return the project's under what the portal declares, without what keeps a crawl from asking loopback."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    portal.update_settings(settings)
    plain = {
        "ARCHIVE": str(folder),
        "TWISTED_DNS_RESOLVER": "scrapy.resolver.CachingThreadedResolver",
        "DOWNLOADER_MIDDLEWARES": {"scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None},
        "ITEM_PIPELINES": {},
        "EXTENSIONS": {},
        "ROBOTSTXT_OBEY": False,
        "RETRY_ENABLED": False,
        "DOWNLOAD_DELAY": 0,
        "DOWNLOAD_TIMEOUT": 5,
        "SPIDER_MODULES": [],
        "LOG_ENABLED": False,
    }
    for name, value in plain.items():
        settings.set(name, value, priority="cmdline")
    return settings


_READ: dict[type[PortalCrawler], set[str]] = {
    _PlainPortal: {"well"},
    _Level1: {"well", "weak key"},
    QuangTri: {"well", "self-signed", "expired", "another name", "incomplete chain"},  # declared for its chain
}


def main(folder: Path) -> int:
    """Ask every server as a portal of each kind, and compare which are read."""
    sign = _Authority(folder)
    seen: dict[type[PortalCrawler], dict[str, str]] = {portal: {} for portal in _READ}
    with contextlib.ExitStack() as stack:
        good = _context(sign.issue("well"))
        servers = {
            "well": _serving(good),
            "weak key": _serving(_context(sign.issue("weak", weak=True))),
            "self-signed": _serving(_context(sign.issue("own", own=True))),
            "expired": _serving(_context(sign.issue("expired", days=-1))),
            "incomplete chain": _serving(_context(_Authority(folder, below=True).issue("below"))),
            "another name": _serving(_context(sign.issue("other", "a.example"))),
            "TLS 1.0": _serving(_context(folder / "well.pem", old=True)),
            "cut handshake": _serving(good, cut=True),
            "no TLS": _serving(None),
        }
        ports = {name: stack.enter_context(server) for name, server in servers.items()}
        process = AsyncCrawlerProcess(_settings(_PlainPortal, folder))
        for portal, answers in seen.items():
            process.crawl(Crawler(_PortSpider, _settings(portal, folder)), ports=ports, seen=answers)
        process.start()
    wrong = [
        f"{portal.tls}: {answers}" for portal, answers in seen.items() if not _as_it_should(portal, answers, ports)
    ]
    if wrong:
        print("; ".join(wrong), file=sys.stderr)
        return 1
    for portal, answers in seen.items():
        read, not_read = _READ[portal], sorted(set(answers) - _READ[portal])
        print(f"{portal.tls}: {', '.join(sorted(read))} read; {', '.join(not_read)} unreachable", end="; ")
    print("each in its own portal alone")
    return 0


def _as_it_should(portal: type[PortalCrawler], answers: dict[str, str], ports: dict[str, int]) -> bool:
    """Return whether what may be read was read and all else was unreachable.

    A weak key may pass without verification.
    """
    read = {name for name, said in answers.items() if said == "read (200)"}
    failed = {name for name, said in answers.items() if said.startswith(Outcome.UNREACHABLE.value)}
    either = {"weak key"} if portal is QuangTri else set()
    return read - either == _READ[portal] and read | failed == set(ports)


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
