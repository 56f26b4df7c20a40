from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.crm.errors import (
    CrmError,
    Gone,
    Invalid,
    InvalidOwner,
    Locked,
    Migrating,
    Outage,
    Throttled,
    Unauthorized,
)
from app.crm.hubspot.faults import (
    Conflict,
    UnknownProperties,
    entry_fault,
    has_code,
    named_in_context,
    refusal,
)
from tests.core.made import SOME, json_value, made

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def refuse(status: int, body: object = None, headers: dict[str, str] | None = None, zone: str = "UTC") -> CrmError:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return refusal(status, headers or {}, content, now=NOW, zone=ZoneInfo(zone))


BY_STATUS: dict[int, type[CrmError]] = {
    400: Invalid,
    401: Unauthorized,
    403: Unauthorized,
    404: Gone,
    408: Outage,
    409: Conflict,
    414: Invalid,
    423: Locked,
    429: Throttled,
    477: Migrating,
    **dict.fromkeys((500, 502, 503, 504, 520, 521, 522, 523, 524, 525, 599), Outage),
}


@pytest.mark.parametrize(
    "body", [{}, b"", b"<html>busy</html>", [], None, {"message": 7, "errors": "x", "context": []}]
)
def test_status_alone_decides_where_the_body_says_nothing(body: object) -> None:
    faults = {status: refuse(status, body) for status in BY_STATUS}
    assert {status: type(fault) for status, fault in faults.items()} == BY_STATUS
    assert [status for status, fault in faults.items() if str(status) not in fault.words] == []


@pytest.mark.parametrize(
    ("policy", "headers", "wait"),
    [
        ("TEN_SECONDLY_ROLLING", {}, timedelta(seconds=10)),
        ("SECONDLY", {}, timedelta(seconds=1)),
        ("DAILY", {}, timedelta(hours=14)),
        ("", {}, timedelta(seconds=10)),
        ("DAILY", {"retry-after": "7"}, timedelta(seconds=7)),
        ("SECONDLY", {"retry-after": "0"}, timedelta(seconds=1)),
        ("SECONDLY", {"retry-after": "soon"}, timedelta(seconds=1)),
        ("SECONDLY", {"retry-after": "9" * 5_000}, timedelta(days=1)),
    ],
)
def test_throttled_says_how_long_its_policy_lasts(policy: str, headers: dict[str, str], wait: timedelta) -> None:
    fault = refuse(429, {"message": "You have reached your limit.", "policyName": policy}, headers)
    assert isinstance(fault, Throttled)
    assert fault.retry_after == wait
    assert fault.policy == (policy or "unnamed")


@pytest.mark.parametrize(
    ("zone", "hours"), [("America/New_York", 19), ("Asia/Tokyo", 5), ("Europe/Berlin", 13), ("UTC", 14)]
)
def test_daily_quota_lasts_until_the_portals_midnight(zone: str, hours: int) -> None:
    fault = refuse(429, {"policyName": "DAILY"}, zone=zone)
    assert fault.retry_after == timedelta(hours=hours)


def test_day_of_the_clock_change_is_an_hour_longer() -> None:
    before = datetime(2026, 11, 1, 5, 0, tzinfo=UTC)  # 01:00 in New York, for the first time
    fault = refusal(429, {}, b'{"policyName":"DAILY"}', now=before, zone=ZoneInfo("America/New_York"))
    assert fault.retry_after == timedelta(hours=24)


def test_lock_and_migration_say_when_to_come_back() -> None:
    assert refuse(423).retry_after == timedelta(seconds=2)
    assert refuse(477, {}, {"retry-after": "3600"}).retry_after == timedelta(hours=1)
    assert refuse(477).retry_after == timedelta(hours=1)
    assert refuse(503, {}, {"retry-after": "30"}).retry_after == timedelta(seconds=30)


def test_unauthorized_names_the_scopes_that_are_missing() -> None:
    body = {
        "message": "This app hasn't been granted all required scopes to make this call.",
        "category": "MISSING_SCOPES",
        "correlationId": "c-1",
        "errors": [{"message": "Needed:", "context": {"requiredGranularScopes": ["crm.objects.owners.read"]}}],
    }
    fault = refuse(403, body)
    assert "crm.objects.owners.read" in fault.words
    assert fault.correlation_id == "c-1"


def validation_error(message: str, *, code: str = "", name: str = "x") -> dict[str, Any]:
    entry = {"message": message, "code": code, "context": {"propertyName": [name]}}
    return {"status": "error", "message": "Not valid", "category": "VALIDATION_ERROR", "errors": [entry]}


@pytest.mark.parametrize(
    ("message", "code", "error", "hint"),
    [
        (
            'Property "baton_route" does not exist',
            "PROPERTY_DOESNT_EXIST",
            UnknownProperties,
            "baton setup --apply",
        ),
        ("111 was not a valid owner ID", "INVALID_OWNER_ID", InvalidOwner, "active owner"),
        ("x was not one of the allowed options: [a]", "INVALID_OPTION", Invalid, "option"),
        ("x was not one of the allowed options: [a]", "", Invalid, "option"),
        ("Required properties are empty.", "", Invalid, "validation rule"),
        ("x was not a valid number", "INVALID_INTEGER", Invalid, "type"),
        ("computed", "READ_ONLY_VALUE", Invalid, "HubSpot fills"),
        ("Something new", "", Invalid, "Read HubSpot's words"),
    ],
)
def test_refusal_carries_hubspots_words_and_a_hint(message: str, code: str, error: type[Invalid], hint: str) -> None:
    fault = refuse(400, validation_error(message, code=code))
    assert type(fault) is error
    assert fault.words == f"Not valid · {message}"
    assert hint in fault.hint


def test_code_inside_the_message_counts() -> None:
    inner = '[{"isValid":false,"error":"INVALID_OWNER_ID","name":"hubspot_owner_id"}]'
    assert type(refuse(400, {"message": f"Property values were not valid: {inner}"})) is InvalidOwner


def test_only_properties_that_do_not_exist_are_named() -> None:
    body = validation_error("gone", code="PROPERTY_DOESNT_EXIST", name="baton_route")
    body["errors"].append({"message": "bad", "code": "INVALID_OPTION", "context": {"propertyName": ["stage"]}})
    fault = refuse(400, body)
    assert isinstance(fault, UnknownProperties)
    assert fault.names == {"baton_route"}


def test_property_named_in_the_message_alone_is_found() -> None:
    quoted = json.dumps([{"message": 'Property "baton_route" does not exist', "error": "PROPERTY_DOESNT_EXIST"}])
    fault = refuse(400, {"message": f"Property values were not valid: {quoted}"})
    assert isinstance(fault, UnknownProperties)
    assert fault.names == {"baton_route"}


@pytest.mark.parametrize(
    ("category", "error"),
    [
        ("OBJECT_NOT_FOUND", Gone),
        ("VALIDATION_ERROR", Invalid),
        ("CONFLICT", Conflict),
        ("RATE_LIMITS", Throttled),
        ("MISSING_SCOPES", Unauthorized),
        ("INTERNAL_ERROR", Outage),
        ("NEVER_HEARD_OF", Invalid),
        ("", Invalid),
    ],
)
def test_entry_of_a_batch_is_judged_by_its_category(category: str, error: type[CrmError]) -> None:
    assert type(entry_fault({"status": "error", "category": category, "message": "m"})) is error


NAMES = ("message", "category", "errors", "context", "policyName", "correlationId", "code", "ids", "propertyName")
LEAVES = (
    None,
    True,
    7,
    -(2**70),
    "",
    "DAILY",
    "INTERNAL_ERROR",
    "\0",
    "\ud83d",
    "INVALID_OWNER_ID",
    "x does not exist",
)


def json_of(rng: Random) -> object:
    return json_value(rng, LEAVES, NAMES)


@SOME
@given(body=made(json_of) | st.binary(max_size=60), status=st.integers(400, 999))
def test_any_body_or_entry_gives_an_error_whose_words_can_be_stored(body: object, status: int) -> None:
    for fault in (refuse(status, body), entry_fault(body)):
        assert fault.words
        assert "\0" not in fault.words
        assert fault.words.encode()
    has_code(body, "X")
    assert all(isinstance(name, str) for name in named_in_context(body, "ids"))
