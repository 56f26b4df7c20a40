"""Who made an engagement, and who reached out to whom: the rows of the documentation, and laws over all values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.crm.hubspot.makers import BY_HAND, BY_ITSELF, told_by
from app.records.engagement import Direction, EngagementKind, Maker
from tests.house.touches import BY_HAND_TOLD, BY_ITSELF_TOLD, ROWS, Row

_NAMES = sorted({name for row in ROWS for name in row.given} | {"hs_engagement_source"})
_VALUES = sorted({value for row in ROWS for value in row.given.values()} | BY_HAND | BY_ITSELF | {"", "nonsense"})
_ANY = st.dictionaries(st.sampled_from(_NAMES), st.none() | st.sampled_from(_VALUES))
_KINDS = st.sampled_from(EngagementKind)


def _name(row: Row) -> str:
    return f"{row.kind.value} {' '.join(row.given.values())}"


@pytest.mark.parametrize("row", ROWS, ids=_name)
def test_every_documented_row_is_judged_as_the_documentation_says(row: Row) -> None:
    told = told_by(row.kind, row.given)
    assert (told.maker, told.direction) == (row.maker, row.direction)


def test_every_source_that_the_code_knows_is_documented_and_no_other() -> None:
    assert BY_HAND_TOLD.keys() == BY_HAND
    assert BY_ITSELF_TOLD.keys() == BY_ITSELF
    assert not BY_HAND & BY_ITSELF


@given(_KINDS, _ANY, st.sampled_from(sorted(BY_ITSELF)), st.sampled_from(["hs_object_source", "hs_engagement_source"]))
def test_a_sign_of_automation_outweighs_everything(
    kind: EngagementKind, values: dict[str, str | None], source: str, name: str
) -> None:
    assert told_by(kind, values | {name: source}).maker is Maker.AUTOMATIC


@given(_KINDS, _ANY)
def test_without_a_source_that_tells_of_a_person_nobody_did_it(
    kind: EngagementKind, values: dict[str, str | None]
) -> None:
    silent = {name: value for name, value in values.items() if value not in BY_HAND}
    assert told_by(kind, silent).maker is not Maker.HUMAN


@given(st.sampled_from([EngagementKind.NOTE, EngagementKind.TASK]), _ANY)
def test_notes_and_tasks_reach_nobody(kind: EngagementKind, values: dict[str, str | None]) -> None:
    assert told_by(kind, values).direction is Direction.NONE


def test_the_reason_names_the_property_and_the_value() -> None:
    call = {"hs_object_source": "INTEGRATION", "hs_call_direction": "OUTBOUND", "hs_call_status": "FAILED"}
    assert told_by(EngagementKind.CALL, call).because == "hs_object_source is INTEGRATION; hs_call_status is FAILED"
    assert told_by(EngagementKind.EMAIL, {}).because == "hs_email_direction is not set"
    assert told_by(EngagementKind.NOTE, {}).because == "nothing on the record says who made it"
    bcc = {"hs_object_source": "BCC_TO_CRM", "hs_email_direction": "EMAIL"}
    assert told_by(EngagementKind.EMAIL, bcc).because == "hs_object_source is BCC_TO_CRM"
