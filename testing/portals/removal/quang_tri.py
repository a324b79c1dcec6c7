"""Quảng Trị with two days instead of fourteen, so that a few nights show what is gone."""

from __future__ import annotations

from crawler.spiders import quang_tri


class QuangTri(quang_tri.QuangTri):
    name = "quang_tri"
    gone_after = 2
