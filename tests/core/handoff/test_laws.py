"""What holds for every lead, whatever its properties say."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given

from app.handoff.decide import decide
from app.handoff.decision import AddNote, AddTask, Brief, Decision, SetProperties
from app.handoff.explain import explain, render
from app.handoff.note import render_note, render_task
from app.handoff.properties import READS, STATUS
from app.handoff.signals import read_instant, signals_of
from app.handoff.state import History, Inputs, Lead, StageMove
from app.records.crm import Company, Contact
from app.records.ids import CompanyId, ContactId
from tests.core.handoff.parts import APPLIED, NOW, VOCABULARY, agreement, handoff, lead, open_lead, rejected, roster
from tests.core.made import made, picked, text

TELLING = (
    "2026-11-20T14:00:00Z",
    "1790000000000",
    "9" * 30,
    "0001-01-01",
    "9999-12-31T23:59:59+14:00",
    "Demo request",
    "marketingqualifiedlead",
    "opportunity",
    "rejected",
    "qualified",
    "no_budget",
    "true",
    "NaN",
    "eve",
    "VP",
    "120",
    "{{ 1 }}",
    "<b>\x00\ud800",
)
RUNNING = (None, handoff(), handoff(noted=False, opened_at=NOW))
PAST = (None, rejected(), rejected(returns_at=None), rejected(to_different_owner=True))
MOVES = (None, StageMove("lead", "x", "opportunity"))
USUAL = (
    Lead(Contact(ContactId("1"), {}), None, History()),
    lead(),
    lead(),
    open_lead(),
    lead(history=History(last=rejected())),
)
ANSWERS = ("open", "accepted", "qualified", "rejected")
FIRM = ("name", "numberofemployees", "industry", "hubspot_owner_id")


def said(rng: Random) -> str | None:
    return rng.choice((None, rng.choice(TELLING), rng.choice(TELLING), text(rng, 6)))


def any_history(rng: Random) -> History:
    return History(
        handoff=rng.choice(RUNNING),
        last=rng.choice(PAST),
        applied=rng.choice(({}, APPLIED)),
        stage_move=rng.choice(MOVES),
    )


def any_lead(rng: Random) -> Lead:
    """A lead like one of the usual ones, with anything said about it, and sometimes any history."""
    usual = rng.choice(USUAL)
    answer = {STATUS: rng.choice(ANSWERS)} if rng.random() < 0.3 else {}
    said_of_it = {name: said(rng) for name in picked(rng, sorted(READS.contact), rng.choice((1, 8)))}
    contact = replace(usual.contact, properties={**usual.contact.properties, **answer, **said_of_it})
    known = {} if usual.company is None else usual.company.properties
    firm = Company(CompanyId("9"), {**known, **{name: said(rng) for name in picked(rng, FIRM, rng.choice((0, 1, 4)))}})
    history = rng.choice((usual.history, usual.history, any_history(rng)))
    return Lead(contact, rng.choice((None, firm, firm, firm)), history)


def any_gone(rng: Random) -> list[str]:
    return picked(rng, ("ann", "bob", "eve", "dan", "sam"), 5)


CASES = made(lambda rng: (any_lead(rng), any_gone(rng)))
"""A lead, and the owners who are gone."""


@given(CASES)
def test_every_lead_is_decided_with_a_reason_and_explained_the_same_way(case: tuple[Lead, list[str]]) -> None:
    subject, gone = case
    inputs = Inputs(subject, roster(gone=gone), NOW)
    decision = decide(agreement(), inputs, VOCABULARY)
    explanation = explain(agreement(), inputs, VOCABULARY)
    assert decision == explanation.decision
    assert decision.because
    assert render(explanation)
    assert decision.look_again_at is None or decision.look_again_at > NOW
    _check_writes(decision, subject)
    _check_brief(decision.brief)


def _check_writes(decision: Decision, subject: Lead) -> None:
    """Writes keep their order, set nothing that stands, and tell only with a brief."""
    assert [write.step for write in decision.writes] == sorted(write.step for write in decision.writes)
    told = [write for write in decision.writes if isinstance(write, AddNote | AddTask)]
    assert decision.brief is not None or not told
    held = {one.field for one in decision.new_overrides}
    for write in decision.writes:
        if isinstance(write, SetProperties):
            assert write.properties
            assert not held & write.properties.keys()
    assert not decision.adopted.keys() & held
    assert all(subject.contact.properties.get(name) for name in decision.adopted)


def _check_brief(brief: Brief | None) -> None:
    """What is told can be sent."""
    if brief is not None:
        note = render_note(brief, marker="m", due_at=None, time_zone="UTC")
        task = render_task(brief, marker="m", due_at=None, time_zone="UTC")
        "".join((note, *task)).encode()


@pytest.mark.parametrize("text", ["", "yesterday", "9" * 30, "-1", "0001-01-01", "9999-12-31T23:59:59+14:00"])
def test_what_is_no_instant_or_cannot_be_meant_reads_as_none(text: str) -> None:
    assert read_instant(text) is None


def test_signals_are_the_recent_and_the_first_submission() -> None:
    properties = lead(
        recent_conversion_date="1795186800000",
        first_conversion_event_name="Pricing guide",
        first_conversion_date="2026-11-01T00:00:00Z",
    ).contact
    assert [signal.detail for signal in signals_of(properties)] == ["Demo request", "Pricing guide"]
    same = lead(first_conversion_event_name="Demo request", first_conversion_date="2026-11-20T14:00:00Z").contact
    assert len(signals_of(same)) == 1


def test_there_is_no_signal_without_a_name_and_a_date_that_can_be_read() -> None:
    assert signals_of(lead(recent_conversion_date="yesterday").contact) == ()
    assert signals_of(lead(recent_conversion_event_name=" ").contact) == ()
