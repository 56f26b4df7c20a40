"""A ledger can be computed again, and says how fair the turns were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import given

from app.handoff.ledger import Fault, Line, Standing, Tally, faults_at_end, faults_of
from app.handoff.rotation import take_turn
from app.records.ids import OwnerId
from tests.core.handoff.parts import NOW
from tests.core.made import HALF, made

ANN, BOB, CY = (OwnerId(name) for name in ("ann", "bob", "cy"))
SHARES = ((ANN, 2), (BOB, 1))

Shares = tuple[tuple[OwnerId, int], ...]


def kept(turns: list[Shares]) -> list[Line]:
    """The lines of leads for which these members were there."""
    credits_now: Mapping[OwnerId, int] = {}
    lines = []
    for number, shares in enumerate(turns, 1):
        turn = take_turn(shares, credits_now)
        assert turn is not None
        lines.append(Line(number, NOW + timedelta(minutes=number), turn.owner_id, True, credits_now, turn.credits))
        credits_now = turn.credits
    return lines


def any_turns(rng: Random) -> list[Shares]:
    everyone = [(owner, rng.randint(1, 5)) for owner in (ANN, BOB, CY)]
    return [tuple(rng.sample(everyone, rng.randint(1, 3))) for _ in range(rng.randint(1, 12))]


def standings(turns: list[Shares]) -> dict[OwnerId, Standing]:
    tally = Tally()
    for line, shares in zip(kept(turns), turns, strict=True):
        tally.add(line, shares)
    return {one.owner_id: one for one in tally.standings()}


@HALF
@given(made(any_turns))
def test_whatever_the_rotation_wrote_follows_line_by_line(turns: list[Shares]) -> None:
    before = None
    for line, shares in zip(kept(turns), turns, strict=True):
        assert faults_of(line, shares, before) == []
        before = line


@HALF
@given(made(any_turns))
def test_fair_shares_add_up_to_the_leads(turns: list[Shares]) -> None:
    found = standings(turns).values()
    assert sum(one.fair for one in found) == sum(one.leads for one in found) == len(turns)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"number": 3}, "comes after line 1: lines are missing in between"),
        ({"owner_id": ANN}, "went to owner ann; it was the turn of owner bob"),
        ({"credits_before": {ANN: 1, BOB: -1}}, "begins with other credits than line 1 ended with"),
        ({"credits_after": {ANN: 0, BOB: 0}}, "charges other credits than the shares give"),
        ({"charged": False}, "is not charged, but credits changed"),
    ],
)
def test_a_line_that_was_tampered_with_is_named_with_the_reason(changes: dict[str, Any], why: str) -> None:
    first, second = kept([SHARES, SHARES])
    assert Fault(changes.get("number", 2), why) in faults_of(replace(second, **changes), SHARES, first)


def test_a_pool_that_stands_otherwise_than_its_last_line_does_not_follow_from_it() -> None:
    [first, second] = kept([SHARES, SHARES])
    assert faults_at_end(second, 2, second.credits_after) == []
    assert faults_at_end(second, 1, first.credits_after) == [], "a line was added since the pool was read"
    assert faults_at_end(second, 3, {}) == [Fault(3, "is missing: the pool counts 3 lines")]
    told = "is the last, and ends with other credits than the pool stands at"
    assert faults_at_end(second, 2, {ANN: 9, BOB: -9}) == [Fault(2, told)]


def test_a_pool_without_lines_stands_at_no_credits() -> None:
    assert faults_at_end(None, 0, {}) == []
    assert faults_at_end(None, 2, {}) == [Fault(1, "is missing: the pool counts 2 lines")]


def test_a_charged_line_for_which_nobody_was_there_does_not_follow() -> None:
    [first] = kept([SHARES])
    assert faults_of(first, (), None) == [Fault(1, "is charged, but no member could take the lead")]


def test_a_share_that_was_changed_later_does_not_pass_for_the_one_that_counted() -> None:
    [first] = kept([SHARES])
    assert faults_of(first, ((ANN, 2), (BOB, 2)), None) == [Fault(1, "charges other credits than the shares give")]


def test_the_largest_deviation_is_told_with_when_and_which_way() -> None:
    found = standings([SHARES] * 3)
    assert (found[ANN].leads, found[ANN].fair) == (2, Fraction(2))
    assert (found[ANN].strayed, found[ANN].strayed_at) == (Fraction(-1, 3), NOW + timedelta(minutes=1))
    assert (found[BOB].strayed, found[BOB].strayed_at) == (Fraction(1, 3), NOW + timedelta(minutes=1))


def test_a_lead_that_somebody_missed_while_away_is_no_part_of_their_fair_share() -> None:
    found = standings([((BOB, 1),), ((BOB, 1),), SHARES])
    assert found[ANN].fair == Fraction(2, 3)
    assert found[BOB].fair == 2 + Fraction(1, 3)


def test_a_lead_outside_the_turns_is_counted_beside_them() -> None:
    tally = Tally()
    tally.add(Line(1, NOW, CY, False, {}, {}), SHARES)
    assert tally.standings() == (Standing(CY, beside=1),)
