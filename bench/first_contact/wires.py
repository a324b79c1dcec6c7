"""Hosts that fail below HTTP, each on a loopback port of its own: closed, silent, with a certificate of nobody."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Wire(StrEnum):
    """Say how a host is reached."""

    SERVED = "served"
    CLOSED = "closed"
    SILENT = "silent"
    BAD_CERTIFICATE = "bad certificate"


@contextmanager
def wires(folder: Path) -> Iterator[dict[Wire, str]]:
    """Open one port of each failing kind and yield their origins."""
    with ExitStack() as stack:
        silent = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        secure = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(_certificate(folder / "own.pem"))
        threading.Thread(target=_shake_hands, args=(secure, context), daemon=True).start()
        yield {
            Wire.CLOSED: f"http://127.0.0.1:{_free_port()}",
            Wire.SILENT: f"http://127.0.0.1:{silent.getsockname()[1]}",
            Wire.BAD_CERTIFICATE: f"https://127.0.0.1:{secure.getsockname()[1]}",
        }


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def _shake_hands(listener: socket.socket, context: ssl.SSLContext) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with suppress(OSError, ssl.SSLError), connection, context.wrap_socket(connection, server_side=True) as channel:
            channel.recv(65536)
            channel.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


def _certificate(path: Path) -> Path:
    """Write a self-signed certificate with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("khac.mau.vn")]), critical=False).sign(key, hashes.SHA256())
    )  # fmt: skip
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    path.write_bytes(private + made.public_bytes(pem))
    return path
