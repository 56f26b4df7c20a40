"""A condition spelled out: definitions in place of their names, and `none` carried down to the leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from app.rules.condition import All, Any_, Condition, Meets, None_
from app.rules.truth import Truth


@dataclass(frozen=True, slots=True)
class Literal:
    """One leaf that is met, or with `met` false, one that is not met (which is more than: has no data)."""

    leaf: Condition
    met: bool

    @property
    def wanted(self) -> Truth:
        """How the leaf must come out for this to hold."""
        return Truth.MET if self.met else Truth.NOT_MET


@dataclass(frozen=True, slots=True)
class Both:
    """Holds when every part does."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """Holds when at least one part does."""

    parts: tuple[Formula, ...]


Formula: TypeAlias = Literal | Both | Either


def spelled_out(condition: Condition, definitions: Mapping[str, Condition], *, met: bool = True) -> Formula:
    """What holds exactly when the condition is met, or with `met` false, when it is not met.

    The definitions must not lead back to themselves. A name that is not among them stays a leaf.
    """
    match condition:
        case All(parts):
            return _joined(parts, definitions, met=met, by=Both if met else Either)
        case Any_(parts):
            return _joined(parts, definitions, met=met, by=Either if met else Both)
        case None_(parts):
            return _joined(parts, definitions, met=not met, by=Both if met else Either)
        case Meets(name) if name in definitions:
            return spelled_out(definitions[name], definitions, met=met)
        case _:
            return Literal(condition, met)


def literals(parts: tuple[Formula, ...]) -> Iterator[Literal]:
    """The literals that must all hold when all parts do."""
    for part in parts:
        if isinstance(part, Literal):
            yield part
        elif isinstance(part, Both):
            yield from literals(part.parts)


def choices(parts: tuple[Formula, ...]) -> Iterator[Either]:
    """The choices that must all be made when all parts hold."""
    for part in parts:
        if isinstance(part, Either):
            yield part
        elif isinstance(part, Both):
            yield from choices(part.parts)


def _joined(
    parts: tuple[Condition, ...], definitions: Mapping[str, Condition], *, met: bool, by: type[Both | Either]
) -> Formula:
    return by(tuple(spelled_out(part, definitions, met=met) for part in parts))
