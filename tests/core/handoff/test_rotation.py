"""The laws of the rotation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from random import Random

from hypothesis import given
from hypothesis import strategies as st

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


def furthest_from_fair(shares: Shares, turns: int) -> float:
    """How many leads anybody is ahead or behind at worst, over every prefix of the turns."""
    credits_now: Mapping[OwnerId, int] = {}
    got: Counter[OwnerId] = Counter()
    whole, furthest = sum(share for _, share in shares), 0.0
    for n in range(1, turns + 1):
        turn = take_turn(shares, credits_now)
        assert turn is not None
        credits_now = turn.credits
        got[turn.owner_id] += 1
        furthest = max(furthest, *(abs(got[owner] - n * share / whole) for owner, share in shares))
    return furthest


@given(made(pool), st.integers(1, 24))
def test_with_fixed_members_every_prefix_is_within_one_lead_of_the_fair_share_and_in_large_pools_two(
    pool: tuple[Shares, int], turns: int
) -> None:
    shares, leads = pool
    assert furthest_from_fair(shares, turns) <= leads


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


@given(made(lambda rng: members(rng, 1, 8)))
def test_a_round_gives_each_exactly_their_share_and_ends_where_it_began(
    shares: Shares,
) -> None:
    credits_now: dict[OwnerId, int] = {}
    got: Counter[OwnerId] = Counter()
    for _ in range(sum(share for _, share in shares)):
        turn = take_turn(shares, credits_now)
        assert turn is not None
        credits_now = dict(turn.credits)
        got[turn.owner_id] += 1
    assert got == Counter(dict(shares))
    assert set(credits_now.values()) == {0}


def test_nobody_has_no_turn() -> None:
    assert take_turn([], {}) is None
