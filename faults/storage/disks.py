"""Small file systems of their own, where the machine lets one make them: on a file, or in memory."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

from faults.catalogue import Skip


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise Skip(f"`{' '.join(command[:2])}` is refused here: {done.stderr.strip()[:200]}")


def made(image: Path, megabytes: int, *options: str) -> Path:
    """Return a file with an empty ext4 on it."""
    with image.open("wb") as stream:
        stream.truncate(megabytes << 20)
    _run("mkfs.ext4", "-q", "-F", *options, str(image))
    return image


@contextlib.contextmanager
def _mount(at: Path, *options: str) -> Iterator[Path]:
    at.mkdir(exist_ok=True)
    _run("mount", *options, str(at))
    try:
        yield at
    finally:
        if subprocess.run(["umount", str(at)], capture_output=True).returncode != 0:
            subprocess.run(["umount", "-l", str(at)], check=False)


def mounted(image: Path, at: Path) -> contextlib.AbstractContextManager[Path]:
    """Mount the file's file system at a folder, and unmount it at the end."""
    return _mount(at, "-o", "loop", str(image))


def in_memory(at: Path, size: str) -> contextlib.AbstractContextManager[Path]:
    """Mount a file system of this size in memory, as `8m`, and unmount it at the end."""
    return _mount(at, "-t", "tmpfs", "-o", f"size={size}", "faults")


def remounted(at: Path, how: str) -> None:
    """Mounted again as `ro` or `rw`."""
    _run("mount", "-o", f"remount,{how}", str(at))


@contextlib.contextmanager
def filled(at: Path, left: int) -> Iterator[Path]:
    """Fill the file system but for so many bytes, until the end of the block."""
    ballast = at / "ballast"
    with ballast.open("wb", buffering=0) as stream:
        with contextlib.suppress(OSError):
            while stream.write(b"\0" * 4096):
                pass
        stream.truncate(max(0, stream.seek(0, 2) - left))
    try:
        yield at
    finally:
        ballast.unlink()
