"""Signals that nobody will ever see: nothing supplies the kind, or the portal's HubSpot tier does not."""

from __future__ import annotations

from collections.abc import Iterator

from app.agreement.findings.whole import Whole
from app.rules.condition import SignalTest
from app.rules.grammar import ConditionFault, Path
from app.rules.signals import ANY_TIER, SIGNALS

_TIERS = (ANY_TIER, "free", "starter", "professional", "enterprise")


def signal_faults(whole: Whole) -> Iterator[ConditionFault]:
    """Tests of signals that cannot be met, because too few such signals can ever be known."""
    tier = None if whole.portal is None else whole.portal.tier
    for place in whole.places:
        for path, leaf in place.leaves(whole.names):
            if isinstance(leaf, SignalTest):
                yield from _test((*path, leaf.kind), leaf, tier)


def _test(path: Path, test: SignalTest, tier: str | None) -> Iterator[ConditionFault]:
    source = SIGNALS[test.kind]
    if tier in _TIERS and _TIERS.index(tier) < _TIERS.index(source.tier):
        message = f"`{test.kind}` takes HubSpot {source.tier.capitalize()}, and the portal has {tier.capitalize()}"
        yield ConditionFault(path, "signal_tier", message, "Use another signal", at_key=True)
    elif not source.trails:
        message = f"nothing supplies the signal `{test.kind}`, so it is never seen"
        yield ConditionFault(path, "signal_unsupplied", message, "Use another signal", at_key=True)
    elif test.at_least > len(source.trails):
        message = f"of `{test.kind}` at most {len(source.trails)} are ever known at once"
        yield ConditionFault(path, "signal_count", message, "Ask for fewer", at_key=True)
