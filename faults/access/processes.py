"""Try to make it run or believe something: pickles, listeners, settings, packages, slow patterns, a forger with every file."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import time
from pathlib import Path

from archive.model.enums import Outcome
from crawler import settings
from faults.catalogue import CheckFailure, Place, require, row
from faults.content.versions import article_of
from faults.network.crawl import crawl_failing, portal
from faults.process.commands import expect, scheduler, start_command
from testing.attacks import attacks, reported
from testing.ba_song_pages import listing
from testing.crawl import NIGHT, ROOT, environment, new_archive
from testing.damage_steps import BASES
from testing.http_server import HttpServer, Reply, response, silent

_PRODUCT = ("archive", "crawler", "pipelines", "vietnam")
_UNPACKING = frozenset({"pickle", "cPickle", "shelve", "marshal", "dill", "joblib", "yaml"})
_LISTENING = "0A"  # the state of /proc/net/tcp


def _modules() -> list[Path]:
    return [ROOT / "scheduler.py", *(path for room in _PRODUCT for path in sorted((ROOT / room).rglob("*.py")))]


@row("D20", "pickle: anywhere in the program, in Scrapy's stores, in folders that others may write", weight=8)
def _d20(place: Place) -> str:
    for path in _modules():
        for node in ast.walk(ast.parse(path.read_bytes())):
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            odd = _UNPACKING & {name.split(".")[0] for name in names}
            require(not odd, f"{path.relative_to(ROOT)} imports {odd}")
    queue = settings.SCHEDULER_MEMORY_QUEUE
    stores = [name for name in ("JOBDIR", "HTTPCACHE_ENABLED", "SCHEDULER_DISK_QUEUE") if getattr(settings, name, None)]
    # Our own, which is one of the modules above, or one that Scrapy keeps in memory.
    require((queue.startswith("crawler.") or "Memory" in queue) and not stores, f"{queue}, {stores}")
    umask = os.umask(0)
    try:
        night = crawl_failing(place, portal(), code=0)
    finally:
        os.umask(umask)
    ours = {"archive.json", "index.db"}  # made by this process and no command
    made = (path for path in (night.root, *night.root.rglob("*")) if path.name not in ours)
    modes = {path: path.stat().st_mode & 0o777 for path in made}
    open_to_others = {path: f"{mode:o}" for path, mode in modes.items() if mode & 0o027}
    require(not open_to_others, f"under umask 0 these are open to others: {open_to_others}")
    return "no module of the program imports one; the queue is in memory; an archive is closed to other users even under umask 0"


@row("D21", "a port that listens while a crawl runs", weight=10)
def _d21(place: Place) -> str:
    root = new_archive(place.folder / "archive")
    command = ["-m", "scrapy", "crawl", "ba_song", "-s", "SPIDER_MODULES=testing.portals.first"]
    command += ["--archive", str(root), "--night", NIGHT.isoformat()]
    seen: set[int] = set()
    with HttpServer(dict(portal(b=silent(3)))) as server:
        crawl = start_command(command, {"REPLICA": "1", "REPLICA_PORT": str(server.port)})
        until = time.monotonic() + 60
        while "/tin/b.html" not in server.asked and time.monotonic() < until and crawl.poll() is None:
            time.sleep(0.05)
        seen = _family(crawl.pid)
        listeners = _listeners(seen)
        own = _listeners({os.getpid()})
        crawl.wait(60)
    require(server.asked["/tin/b.html"] and len(seen) >= 2, f"the crawl was not seen at work: {len(seen)} processes")
    require(own, "not even the server of this row is seen: nothing is proved")
    require(not listeners, f"listening are {listeners}")
    return f"none in {len(seen)} processes of the crawl (TCP, IPv4 and IPv6)"


def _family(pid: int) -> set[int]:
    """Return a process and all below it."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found, waiting = set[int](), [pid]
    while waiting:
        one = waiting.pop()
        found.add(one)
        waiting += children.get(one, [])
    return found


def _listeners(pids: set[int]) -> list[str]:
    """Return the addresses on which sockets of these processes listen."""
    held = set[str]()
    for pid in pids:
        for handle in Path(f"/proc/{pid}/fd").glob("*"):
            try:
                held.add(str(handle.readlink()))
            except OSError:
                continue
    lines = [
        line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
    ]
    return [fields[1] for fields in lines if fields[3] == _LISTENING and f"socket:[{fields[9]}]" in held]


@row("D22", "settings that would execute: YAML tags, expressions, unknown keys, values of another kind", weight=10)
def _d22(place: Place) -> str:
    for path in _modules():
        for node in ast.walk(ast.parse(path.read_bytes())):
            name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
            # A module of ours that was compiled already is run in a namespace: no text from outside.
            ours = path.name == "interpreter.py" and name == "exec"
            require(name not in ("eval", "exec") or ours, f"{path.relative_to(ROOT)} calls {name}")
    root, mark = new_archive(place.folder / "archive"), place.folder / "executed"
    forms = {
        "a YAML tag": f'!!python/object/apply:os.system ["touch {mark}"]\n',
        "a YAML tag as a value": f"contact = !!python/object/apply:os.system ['touch {mark}']\n",
        "an expression": f"contact = \"{{{{ __import__('os').system('touch {mark}') }}}}\"\n",
        "a shell": f'contact = "$(touch {mark})"\n',
        "an unknown key": 'spider_modules = "os"\n',
        "a table for a number": "jobs = {a = 1}\n",
        "a portal's unknown key": '[portals.quang_tri]\nsection = "x"\n',
    }
    file = place.folder / "nights.toml"
    for name, text in forms.items():
        file.write_text(text, encoding="utf-8")
        done = scheduler(root, file, "--once", "--night", NIGHT.isoformat(), more={"REPLICA": "1"})
        expect(done, 2)
        require(len(done.err.strip().splitlines()) <= 2 and not mark.exists(), f"{name}: {done.err[-300:]}")
    return f"{len(forms)} files refused in one line with exit code 2; settings are TOML under a schema, spiders are modules of the checkout"


@row("D23", "a package that is not the locked one", quick=True)
def _d23(place: Place) -> str:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8").replace("\\\n", " ")
    packages = [line for line in lock.splitlines() if line and not line.startswith(("#", " "))]
    loose = [line[:60] for line in packages if not re.match(r"[\w.\[\]-]+==\S+.*--hash=sha256:[0-9a-f]{64}", line)]
    require(packages and not loose, f"without a version and a hash: {loose[:3]}")
    folder = place.folder / "wheels"
    folder.mkdir()
    (folder / "lxml-99.0-py3-none-any.whl").write_bytes(b"PK\x05\x06" + bytes(18))
    wheel = "./wheels/lxml-99.0-py3-none-any.whl"
    (place.folder / "lock").write_text(f"{wheel} --hash=sha256:{'0' * 64}\n", encoding="ascii")
    pip = [sys.executable, "-m", "pip", "download", "--no-index", "--no-deps", "--require-hashes"]
    done = subprocess.run(
        [*pip, "-d", "out", "-r", "lock"],
        cwd=place.folder, env=environment(), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    require(
        done.returncode != 0 and "HASH" in (done.stdout + done.stderr).upper(),
        f"pip ends with {done.returncode}: {done.stderr[-300:]}",
    )
    return f"{len(packages)} packages, each with its version and hashes; one whose bytes are others is refused by pip"


@row(
    "D24",
    "texts that make patterns slow: blanks, digits, quotes, brackets, words of dates, in a page of each",
    weight=40,
)
def _d24(place: Place) -> str:
    pumps = {
        "blanks": " \u00a0\t" * 70_000, "digits": "1" * 200_000, "dates": "ngày 1 tháng " * 16_000, "slashes": "1/" * 100_000,
        "quotes": "\"'" * 100_000, "brackets": "([{" * 60_000, "numbers": "Số 1/QĐ-UBND " * 15_000, "stops": ". " * 100_000,
        "capitals": "Trần Văn " * 20_000, "views": "lượt xem: " * 20_000, "dashes": "- – — " * 30_000, "charset": "charset=" * 25_000,
    }  # fmt: skip
    pages: dict[str, Reply] = portal(list=response(listing(["d", *pumps])))
    for key, pump in pumps.items():
        text = [f"Xã An Bình {key} mở lớp học bơi thứ {part} cho trẻ em." for part in range(4)]
        page = article_of(f"Lớp {key} {pump[:3000]}", *text, pump, day=f"04/03/2025 {pump[:3000]}")
        head = f"<meta name='description' content='{pump[:60_000].replace(chr(39), '')}'>".encode()
        pages[f"/tin/{key}.html"] = response(page.replace(b"<title>", head + b"<title>"))
    began = os.times().children_user
    night = crawl_failing(place, pages)
    took = os.times().children_user - began
    slow = [key for key in pumps if night.outcomes.get(key) in (Outcome.EXTRACT_TIMEOUT, None)]
    require(not slow, f"not read within their time: {slow} {night.run.outcomes}")
    require("d" in night.kept, f"kept are {sorted(night.kept)}")
    # Many times what the slowest pattern needs where all are linear, a small part of what a quadratic one needs.
    require(took < 90, f"{len(pumps)} pages of 200 kB took {took:.0f} s of the processor")
    return f"{len(pumps)} pages of 200 kB each read within its deadline"


@row(
    "D25",
    "a forger who changes text, line, index, search and seals consistently, with another key, without one",
    weight=15,
)
def _d25(place: Place) -> str:
    bases = {}
    told = []
    resealed = ("later night", "every night")
    edits = [attack for _, attack in attacks() if any(words in attack.what for words in resealed)]
    for name in {"sealed", *(attack.base for attack in edits)}:
        bases[name] = place.folder / name
        BASES[name](bases[name])
    require(len(edits) >= 3, f"{len(edits)} attacks of this kind are known")
    for number, attack in enumerate(edits):
        alone, against, key, *_ = reported(attack, bases, place.folder / f"a{number}")
        if not against:
            raise CheckFailure(f"{attack.what}: neither the published head nor the key tells it: {alone} {key}")
        told.append(f"{attack.what.split(',')[0]}: {', '.join(against)}")
    return (
        f"by itself such an archive is whole; against the published head it is not ({'; '.join(dict.fromkeys(told))})"
    )
