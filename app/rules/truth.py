"""Three-valued truth by Kleene's tables: a lead of which something is not known is neither in nor out."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class Truth(Enum):
    """Whether a condition holds. `str()` gives the words that people read."""

    MET = "met"
    NOT_MET = "not met"
    NO_DATA = "no data"

    @classmethod
    def of(cls, holds: bool) -> Truth:  # noqa: FBT001  a boolean is all there is to say
        return cls.MET if holds else cls.NOT_MET

    @property
    def opposite(self) -> Truth:
        return _OPPOSITES[self]

    def __str__(self) -> str:
        return self.value


_OPPOSITES = {Truth.MET: Truth.NOT_MET, Truth.NOT_MET: Truth.MET, Truth.NO_DATA: Truth.NO_DATA}


def every(truths: Iterable[Truth]) -> Truth:
    """Kleene's and: one not met settles it, whatever is not known of the rest. Nothing to meet is met."""
    found = tuple(truths)
    if Truth.NOT_MET in found:
        return Truth.NOT_MET
    return Truth.NO_DATA if Truth.NO_DATA in found else Truth.MET


def some(truths: Iterable[Truth]) -> Truth:
    """Kleene's or: one met settles it. Nothing to meet is not met."""
    found = tuple(truths)
    if Truth.MET in found:
        return Truth.MET
    return Truth.NO_DATA if Truth.NO_DATA in found else Truth.NOT_MET
