"""List the modules that decide what is kept or accepted, and the tests that cover each."""

from __future__ import annotations

from dataclasses import dataclass

_AUDIT = ("tests/unit/archive/audit/test_attacks.py", "tests/unit/archive/audit/test_damage.py")
_SEALING = "tests/unit/archive/sealing"
_PROOF = f"{_SEALING}/test_proof.py"
_CHECKERS = f"{_SEALING}/test_proof_checkers.py"


@dataclass(frozen=True, slots=True)
class MutatedModule:
    """A module of one area, and the tests (files or folders) that run over its mutants."""

    area: str
    path: str
    tests: tuple[str, ...]


def _area(name: str, *modules: tuple[str, tuple[str, ...]]) -> list[MutatedModule]:
    return [MutatedModule(name, path, tests) for path, tests in modules]


MODULES = [
    *_area(
        "proof",
        (
            "docs/check_proof.py",
            (
                _CHECKERS,
                f"{_SEALING}/test_head.py",
                f"{_PROOF}::test_the_independent_script_never_ends_in_a_traceback",
                f"{_PROOF}::test_the_independent_script_checks_signatures_by_openssl_too",
                f"{_SEALING}/test_proof_dates.py",
            ),
        ),
        ("archive/sealing/proof.py", (_CHECKERS,)),
        ("archive/storage/merkle.py", ("tests/unit/archive/storage/test_merkle.py",)),
    ),
    *_area(
        "chain",
        ("archive/audit/chain.py", ("tests/unit/archive/audit/test_chain.py", f"{_SEALING}/test_key_changes.py")),
        ("archive/audit/seals.py", ("tests/unit/archive/audit/test_seals.py",)),
        ("archive/sealing/witness.py", (f"{_SEALING}/test_witness_rules.py",)),
    ),
    *_area(
        "seals",
        ("archive/sealing/head.py", (f"{_SEALING}/test_head.py",)),
        (
            "archive/sealing/signatures.py",
            (
                f"{_SEALING}/test_signatures.py",
                f"{_SEALING}/test_signing_keys.py",
                f"{_SEALING}/test_seal.py::test_a_key_that_cannot_sign_is_one_line",
            ),
        ),
        ("archive/sealing/key_changes.py", (f"{_SEALING}/test_signatures.py",)),
        ("archive/sealing/seal.py", (f"{_SEALING}/test_seal.py", f"{_SEALING}/test_signing_keys.py")),
        (
            "archive/storage/manifest.py",
            ("tests/unit/archive/storage/test_manifest.py", "tests/unit/archive/storage/test_file_list.py"),
        ),
    ),
    *_area("guard", ("crawler/downloader/guard.py", ("tests/unit/crawler/downloader/test_guard.py",))),
    *_area(
        "dedup",
        ("pipelines/dedup.py", ("tests/unit/pipelines/test_dedup.py",)),
        (
            "archive/similarity/facts.py",
            ("tests/unit/archive/similarity",),
        ),
        (
            "archive/similarity/minhash.py",
            ("tests/unit/archive/similarity", "tests/unit/archive/ingest/test_near_duplicates.py"),
        ),
        ("archive/ingest/near_duplicates.py", ("tests/unit/archive/ingest/test_near_links.py",)),
    ),
    *_area("clean", ("pipelines/clean.py", ("tests/unit/pipelines/test_clean.py",))),
    *_area(
        "ledger",
        ("archive/leases/fencing.py", ("tests/unit/archive/leases",)),
        ("archive/leases/states.py", ("tests/unit/archive/leases",)),
        ("archive/leases/ledger.py", ("tests/unit/archive/leases",)),
    ),
]
