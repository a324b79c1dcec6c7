"""Hold the committed lines of an open run in their file alone, so that memory does not grow with the night."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import BufferedReader
from pathlib import Path
from typing import Generic, TypeVar

from archive.storage.fsync import append_durably
from archive.storage.stored_file import damaged_file, open_stored

_Line = TypeVar("_Line")


class RunLines(Generic[_Line]):
    """Append lines to a file of an open run and read them back. `counts` has their number by outcome or event (`word`).

    `recovered` are the lines that the file holds. Each walk reads the file: the lines that stood there when it began.
    """

    def __init__(
        self,
        path: Path,
        form: tuple[Callable[[_Line], bytes], Callable[[bytes], _Line]],
        word: Callable[[_Line], str],
        recovered: Iterable[_Line] = (),
    ) -> None:
        self._path, self._word = path, word
        self._encode, self._decode = form
        self._starts = array("Q", [0])  # one more than there are lines: where the next one begins
        self.counts: Counter[str] = Counter(map(word, recovered))
        if self.counts:
            with self._opened() as stream:
                self._note(map(len, stream))

    def append(self, lines: Sequence[_Line]) -> None:
        """Append lines and flush them: they are committed. Raises OSError."""
        if not lines:
            return
        encoded = [self._encode(line) for line in lines]
        append_durably(self._path, b"".join(encoded))
        self._note(map(len, encoded))
        self.counts.update(map(self._word, lines))

    def _note(self, lengths: Iterable[int]) -> None:
        for length in lengths:
            self._starts.append(self._starts[-1] + length)

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __iter__(self) -> Iterator[_Line]:
        """Yield each line. Raises DamagedFile."""
        left = len(self)
        if left:
            with self._opened() as stream:
                for _ in range(left):
                    yield self._read(stream)

    def __getitem__(self, number: int) -> _Line:
        """Return one line, numbered from 0. Raises IndexError, DamagedFile."""
        start = self._starts[range(len(self))[number]]
        with self._opened() as stream:
            stream.seek(start)
            return self._read(stream)

    def _opened(self) -> BufferedReader:
        try:
            return BufferedReader(open_stored(self._path))
        except OSError as error:
            raise damaged_file(self._path, error) from None

    def _read(self, stream: BufferedReader) -> _Line:
        try:
            return self._decode(stream.readline())
        except (OSError, ValueError) as error:
            raise damaged_file(self._path, error) from None
