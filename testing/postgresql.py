"""A real PostgreSQL of our own: made in a temporary folder, on loopback and a socket of its own, gone at the end.

It refuses to run as root: then it runs as `postgres` or `nobody`. For tests nothing is flushed, since nothing of it is
kept; for measurements everything is, as on a server.
"""

from __future__ import annotations

import fcntl
import json
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import quote

import psycopg

PASSWORD = "kh0ng-ai/biết@"
_USER = "luu_tru"
_DATABASES = count(1)


def _programs() -> Path | None:
    """Return the folder of initdb, pg_ctl and postgres: on the PATH, else the newest where Debian puts them."""
    if all(shutil.which(name) for name in ("initdb", "pg_ctl", "postgres")):
        return Path(str(shutil.which("pg_ctl"))).parent
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/pg_ctl")]
    return max(found, key=lambda path: int(path.parent.name.split(".")[0]), default=None)


def _account() -> pwd.struct_passwd | None:
    """Return the account to run it as, None where we are not root."""
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name) if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        except KeyError:
            continue
    return None


def missing() -> str | None:
    """Return why no server can be started here; None when one can."""
    if _programs() is None:
        return "PostgreSQL is not installed here: initdb and pg_ctl are missing"
    return "there is no user `postgres` or `nobody` to run PostgreSQL as" if _account() is None else None


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running server: `folder` holds its data and its socket."""

    folder: Path
    port: int

    def control(self, *arguments: str) -> None:
        """Run pg_ctl on it, waiting for what was asked: `stop`, `start`, `restart -m immediate`."""
        programs, account = _programs(), _account()
        if programs is None or account is None:
            raise RuntimeError(str(missing()))
        command = [
            str(programs / "pg_ctl"),
            "-D",
            str(self.folder / "data"),
            "-w",
            "-s",
            "-l",
            str(self.folder / "log"),
        ]
        _run(account, [*command, *arguments])

    def url(self, database: str, *, user: str = _USER, password: str | None = PASSWORD) -> str:
        """Return the address over loopback, for which the server wants the password."""
        secret = f":{quote(password, safe='')}" if password else ""
        return f"postgresql://{user}{secret}@127.0.0.1:{self.port}/{database}"

    def database(self, options: str = "") -> str:
        """Return the address of a new, empty database that sorts Vietnamese as people do by default."""
        name = f"archive_{os.getpid()}_{next(_DATABASES)}"
        locale = options or "ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'vi-VN' LC_COLLATE 'C' LC_CTYPE 'C'"
        self.run(f"CREATE DATABASE {name} TEMPLATE template0 {locale}")
        return self.url(name)

    def run(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """One statement of the server's owner, outside a transaction; what it answers."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []


@contextmanager
def serve_postgresql(*, flushing: bool = False, within: Path | None = None) -> Iterator[PostgresServer]:
    """Run a server to the end of the block, its folder made in `within`."""
    server = _start(flushing=flushing, within=within)
    try:
        yield server
    finally:
        _stop(server)


@contextmanager
def shared(folder: Path) -> Iterator[PostgresServer]:
    """One server for all processes that name the same folder: the first starts it, the last one stops it."""
    with _locked(folder) as users:
        if not users:
            (folder / "server").write_text(_written(_start(flushing=False, within=None)))
        users.append(os.getpid())
    where, port = json.loads((folder / "server").read_text())
    server = PostgresServer(Path(where), port)
    try:
        yield server
    finally:
        with _locked(folder) as users:
            users.remove(os.getpid())
            if not users:
                _stop(server)


def _written(server: PostgresServer) -> str:
    return json.dumps([str(server.folder), server.port])


@contextmanager
def _locked(folder: Path) -> Iterator[list[int]]:
    """Lock and yield the pids that use the shared server; write them back at the end."""
    folder.mkdir(exist_ok=True)
    path = folder / "users"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        before = json.loads(path.read_text()) if path.exists() else []
        users = [pid for pid in before if Path(f"/proc/{pid}").exists()]
        yield users
        path.write_text(json.dumps(users))


def _start(*, flushing: bool, within: Path | None) -> PostgresServer:
    programs, account = _programs(), _account()
    if programs is None or account is None:
        raise RuntimeError(str(missing()))
    # Not under TMPDIR: that of the tests lies in a folder of theirs, which the server's account does not enter.
    folder = Path(tempfile.mkdtemp(prefix="luu-tru-pg-", dir=within or "/tmp"))
    server = PostgresServer(folder, _free_port())
    try:
        secret = folder / "password"
        secret.write_text(PASSWORD, encoding="utf-8")
        for path in (folder, secret):
            os.chown(path, account.pw_uid, account.pw_gid)
        _run(account, [
            str(programs / "initdb"), "-D", str(folder / "data"), "-U", _USER, "-E", "UTF8", "--locale=C", "-N",
            "--auth-host=scram-sha-256", "--auth-local=trust", f"--pwfile={secret}",
        ])  # fmt: skip
        settings = [
            f"port = {server.port}", "listen_addresses = '127.0.0.1'", f"unix_socket_directories = '{folder}'",
            "max_wal_size = 4GB", "max_connections = 60",
        ]  # fmt: skip
        if flushing:
            settings += ["shared_buffers = 512MB"]
        else:
            settings += ["fsync = off", "synchronous_commit = off", "full_page_writes = off", "shared_buffers = 64MB"]
        with (folder / "data" / "postgresql.conf").open("a", encoding="utf-8") as stream:
            stream.write("\n".join(settings) + "\n")
        server.control("start")
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return server


def _stop(server: PostgresServer) -> None:
    try:
        if (server.folder / "data" / "postmaster.pid").exists():  # a test may have stopped it
            server.control("stop", "-m", "immediate")
    finally:
        shutil.rmtree(server.folder, ignore_errors=True)


def _run(account: pwd.struct_passwd, command: list[str]) -> None:
    root = os.geteuid() == 0
    done = subprocess.run(
        command,
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        user=account.pw_uid if root else None,
        group=account.pw_gid if root else None,
        extra_groups=[] if root else None,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stdout}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
