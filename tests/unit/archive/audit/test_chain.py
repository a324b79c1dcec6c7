"""The rules of the chain, over links made by hand: no file is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from archive.audit.chain import (
    chain_order,
    check_chain,
    check_expected,
    check_key_changes,
    check_nights,
    check_signers,
)
from archive.audit.findings import Audit, Code
from archive.audit.seals import ChainLink, Expectations
from archive.messages.reason import Reason
from archive.model.enums import ArchiveKind
from archive.sealing.head import Head
from archive.sealing.key_changes import KeyChange
from archive.sealing.signatures import UNSIGNED_SIGNER
from archive.storage.manifest import Previous
from archive.storage.paths import Identity, Paths

FIRST = date(2025, 3, 3)
LIVE = Identity("a", ArchiveKind.LIVE)
REHEARSAL = Identity("a", ArchiveKind.REPLICA)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def link(night: int, before: ChainLink | None, number: int = 1, signer: str | None = "K") -> ChainLink:
    named = Previous(before.night, before.number, before.head) if before else None
    return ChainLink(day(night), number, f"head {night} {number}", named, (), signer)


def chain(nights: Sequence[int], signers: Sequence[str | None] | None = None) -> list[ChainLink]:
    found: list[ChainLink] = []
    for place, night in enumerate(nights):
        number = 1 + nights[:place].count(night)
        found.append(link(night, found[-1] if found else None, number, signers[place] if signers else "K"))
    return found


def published(seal: ChainLink, key: str | None = "K", archive: str = "a") -> Head:
    """Return a head; the statement of format 1 names it itself."""
    return Head(archive, seal.night, seal.number, seal.head, "0" * 64, 1, None, key=key, format=1)


def found(audit: Audit) -> list[tuple[Code, str, str]]:
    return [(finding.code, finding.path, finding.detail.code) for finding in audit.findings]


class TestOrder:
    def test_each_seal_follows_the_one_that_it_names(self) -> None:
        seals = chain([1, 0, 0, 2])
        assert chain_order([seals[place] for place in (3, 1, 0, 2)]) == seals

    def test_seals_of_a_broken_chain_come_last_and_none_is_lost(self) -> None:
        seals = chain([0, 1, 2, 3])
        assert chain_order([seals[3], seals[0], seals[2]]) == [seals[0], seals[3], seals[2]]
        assert chain_order(seals[1:]) == seals[1:]
        assert chain_order([]) == []

    def test_of_two_that_follow_one_seal_the_first_goes_on(self) -> None:
        first, second = chain([0, 1])
        other = replace(second, number=2, head="other")
        assert chain_order([first, second, other]) == [first, second, other]
        assert chain_order([first, other, second]) == [first, other, second]


class TestChain:
    def test_a_whole_chain_has_no_finding(self) -> None:
        audit = Audit()
        check_chain(chain([0, 1, 1, 2]), audit)
        assert found(audit) == []

    def test_both_of_a_fork_are_named(self) -> None:
        first, second = chain([0, 1])
        other = replace(second, night=day(2), head="other")
        audit = Audit()
        check_chain([first, second, other], audit)
        assert found(audit) == [(Code.FORK, second.name, "fork"), (Code.FORK, other.name, "fork")]

    def test_two_first_seals_are_named_and_what_follows_is_checked_still(self) -> None:
        one, other = link(0, None), link(1, None)
        lost = link(3, link(2, None))
        audit = Audit()
        check_chain([one, other, lost], audit)
        assert found(audit) == [
            (Code.FORK, one.name, "two_first_seals"),
            (Code.FORK, other.name, "two_first_seals"),
            (Code.CHAIN, lost.name, "before_missing"),
        ]

    @pytest.mark.parametrize("wrong", [{"night": day(5)}, {"number": 2}])
    def test_a_seal_names_night_and_number_of_the_one_before(self, wrong: dict[str, date | int]) -> None:
        first, second = chain([0, 1])
        assert second.before is not None
        audit = Audit()
        check_chain([first, replace(second, before=replace(second.before, **wrong))], audit)  # type: ignore[arg-type]  # either field
        assert found(audit) == [(Code.CHAIN, second.name, "before_other_head")]


class TestNights:
    def check(self, identity: Identity, seals: Sequence[ChainLink], expected: Expectations = Expectations()) -> Audit:  # noqa: B008  # frozen
        audit = Audit()
        check_nights(identity, seals, expected, audit)
        return audit

    def test_a_live_night_is_never_sealed_after_a_later_one(self) -> None:
        seals = chain([0, 3, 1, 2, 3, 4])
        audit = self.check(LIVE, seals)
        assert found(audit) == [
            (Code.BACKDATED, seals[2].name, "sealed_after"),
            (Code.BACKDATED, seals[3].name, "sealed_after"),
        ]
        assert [finding.detail for finding in audit.findings] == [Reason.of("sealed_after", night=day(3))] * 2
        assert audit.notes == []

    def test_further_seals_of_the_last_night_are_lawful(self) -> None:
        assert found(self.check(LIVE, chain([0, 1, 1, 2]), Expectations(today=day(2)))) == []

    def test_a_rehearsal_is_noted_until_a_head_was_published(self) -> None:
        seals = chain([1, 0, 3, 2])
        audit = self.check(REHEARSAL, seals)
        assert found(audit) == []
        assert [note.code for note in audit.notes] == ["rehearsed_late", "rehearsed_late"]
        audit = self.check(REHEARSAL, seals, Expectations(published(seals[2])))
        assert found(audit) == [(Code.BACKDATED, seals[3].name, "sealed_after_published")]
        assert [note.code for note in audit.notes] == ["rehearsed_late"]
        audit = self.check(REHEARSAL, chain([1, 3, 4, 2, 0]), Expectations(published(chain([1])[0])))
        assert [code for code, _, _ in found(audit)] == [Code.BACKDATED] * 2
        audit = self.check(REHEARSAL, seals, Expectations(published(link(7, None))))
        assert found(audit) == []

    def test_no_live_night_lies_behind_today(self) -> None:
        seals = chain([0, 1, 2])
        assert found(self.check(LIVE, seals, Expectations(today=day(1)))) == [
            (Code.WRONG_NIGHT, seals[2].name, "night_to_come")
        ]
        assert found(self.check(REHEARSAL, seals, Expectations(today=day(1)))) == []
        assert found(self.check(LIVE, seals)) == []


class TestSigners:
    def check(self, signers: Sequence[str | None], changes: Sequence[KeyChange] = (), *keys: str) -> Audit:
        audit = Audit()
        seals = chain(range(len(signers)), signers)
        check_signers(seals, changes, Expectations(keys=frozenset(keys)), audit)
        return audit

    def test_the_seals_are_counted_by_signer(self) -> None:
        audit = self.check([UNSIGNED_SIGNER, "K", "K", None])
        assert audit.signers == {UNSIGNED_SIGNER: 1, "K": 2}
        assert found(audit) == []

    def test_signed_and_then_unsigned_no_more_is_named_at_its_first_seal(self) -> None:
        audit = self.check(["K", UNSIGNED_SIGNER, UNSIGNED_SIGNER, "K", UNSIGNED_SIGNER])
        names = [seal.name for seal in chain(range(5))]
        assert found(audit) == [(Code.SIGNER, names[1], "signed_no_more"), (Code.SIGNER, names[4], "signed_no_more")]
        assert audit.findings[0].detail == Reason.of("signed_no_more", n=2, key="K")

    def test_another_key_needs_a_record_from_the_one_before(self) -> None:
        names = [seal.name for seal in chain(range(3))]
        to_other = KeyChange("a", 1, "K", "L")
        assert found(self.check(["K", "L", "L"])) == [(Code.SIGNER, names[1], "key_changed")]
        assert found(self.check(["K", "L", "L"], [to_other])) == []
        assert found(self.check(["K", "L", "K"], [to_other])) == [(Code.SIGNER, names[2], "key_changed")]
        assert found(self.check(["L", "K"], [to_other])) == [(Code.SIGNER, names[1], "key_changed")]
        assert found(self.check(["K", "M"], [to_other])) == [(Code.SIGNER, names[1], "key_changed")]

    def test_unsigned_seals_or_lost_signatures_between_do_not_hide_a_change(self) -> None:
        names = [seal.name for seal in chain(range(3))]
        assert found(self.check(["K", UNSIGNED_SIGNER, "L"])) == [
            (Code.SIGNER, names[1], "signed_no_more"),
            (Code.SIGNER, names[2], "key_changed"),
        ]
        assert found(self.check(["K", None, "L"])) == [(Code.SIGNER, names[2], "key_changed")]

    def test_with_keys_from_outside_every_seal_was_judged_already(self) -> None:
        audit = self.check(["K", "L", UNSIGNED_SIGNER], (), "K")
        assert (found(audit), audit.signers) == ([], {"K": 1, "L": 1, UNSIGNED_SIGNER: 1})


class TestExpected:
    def check(self, seals: Sequence[ChainLink], head: Head | None) -> Audit:
        audit = Audit()
        check_expected(LIVE, seals, Expectations(head), audit)
        return audit

    def test_a_head_stands_and_what_goes_on_from_it_is_counted(self) -> None:
        seals = chain([0, 1, 1, 2])
        assert (found(self.check(seals, None)), self.check(seals, None).notes) == ([], [])
        audit = self.check(seals, published(seals[1]))
        assert found(audit) == []
        assert audit.notes == [Reason.of("head_stands", night=day(1), number=1, n=2)]
        audit = self.check(seals, published(seals[3]))
        assert audit.notes == [Reason.of("head_stands_last", night=day(2), number=1)]

    def test_a_head_of_another_archive_says_nothing_else(self) -> None:
        audit = self.check([], published(link(0, None), archive="b"))
        assert found(audit) == [(Code.WRONG_ARCHIVE, "archive.json", "head_of_archive")]
        assert audit.notes == []

    def test_a_seal_that_is_gone_was_rolled_back(self) -> None:
        seals = chain([0, 1])
        for gone in (link(2, seals[1]), link(1, seals[1], 2)):
            audit = self.check(seals, published(gone))
            assert found(audit) == [(Code.ROLLED_BACK, f"{gone.night:%Y/%m/%d}", "head_rolled_back")]
            assert audit.findings[0].detail == Reason.of(
                "head_rolled_back", night=gone.night, number=gone.number, last=day(1), last_number=1
            )
            assert audit.notes == []
        assert found(self.check([], published(seals[0]))) == [(Code.ROLLED_BACK, "2025/03/03", "head_unsealed")]

    def test_a_seal_with_another_head_was_sealed_again(self) -> None:
        first, second = chain([0, 1])
        seals = [first, replace(second, head="a" * 64)]
        audit = self.check(seals, published(replace(second, head="b" * 64)))
        assert found(audit) == [(Code.RESEALED, seals[1].name, "head_resealed")]
        heads = {"published": "bbbbbbbbbbbbbbbb…", "found": "aaaaaaaaaaaaaaaa…"}
        assert audit.findings[0].detail == Reason.of("head_resealed", night=day(1), number=1, **heads)
        assert str(audit.findings[0].detail)
        assert audit.notes == []

    @pytest.mark.parametrize(
        ("key", "signer", "codes"),
        [
            ("K", "K", []),
            ("K", "L", [Code.SIGNER]),
            ("K", UNSIGNED_SIGNER, [Code.SIGNER]),
            ("K", None, []),
            (None, "L", []),
            (None, UNSIGNED_SIGNER, []),
        ],
    )
    def test_the_head_was_published_under_the_key_that_stands_there(
        self, key: str | None, signer: str | None, codes: list[Code]
    ) -> None:
        seals = chain([0], [signer])
        audit = self.check(seals, published(seals[0], key))
        assert found(audit) == [(code, seals[0].name, "signed_otherwise") for code in codes]
        assert len(audit.notes) == 1


def test_what_is_no_record_of_a_change_is_named(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.mkdir()
    (keys / "000001.json").write_text("{}\n")
    (keys / "note.txt").write_text("x")
    (keys / "000002.json").symlink_to(keys / "note.txt")
    audit = Audit()
    assert check_key_changes(LIVE, Paths(tmp_path), audit) == []
    assert sorted(found(audit)) == [
        (Code.EXTRA, "keys/note.txt", "no_key_change"),
        (Code.SIGNATURE, "keys/000001.json", "not_record"),
        (Code.SIGNATURE, "keys/000002.json", "it_cannot_be_read"),
        (Code.SYMLINK, "keys/000002.json", "no_key_change"),
    ]
