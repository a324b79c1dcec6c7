"""MariaDB (socket only) and Apache with PHP (127.0.0.1) of our own, all state in one temporary folder.

Neither runs as root: started by root they run as an existing account. Both end with the block, and with this process.
"""

from __future__ import annotations

import ctypes
import http.client
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from archive.errors import ArchiveError

PACKAGES = (
    "mariadb-server apache2 libapache2-mod-php php-cli php-mysql php-gd php-xml php-mbstring php-zip php-curl php-intl"
    " wordpress wordpress-l10n wordpress-theme-twentytwentyone wordpress-theme-twentytwentythree"
).split()
WORDPRESS = Path("/usr/share/wordpress")
THEMES = ("twentytwentyone", "twentytwentythree")
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0"
_MODULES = Path("/usr/lib/apache2/modules")
_LOADED = "mpm_prefork authz_core dir mime env setenvif filter deflate headers expires access_compat rewrite".split()
_PROGRAMS = ("mariadbd", "mariadb-install-db", "mariadb", "apache2", "php")
_ACCOUNTS = ("www-data", "mysql", "nobody")
_START_SECONDS = 60.0
_STOP_SECONDS = 20.0
_PHP = Path(__file__).parent


def missing() -> list[str]:
    """Return what is not installed here; empty when the stack and WordPress can be started."""
    found = [name for name in _PROGRAMS if _program(name) is None]
    if not list(_MODULES.glob("libphp*.so")):
        found.append("mod_php")
    found += [f"theme {name}" for name in THEMES if not (WORDPRESS / "wp-content/themes" / name).is_dir()]
    if os.geteuid() == 0 and _account() is None:
        found.append(f"an account to run as ({', '.join(_ACCOUNTS)})")
    return found


def _program(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def _account() -> pwd.struct_passwd | None:
    """Return the account to run as, None where none of them exists."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    for name in _ACCOUNTS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


@dataclass(slots=True)
class CmsStack:
    """A running database and web server; `folder` holds their state, `port` answers on 127.0.0.1."""

    folder: Path
    port: int
    _running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def socket(self) -> Path:
        """Return the socket of the database."""
        return self.folder / "db.sock"

    @property
    def sites(self) -> Path:
        """Return the folder whose sub-folders Apache serves: `HOST.conf` beside `HOST/`."""
        return self.folder / "www"

    def query(self, statements: str, database: str = "") -> str:
        """Run SQL as the database's owner; return rows as lines, columns by tabs."""
        command = [
            str(_program("mariadb")),
            "--no-defaults",
            "-uroot",
            "-S",
            str(self.socket),
            "-N",
            "-B",
            "--default-character-set=utf8mb4",
        ]
        return self.run([*command, *([database] if database else [])], statements)

    def php(self, script: str, *arguments: str, given: str = "", environment: Mapping[str, str] | None = None) -> str:
        """Run a PHP script of this folder; return what it prints."""
        return self.run(["php", str(self.folder / script), *arguments], given, environment)

    def run(self, command: Sequence[str], given: str = "", environment: Mapping[str, str] | None = None) -> str:
        """Run a program as the stack's account. Raises ArchiveError with its words when it fails."""
        account = _switched()
        done = subprocess.run(
            command,
            input=given.encode(),
            capture_output=True,
            check=False,
            cwd=self.folder,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", **(environment or {})},
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
        )
        if done.returncode:
            words = (done.stdout + done.stderr).decode("utf-8", "replace").strip()
            raise ArchiveError(f"{Path(command[0]).name} {' '.join(command[1:3])} failed: {words[-600:]}")
        return done.stdout.decode("utf-8")

    def get(self, host: str, path: str) -> str:
        """Return what a site answers to a browser."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", path, headers={"Host": host, "User-Agent": BROWSER})
        body = connection.getresponse().read().decode("utf-8", "replace")
        connection.close()
        return body

    def own(self, path: Path) -> None:
        """Give a tree to the account that everything runs as."""
        account = _switched()
        if account is not None:
            for place in (path, *path.rglob("*")):
                os.chown(place, account.pw_uid, account.pw_gid, follow_symlinks=False)

    def serve(self, name: str, hosts: Sequence[str]) -> Path:
        """Make Apache serve `www/NAME` under these hosts; return the folder."""
        root = self.sites / name
        root.mkdir(parents=True, exist_ok=True)
        (self.folder / "sites" / f"{name}.conf").write_text(
            f"<VirtualHost *:{self.port}>\nServerName {hosts[0]}\nServerAlias {' '.join(hosts)}\nDocumentRoot {root}\n</VirtualHost>\n"
        )
        return root

    def start_database(self) -> None:
        """Make and start the database."""
        data = self.folder / "db"
        self.run(
            [str(_program("mariadb-install-db")), "--no-defaults", f"--datadir={data}", "--skip-test-db",
             "--auth-root-authentication-method=normal"],
        )  # fmt: skip
        self._start(
            [str(_program("mariadbd")), "--no-defaults", f"--datadir={data}", f"--socket={self.socket}",
             "--skip-networking", f"--pid-file={self.folder / 'db.pid'}", f"--tmpdir={self.folder / 'tmp'}",
             "--innodb-buffer-pool-size=64M", "--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=0",
             "--character-set-server=utf8mb4", "--collation-server=utf8mb4_unicode_ci"],
            lambda: self.socket.exists() and self._answers_sql(),
        )  # fmt: skip

    def start_web(self) -> None:
        """Start Apache over the sites that were named."""
        (self.folder / "apache.conf").write_text(self._configuration())
        self._start(
            [str(_program("apache2")), "-f", str(self.folder / "apache.conf"), "-DFOREGROUND"], self._answers_http
        )

    def _answers_sql(self) -> bool:
        try:
            return bool(self.query("select 1"))
        except ArchiveError:
            return False

    def _answers_http(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def _start(self, command: list[str], answers: Callable[[], bool]) -> None:
        account = _switched()
        log = self.folder / f"{Path(command[0]).name}.log"
        with log.open("wb") as stream:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                cwd=self.folder,
                start_new_session=True,  # Ctrl-C reaches us alone, and we end them in order
                preexec_fn=_die_with_parent,
                user=account.pw_uid if account else None,
                group=account.pw_gid if account else None,
                extra_groups=[] if account else None,
            )
        self._running.append(process)
        deadline = time.monotonic() + _START_SECONDS
        while not answers():
            if process.poll() is not None or time.monotonic() > deadline:
                raise ArchiveError(f"{Path(command[0]).name} did not start: {log.read_text()[-600:]}")
            time.sleep(0.1)

    def stop(self) -> None:
        """End what was started, the last first; what does not end is killed."""
        for process in reversed(self._running):
            if process.poll() is None:
                process.terminate()
        for process in reversed(self._running):
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self._running.clear()

    def _configuration(self) -> str:
        php = max(_MODULES.glob("libphp*.so"))
        modules = [(f"{name}_module", _MODULES / f"mod_{name}.so") for name in _LOADED]
        folder = self.folder
        return "\n".join([
            "ServerRoot /usr/lib/apache2", "ServerName localhost", f"Listen 127.0.0.1:{self.port}",
            f"PidFile {folder}/apache.pid", f"Mutex file:{folder}/tmp", f"ErrorLog {folder}/error.log",
            "UseCanonicalName Off", "UseCanonicalPhysicalPort Off", "StartServers 2", "MinSpareServers 1",
            "MaxSpareServers 3", "MaxRequestWorkers 6",
            *(f"LoadModule {name} {path}" for name, path in [*modules, ("php_module", php)]),
            "TypesConfig /etc/mime.types", "DirectoryIndex index.php index.html",
            '<FilesMatch "\\.php$">\nSetHandler application/x-httpd-php\n</FilesMatch>',
            'LogFormat "%V %m %U%q %>s %b" short', f"CustomLog {folder}/access.log short",
            "SetEnv HTTPS on",  # a crawl's rehearsal asks https addresses over plain HTTP
            f"php_admin_value mysqli.default_socket {self.socket}", f"php_admin_value pdo_mysql.default_socket {self.socket}",
            f"php_admin_value session.save_path {folder}/tmp", f"php_admin_value sys_temp_dir {folder}/tmp",
            "php_admin_value sendmail_path /bin/true", "php_admin_value date.timezone Asia/Ho_Chi_Minh",
            "<Directory />\nAllowOverride None\nRequire all granted\n</Directory>",
            f"<Directory {self.sites}>\nAllowOverride All\nRequire all granted\nOptions FollowSymLinks\n</Directory>",
            f"<VirtualHost *:{self.port}>\nServerName none.invalid\nDocumentRoot {folder}/empty\n</VirtualHost>",
            f"IncludeOptional {folder}/sites/*.conf", "",
        ])  # fmt: skip


def _switched() -> pwd.struct_passwd | None:
    """Return the account to change to before anything is run, None where we are not root."""
    return _account() if os.geteuid() == 0 else None


def _die_with_parent() -> None:
    """Have the kernel end a server whose parent was killed (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(1, signal.SIGTERM)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def cms_stack() -> Iterator[CmsStack]:
    """Start the database; Apache is started by `start_web` once its sites are named. Ends and removes everything."""
    folder = Path(tempfile.mkdtemp(prefix="luu-tru-cms-"))
    stack = CmsStack(folder, _free_port())
    try:
        folder.chmod(0o755)
        for name in ("db", "tmp", "www", "sites", "empty"):
            (folder / name).mkdir()
        for script in _PHP.glob("*.php"):
            shutil.copy(script, folder)
        stack.own(folder)
        stack.start_database()
        yield stack
    finally:
        stack.stop()
        shutil.rmtree(folder, ignore_errors=True)
