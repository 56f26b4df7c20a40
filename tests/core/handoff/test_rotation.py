"""The laws of the rotation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from random import Random

from hypothesis import given

from app.handoff.rotation import take_turn
from app.records.ids import OwnerId
from tests.core.made import made

Shares = list[tuple[OwnerId, int]]


def members(rng: Random, fewest: int, most: int) -> Shares:
    return [(OwnerId(f"o{n}"), rng.randint(1, 9)) for n in range(rng.randint(fewest, most))]


def pool(rng: Random) -> tuple[Shares, int]:
    """A pool, and how far from fair it may stray: one lead if it is small or equal, else two."""
    match rng.randint(0, 2):
        case 0:
            return members(rng, 1, 4), 1
        case 1:
            return [(owner, 1) for owner, _ in members(rng, 1, 12)], 1
        case _:
            return members(rng, 5, 12), 2


def changing(rng: Random) -> tuple[Shares, list[int]]:
    """A pool, and for each turn who is there, as bits."""
    return members(rng, 1, 8), [rng.randint(1, 255) for _ in range(rng.randint(1, 8))]


@given(made(pool))
def test_every_prefix_of_a_round_is_within_a_lead_of_fair_or_two_in_large_pools_and_its_end_is_fair(
    pool: tuple[Shares, int],
) -> None:
    shares, leads = pool
    credits_now: Mapping[OwnerId, int] = {}
    got: Counter[OwnerId] = Counter()
    whole = sum(share for _, share in shares)
    for n in range(1, whole + 1):
        turn = take_turn(shares, credits_now)
        assert turn is not None
        credits_now = turn.credits
        got[turn.owner_id] += 1
        assert all(abs(got[owner] * whole - n * share) <= leads * whole for owner, share in shares)
    assert got == Counter(dict(shares))
    assert set(credits_now.values()) == {0}  # where it began, so that the next round is the same


@given(made(changing))
def test_under_change_the_highest_credit_takes_the_turn_and_credits_sum_to_zero(
    case: tuple[Shares, list[int]],
) -> None:
    shares, present = case
    credits_now: Mapping[OwnerId, int] = {}
    for there in present:
        eligible = [member for n, member in enumerate(shares) if there & (1 << n)]
        earned = {owner: credits_now.get(owner, 0) + share for owner, share in eligible}
        turn = take_turn(eligible, credits_now)
        if turn is None:
            assert not eligible
            continue
        assert earned[turn.owner_id] == max(earned.values())
        away = set(credits_now) - set(earned)
        assert all(turn.credits[owner] == credits_now[owner] for owner in away)
        credits_now = turn.credits
        assert sum(credits_now.values()) == 0


def test_nobody_has_no_turn() -> None:
    assert take_turn([], {}) is None
