"""The doctor: what an installation needs, looked at part by part, each with its cause and what mends it.

    check     what came of looking at one thing
    patient   what is looked at
    setting   the settings
    store     the database
    portal    HubSpot: token, scopes, properties, and the agreement held against it
    door      webhooks: the signature, the public address, what came last

A part that cannot be looked at because another is down says so; the rest is looked at all the same. Nothing in HubSpot
is changed. One empty webhook request is posted to the own door.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from app.engine.doctor import door, portal, setting, store
from app.engine.doctor.check import Check, Verdict
from app.engine.doctor.patient import Patient

__all__ = ["Check", "Patient", "Verdict", "examine"]


async def examine(patient: Patient) -> AsyncIterator[Check]:
    """Every check, in the order in which one would mend things. Raises nothing for what is broken: it tells it."""
    for check in setting.checks(patient):
        yield check
    stored = await store.look(patient)
    for check in stored.checks:
        yield check
    async for check in portal.checks(patient, stored):
        yield check
    async for check in door.checks(patient, stored):
        yield check
