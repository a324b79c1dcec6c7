"""Serve composed portals on loopback: invented people and events, real markup shapes. Nothing here is evidence.

Imports the product; nothing of the product imports it.
"""

from __future__ import annotations

from datetime import date, timedelta

FIRST_NIGHT = date(2025, 3, 3)
"""The first night with news of its own; the portals already hold articles of the twenty days before it."""

LAST_NIGHT = FIRST_NIGHT + timedelta(days=9)
"""The last night for which anything was composed: what a request without a night is answered as of."""
