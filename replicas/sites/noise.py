"""Add what changes on a portal's page at every request and means nothing: tokens, banners in turn, a comment behind the page.

Clocks, visitor counters and view states stand in the families' templates; this is what every system adds around them.
"""

from __future__ import annotations

from replicas.sites.site import SiteRequest

_BANNERS = 7


def noisy(page: str, request: SiteRequest) -> str:
    """Return the page as this request brings it. A fragment without `</body>` stays as it is; no text is added."""
    if "</body>" not in page:
        return page
    token = f"{request.visitors * 2_654_435_761 % 2**32:08x}"
    banner = (request.count + request.night.toordinal()) % _BANNERS
    head = f'<meta name="csrf-token" content="{token}{token[::-1]}">\n</head>'
    slot = (
        f'<div class="qc-banner" id="qc-{token}" data-slot="{banner}"><a href="/qc/?b={banner}&amp;k={token}" rel="nofollow">'
        f'<img src="/qc/banner{banner}.gif" alt=""></a></div>\n<script>window.authToken = "{token}";</script>\n</body>'
    )
    page = page.replace("</head>", head, 1).replace("</body>", slot, 1).rstrip("\n")
    return (
        f"{page}\n<!-- {token} n{banner % 3} {request.clock:%d/%m/%Y %H:%M:%S} {request.count % 977 / 1000:.3f}s -->\n"
    )
