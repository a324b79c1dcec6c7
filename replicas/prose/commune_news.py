"""Compose news of a commune that does not exist, for portals that the probe has never met."""

from __future__ import annotations

from datetime import datetime, timedelta

from replicas.prose.composer import Composer
from replicas.records import TZ, Kind, Part, ReplicaArticle


def commune_articles(seed: int, count: int = 44) -> list[ReplicaArticle]:
    """Return articles of the ten weeks before 12 March 2025, the newest first, each title once."""
    text = Composer("commune_news", seed)
    chance = text.rng
    subjects, verbs, objects, sentences = map(text.fragments, ("subjects", "verbs", "objects", "sentences"))
    titles = [f"{subject} {verb} {thing}" for subject in subjects for verb in verbs for thing in objects]
    at = datetime(2025, 3, 12, 17, 5, tzinfo=TZ)
    made = []
    for number, title in enumerate(chance.sample(titles, count)):
        at -= timedelta(hours=chance.randint(9, 60), minutes=chance.randint(1, 59))
        lead = " ".join(chance.sample(sentences, 2)) if chance.random() < 0.7 else ""
        key = f"{seed}-{number}"
        made.append(ReplicaArticle(key, f"tai-lieu-{number}", "", title, at, lead, _parts(text, title, lead)))
    return made


def _parts(text: Composer, title: str, lead: str) -> tuple[Part, ...]:
    """Compose one to eight paragraphs, some with a picture, a heading, items or a sign-off."""
    chance, sentences = text.rng, text.fragments("sentences")
    many = 1 if chance.random() < 0.1 else chance.randint(2, 8)
    opening = f"Ngày làm việc của xã bắt đầu từ sớm: {title[:1].lower()}{title[1:]}."
    parts = [Part(Kind.PARAGRAPH, opening)]
    for number in range(many):
        content = " ".join(one for one in chance.sample(sentences, chance.randint(1, 4)) if one not in lead)
        parts.append(
            Part(Kind.PARAGRAPH, f"{content or sentences[0]} (Tổ {number + 1}, thôn số {chance.randint(1, 900)}.)")
        )
    if many > 2 and chance.random() < 0.5:
        parts.insert(2, Part(Kind.CAPTION, text.pick("captions"), image=f"anh-{chance.randint(1, 99)}.jpg"))
    if many > 4 and chance.random() < 0.4:
        parts.insert(4, Part(Kind.HEADING, "Những việc cần làm ngay"))
    if chance.random() < 0.6:
        parts.append(Part(Kind.SIGNOFF, text.pick("bylines")))
    return tuple(parts)
