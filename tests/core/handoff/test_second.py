"""A second brief when the lead moves on while its handoff is open."""

from __future__ import annotations

from app.agreement.model import Playbook
from app.handoff.decide import decide
from app.handoff.decision import AddNote, Write
from app.handoff.state import HandoffState, Inputs, Lead
from app.records.crm import PropertyDefinition, PropertyOption
from app.rules.condition import StageTest
from app.rules.facts import Vocabulary
from tests.core.handoff.parts import MQL, NOW, SQL, agreement, decided, handoff, open_lead, roster

NAMED = Vocabulary(
    {
        "contact.lifecyclestage": PropertyDefinition(
            "lifecyclestage", "Stage", "enumeration", (PropertyOption(SQL, "Sales Qualified Lead"),)
        )
    }
)


def confirmed(told: tuple[str, ...] = ()) -> Lead:
    """A lead that its owner accepted and whose need is confirmed: it is about to be sales qualified."""
    accepted = handoff(state=HandoffState.ACCEPTED, told=told)
    return open_lead(handed=accepted, lifecyclestage=MQL, baton_need_confirmed="true")


def notes(writes: tuple[Write, ...]) -> list[str]:
    return [one.part for one in writes if isinstance(one, AddNote)]


def test_a_lead_that_reaches_a_further_stage_gets_a_second_note_by_the_playbook_for_it() -> None:
    told = agreement(playbooks=(Playbook("close", StageTest(SQL), "Close.", ("proposal",)),))
    decision = decide(told, Inputs(confirmed(), roster(), NOW), NAMED)
    assert decision.stage_wanted == SQL
    assert notes(decision.writes) == [SQL]
    brief = decision.brief
    assert brief is not None
    assert (brief.heading, brief.say) == ("Second brief: now Sales Qualified Lead", "Close.")
    assert brief.next_step.startswith("Set Handoff status to Qualified")


def test_a_stage_without_a_name_goes_by_its_value() -> None:
    brief = decided(confirmed()).brief
    assert brief is not None
    assert brief.heading == f"Second brief: now {SQL}"


def test_a_stage_is_told_of_once() -> None:
    again = decided(confirmed(told=("note", "task", f"note-{SQL}")))
    assert (again.stage_wanted, notes(again.writes)) == (SQL, [])


def test_there_is_no_second_note_before_the_opening_stands() -> None:
    decision = decided(open_lead({"applied": {}}, handoff(noted=False), lifecyclestage="lead"))
    assert (decision.stage_wanted, notes(decision.writes)) == (MQL, [""])
    assert decision.brief is not None
    assert decision.brief.heading == ""


def test_a_first_note_that_is_late_goes_out_beside_the_second() -> None:
    late = open_lead(
        handed=handoff(state=HandoffState.ACCEPTED, noted=False), lifecyclestage=MQL, baton_need_confirmed="true"
    )
    assert notes(decided(late).writes) == ["", SQL]
