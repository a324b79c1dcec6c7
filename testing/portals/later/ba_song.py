"""Ba Sông after its spider's author has seen that the portal prints the name of its bulletin in every article."""

from __future__ import annotations

from testing.portals.first.ba_song import BaSong as Before
from testing.portals.first.ba_song import PlainSpider

BULLETIN = "Bản tin Sông Quê số 7"


class BaSong(PlainSpider):
    """Ba Sông with a label."""

    name = "ba_song"
    title = Before.title
    province = None
    home = Before.home
    sections = Before.sections
    sure = Before.sure
    labels = (BULLETIN,)
