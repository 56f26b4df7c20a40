"""The laws of the rotation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from app.handoff.rotation import take_turn
from app.records.ids import OwnerId

LAW = settings(max_examples=200, deadline=None)


def members(shares: Iterable[int]) -> list[tuple[OwnerId, int]]:
    return [(OwnerId(f"o{n}"), share) for n, share in enumerate(shares)]


SHARES = st.lists(st.integers(1, 9), min_size=1, max_size=8).map(members)
FEW = st.lists(st.integers(1, 9), min_size=1, max_size=4).map(members)
EQUAL = st.integers(1, 12).map(lambda count: members([1] * count))
MANY = st.lists(st.integers(1, 9), min_size=5, max_size=12).map(members)


def furthest_from_fair(shares: list[tuple[OwnerId, int]], turns: int) -> float:
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


@LAW
@given(st.tuples(FEW | EQUAL, st.just(1)) | st.tuples(MANY, st.just(2)), st.integers(1, 24))
def test_with_fixed_members_every_prefix_is_within_one_lead_of_the_fair_share_and_in_large_pools_two(
    pool: tuple[list[tuple[OwnerId, int]], int], turns: int
) -> None:
    shares, leads = pool
    assert furthest_from_fair(shares, turns) <= leads


@LAW
@given(SHARES, st.lists(st.integers(1, 255), min_size=1, max_size=8))
def test_under_change_the_highest_credit_takes_the_turn_and_credits_sum_to_zero(
    shares: list[tuple[OwnerId, int]], present: list[int]
) -> None:
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


@LAW
@given(SHARES)
def test_a_round_gives_each_exactly_their_share_and_ends_where_it_began(
    shares: list[tuple[OwnerId, int]],
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
