"""What our settings make of bad TLS: servers with certificates of their own on loopback, asked by a crawl without the guard.

`python -m faults.tls FOLDER`: prints one line, or says on stderr what was wrong and ends with 1. A program of its own,
because Twisted's reactor runs once in a process.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import scrapy
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Request, Response
from scrapy.settings import Settings
from twisted.python.failure import Failure

from archive.records import Outcome
from crawler.asking import judge_failure

__all__ = ["main"]

_BODY = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


def _certificate(folder: Path, name: str, host: str, days: int) -> Path:
    """A self-signed certificate for a host that is valid until so many days from now, with its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


def _context(certificate: Path, *, old: bool = False) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.load_cert_chain(certificate)
    if old:
        with contextlib.suppress(ValueError, DeprecationWarning):
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1
    return context


@contextlib.contextmanager
def _serving(context: ssl.SSLContext | None, *, cut: bool = False) -> Iterator[int]:
    """A port that answers `ok` under this context; plainly without one; or hangs up in the middle of the handshake."""
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


class _Asker(scrapy.Spider):
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


def _settings() -> Settings:
    """The project's, without what keeps a crawl from asking loopback."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    plain = {
        "DOWNLOAD_HANDLERS": {"file": None, "data": None, "ftp": None, "s3": None},
        "TWISTED_DNS_RESOLVER": "scrapy.resolver.CachingThreadedResolver",
        "DOWNLOADER_MIDDLEWARES": {"scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None},
        "ITEM_PIPELINES": {},
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


def main(folder: Path) -> int:
    """Ask every server with verification, and the self-signed one again under the exception of its portal."""
    seen: dict[str, str] = {}
    excepted: dict[str, str] = {}
    with contextlib.ExitStack() as stack:
        good = _context(_certificate(folder, "self-signed", "localhost", 30))
        ports = {
            "self-signed": stack.enter_context(_serving(good)),
            "expired": stack.enter_context(_serving(_context(_certificate(folder, "expired", "localhost", -1)))),
            "another name": stack.enter_context(_serving(_context(_certificate(folder, "other", "a.example", 30)))),
            "TLS 1.0": stack.enter_context(_serving(_context(folder / "self-signed.pem", old=True))),
            "cut handshake": stack.enter_context(_serving(good, cut=True)),
            "no TLS": stack.enter_context(_serving(None)),
        }
        process = AsyncCrawlerProcess(_settings())
        process.crawl(process.create_crawler(_Asker), ports=ports, seen=seen)
        lenient = _settings()
        lenient.set("DOWNLOAD_VERIFY_CERTIFICATES", False, priority="cmdline")  # as `tls = "unverified"` has it
        from scrapy.crawler import Crawler

        process.crawl(Crawler(_Asker, lenient), ports={"self-signed": ports["self-signed"]}, seen=excepted)
        process.start()
    wrong = [f"{name}: {said}" for name, said in seen.items() if not said.startswith(Outcome.UNREACHABLE.value)]
    wrong += [] if set(seen) == set(ports) else [f"answered are only {sorted(seen)}"]
    if wrong or excepted != {"self-signed": "read (200)"}:
        print(f"{'; '.join(wrong)}; under the exception: {excepted}", file=sys.stderr)
        return 1
    print(f"{', '.join(sorted(seen))}: each unreachable; the portal that is excepted is read")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
