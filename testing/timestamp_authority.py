"""A timestamp authority of our own (RFC 3161): `openssl ts` with a certificate made for it, offline or over HTTP on loopback."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from testing.loopback import SilentHandler, served

_CONFIG = """
[tsa]
serial = {folder}/serial
default_policy = 1.2.3.4.1
digests = sha256
signer_digest = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
"""


class TimestampAuthority:
    """An authority whose key and certificates stand in a folder; `root` is the certificate (PEM) that vouches for it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._folder, self.root = folder, folder / "root.pem"
        root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Rehearsal root")])
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Rehearsal timestamps")])
        root = _builder(issuer, issuer, root_key).add_extension(x509.BasicConstraints(True, None), critical=True)
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        own = _builder(name, issuer, key).add_extension(usage, critical=True)
        pem = serialization.Encoding.PEM
        self.root.write_bytes(root.sign(root_key, hashes.SHA256()).public_bytes(pem))
        (folder / "own.pem").write_bytes(own.sign(root_key, hashes.SHA256()).public_bytes(pem))
        plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        (folder / "own.key").write_bytes(key.private_bytes(pem, *plain))
        (folder / "config").write_text(_CONFIG.format(folder=folder), encoding="utf-8")

    def answer(self, request: bytes) -> bytes:
        """Return the answer (DER) to a request."""
        query, answer = self._folder / "query.tsq", self._folder / "answer.tsr"
        query.write_bytes(request)
        own = ["-signer", str(self._folder / "own.pem"), "-inkey", str(self._folder / "own.key")]
        files = [
            "-config",
            str(self._folder / "config"),
            "-section",
            "tsa",
            "-queryfile",
            str(query),
            "-out",
            str(answer),
        ]
        subprocess.run(["openssl", "ts", "-reply", *own, *files], check=True, capture_output=True, timeout=60)
        return answer.read_bytes()

    @contextmanager
    def serve(self) -> Iterator[str]:
        """Yield the authority's address while the block runs."""
        authority = self

        class Handler(SilentHandler):
            def do_POST(self) -> None:
                data = authority.answer(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.end_headers()
                self.wfile.write(data)

        with served(Handler) as url:
            yield f"{url}/"


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return x509.CertificateBuilder(
        issuer, subject, key.public_key(), x509.random_serial_number(), now - timedelta(days=1), now + timedelta(days=1)
    )
