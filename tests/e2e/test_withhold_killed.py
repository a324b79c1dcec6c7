"""A withholding whose process dies at any flush."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.audit.seals import Expectations
from archive.audit.verify import verify
from archive.sealing.signatures import public_key
from archive.store import Archive
from archive.withhold import WithholdRequest, finish, withhold
from testing import archives as composed
from testing.archives import FIRST, NIGHTS, at, make

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


KEYS = Expectations(keys=frozenset({public_key(KEY)}))


ASKED = WithholdRequest(
    (("da_nang", "thong-bao"),), "Luật Bảo vệ dữ liệu cá nhân", "Văn phòng", at(FIRST + timedelta(days=9))
)


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = make(tmp_path_factory.mktemp("withhold") / "a")
    for number in range(len(NIGHTS)):
        composed.run_night(archive, number)
        archive.seal(FIRST + timedelta(days=number), {}, KEY)
    archive.close()
    return archive.paths.root


def findings(archive: Archive) -> list[tuple[str, str]]:
    """Return the findings but that the next seal has yet to list the tombstone."""
    found = verify(archive.identity, archive.paths, expected=KEYS).findings
    return [(one.code.value, one.path) for one in found if one.detail.code != "tombstone_unvouched"]


def _killed_at(root: Path, call: int) -> bool:
    """Withhold in a process that dies at its n-th flush or removal; whether it came that far."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    left = [call]

    def dying(real: Callable[..., object]) -> Callable[..., object]:
        def called(*arguments: object, **named: object) -> object:
            left[0] -= 1
            if left[0] == 0:
                os._exit(9)
            return real(*arguments, **named)

        return called

    for name in ("fsync", "unlink"):
        setattr(os, name, dying(getattr(os, name)))
    with Archive.open(root) as archive:
        withhold(archive, ASKED)
    os._exit(0)


def test_a_process_that_dies_at_any_flush_leaves_all_or_what_can_be_finished(sealed: Path, tmp_path: Path) -> None:
    shutil.copytree(sealed, tmp_path / "done")
    with Archive.open(tmp_path / "done") as done:
        withhold(done, ASKED)
    wanted, before = composed.tree(tmp_path / "done"), composed.tree(sealed)
    began = 0
    for call in range(1, 100):
        root = tmp_path / str(call)
        shutil.copytree(sealed, root)
        if not _killed_at(root, call):
            break
        with Archive.open(root) as archive:
            left = {name: data for name, data in composed.tree(root).items() if "/.tmp-" not in name}
            if "withheld/000001.json" in left:
                began += 1
                finish(archive)
                left = {name: data for name, data in composed.tree(root).items() if "/.tmp-" not in name}
                assert left == wanted
            else:
                assert left == before
                withhold(archive, ASKED)
            assert findings(archive) == []
        shutil.rmtree(root)
    assert (call > 7, began > 4) == (True, True)
