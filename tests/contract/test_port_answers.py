"""What the port makes of answers that are odd, partial, or silent on what was asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime

import httpx
import pytest
import respx
from hypothesis import given
from hypothesis import strategies as st

from app.crm.errors import (
    CrmError,
    Gone,
    Invalid,
    Moved,
    NotApplied,
    OutcomeUnknown,
    Throttled,
    Unauthorized,
    Unreadable,
)
from app.crm.port import Done
from app.records.crm import PastValue
from app.records.ids import ContactId, ObjectType
from tests.contract.port_parts import (
    BASE_URL,
    IDA,
    LINKS,
    MAX,
    NOTES,
    OWNERS,
    READ,
    UPDATE,
    Bench,
    answer,
    change,
    client_of,
    note,
)


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with client_of(BASE_URL) as http:
        yield Bench(http)


@pytest.fixture
async def hubspot() -> AsyncIterator[respx.MockRouter]:
    async with respx.mock(base_url=BASE_URL) as router:
        yield router


async def test_values_that_no_database_holds_are_mended(bench: Bench, hubspot: respx.MockRouter) -> None:
    body = rb'{"results":[{"id":101,"properties":{"a":"x\ud83dy","b":"n\u0000l","c":7,"d":true,"e":null}}]}'
    hubspot.post(READ).respond(200, content=body)
    read = await bench.crm.read_contacts([IDA], ["a", "b", "c", "d", "e", "f"])
    assert read.found[IDA].properties == {"a": "x\ufffdy", "b": "n\ufffdl", "c": "7", "d": "true", "e": None}


def past(value: object, timestamp: object, **source: object) -> dict[str, object]:
    return {"value": value, "timestamp": timestamp, **source}


async def test_past_that_comes_in_no_order_is_put_newest_first(bench: Bench, hubspot: respx.MockRouter) -> None:
    told = [
        past("lead", "2026-11-18T09:00:00.000Z", sourceType="FORM"),
        past("", "2026-11-20T09:00:00.000Z"),
        past("customer", "2026-11-19T10:00:00+01:00", sourceType="CRM_UI", sourceId="userId:7"),
    ]
    hubspot.post(READ).respond(200, json=answer({"id": "101", "propertiesWithHistory": {"stage": told}}))
    read = await bench.crm.read_histories(ObjectType.CONTACT, [IDA], ["stage", "never_told"])
    assert read == {
        IDA: {
            "stage": (
                PastValue(None, datetime(2026, 11, 20, 9, tzinfo=UTC), "unknown"),
                PastValue("customer", datetime(2026, 11, 19, 9, tzinfo=UTC), "CRM_UI userId:7"),
                PastValue("lead", datetime(2026, 11, 18, 9, tzinfo=UTC), "FORM"),
            ),
            "never_told": (),
        }
    }


@pytest.mark.parametrize("timestamp", [None, "yesterday", 1_700_000_000_000])
async def test_past_value_without_a_time_is_unreadable(
    bench: Bench, hubspot: respx.MockRouter, timestamp: object
) -> None:
    hubspot.post(READ).respond(200, json=answer({"id": "101", "propertiesWithHistory": {"a": [past("x", timestamp)]}}))
    with pytest.raises(Unreadable, match="timestamp of a past value"):
        await bench.crm.read_histories(ObjectType.CONTACT, [IDA], ["a"])


async def test_past_of_a_contact_left_out_of_a_batch_is_read_singly(bench: Bench, hubspot: respx.MockRouter) -> None:
    moved = {"id": "555", "propertiesWithHistory": {"a": [past("x", "2026-11-20T09:00:00.000Z")]}}
    hubspot.post(READ).respond(200, json=answer())
    single = hubspot.get("/crm/objects/2026-09/contacts/101").respond(200, json=moved)
    read = await bench.crm.read_histories(ObjectType.CONTACT, [IDA], ["a"])
    assert [each.value for each in read[IDA]["a"]] == ["x"]
    assert single.calls[0].request.url.params["propertiesWithHistory"] == "a"


async def test_contact_left_out_of_a_batch_is_read_singly(bench: Bench, hubspot: respx.MockRouter) -> None:
    hubspot.post(READ).respond(200, json=answer({"id": "555", "properties": {}}))
    single = hubspot.get("/crm/objects/2026-09/contacts/101").respond(200, json={"id": "555", "properties": {}})
    hubspot.get("/crm/objects/2026-09/contacts/102").respond(404)
    read = await bench.crm.read_contacts([IDA, MAX], ["email"])
    assert {asked: contact.id for asked, contact in read.found.items()} == {IDA: "555"}
    assert read.missing == {MAX}
    assert "hs_merged_object_ids" in single.calls[0].request.url.params["properties"]


async def test_throttled_entry_of_a_read_is_raised_rather_than_read_singly(
    bench: Bench, hubspot: respx.MockRouter
) -> None:
    hubspot.post(READ).respond(207, json=answer(errors=[{"category": "RATE_LIMITS", "message": "wait"}]))
    with pytest.raises(Throttled):
        await bench.crm.read_contacts([IDA], [])
    assert hubspot.calls.call_count == 1


@pytest.mark.parametrize(
    "merged",
    [
        {"hs_merged_object_ids": "101;102"},
        {"hs_calculated_merged_vids": "101:1700000000000;102:1700000000001"},
        {"hs_merged_object_ids": "102", "hs_calculated_merged_vids": "101:1700000000000"},
    ],
)
async def test_former_ids_are_read_in_both_spellings(
    bench: Bench, hubspot: respx.MockRouter, merged: dict[str, str]
) -> None:
    hubspot.post(READ).respond(200, json=answer({"id": "555", "properties": merged}))
    read = await bench.crm.read_contacts([IDA, MAX], [])
    assert {asked: contact.id for asked, contact in read.found.items()} == {IDA: "555", MAX: "555"}
    assert read.found[IDA].properties == {}


async def test_results_without_traces_are_matched_by_id(bench: Bench, hubspot: respx.MockRouter) -> None:
    results = [{"id": MAX, "properties": {}}, {"id": 101, "properties": None}, {"id": "7"}, {"no": "id"}, 3]
    hubspot.post(UPDATE).respond(200, json=answer(*results))
    outcomes = await bench.crm.update_contacts([change(IDA), change(MAX)])
    assert {key: type(outcome) for key, outcome in outcomes.items()} == {"k-101": Done, "k-102": Done}


async def test_errors_without_traces_are_matched_by_id(bench: Bench, hubspot: respx.MockRouter) -> None:
    errors = [{"category": "OBJECT_NOT_FOUND", "message": "gone", "context": {"ids": ["102"]}}]
    hubspot.post(UPDATE).respond(200, json=answer({"id": "101", "properties": {}}, errors=errors))
    outcomes = await bench.crm.update_contacts([change(IDA), change(MAX)])
    assert {key: type(outcome) for key, outcome in outcomes.items()} == {"k-101": Done, "k-102": Gone}


async def test_errors_count_whatever_the_status(bench: Bench, hubspot: respx.MockRouter) -> None:
    fault = {"category": "VALIDATION_ERROR", "message": "no", "context": {"objectWriteTraceId": ["n-101"]}}
    made = {"id": "9", "properties": {}, "objectWriteTraceId": "n-102"}
    for status in (200, 201, 202, 207):
        hubspot.post(NOTES).respond(status, json=answer(made, errors=[fault]))
        outcomes = await bench.crm.create_notes([note(IDA), note(MAX)])
        assert {key: type(outcome) for key, outcome in outcomes.items()} == {"n-101": Invalid, "n-102": Done}


async def test_notes_that_an_answer_does_not_name_have_an_unknown_outcome(
    bench: Bench, hubspot: respx.MockRouter
) -> None:
    hubspot.post(NOTES).respond(201, json=answer({"id": "9"}, {"id": "10"}))
    outcomes = await bench.crm.create_notes([note(IDA), note(MAX)])
    assert {type(outcome) for outcome in outcomes.values()} == {OutcomeUnknown}


async def test_only_note_of_a_call_needs_no_name(bench: Bench, hubspot: respx.MockRouter) -> None:
    hubspot.post(NOTES).respond(201, json=answer({"id": "9"}))
    assert await bench.crm.create_notes([note()]) == {"n-101": Done("9", {})}


async def test_update_that_the_answer_passes_over_is_looked_up(bench: Bench, hubspot: respx.MockRouter) -> None:
    ids = [ContactId(each) for each in ("101", "102", "103")]
    hubspot.post(UPDATE).respond(200, json=answer())
    hubspot.post(READ).respond(200, json=answer({"id": "103", "properties": {}}))
    hubspot.get("/crm/objects/2026-09/contacts/101").respond(200, json={"id": "555", "properties": {}})
    hubspot.get("/crm/objects/2026-09/contacts/102").respond(404)
    outcomes = await bench.crm.update_contacts([change(each) for each in ids])
    assert [type(outcomes[f"k-{each}"]) for each in ids] == [Moved, Gone, OutcomeUnknown]


async def test_value_that_the_answer_does_not_show_is_read_back_in_one_call(
    bench: Bench, hubspot: respx.MockRouter
) -> None:
    hubspot.post(UPDATE).respond(200, json=answer({"id": "101", "properties": {}}, {"id": "102"}))
    shown = [{"id": each, "properties": {"lifecyclestage": "lead"}} for each in (IDA, MAX)]
    read = hubspot.post(READ).respond(200, json=answer(*shown))
    changes = [change(IDA, lifecyclestage="lead"), change(MAX, lifecyclestage="customer")]
    outcomes = await bench.crm.update_contacts(changes)
    assert {key: type(outcome) for key, outcome in outcomes.items()} == {"k-101": Done, "k-102": NotApplied}
    assert read.call_count == 1


async def test_value_that_cannot_be_read_back_has_an_unknown_outcome(bench: Bench, hubspot: respx.MockRouter) -> None:
    hubspot.post(UPDATE).respond(200, json=answer({"id": "101", "properties": {}}))
    hubspot.post(READ).respond(503)
    outcomes = await bench.crm.update_contacts([change(IDA, lifecyclestage="lead")])
    assert isinstance(outcomes["k-101"], OutcomeUnknown)


async def test_lists_that_never_end_are_unreadable(bench: Bench, hubspot: respx.MockRouter) -> None:
    following = {"paging": {"next": {"after": "1"}}}
    hubspot.get(OWNERS).respond(200, json={"results": [], **following})
    hubspot.post(LINKS).respond(200, json=answer({"from": {"id": "101"}, "to": [], **following}))
    with pytest.raises(Unreadable):
        await bench.crm.read_owners()
    with pytest.raises(Unreadable):
        await bench.crm.read_company_ids([IDA])


async def test_fault_among_the_associations_is_raised(bench: Bench, hubspot: respx.MockRouter) -> None:
    hubspot.post(LINKS).respond(207, json=answer(errors=[{"category": "MISSING_SCOPES", "message": "no"}]))
    with pytest.raises(Unauthorized):
        await bench.crm.read_company_ids([IDA])


async def test_first_company_stands_in_for_a_primary_one(bench: Bench, hubspot: respx.MockRouter) -> None:
    own_label = [{"category": "USER_DEFINED", "typeId": 1, "label": "Referrer"}]
    links = [
        {"toObjectId": 7, "associationTypes": [{"category": "HUBSPOT_DEFINED", "typeId": 279}]},
        {"toObjectId": 8, "associationTypes": own_label},
    ]
    hubspot.post(LINKS).respond(200, json=answer({"from": {"id": 101}, "to": links}))
    assert await bench.crm.read_company_ids([IDA]) == {IDA: "7"}


ENTRY_NAMES = ["results", "errors", "id", "properties", "context", "ids", "objectWriteTraceId", "from", "to"]
LEAVES = st.sampled_from([None, True, 0, 101, -1, 1.5, "", "101", "k-101", "\0", "OBJECT_NOT_FOUND"])
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*ENTRY_NAMES, "category", "paging", "next", "after", "toObjectId", "options", "name"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=15,
)
BODIES = st.fixed_dictionaries({"results": JSON, "errors": JSON}) | JSON


@given(body=BODIES, status=st.sampled_from([200, 201, 207, 400, 404, 409, 500]))
def test_any_body_gives_an_outcome_or_an_error_of_the_port(body: object, status: int) -> None:
    asyncio.run(_try_everything(body, status))


async def _try_everything(body: object, status: int) -> None:
    answers = [httpx.Response(status, json=body)]
    # The same odd answer once, then plain refusals: what follows up on it must end too.
    transport = httpx.MockTransport(lambda _: answers.pop() if answers else httpx.Response(404))
    async with httpx.AsyncClient(transport=transport, base_url=BASE_URL) as http:
        crm = Bench(http).crm
        calls: tuple[Callable[[], Awaitable[object]], ...] = (
            lambda: crm.read_contacts([IDA, MAX], ["email"]),
            lambda: crm.update_contacts([change(IDA, lifecyclestage="lead"), change(MAX)]),
            lambda: crm.create_notes([note(IDA), note(MAX)]),
            lambda: crm.read_company_ids([IDA]),
            crm.read_owners,
            lambda: crm.read_definitions(ObjectType.CONTACT),
        )
        for call in calls:
            answers[:] = [httpx.Response(status, json=body)]
            try:
                await call()
            except CrmError:
                continue
