"""Install NukeViet 4.5 from a checkout on the stack, through its own installer, and fill it as its admin forms leave the tables.

One docroot and one database: each view empties the news module, sets its configuration and fills it again.
"""

from __future__ import annotations

import http.client
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlencode

from archive.errors import ArchiveError
from bench.real_cms.bodies import editor_body, picture_bytes
from bench.real_cms.content import CATEGORIES, CmsArticle, Edits, State, Story, files_of, pictures_of
from bench.real_cms.site import Addresses, CmsSite
from bench.real_cms.stack import BROWSER, CmsStack
from replicas.files import pdf_bytes

HOST = "nukeviet.mau.vn.replica.test"
NAME = "nukeviet"
_MONTH = "2025_03"
_UPLOADS = f"uploads/news/{_MONTH}"
_NEWS = "nv4_vi_news"
_STEPS = 8
_PHONE = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile Safari/537.36"
_DATABASE = {
    "dbtype": "mysql", "dbhost": "localhost", "dbname": NAME, "dbuname": "nv", "dbpass": "nv", "prefix": "nv4",
    "dbport": "", "db_detete": "1",
}  # fmt: skip
_OWNER = {
    "site_name": "Trang thông tin điện tử xã Bàu Trúc", "nv_login": "quantri", "nv_email": "quantri@mau.vn",
    "nv_password": "MatKhau#2025x", "re_password": "MatKhau#2025x", "question": "mau gi", "answer_question": "mau tim",
}  # fmt: skip
_TABLES = "rows detail cat tags tags_id sources block topics author authorlist".split()
_STATUS = {State.PUBLIC: 1, State.LOCKED: 0, State.DRAFT: 4}


@dataclass(frozen=True, slots=True)
class _View:
    """One way in which an owner has set up the lists of the news module."""

    viewcat: str = "viewcat_page_new"
    per_page: int = 5
    rewritten: bool = True
    mobile: bool = False


VIEWS = {
    "page": _View(),
    "list": _View("viewcat_list_new"),
    "grid": _View("viewcat_grid_new"),
    # From page 2 on this view counts from the oldest article, so that some stand on no page: all have to fit the first.
    "main": _View("viewcat_main_right", per_page=30),
    "mobile": _View(mobile=True),
    "unrewritten": _View(rewritten=False),
}


class NukeViet:
    """NukeViet on a stack whose Apache runs; `site` empties it and sets up one view."""

    def __init__(self, stack: CmsStack, checkout: Path, story: Story) -> None:
        self._stack, self._story = stack, story
        self.root = stack.sites / NAME
        shutil.copytree(checkout, self.root, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".git"))
        stack.own(self.root)
        stack.query(
            f"create database {NAME} character set utf8mb4 collate utf8mb4_unicode_ci;"
            "create user nv@localhost identified by 'nv'; grant all on nukeviet.* to nv@localhost"
        )
        self._install()
        self._upload()
        self._rewrites = (self.root / ".htaccess").read_text(encoding="utf-8")
        self._settings = (self.root / "data/config/config_global.php").read_text(encoding="utf-8")

    def _install(self) -> None:
        """Go through the eight steps of the web installer."""
        cookies: dict[str, str] = {}
        for step in range(1, _STEPS + 1):
            self._request(step, cookies)
            if given := {5: _DATABASE, 6: _OWNER}.get(step):
                self._request(step, cookies, given)
        shutil.rmtree(self.root / "install")
        if not (self.root / "config.php").exists():
            raise ArchiveError("NukeViet's installer did not write its configuration: is the checkout one of 4.5?")

    def _request(self, step: int, cookies: dict[str, str], given: Mapping[str, str] | None = None) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._stack.port, timeout=120)
        headers = {
            "Host": HOST, "User-Agent": BROWSER, "Origin": f"https://{HOST}",
            "Referer": f"https://{HOST}/install/index.php",
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        }  # fmt: skip
        path = f"/install/index.php?language=vi&step={step}"
        if given is None:
            connection.request("GET", path, headers=headers)
        else:
            connection.request(
                "POST", path, urlencode(given), headers | {"Content-Type": "application/x-www-form-urlencoded"}
            )
        answer = connection.getresponse()
        answer.read()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            cookies[name] = value
        connection.close()

    def _upload(self) -> None:
        folder = self.root / _UPLOADS
        folder.mkdir(parents=True, exist_ok=True)
        for state in self._story.states():
            for article in state:
                for name in files_of(article):
                    (folder / name).write_bytes(pdf_bytes([f"Tài liệu {name}", article.title]))
                for name in pictures_of(article):
                    (folder / name).write_bytes(picture_bytes(article.number))
        self._stack.own(self.root / "uploads")

    def site(self, view: str) -> CmsSite:
        """Empty the news module and set up a view."""
        setup = VIEWS[view]
        phone = f'RequestHeader set User-Agent "{_PHONE}"\n' if setup.mobile else ""
        (self.root / ".htaccess").write_text(phone + self._rewrites, encoding="utf-8")
        settings = re.sub(r"(\['rewrite_enable'\]\s*=\s*)\d", rf"\g<1>{int(setup.rewritten)}", self._settings)
        (self.root / "data/config/config_global.php").write_text(settings, encoding="utf-8")
        self._query(f"update nv4_config set config_value='{int(setup.rewritten)}' where config_name='rewrite_enable';")
        self._query(_emptied(self._categories()) + _categories(setup))
        return CmsSite(
            software="nukeviet",
            theme="mobile_default" if setup.mobile else "default",
            view=view,
            host=HOST,
            family="nukeviet.NukeVietSpider",
            story=self._story,
            load=lambda articles: self._saved(articles, setup),
            edit=lambda edits: self._edited(edits, setup),
            author=lambda article: article.author,
            shows_caption=not setup.mobile,  # the mobile theme has it as the picture's alternative text alone
        )

    def _categories(self) -> list[str]:
        return self._stack.query(f"show tables like '{_NEWS}\\_%'", NAME).split()

    def _query(self, statements: str) -> str:
        """Change the tables and have NukeViet forget what it cached of them."""
        answer = self._stack.query(statements, NAME)
        for cached in (self.root / "data/cache").rglob("*.cache"):
            cached.unlink()
        return answer

    def _saved(self, articles: Iterable[CmsArticle], setup: _View) -> Addresses:
        self._query("".join(_save(article) for article in articles))
        return self._addresses(setup)

    def _edited(self, edits: Edits, setup: _View) -> Addresses:
        changed = (*edits.created, *edits.rewritten, *edits.moved, *edits.renamed)
        statements = [_save(article) for article in changed]
        statements += [_forget(article.number, [one.slug for one in CATEGORIES]) for article in edits.deleted]
        statements += [_comment(article.number, edits.comment) for article in edits.commented]
        statements += [
            f"update {table} set hitstotal=hitstotal+{edits.counted};" for table in (f"{_NEWS}_rows", *_parts())
        ]
        self._query("".join(statements))
        return self._addresses(setup)

    def _addresses(self, setup: _View) -> Addresses:
        """Return the addresses of the CMS's own sitemap of the module, and those of its categories."""
        body = self._stack.get(HOST, "/sitemap-vi.news.xml")
        found = [url.replace("&amp;", "&") for url in re.findall(r"<loc>([^<]+)</loc>", body)]
        articles = {
            int(number[1]): url for url in found if (number := re.search(r"-(\d+)(?:\.html)?/?$", unquote(url)))
        }
        if not articles:
            raise ArchiveError(f"NukeViet's sitemap names no article: {body[:200]!r}")
        return Addresses(articles, {one.slug: [_list_address(one.slug, setup)] for one in CATEGORIES})


def _list_address(slug: str, setup: _View) -> str:
    path = f"{slug}/" if setup.rewritten else f"index.php?language=vi&nv=news&op={slug}"
    return f"https://{HOST}/{path}"


def _number(slug: str) -> int:
    return next(number for number, one in enumerate(CATEGORIES, 1) if one.slug == slug)


def _parts() -> list[str]:
    """Return the tables that hold each category's rows."""
    return [f"{_NEWS}_{number}" for number in range(1, len(CATEGORIES) + 1)]


def _emptied(tables: Sequence[str]) -> str:
    dropped = [f"drop table {name};" for name in tables if re.fullmatch(rf"{_NEWS}_\d+", name)]
    return "".join([*dropped, *(f"truncate {_NEWS}_{name};" for name in _TABLES), "delete from nv4_vi_comment;"])


def _categories(setup: _View) -> str:
    statements, viewcat = ["delete from nv4_vi_menu_rows;"], setup.viewcat
    for number, one in enumerate(CATEGORIES, 1):
        title = _quoted(one.title)
        statements.append(
            f"insert into {_NEWS}_cat (catid,parentid,title,titlesite,alias,description,descriptionhtml,image,weight,sort,lev,"
            "viewcat,subcatid,numlinks,newday,ad_block_cat,layout_func,keywords,admins,add_time,edit_time,groups_view,status)"
            f" values ({number},0,{title},'','{one.slug}','','','',{number},{number},0,'{viewcat}','',3,2,'','','','',1,1,'6',1);"
            f"create table {_NEWS}_{number} like {_NEWS}_rows;"
            "insert into nv4_vi_menu_rows (id,parentid,mid,title,link,icon,image,note,weight,sort,lev,subitem,groups_view,"
            "module_name,op,target,css,active_type,status) values"
            f" ({number},0,1,{title},'/index.php?language=vi&nv=news&op={one.slug}','','','',{number},{number},0,'','6','news',"
            f"'{one.slug}',1,'',1,1);"
        )
    for name, value in (("per_page", setup.per_page), ("indexfile", viewcat), ("mobile_indexfile", viewcat)):
        statements.append(
            f"update nv4_config set config_value='{value}' where lang='vi' and module='news' and config_name='{name}';"
        )
    return "".join(statements)


def _save(article: CmsArticle) -> str:
    """Return the statements that the admin form's saving comes to."""
    at = int(article.published.timestamp())
    listed = [_number(slug) for slug in article.categories]
    row: dict[str, object] = {
        "id": article.number, "catid": listed[0], "listcatid": ",".join(map(str, listed)), "admin_id": 1,
        "author": article.author or "", "addtime": at, "edittime": at, "status": _STATUS[article.state],
        "weight": article.number, "publtime": at, "title": article.title, "alias": article.slug, "hometext": article.lead,
        "homeimgfile": f"{_MONTH}/{article.featured}" if article.featured else "",
        "homeimgalt": article.featured_caption, "homeimgthumb": 2 if article.featured else 0, "inhome": 1,
        "allowed_comm": "4", "allowed_rating": 1, "instant_template": "",
    }  # fmt: skip
    detail: dict[str, object] = {
        "id": article.number, "description": "", "bodyhtml": editor_body(article, f"/{_UPLOADS}"), "voicedata": "",
        "keywords": "", "sourcetext": "", "files": ",".join(f"{_MONTH}/{name}" for name in article.files),
        "imgposition": 2 if article.featured_caption else 1, "copyright": article.number % 2, "allowed_send": 1,
        "allowed_print": 1, "allowed_save": 1,
    }  # fmt: skip
    tables = [f"{_NEWS}_rows", *(f"{_NEWS}_{number}" for number in listed)]
    kept = _forget(article.number, [one.slug for one in CATEGORIES])
    return kept + "".join(_insert(table, row) for table in tables) + _insert(f"{_NEWS}_detail", detail)


def _insert(table: str, row: Mapping[str, object]) -> str:
    values = ",".join(_quoted(value) if isinstance(value, str) else str(value) for value in row.values())
    return f"replace into {table} ({','.join(row)}) values ({values});"


def _forget(number: int, slugs: Iterable[str]) -> str:
    tables = [f"{_NEWS}_rows", f"{_NEWS}_detail", *(f"{_NEWS}_{_number(slug)}" for slug in slugs)]
    return "".join(f"delete from {table} where id={number};" for table in tables)


def _comment(number: int, text: str) -> str:
    row: dict[str, object] = {
        "module": "news", "area": 8, "id": number, "content": text, "post_time": 1741000000, "post_name": "Bạn đọc",
        "post_email": "ban@mau.vn", "status": 1,
    }  # fmt: skip
    return _insert("nv4_vi_comment", row) + f"update {_NEWS}_rows set hitscm=hitscm+1 where id={number};"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
