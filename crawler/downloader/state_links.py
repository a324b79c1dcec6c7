"""Recognise links that change what a portal shows its visitor: theme, language, login. They lead to no content.

Whoever follows one gets a cookie, and with it other pages for the rest of the night. Known by the names of parameters and
by parts of a path, so that a product's own spelling (`nvvithemever`, `wp_theme`, `changeLanguage`) needs no rule of its own.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from crawler.urls import parameters

# Whole words of a parameter's name; `nvvithemever` and `switchlang` have them inside.
_SWITCH = re.compile(
    r"theme|^template$|(?:^|_)skin|stylesheet|(?:change|set|switch|select)_?(?:lang|locale|version|view|font|mode)"
    r"|devicetype|viewport|(?:desktop|mobile)_?version|fontsize",
    re.IGNORECASE,
)
# A way back (`redirect`, `returnUrl`) is none: Liferay and SharePoint hang it on every article's link.
_VISIT = re.compile(
    r"[a-z]{2}_redirect|redirect_to|login|logout|log-?out|sign-?(?:in|out)|replytocom|unsubscribe|preview"
    r"|_wpnonce|nonce|csrf_?token|checkss",
    re.IGNORECASE,
)
_LANGUAGE = re.compile(r"(?:hl|lang|language|locale|langid|ngon-?ngu|lc)", re.IGNORECASE)
_PLACES = frozenset(
    "login logout log-in log-out signin sign-in signout signup register dang-nhap dang-xuat dang-ky dangnhap dangky "
    "wp-login.php xmlrpc.php changelanguage change-language set-language switch-language set-theme".split()
)
_CLICK = re.compile(r"/(?:banners?|ads?|quang-cao)/(?:click|go|out)\b", re.IGNORECASE)


def changes_state(url: str) -> bool:
    """Return whether an address changes what the portal shows instead of showing content.

    A language counts only where it is all that the query says: without rewriting, NukeViet and others name it in every
    address.
    """
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return False
    if not _PLACES.isdisjoint(parts.path.lower().split("/")) or _CLICK.search(parts.path):
        return True
    names = [name for name, _ in parameters(parts.query)]
    if any(_SWITCH.search(name) or _VISIT.fullmatch(name) for name in names):
        return True
    return bool(names) and all(_LANGUAGE.fullmatch(name) for name in names)
