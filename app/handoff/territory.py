"""Territories: a table of conditions, of which the first that a lead meets says who covers it."""

from __future__ import annotations

from app.agreement.model import Agreement, Territory
from app.handoff.weigh import Tried, first_met
from app.rules.evaluate import Scope


def territory_of(agreement: Agreement, scope: Scope) -> tuple[Territory | None, tuple[Tried, ...]]:
    """The territory that the lead is in, if it is in one, and all that were tried up to it."""
    return first_met(agreement.territories, scope)
