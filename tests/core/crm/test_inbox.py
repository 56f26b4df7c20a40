from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.crm.hubspot.inbox import HubspotInbox
from app.crm.port import Inbox
from app.records.event import Event, EventKind, Unreadable
from app.records.ids import ObjectType
from tests.core.made import SOME, json_value, made, picked, text

PAYLOADS = sorted((Path(__file__).parents[2] / "payloads" / "hubspot").glob("*.json"))
INBOX: Inbox = HubspotInbox("https://leads.example.com")


def event(**fields: object) -> dict[str, object]:
    return {
        "eventId": 2001,
        "subscriptionId": 7,
        "portalId": 20481234,
        "appId": 7340017,
        "occurredAt": 1789034401337,
        "subscriptionType": "contact.propertyChange",
        "attemptNumber": 0,
        "objectId": 402118850017,
        "propertyName": "firstname",
        "propertyValue": "Ida",
        "changeSource": "CRM_UI",
        "sourceId": "userId:61004411",
    } | fields


def parse(*events: object) -> list[Event | Unreadable]:
    return INBOX.parse(json.dumps(list(events)).encode())


def only(*events: object) -> Event:
    (parsed,) = parse(*events)
    assert isinstance(parsed, Event)
    return parsed


def is_storable(text: str) -> bool:
    return "\0" not in text and text.encode("utf-8", "replace").decode() == text


def described(parsed: Event | Unreadable) -> dict[str, Any]:
    """An event as the payload files write it."""
    if isinstance(parsed, Unreadable):
        return {"unreadable": parsed.reason}
    names = (
        "portal_id type_name kind object_type object_id property_name property_value change_source "
        "source_id app_id is_test is_by_own_app"
    )
    flat = {name: getattr(parsed, name) for name in names.split()}
    also = [[object_type.value, object_id] for object_type, object_id in parsed.also]
    return flat | {"occurred_at": parsed.occurred_at and parsed.occurred_at.isoformat(), "also": also}


@pytest.mark.parametrize("path", PAYLOADS, ids=[path.stem for path in PAYLOADS])
def test_delivery_is_read_as_its_file_says(path: Path) -> None:
    case = json.loads(path.read_text())
    parsed = INBOX.parse(json.dumps(case["body"]).encode())
    assert [described(each) for each in parsed] == case["expected"]
    assert all(each.occurred_at.tzinfo is UTC for each in parsed if isinstance(each, Event) and each.occurred_at)
    assert len({each.key for each in parsed}) >= len(parsed) - 1  # two of the odd pieces are alike


def test_every_kind_and_object_type_has_a_payload() -> None:
    expected = [entry for path in PAYLOADS for entry in json.loads(path.read_text())["expected"]]
    assert {entry.get("kind") for entry in expected} >= set(EventKind)
    assert {entry.get("object_type") for entry in expected} >= set(ObjectType)


def test_same_event_keeps_its_key_whatever_the_attempt_order_or_spacing() -> None:
    again = dict(reversed(event(attemptNumber=6).items()))
    spaced = INBOX.parse(json.dumps([again], indent=3, ensure_ascii=False).encode())
    assert [each.key for each in spaced] == [only(event()).key]
    assert len(only(event()).key) == 64


@pytest.mark.parametrize(
    "change",
    [
        {"propertyValue": "ida"},
        {"occurredAt": 1789034401338},
        {"eventId": 2002},
        {"subscriptionId": 8},
        {"new": 1},
    ],
)
def test_any_other_difference_makes_another_key(change: dict[str, Any]) -> None:
    assert only(event()).key != only(event(**change)).key


def test_numbers_in_a_text_are_numbers() -> None:
    written = only(event(portalId="20481234", objectId="402118850017", occurredAt="1789034401337", appId="7340017"))
    plain = only(event())
    assert described(written) == described(plain)


def test_own_change_is_told_from_another_apps() -> None:
    own = only(event(changeSource="INTEGRATION", sourceId="7340017"))
    other = only(event(changeSource="INTEGRATION", sourceId="2931999"))
    number = only(event(changeSource="INTEGRATION", sourceId=7340017))
    assert (own.is_by_own_app, other.is_by_own_app, number.is_by_own_app) == (True, False, True)


POISON = {
    "half a surrogate pair": rb'{"propertyValue":"\ud83d"}',
    "half a pair in a name": rb'{"\ude00":1}',
    "NUL": rb'{"propertyValue":"a\u0000b"}',
    "NUL behind a backslash": rb'{"propertyValue":"\\\u0000"}',
    "a raw NUL": b'{"propertyValue":"a\0b"}',
    "a byte that is no UTF-8": b'{"propertyValue":"\xff"}',
    "NaN": b'{"occurredAt":NaN}',
    "Infinity": b'{"x":-Infinity}',
    "a number too large": b'{"x":1e999}',
    "a number of 9,000 digits": b'{"x":' + b"9" * 9_000 + b"}",
}


@pytest.mark.parametrize("poison", POISON.values(), ids=POISON)
def test_poison_costs_its_own_event_only(poison: bytes) -> None:
    good = json.dumps(event()).encode()
    poisoned = good[:-1] + b"," + poison[1:]
    body = b"[" + b",".join([good] * 50 + [poisoned] + [good] * 49) + b"]"
    parsed = INBOX.parse(body)
    unreadable = [each for each in parsed if isinstance(each, Unreadable)]
    assert len(parsed) == 100
    assert len(unreadable) == 1
    assert parsed[50] is unreadable[0]
    assert is_storable(unreadable[0].raw)
    assert "402118850017" in unreadable[0].raw


def test_event_has_the_same_key_beside_a_poisoned_sibling() -> None:
    odd = event(fraction=0.1, large=2**63, larger=10**25, small=-(10**19), tiny=1e-9, text="é\u2028\x7f\t")
    alone, poisoned = only(odd), INBOX.parse(json.dumps([odd, "\ud83d"]).encode())
    assert poisoned[0].key == alone.key


def test_text_that_only_looks_like_an_escape_is_no_poison() -> None:
    assert only(event(propertyValue="\\u0000")).property_value == "\\u0000"
    assert only(event(propertyValue="😀")).property_value == "😀"


def test_poisoned_event_has_the_same_key_at_every_attempt() -> None:
    keys = {parse(event(propertyValue="\ud83d", attemptNumber=attempt))[0].key for attempt in range(3)}
    assert len(keys) == 1


NO_LIST = {
    "empty": b"",
    "no JSON": b"hello",
    "cut": b'[{"eventId":1},',
    "an object": b'{"eventId":1}',
    "a text": b'"x"',
    "null": b"null",
    "NUL": b"\0[]",
    "no UTF-8": b"\xff\xfe[\0]\0",
    "100,000 arrays deep": b"[" * 100_000 + b"]" * 100_000,
    "100,000 objects deep": b'[{"a":' * 50_000 + b"1" + b"}]" * 50_000,
    "100,000 arrays deep and cut": b"[" * 100_000,
}


@pytest.mark.parametrize("body", NO_LIST.values(), ids=NO_LIST)
def test_body_that_is_no_list_is_unreadable_as_a_whole(body: bytes) -> None:
    (whole,) = INBOX.parse(body)
    assert isinstance(whole, Unreadable)
    assert is_storable(whole.raw)


def test_nesting_near_the_limit_never_raises() -> None:
    for depth in range(900, 1_000, 7):
        body = b"[" + json.dumps(event()).encode()[:-1] + b',"x":' + b"[" * depth + b"]" * depth + b"}]"
        assert len(INBOX.parse(body)) == 1, depth


def test_empty_list_holds_nothing() -> None:
    assert INBOX.parse(b"[]") == []


def test_long_list_is_read_to_its_end() -> None:
    parsed = parse(*(event(eventId=number) for number in range(3_000)))
    assert len({each.key for each in parsed}) == 3_000


def test_last_millisecond_of_the_calendar_is_a_time_and_the_next_is_not() -> None:
    last = only(event(occurredAt=253_402_300_799_999))
    assert last.occurred_at == datetime(9999, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC)
    assert isinstance(parse(event(occurredAt=253_402_300_800_000))[0], Unreadable)
    assert only(event(occurredAt=0)).occurred_at == datetime(1970, 1, 1, tzinfo=UTC)


LETTERS = 'a0.-é東😀\\"\0\ud83d\ude00'
NAMES = (*event(), "objectTypeId", "mergedObjectIds", "associationType", "fromObjectId", "toObjectId", "new")
TYPES = ("contact.merge", "object.creation", "contact.associationChange", "company.deletion", "x", "a.b")
ODD = (None, True, 0, -1, 7, 2**63, 10**30, 0.5, 1e300, math.nan, -math.inf, "", "0-1", "123")


def any_event(rng: Random) -> dict[str, object]:
    leaves = (*ODD, *(text(rng, 8, LETTERS) for _ in range(4)))
    changes = {name: json_value(rng, leaves, NAMES) for name in picked(rng, NAMES, 3)}
    return event(subscriptionType=rng.choice(TYPES)) | changes


@SOME
@given(made(any_event))
def test_any_value_in_any_field_gives_an_event_or_an_unreadable_that_can_be_stored(
    any_event: dict[str, object],
) -> None:
    (parsed,) = parse(any_event)
    texts = [parsed.raw, parsed.reason] if isinstance(parsed, Unreadable) else _texts(parsed)
    assert all(is_storable(text) for text in texts)


def _texts(parsed: Event) -> list[str]:
    values = (getattr(parsed, name) for name in Event.__slots__)
    return [value for value in values if isinstance(value, str)]


@SOME
@given(body=st.binary(max_size=400))
def test_any_bytes_never_raise(body: bytes) -> None:
    for parsed in (*INBOX.parse(body), *INBOX.parse(b"[" + body + b"]")):
        assert len(parsed.key) == 64


def test_an_event_that_says_no_time_is_a_hint_all_the_same() -> None:
    timeless = event()
    del timeless["occurredAt"]
    said = only(timeless)
    assert (said.occurred_at, said.object_id) == (None, only(event()).object_id)
