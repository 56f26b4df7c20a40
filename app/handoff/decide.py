"""Qualify and route from stored inputs: the same value, whenever it is asked for."""

from __future__ import annotations

from app.agreement.model import Agreement
from app.handoff.decision import Decision
from app.handoff.qualify import qualify
from app.handoff.route import route
from app.handoff.state import Inputs
from app.rules.facts import Vocabulary


def decide(agreement: Agreement, inputs: Inputs, vocabulary: Vocabulary) -> Decision:
    """What is to be done with the lead. Total and deterministic: equal inputs give equal decisions."""
    qualification = qualify(agreement, inputs.lead, inputs.now, vocabulary)
    return route(qualification, inputs.roster, inputs.now)
