"""Clean an article: letters in the stored form, widget lines removed, the sign-off marked.

Words are never changed: a line stays as it is or goes as a whole, and removed lines are listed.

    python -m pipelines.clean FILE...     print plain text files cleaned (UTF-8)
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from pathlib import Path

from archive.errors import ArchiveError, ExitCode, UsageError
from pipelines.article import Article, Block, BlockKind
from vietnam.letters import clean_letters, fold_spaces
from vietnam.residue import find_residue, strip_residue
from vietnam.signoff import read_signoff

# A block of these kinds is a sign-off by its words alone; a caption or a table's cell may be a bare name.
_SIGNOFF_KINDS = (BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.SIGNOFF)


def _line(text: str) -> str:
    return fold_spaces(clean_letters(text))


def clean(article: Article) -> Article:
    """Return the article without widget lines, in stored letters, its sign-off marked and its author named.

    Removed lines are added to `removed`. An author named by the page's markup wins over the sign-off's.
    """
    blocks = [Block(block.kind, text) for block in article.blocks if (text := _line(block.text))]
    author = _line(article.author or "") or None
    removed: list[str] = []
    while True:
        residue = _residue(blocks)
        removed += [blocks[i].text for i in sorted(residue)]
        remaining = [block for i, block in enumerate(blocks) if i not in residue]
        blocks, signer = _mark_signoff(remaining)
        if (
            not residue and blocks == remaining
        ):  # else the text has another end now: a sign-off was found, or a last widget went
            break
    gone = {_line(text) for text in (*article.removed, *removed)}
    return replace(
        article,
        title=_line(article.title),
        blocks=tuple(blocks),
        published_raw=_line(article.published_raw or "") or None,
        author=author or signer,
        attachments=tuple(replace(file, name=_line(file.name)) for file in article.attachments),
        images=tuple(replace(image, caption=_caption(image.caption, gone)) for image in article.images),
        removed=(*article.removed, *removed),
    )


def _caption(text: str, gone: AbstractSet[str]) -> str:
    """Return a picture's caption; empty where its block went as a widget's."""
    shown = _line(text)
    return "" if shown in gone else shown


def _residue(blocks: Sequence[Block]) -> frozenset[int]:
    """Return the indices of widget blocks. What stands before a sign-off outside the body ends the text too."""
    lines = [block.text for block in blocks]
    end = len(blocks)
    while end and blocks[end - 1].kind is BlockKind.SIGNOFF:
        end -= 1
    return find_residue(lines) | find_residue(lines[:end]) if end < len(lines) else find_residue(lines)


def _mark_signoff(blocks: Sequence[Block]) -> tuple[list[Block], str | None]:
    """Mark the sign-off and return its author; a text of one block has none."""
    signoff = read_signoff([block.text for block in blocks]) if len(blocks) > 1 else None
    if signoff is None or blocks[-1].kind not in _SIGNOFF_KINDS:
        return list(blocks), None
    first = len(blocks) - 1 if blocks[-1].text == signoff.line else len(blocks) - 2
    marked = [
        Block(BlockKind.SIGNOFF, block.text) if i >= first and block.kind in _SIGNOFF_KINDS else block
        for i, block in enumerate(blocks)
    ]
    return marked, signoff.author


def clean_text(text: str) -> str:
    """Return a plain text without its widget lines.

    Remaining lines keep their words, in stored letters and without trailing spaces. Runs of blank lines become one;
    none stands first or last. One newline ends the text; a text of widgets only becomes the empty text.
    """
    lines = [line.rstrip() for line in clean_letters(text).split("\n")]
    remaining, _ = strip_residue(lines)
    whole = re.sub(r"\n{3,}", "\n\n", "\n".join(remaining)).strip("\n")
    return whole + "\n" if whole else ""


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: byte {error.start} is not UTF-8; convert the file to UTF-8 first") from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"{path}: {reason}; name a plain text file") from error


def main(arguments: Sequence[str] | None = None) -> int:
    """Print each file cleaned, one after the other. Exit code 2 when one cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m pipelines.clean", description="Print plain texts without widgets.")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a plain text file in UTF-8")
    options = parser.parse_args(arguments)
    code = ExitCode.GOOD
    for path in options.files:
        try:
            sys.stdout.buffer.write(clean_text(_read(path)).encode("utf-8"))
            sys.stdout.buffer.flush()
        except ArchiveError as error:
            print(f"clean: {error}", file=sys.stderr)
            code = error.exit_code
        except BrokenPipeError:
            # The reader has seen enough (`… | head`); Python must not complain once more at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            break
    return code


if __name__ == "__main__":
    raise SystemExit(main())
