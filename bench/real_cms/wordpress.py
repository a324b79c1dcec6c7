"""Install Debian's WordPress on the stack: one docroot, a database for each theme and permalink structure."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass

from archive.errors import ArchiveError
from bench.real_cms.bodies import blocks_body, picture_bytes
from bench.real_cms.content import CATEGORIES, CmsArticle, Edits, State, Story, files_of, pictures_of
from bench.real_cms.site import Addresses, CmsSite
from bench.real_cms.stack import WORDPRESS, CmsStack
from replicas.files import pdf_bytes

PERMALINKS = {
    "plain": "",
    "archives": "/archives/%post_id%",
    "category": "/%category%/%postname%/",
    "day": "/%year%/%monthnum%/%day%/%postname%/",
}
_EDITOR = "Ban biên tập"
"""The name that the first user of a site shows on posts without an author of their own."""
_UPLOADS = "/wp-content/uploads"
_ROOT = "wordpress"

_CONFIGURATION = """<?php
$site = preg_replace('/[^a-z0-9]+/', '_', explode('.', $_SERVER['HTTP_HOST'])[0]);
define('DB_NAME', $site); define('DB_USER', 'root'); define('DB_PASSWORD', ''); define('DB_HOST', 'localhost:SOCKET');
define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', '');
foreach (['AUTH_KEY', 'SECURE_AUTH_KEY', 'LOGGED_IN_KEY', 'NONCE_KEY', 'AUTH_SALT', 'SECURE_AUTH_SALT', 'LOGGED_IN_SALT',
    'NONCE_SALT'] as $key) { define($key, md5($key)); }
define('WP_HOME', 'https://' . $_SERVER['HTTP_HOST']); define('WP_SITEURL', WP_HOME);
define('WP_HTTP_BLOCK_EXTERNAL', true); define('DISABLE_WP_CRON', true); define('AUTOMATIC_UPDATER_DISABLED', true);
$table_prefix = 'wp_';
if (!defined('ABSPATH')) { define('ABSPATH', __DIR__ . '/'); }
require_once ABSPATH . 'wp-settings.php';
"""
_REWRITES = """RewriteEngine On
RewriteBase /
RewriteRule ^index\\.php$ - [L]
RewriteCond %{REQUEST_FILENAME} !-f
RewriteCond %{REQUEST_FILENAME} !-d
RewriteRule . /index.php [L]
"""


@dataclass(frozen=True, slots=True)
class _Settings:
    """The choices of a site's owner, different for each permalink structure so that the gate meets several."""

    locale: str
    date_format: str
    per_page: int


_SETTINGS = {
    "plain": _Settings("", "d/m/Y", 4),
    "archives": _Settings("vi", "j F, Y", 6),
    "category": _Settings("vi", "d/m/Y", 5),
    "day": _Settings("", "F j, Y", 10),
}


class WordPress:
    """WordPress on a stack; `site` makes one theme with one permalink structure."""

    def __init__(self, stack: CmsStack, story: Story, hosts: Iterable[str]) -> None:
        self._stack, self._story = stack, story
        self.root = stack.serve(_ROOT, list(hosts))
        shutil.copytree(WORDPRESS, self.root, dirs_exist_ok=True, symlinks=True, ignore=_without_content)
        content = self.root / "wp-content"
        for name in ("themes", "uploads", "languages", "plugins"):
            (content / name).mkdir(parents=True, exist_ok=True)
        for theme in (WORDPRESS / "wp-content/themes").iterdir():
            shutil.copytree(theme, content / "themes" / theme.name)
        for words in (WORDPRESS / "wp-content/languages").glob("vi.*"):
            shutil.copy(words, content / "languages")
        (self.root / "wp-config.php").write_text(_CONFIGURATION.replace("SOCKET", str(stack.socket)), encoding="utf-8")
        (self.root / ".htaccess").write_text(_REWRITES, encoding="utf-8")
        for number, articles in enumerate(story.states()):
            for article in articles:
                for name in files_of(article):
                    (content / "uploads" / name).write_bytes(pdf_bytes([f"Tài liệu {name}", article.title]))
                for name in pictures_of(article):
                    (content / "uploads" / name).write_bytes(picture_bytes(article.number + number))
        stack.own(self.root)

    def site(self, host: str, theme: str, permalink: str) -> CmsSite:
        """Install a site under a host and fill it with the articles of before the first night."""
        database, settings = host.split(".")[0].replace("-", "_"), _SETTINGS[permalink]
        self._stack.query(f"drop database if exists {database}; create database {database} character set utf8mb4")
        asked = {
            "title": f"Trang tin xã {theme[-3:].title()} Lộc",
            "admin": _EDITOR,
            "locale": settings.locale,
            "permalink": PERMALINKS[permalink],
            "per_page": settings.per_page,
            "date_format": settings.date_format,
            "theme": theme,
        }
        self._php(host, "install", asked)
        menu: dict[str, object] = {"do": "menu", "categories": [(one.slug, one.title) for one in CATEGORIES]}
        return CmsSite(
            software="wordpress",
            theme=theme,
            view=permalink,
            host=host,
            family="wordpress.WordPressSpider",
            story=self._story,
            load=lambda articles: self._edit(host, [menu, *(_saved(one) for one in articles)]),
            edit=lambda edits: self._edit(host, _operations(edits)),
            author=lambda article: article.author or _EDITOR,
            # The block theme shows the picture and not the words of the media library.
            shows_caption=theme == "twentytwentyone",
        )

    def _edit(self, host: str, operations: list[dict[str, object]]) -> Addresses:
        found = json.loads(self._php(host, "edit", operations))
        addresses = Addresses({int(number): url for number, url in found["articles"].items()}, found["categories"])
        shown = json.loads(self._stack.get(host, "/?rest_route=/wp/v2/posts&per_page=100&_fields=link"))
        if {post["link"] for post in shown} != set(addresses.articles.values()):
            raise ArchiveError(f"the interface of {host} names other posts than those that were entered")
        return addresses

    def _php(self, host: str, command: str, given: object) -> str:
        return self._stack.php("wordpress.php", str(self.root), host, command, given=json.dumps(given))


def _without_content(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if name in ("wp-content", "wp-config.php")}


def _saved(article: CmsArticle) -> dict[str, object]:
    return {
        "do": "save",
        "number": article.number,
        "title": article.title,
        "slug": article.slug,
        "body": blocks_body(article, _UPLOADS),
        "status": "draft" if article.state is State.DRAFT else "publish",
        "password": "mat-khau" if article.state is State.LOCKED else "",
        "author": article.author,
        "tags": article.tags,
        "categories": article.categories,
        "date": f"{article.published:%Y-%m-%d %H:%M:%S}",
        "featured": article.featured,
        "featured_caption": article.featured_caption,
    }


def _operations(edits: Edits) -> list[dict[str, object]]:
    saved = [_saved(one) for one in (*edits.created, *edits.rewritten, *edits.moved, *edits.renamed)]
    deleted = [{"do": "delete", "number": one.number} for one in edits.deleted]
    commented = [{"do": "comment", "number": one.number, "text": edits.comment} for one in edits.commented]
    return [*saved, *deleted, *commented]
