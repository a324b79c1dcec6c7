"""`scrapy genspider -t FAMILY NAME URL`: a file that is a portal's but for what a person has to write."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path
from string import Template

import pytest
from scrapy.settings import Settings

from archive.errors import UsageError
from crawler.catalog.overview import families
from crawler.commands.genspider import Command
from crawler.portal import PortalSpider, Sure, refuse_unfinished, unfinished
from testing.crawl import environment

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "crawler" / "templates" / "spiders"
FAMILIES = families()


def filled(module: str, name: str, url: str) -> str:
    command = Command()
    command.settings = Settings({"BOT_NAME": "luu-tru"})
    says = command._generate_template_variables(name, name, url, module)
    return Template((TEMPLATES / f"{module}.tmpl").read_text(encoding="utf-8")).substitute(says)


def portal_in(text: str, name: str) -> type[PortalSpider]:
    namespace: dict[str, object] = {"__name__": f"made.{name}"}
    exec(compile(text, f"{name}.py", "exec"), namespace)
    (portal,) = [
        each
        for each in namespace.values()
        if isinstance(each, type) and issubclass(each, PortalSpider) and each.__module__ == f"made.{name}"
    ]
    return portal


def genspider(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    made = folder / "made"
    made.mkdir(exist_ok=True)
    (made / "__init__.py").touch()
    return subprocess.run(
        [sys.executable, "-m", "scrapy", *arguments, "-s", "NEWSPIDER_MODULE=made", "-s", "SPIDER_MODULES=made"],
        cwd=ROOT,
        env=environment(PYTHONPATH=str(folder), PYTHONDONTWRITEBYTECODE="1", **more),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_every_family_has_a_template_and_none_is_left_over() -> None:
    there = {path.stem for path in TEMPLATES.glob("*.tmpl")}
    assert there == set(FAMILIES), (
        "crawler/templates/spiders has one .tmpl for each module of crawler/families: copy the one that is nearest"
    )


@pytest.mark.parametrize("module", FAMILIES)
def test_a_generated_file_is_a_portal_with_something_to_write(module: str) -> None:
    portal = portal_in(filled(module, "lai_chau", "https://laichau.gov.vn/"), "lai_chau")
    assert issubclass(portal, FAMILIES[module])
    assert (portal.__name__, portal.name, portal.home) == ("LaiChau", "lai_chau", "https://laichau.gov.vn")
    assert (portal.province, portal.sure) == ("laichau", Sure.INFERRED)
    assert "sections" in unfinished(portal)
    with pytest.raises(
        UsageError, match=r"^lai_chau: sections.* still say TODO; write them into made/lai_chau\.py"
    ) as error:
        refuse_unfinished(portal)
    assert "\n" not in str(error.value)


def test_generated_files_are_formatted(tmp_path: Path) -> None:
    for module in FAMILIES:
        (tmp_path / f"{module}.py").write_text(filled(module, "lai_chau", "laichau.gov.vn"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--check", "--config", str(ROOT / "pyproject.toml"), str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("url", "home", "province", "title"),
    [
        ("www.LaiChau.gov.vn", "https://www.laichau.gov.vn", "laichau", "Cổng thông tin điện tử Lai Châu"),
        ("https://sokhcn.laichau.gov.vn/vi", "https://sokhcn.laichau.gov.vn", "laichau", "TODO: the portal's name"),
        ("http://bao.example.vn", "https://bao.example.vn", None, "TODO: the portal's name"),
    ],
)
def test_the_address_says_what_it_says(url: str, home: str, province: str | None, title: str) -> None:
    portal = portal_in(filled("vhv", "mau", url), "mau")
    assert (portal.home, portal.province, portal.title) == (home, province, title)


def test_the_command_writes_the_file_and_says_what_is_next(tmp_path: Path) -> None:
    done = genspider(tmp_path, "genspider", "-t", "vhv", "lai_chau", "https://laichau.gov.vn")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[2:] == [
        "next:",
        "  write what says TODO in lai_chau.py",
        "  python -m scrapy sample lai_chau ADDRESS-OF-A-LIST ADDRESS-OF-AN-ARTICLE",
        "  python scheduler.py check lai_chau",
    ]
    assert (tmp_path / "made" / "lai_chau.py").read_text(encoding="utf-8") == filled(
        "vhv", "lai_chau", "laichau.gov.vn"
    )
    again = genspider(tmp_path, "genspider", "-t", "vhv", "lai_chau", "https://laichau.gov.vn")
    assert (again.returncode, again.stderr) == (
        2,
        "nothing was written: name another portal than lai_chau, or overwrite it with --force\n",
    )
    crawl = genspider(tmp_path, "crawl", "lai_chau", REPLICA="1")
    assert (crawl.returncode, crawl.stdout) == (2, "")
    assert "lai_chau: sections still say TODO; write them into made/lai_chau.py" in crawl.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "say which portal: `python -m scrapy genspider -t FAMILY NAME https://HOST`"),
        (("lai_chau", "laichau.gov.vn"), "say which family with -t: declared, "),
        (("-t", "vvh", "lai_chau", "laichau.gov.vn"), "unknown family `vvh`; did you mean `vhv`?"),
        (("-t", "vhv", "lai-chau", "laichau.gov.vn"), "'lai-chau' is no portal's name: use a-z, 0-9 and _"),
        (("-t", "vhv", "lai_chau", "https://laichau.gov.vn:8080/"), "is no address of a portal"),
    ],
    ids=["nothing", "no family", "unknown family", "no name", "a port"],
)
def test_wrong_usage_is_one_line(arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    command = Command()
    command.settings = Settings({"BOT_NAME": "luu-tru"})
    parser = argparse.ArgumentParser(conflict_handler="resolve")
    command.add_options(parser)
    options, rest = parser.parse_known_args(list(arguments))
    command.run(rest, options)
    assert command.exitcode == 2
    printed = capsys.readouterr().err
    assert message in printed
    assert printed.count("\n") == 1


def test_the_families_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    Command().run([], argparse.Namespace(list=True))
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == sorted(FAMILIES)
