"""Whose turn it is: over any stretch each owner gets their share, within one lead, and never many in a row.

Credits are whole numbers that sum to zero. At each turn everyone eligible is credited their share, and whoever
takes the turn pays the sum of the shares: that is what one lead costs. Who is not eligible neither earns nor pays.

While the pool stands even, whoever must have a lead soonest takes the turn; otherwise the highest credit does.
The argument and its source: docs/decisions/0006-turns-within-one-lead.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cmp_to_key

from app.records.ids import OwnerId

Shares = Sequence[tuple[OwnerId, int]]
"""Owners with their shares, at least 1 each, every owner once; those named first win ties."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is, and the credits once it is taken."""

    owner_id: OwnerId
    credits: Mapping[OwnerId, int]


def take_turn(shares: Shares, credits_before: Mapping[OwnerId, int]) -> Turn | None:
    """The next turn among the owners with their shares, earliest first where nothing else decides; None among nobody.

    With the same owners and shares since all credits were 0, everyone stays within one lead of their fair share.
    """
    if not shares:
        return None
    earned = {owner: credits_before.get(owner, 0) + share for owner, share in shares}
    chosen = _soonest(shares, earned) if is_even(shares, credits_before) else max(earned, key=lambda one: earned[one])
    earned[chosen] -= _cost(shares)
    return Turn(chosen, {**credits_before, **earned})


def is_even(shares: Shares, credits_before: Mapping[OwnerId, int]) -> bool:
    """Whether the credits could be those of exactly these owners, at least one, undisturbed.

    They sum to zero, so those who are missing neither owe nor are owed anything on balance, and nobody is further
    off than a fixed set of owners ever gets.
    """
    credits_now = [credits_before.get(owner, 0) for owner, _ in shares]
    parts = _parts(shares)
    return sum(credits_now) == 0 and parts * max(map(abs, credits_now)) <= (parts - 1) * _cost(shares)


def _soonest(shares: Shares, earned: Mapping[OwnerId, int]) -> OwnerId:
    """Of those who have earned a turn, the one who would be the first to be owed too much."""
    parts, cost = _parts(shares), _cost(shares)
    due = [(owner, share) for owner, share in shares if parts * earned[owner] >= cost]
    room = {owner: (parts - 1) * cost - parts * earned[owner] for owner, _ in due}

    def later(one: tuple[OwnerId, int], other: tuple[OwnerId, int]) -> int:
        """Above zero when `one` has more turns left, room / share, than `other`: in whole numbers, so exact."""
        return room[one[0]] * other[1] - room[other[0]] * one[1]

    return min(due, key=cmp_to_key(later))[0]


def _cost(shares: Shares) -> int:
    return sum(share for _, share in shares)


def _parts(shares: Shares) -> int:
    """Nobody gets ahead or behind by the last of so many parts of a lead: 2 n - 2 among n owners."""
    return 2 * len(shares) - 2
