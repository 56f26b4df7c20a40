"""A contact's past: what stood when, by whose hand, and what nobody knows any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.handoff.backtest.timeline import VERSIONS_TOLD, Past, timeline_of
from app.handoff.backtest.trial import as_if_live
from app.handoff.properties import STATUS
from app.handoff.state import HandoffState, History
from tests.core.handoff.parts import DAY, HOUR, NOW, agreement, handoff, rejected
from tests.core.handoff.pasts import BATON, NAMES, PERIOD, START, bank, past, subject, was, wrote

SOME = "jobtitle"


def test_what_stood_when_the_period_began_is_the_value_before_it_and_later_ones_are_changes() -> None:
    contact = past(jobtitle=[was("Clerk", START - DAY), was("VP", START + DAY), was("CEO", NOW + DAY)])
    timeline = timeline_of(subject(contact), NAMES, PERIOD)
    assert timeline.contact[SOME] == "Clerk"
    assert [(one.name, one.value, one.at) for one in timeline.changes] == [(SOME, "VP", START + DAY)]
    assert not timeline.known_since


def test_a_value_that_two_sources_tell_changes_once() -> None:
    contact = past(jobtitle=[was("VP", START + DAY), was("VP", START + DAY + timedelta(milliseconds=7))])
    assert len(timeline_of(subject(contact), NAMES, PERIOD).changes) == 1


def test_what_a_full_past_does_not_mention_before_its_first_value_was_empty() -> None:
    timeline = timeline_of(subject(past(jobtitle=[was("VP", START + DAY)])), NAMES, PERIOD)
    assert timeline.contact[SOME] is None
    assert f"contact.{SOME}" not in timeline.known_since


def test_before_the_first_value_of_a_past_that_may_be_cut_the_first_value_stands_in() -> None:
    many = [was(str(number), START + (number + 1) * HOUR) for number in range(VERSIONS_TOLD)]
    timeline = timeline_of(subject(past(jobtitle=many)), NAMES, PERIOD)
    assert timeline.contact[SOME] == "0"
    assert timeline.known_since == {f"contact.{SOME}": START + HOUR}


def test_without_any_past_the_snapshot_stands_in_and_is_never_known() -> None:
    contact = Past({SOME: "VP"})
    timeline = timeline_of(subject(contact), replace(NAMES, contact=frozenset({SOME})), PERIOD)
    assert timeline.contact[SOME] == "VP"
    assert timeline.known_since == {f"contact.{SOME}": PERIOD.end_at}


def test_a_company_counts_its_own_past() -> None:
    timeline = timeline_of(subject(past(), bank(numberofemployees=[was("12", START + DAY)])), NAMES, PERIOD)
    assert timeline.company is not None
    assert timeline.company["industry"] == "BANKING"
    assert [(one.of, one.name) for one in timeline.changes] == [("company", "numberofemployees")]


def test_what_baton_wrote_itself_is_left_out_and_what_a_person_wrote_is_not() -> None:
    at = START + DAY
    by_baton, by_person = was("open", at + timedelta(seconds=3), BATON), was("accepted", at + HOUR)
    contact = past(baton_handoff_status=[by_baton, by_person])
    timeline = timeline_of(subject(contact, landed=(wrote(STATUS, "open", at),)), NAMES, PERIOD)
    assert [one.value for one in timeline.changes] == ["accepted"]


def test_another_app_that_writes_the_same_at_another_time_is_not_baton() -> None:
    contact = past(baton_handoff_status=[was("open", START + DAY, BATON)])
    timeline = timeline_of(subject(contact, landed=(wrote(STATUS, "open", START + 2 * DAY),)), NAMES, PERIOD)
    assert [one.value for one in timeline.changes] == ["open"]


def test_a_person_who_puts_back_what_baton_changed_is_heard() -> None:
    at = START + DAY
    stage = [was("lead", START - DAY), was("marketingqualifiedlead", at, BATON), was("lead", at + HOUR)]
    landed = (wrote("lifecyclestage", "marketingqualifiedlead", at),)
    timeline = timeline_of(subject(past(lifecyclestage=stage), landed=landed), NAMES, PERIOD)
    assert [(one.value, one.at) for one in timeline.changes] == [("lead", at + HOUR)]


def test_a_handoff_that_was_open_is_in_the_state_that_the_record_said() -> None:
    history = History(handoff=handoff(state=HandoffState.QUALIFIED, noted=False))
    contact = past(baton_handoff_status=[was("accepted", START - DAY)])
    found = timeline_of(subject(contact, history=history), NAMES, PERIOD).history.handoff
    assert found is not None
    assert (found.state, found.noted) == (HandoffState.ACCEPTED, True)


def test_what_baton_had_written_before_the_period_is_remembered_as_applied_since_the_last_handoff() -> None:
    closed = rejected(closed_at=START - 5 * DAY)
    landed = (
        wrote("hubspot_owner_id", "eve", START - 6 * DAY),
        wrote("lifecyclestage", "lead", START - 4 * DAY),
        wrote("lifecyclestage", "marketingqualifiedlead", START + DAY),
    )
    timeline = timeline_of(subject(past(), landed=landed, history=History(last=closed)), NAMES, PERIOD)
    assert timeline.history.applied == {"lifecyclestage": "lead"}


def test_an_agreement_on_trial_covers_the_whole_period() -> None:
    short = agreement(starts_on=NOW.date(), ends_on=NOW.date() - timedelta(days=10))
    widened = as_if_live(short, PERIOD)
    assert widened.starts_on == START.date()
    assert widened.ends_on == NOW.date()
    assert as_if_live(agreement(ends_on=None), PERIOD).ends_on is None
