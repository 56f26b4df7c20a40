"""Search, as stale as its index: it answers with what was true `faults.search_lag` seconds ago."""

import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from app.crm.simulator.api.calls import Answer, Call
from app.crm.simulator.api.shapes import records_json
from app.crm.simulator.instants import epoch_ms, instant
from app.crm.simulator.portal import Portal
from app.crm.simulator.records import Record
from app.crm.simulator.refusals import Json, invalid

MOST_RESULTS = 10_000
MOST_BODY = 3_000
_SEARCHED = ("email", "firstname", "lastname", "phone", "company", "name", "domain")


def search(portal: Portal, call: Call) -> Answer:
    """One page. Raises 400 beyond 10,000 results, 3,000 characters of body or the limits on filters."""
    kind = call.kind()
    limit, after = int(call.body.get("limit") or 10), int(call.body.get("after") or 0)
    _check_size(call, limit, after)
    as_of = portal.now() - timedelta(seconds=portal.faults.search_lag)
    indexed = (record.as_of(as_of) for record in portal.records.all(kind) if record.created_at <= as_of)
    hits = [record for record in indexed if _hit(portal, record, call.body)]
    hits = _sorted(portal, hits, call.body.get("sorts") or [])
    page = hits[after : after + limit]
    properties = call.body.get("properties") or []
    body: Json = {"total": len(hits), "results": records_json(portal, kind, page, properties)}
    if after + limit < len(hits):
        body["paging"] = {"next": {"after": str(after + limit), "link": f"?after={after + limit}"}}
    return Answer(200, body)


def _check_size(call: Call, limit: int, after: int) -> None:
    if not 0 < limit <= 200:  # noqa: PLR2004  # HubSpot's page limit
        raise invalid(f"Invalid limit: {limit}. It must be between 1 and 200.")
    if after + limit > MOST_RESULTS:
        raise invalid(f"The maximum number of search results is {MOST_RESULTS}; `after` is beyond it.")
    if len(json.dumps(call.body)) > MOST_BODY:
        raise invalid(f"The search body must have at most {MOST_BODY} characters.")
    given = call.body.get("filterGroups") or []
    if not isinstance(given, list) or not all(isinstance(group, dict) for group in given):
        raise invalid("Invalid input JSON: `filterGroups` must be a list of objects")
    groups = [group.get("filters") or [] for group in given]
    if len(groups) > 5 or any(len(group) > 6 for group in groups):  # noqa: PLR2004  # HubSpot's limits
        raise invalid("At most 5 filter groups with at most 6 filters each are allowed.")


def _hit(portal: Portal, record: Record, body: Json) -> bool:
    query = str(body.get("query") or "").lower()
    if query and not any(query in record.values.get(name, "").lower() for name in _SEARCHED):
        return False
    groups = body.get("filterGroups") or []
    return not groups or any(
        all(_matches(portal, record, each) for each in group.get("filters") or []) for group in groups
    )


def _matches(portal: Portal, record: Record, wanted: Json) -> bool:
    name, operator = wanted["propertyName"], wanted["operator"]
    if name not in portal.schema(record.kind).properties:
        raise invalid(f"There was a problem with the request: property {name} does not exist", propertyName=[name])
    value = record.values.get(name, "")
    if operator == "HAS_PROPERTY":
        return value != ""
    if operator == "NOT_HAS_PROPERTY":
        return value == ""
    test = _OPERATORS.get(operator)
    if test is None:
        raise invalid(f"Invalid operator: {operator}")
    kind = portal.schema(record.kind).properties[name].type
    return test(kind, value, wanted)


def _comparable(kind: str, value: Any) -> Decimal | str | None:  # noqa: ANN401  # whatever JSON holds
    """Numbers and instants as numbers, options as they are, other text in lower case; None for nonsense."""
    text = str(value)
    try:
        if kind in {"datetime", "date"}:
            return Decimal(epoch_ms(instant(text)))
        if kind == "number":
            return Decimal(text)
    except (ValueError, InvalidOperation):
        return None
    return text if kind == "enumeration" else text.lower()


def _equal(kind: str, value: str, wanted: Json) -> bool:
    return value != "" and _comparable(kind, value) == _comparable(kind, wanted.get("value"))


def _among(kind: str, value: str, wanted: Json) -> bool:
    return value != "" and _comparable(kind, value) in [_comparable(kind, each) for each in wanted.get("values") or ()]


def _ordered(kind: str, value: str, limit: object) -> int | None:
    """-1, 0 or 1 as the value stands to the limit; None when they cannot be compared."""
    mine, other = _comparable(kind, value), _comparable(kind, limit)
    if value == "" or mine is None or other is None:
        return None
    if isinstance(mine, Decimal) and isinstance(other, Decimal):
        return (mine > other) - (mine < other)
    return (str(mine) > str(other)) - (str(mine) < str(other))


def _between(kind: str, value: str, wanted: Json) -> bool:
    low, high = _ordered(kind, value, wanted.get("value")), _ordered(kind, value, wanted.get("highValue"))
    return low in {0, 1} and high in {0, -1}


def _has_token(_kind: str, value: str, wanted: Json) -> bool:
    """A word of the text, or a part of it under an asterisk; addresses fall into words at @ and dots."""
    token = str(wanted.get("value", "")).lower()
    text = value.lower()
    words = [text, *"".join(sign if sign.isalnum() else " " for sign in text).split()]
    if token.startswith("*") or token.endswith("*"):
        return token.strip("*") in text
    return token in words or all(part in words for part in "".join(s if s.isalnum() else " " for s in token).split())


_OPERATORS: dict[str, Callable[[str, str, Json], bool]] = {
    "EQ": _equal,
    "NEQ": lambda kind, value, wanted: not _equal(kind, value, wanted),
    "GT": lambda kind, value, wanted: _ordered(kind, value, wanted.get("value")) == 1,
    "GTE": lambda kind, value, wanted: _ordered(kind, value, wanted.get("value")) in {0, 1},
    "LT": lambda kind, value, wanted: _ordered(kind, value, wanted.get("value")) == -1,
    "LTE": lambda kind, value, wanted: _ordered(kind, value, wanted.get("value")) in {0, -1},
    "BETWEEN": _between,
    "IN": _among,
    "NOT_IN": lambda kind, value, wanted: not _among(kind, value, wanted),
    "CONTAINS_TOKEN": _has_token,
    "NOT_CONTAINS_TOKEN": lambda kind, value, wanted: not _has_token(kind, value, wanted),
}


def _sorted(portal: Portal, hits: list[Record], sorts: list[Any]) -> list[Record]:
    """By the one sort HubSpot takes, by age without one."""
    if not sorts:
        return hits
    first = sorts[0] if isinstance(sorts[0], dict) else {"propertyName": str(sorts[0])}
    name = first["propertyName"].removeprefix("-")
    down = first.get("direction") == "DESCENDING" or first["propertyName"].startswith("-")
    definition = portal.schema(hits[0].kind).properties.get(name) if hits else None

    def place(record: Record) -> tuple[bool, Decimal, str]:
        found = _comparable(definition.type if definition else "string", record.values.get(name, ""))
        number = found if isinstance(found, Decimal) else Decimal(0)
        return found is not None, number, found if isinstance(found, str) else ""

    return sorted(hits, key=place, reverse=down)
