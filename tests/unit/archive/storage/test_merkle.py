"""The Merkle tree against the test vectors of Certificate Transparency (RFC 6962 reference implementation)."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.storage.merkle import audit_path, leaf_hash, root, root_from_path

LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


@pytest.mark.parametrize("size", range(1, 9), ids=lambda size: f"{size} leaves")
def test_root_is_the_published_one(size: int) -> None:
    assert root([leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES[:size]]).hex() == ROOTS[size - 1]


def test_empty_tree_is_the_hash_of_nothing() -> None:
    assert root([]) == sha256(b"").digest()


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=70), st.data())
def test_audit_path_leads_from_each_leaf_to_the_root(leaves: list[bytes], data: st.DataObject) -> None:
    hashes = [leaf_hash(leaf) for leaf in leaves]
    index = data.draw(st.integers(0, len(leaves) - 1))
    path = audit_path(index, hashes)
    assert root_from_path(hashes[index], index, len(hashes), path) == root(hashes)
    assert root_from_path(leaf_hash(leaves[index] + b"!"), index, len(hashes), path) != root(hashes)
    assert root_from_path(hashes[index], index, len(hashes), (*path, hashes[0])) is None


def test_a_leaf_that_is_not_there_has_no_path() -> None:
    with pytest.raises(IndexError, match="leaf 2 of a tree of 2"):
        audit_path(2, [leaf_hash(b"a"), leaf_hash(b"b")])


@pytest.mark.parametrize("size", range(1, 10))
def test_a_path_leads_from_one_place_of_one_tree_alone(size: int) -> None:
    hashes = [leaf_hash(bytes([place])) for place in range(size)]
    whole = root(hashes)
    for index in range(size):
        path = audit_path(index, hashes)
        assert root_from_path(hashes[index], index, size, path) == whole
        places = [place for place in range(-2, 3 * size + 16) if place != index]
        assert [place for place in places if root_from_path(hashes[index], place, size, path) == whole] == []
        assert root_from_path(hashes[index], index, size, path[:-1]) in (None, *(() if path else (whole,)))
        assert root_from_path(hashes[index], index, size, (*path, whole)) is None
        for outside in (-1, size, size + 1, size * 2):
            assert root_from_path(hashes[index], outside, size, path) is None
            with pytest.raises(IndexError):
                audit_path(outside, hashes)
    assert root_from_path(hashes[0], 0, 0, ()) is None
