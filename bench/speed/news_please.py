"""Read articles with news-please: `PYTHON news_please.py URLS OUTPUT`. Run by a Python that has it; imports nothing of ours."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from newsplease import NewsPlease  # type: ignore[import-not-found]  # only the Python that `--peer` names has it


def main(urls: str, output: str) -> None:
    """Fetch and read one address after the other; write JSON lines."""
    with Path(output).open("w", encoding="utf-8") as stream:
        for url in Path(urls).read_text(encoding="utf-8").split():
            article = NewsPlease.from_url(url)
            if article is not None and getattr(article, "maintext", None):
                stream.write(json.dumps(article.get_serializable_dict(), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
