"""A contact on its way through a period: when it is decided, on what, and what that leaves behind."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from app.handoff.backtest.imagine import imagine
from app.handoff.backtest.timeline import Past, Subject, timeline_of
from app.handoff.backtest.trial import SETTLING, Trial, reads_of_both
from app.handoff.backtest.walk import Walk, go_alone, pack, set_out, unpack
from app.handoff.decision import Kind
from app.handoff.properties import STATUS
from app.handoff.route import route
from app.handoff.state import HandoffState, Roster
from tests.core.handoff.parts import DAY, HOUR, MQL, NOW, decided, lead, open_lead
from tests.core.handoff.pasts import PEOPLE, PERIOD, START, asked_for_a_demo, bank, buyer, past, subject, trial, was

AT = START + 5 * DAY


def walk_of(one: Subject, by: Trial) -> Walk:
    return set_out(timeline_of(one, reads_of_both(by.agreement, by.agreement), PERIOD))


def instants(walk: Walk, by: Trial) -> list[datetime]:
    """When the contact is decided, owners always there."""
    found = []
    while (at := walk.next_at(PERIOD.end_at)) is not None:
        found.append(at)
        walk.arrive(at)
        qualification = walk.weigh(by)
        walk.settle(qualification, route(qualification, Roster({}, PEOPLE), at), by)
    return found


def test_a_contact_about_which_nothing_changes_is_never_decided() -> None:
    walk = walk_of(subject(buyer(), bank()), trial())
    assert instants(walk, trial()) == []
    assert walk.tale.outcome.name == "no news"


def test_a_burst_of_changes_is_one_instant_at_its_end() -> None:
    later = AT + SETTLING
    contact = buyer(email=[was("a@acme.com", AT)], jobtitle=[was("Clerk", later)], city=[was("x", later + HOUR)])
    assert instants(walk_of(subject(contact), trial()), trial()) == [later]


def test_the_creation_of_a_contact_is_an_instant_and_nothing_before_it_is() -> None:
    contact = past(createdate=[was(AT.isoformat(), AT)], jobtitle=[was("VP", AT)])
    firm = bank(numberofemployees=[was("12", START + DAY)])
    walk = walk_of(subject(contact, firm), trial())
    assert instants(walk, trial()) == [AT]
    assert walk.company is not None
    assert walk.company["numberofemployees"] == "12"


def test_a_decision_that_asks_to_look_again_is_looked_at_again() -> None:
    contact = buyer(**asked_for_a_demo(AT))
    firm = bank(industry=[was(None, START - DAY)])
    walk = walk_of(subject(contact, firm), trial())
    found = instants(walk, trial())
    assert found[:2] == [AT, AT + timedelta(minutes=2)]
    assert walk.tale.opened is not None
    assert walk.tale.opened.at == AT + timedelta(minutes=2)


def test_a_walk_stops_before_it_needs_somebody_and_goes_on_when_unpacked() -> None:
    walk = walk_of(subject(buyer(**asked_for_a_demo(AT)), bank()), trial())
    assert not go_alone(walk, trial())
    again = unpack(pack(walk))
    assert (again.at, again.next_at(PERIOD.end_at)) == (AT, AT)
    again.arrive(AT)
    assert again.weigh(trial()).ready


def test_a_walk_that_needs_nobody_is_gone_to_its_end() -> None:
    walk = walk_of(subject(buyer(email=[was("a@acme.com", AT)])), trial())
    assert go_alone(walk, trial())
    assert walk.tale.outcome.name == "not ready"


def test_a_lead_is_not_weighed_between_its_instants() -> None:
    with pytest.raises(ValueError, match="call arrive first"):
        walk_of(subject(buyer()), trial()).weigh(trial())


def test_what_was_decided_stands_on_the_record_and_the_rep_answers_it() -> None:
    words = {"baton_handoff_status": [was("accepted", AT + HOUR), was("qualified", AT + DAY)]}
    walk = walk_of(subject(buyer(**asked_for_a_demo(AT), **words), bank()), trial())
    assert instants(walk, trial())[:3] == [AT, AT + HOUR, AT + DAY]
    assert walk.contact["lifecyclestage"] == MQL
    assert walk.history.last is not None
    assert walk.history.last.state is HandoffState.QUALIFIED


def test_a_word_of_the_rep_before_the_handoff_is_no_answer_to_it() -> None:
    words = {"baton_handoff_status": [was("rejected", AT - DAY)]}
    walk = walk_of(subject(buyer(**asked_for_a_demo(AT), **words), bank()), trial())
    instants(walk, trial())
    assert walk.history.handoff is not None
    assert walk.contact[STATUS] == "open"


def test_a_value_that_a_person_sets_later_stands_over_what_was_imagined() -> None:
    contact = buyer(**asked_for_a_demo(AT), lifecyclestage=[was("lead", START - DAY), was(None, AT + DAY)])
    walk = walk_of(subject(contact, bank()), trial())
    instants(walk, trial())
    assert walk.contact["lifecyclestage"] is None
    assert walk.history.overrides["lifecyclestage"].by == "CRM_UI userId:7"


def test_imagined_writes_stand_and_a_second_look_finds_nothing_to_do() -> None:
    first = lead()
    decision = decided(first)
    history, overlay = imagine(first.history, decision, version=3)
    again = decided(lead(history=history, **dict[str, Any](overlay)), now=NOW + HOUR)
    assert history.handoff is not None
    assert (history.handoff.version, history.handoff.state) == (3, HandoffState.OPEN)
    assert (again.kind, again.writes, again.adopted) == (Kind.KEPT, (), {})


def test_a_move_back_is_over_once_its_writes_stand() -> None:
    subject_ = open_lead(baton_handoff_status="rejected", baton_rejection_reason="no_budget")
    decision = decided(subject_)
    history, overlay = imagine(subject_.history, decision, version=1)
    assert decision.stage_move is not None
    assert (history.stage_move, overlay["lifecyclestage"]) == (None, "lead")
    assert history.last is not None
    assert history.last.reason == "no_budget"


def test_what_a_decision_clears_is_empty_on_the_record() -> None:
    subject_ = lead(baton_rejection_reason="no_budget")
    _, overlay = imagine(subject_.history, decided(subject_), version=1)
    assert overlay["baton_rejection_reason"] is None


def test_an_event_only_past_counts_as_not_known() -> None:
    known = timeline_of(subject(Past({"jobtitle": "VP"})), reads_of_both(trial().agreement, trial().agreement), PERIOD)
    assert known.known_since["contact.jobtitle"] == PERIOD.end_at
