"""Smooth weighted round robin: over any stretch, each owner gets a share, and never many in a row.

Credits sum to zero. Before each turn everyone eligible is credited their share; the highest credit takes
the turn and pays the sum of the shares. Who is not eligible neither earns nor pays.

With the same people all along, everyone stays within one lead of their fair share where shares are equal
or up to four take turns; a larger pool of very unequal shares can stray a little further, by less than two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.records.ids import OwnerId


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is, and the credits once it is taken."""

    owner_id: OwnerId
    credits: Mapping[OwnerId, int]


def take_turn(shares: Sequence[tuple[OwnerId, int]], credits_before: Mapping[OwnerId, int]) -> Turn | None:
    """The next turn among the owners with their shares, earliest first on equal credit; None among nobody."""
    if not shares:
        return None
    earned = {owner: credits_before.get(owner, 0) + share for owner, share in shares}
    chosen = max(earned, key=lambda owner: earned[owner])
    earned[chosen] -= sum(share for _, share in shares)
    return Turn(chosen, {**credits_before, **earned})
