"""Which of the forms that a path offers the client likes best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from app.errors import BatonError


class NotAcceptable(BatonError):
    """The client takes none of the forms there are."""

    code: ClassVar[str] = "not_acceptable"


def preferred(accept: str | None, offered: Sequence[str]) -> str:
    """The media type of `offered` with the highest weight in an `Accept` header; the first of several.

    Raises NotAcceptable when all are ruled out.
    """
    weights = _weights(accept or "*/*")
    best = max(offered, key=lambda one: _weight(one, weights))
    if _weight(best, weights) == 0:
        raise NotAcceptable(f"there is no such form; accept {' or '.join(offered)}")
    return best


def _weights(accept: str) -> Mapping[str, float]:
    parts = (part.partition(";") for part in accept.lower().split(","))
    return {kind.strip(): _quality(parameters) for kind, _, parameters in parts}


def _quality(parameters: str) -> float:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0
    return 1


def _weight(kind: str, weights: Mapping[str, float]) -> float:
    """The weight that the most specific range gives."""
    ranges = (kind, f"{kind.partition('/')[0]}/*", "*/*")
    return next((weights[one] for one in ranges if one in weights), 0)
