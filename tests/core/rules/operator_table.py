"""Every operator on every type it takes, and what comes of a value, of none, and of one that cannot be read.

The tests check each row, and `docs/reference/rule-language.md` prints it. NOW is Friday 2026-11-20, 15:00 UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Truth: TypeAlias = Literal["met", "not met", "no data"]


@dataclass(frozen=True, slots=True)
class Row:
    """One operator, on one type, with one operand.

    `met` and `not_met` are values as a CRM holds them. `missing` is what comes of no value, `unreadable` of one
    that cannot be read in its type; every text is a text and a choice, so these two have none.
    """

    operator: str
    kind: str
    operand: object
    met: tuple[str, ...]
    not_met: tuple[str, ...]
    missing: Truth = "no data"
    unreadable: Truth = "no data"


UNREADABLE = {"number": "twelve", "bool": "maybe", "date": "soon", "datetime": "2026-13-45T00:00:00Z"}
"""For each type, a value that cannot be read in it."""

DAY, MOMENT = "2026-10-01", "2026-10-01T12:00:00Z"
OCTOBER = ["2026-10-01", "2026-10-31"]


def _known(kind: str, *values: str) -> tuple[Row, ...]:
    """Whether there is a value at all: whatever it says, and never without an answer."""
    return (
        Row("known", kind, True, values, (), missing="not met", unreadable="met"),
        Row("known", kind, False, (), values, missing="met", unreadable="not met"),
        Row("unknown", kind, True, (), values, missing="met", unreadable="not met"),
        Row("unknown", kind, False, values, (), missing="not met", unreadable="met"),
    )


OPERATOR_TABLE: tuple[Row, ...] = (
    *_known("string", "x", " 0 "),
    *_known("number", "0"),
    *_known("bool", "false"),
    *_known("date", DAY),
    *_known("datetime", MOMENT),
    *_known("enumeration", "A"),
    Row("equals", "string", "Ann", ("ann", " ANN "), ("Anna", "Bob")),
    Row("equals", "number", 50, ("50", "50.0", "5E1"), ("51", "-50")),
    Row("equals", "bool", True, ("true", "TRUE"), ("false",)),
    Row("equals", "date", DAY, (DAY, "1790812800000"), ("2026-10-02",)),
    Row("equals", "datetime", DAY, ("2026-10-01T23:59:59Z",), ("2026-10-02T00:00:00Z",)),
    Row("equals", "enumeration", "A;B", ("B;A", ";A;B"), ("A", "a;b", "A;B;C")),
    Row("not_equals", "string", "Ann", ("Bob",), ("ANN",)),
    Row("not_equals", "number", 50, ("51",), ("50.00",)),
    Row("not_equals", "bool", True, ("false",), ("true",)),
    Row("not_equals", "date", DAY, ("2026-10-02",), (DAY,)),
    Row("not_equals", "datetime", DAY, ("2026-10-02T00:00:00Z",), (MOMENT,)),
    Row("not_equals", "enumeration", "A", ("B", "A;B"), ("A",)),
    Row("one_of", "string", ["Ann", "Bob"], ("BOB",), ("Cy",)),
    Row("one_of", "number", [1, 2], ("2.0",), ("3",)),
    Row("one_of", "enumeration", ["A", "B"], ("B", "C;A"), ("b", "C")),
    Row("none_of", "string", ["Ann", "Bob"], ("Cy",), ("ann",)),
    Row("none_of", "number", [1, 2], ("3",), ("1",)),
    Row("none_of", "enumeration", ["A", "B"], ("C",), ("C;A",)),
    Row("exactly", "enumeration", ["A", "B"], ("B;A",), ("A", "A;B;C")),
    Row("not_exactly", "enumeration", ["A", "B"], ("A", "A;B;C"), ("B;A",)),
    Row("at_least", "number", 50, ("50", "50.01", "1e3"), ("49.99", "-1e3")),
    Row("at_most", "number", 50, ("50", "-1"), ("50.01",)),
    Row("above", "number", 50, ("50.01",), ("50",)),
    Row("below", "number", 50, ("49.99",), ("50",)),
    Row("between", "number", [10, 20], ("10", "20"), ("9.9", "20.1")),
    Row("between", "date", OCTOBER, ("2026-10-01", "2026-10-31"), ("2026-09-30", "2026-11-01")),
    Row("between", "datetime", OCTOBER, ("2026-10-31T23:59:00Z",), ("2026-11-01T00:00:00Z",)),
    Row("not_between", "number", [10, 20], ("9.9", "20.1"), ("10", "20")),
    Row("not_between", "date", OCTOBER, ("2026-09-30", "2026-11-01"), ("2026-10-01", "2026-10-31")),
    Row("not_between", "datetime", OCTOBER, ("2026-11-01T00:00:00Z",), ("2026-10-31T23:59:00Z",)),
    Row("contains", "string", "demo", ("Request a DEMO now",), ("dem o",)),
    Row("contains", "string", ["demo", "trial"], ("Free trial",), ("Guide",)),
    Row("not_contains", "string", ["demo", "trial"], ("Guide",), ("A Demo", "Free trial")),
    Row("starts_with", "string", "VP", ("vp of sales",), ("the VP",)),
    Row("starts_with", "string", ["VP", "Head"], ("Head of IT",), ("Overhead",)),
    Row("ends_with", "string", ".EDU", ("Uni.edu",), ("edu.com",)),
    Row("has_any", "string", ["vp", "Head of"], ("VP, Sales", "the head  of"), ("vpn", "head chef", "overhead of")),
    Row("has_any", "enumeration", ["A", "B"], ("C;B",), ("AB",)),
    Row("has_all", "string", ["vp", "sales"], ("Sales VP",), ("VP",)),
    Row("has_all", "enumeration", ["A", "B"], ("A;B;C",), ("A",)),
    Row("has_all", "enumeration", "A;B", ("A;B;C",), ("A",)),
    Row("has_none", "string", ["vp", "Head of"], ("vpn", "head chef"), ("VP, Sales",)),
    Row("has_none", "enumeration", ["A", "B"], ("C",), ("C;B",)),
    Row("lacks_one_of", "string", ["vp", "sales"], ("VP", "clerk"), ("Sales VP",)),
    Row("lacks_one_of", "enumeration", ["A", "B"], ("A", "C"), ("A;B;C",)),
    Row("matches", "string", "^v[ip]p?$", ("VP", "vip"), ("vice",)),
    Row("before", "date", DAY, ("2026-09-30",), (DAY,)),
    Row("before", "date", "3 days ago", ("2026-11-17",), ("2026-11-18", "2026-12-01")),
    Row("before", "datetime", DAY, ("2026-09-30T23:59:59Z",), ("2026-10-01T00:00:00Z",)),
    Row("before", "datetime", "2 h from now", ("2026-11-20T17:00:00Z",), ("2026-11-20T17:00:01Z",)),
    Row("after", "date", DAY, ("2026-10-02",), (DAY,)),
    Row("after", "date", "7 days from now", ("2026-11-28",), ("2026-11-27", "2026-11-01")),
    Row("after", "datetime", DAY, ("2026-10-02T00:00:00Z",), ("2026-10-01T23:59:59Z",)),
    Row("after", "datetime", "2 h ago", ("2026-11-20T13:00:01Z",), ("2026-11-20T13:00:00Z",)),
    Row("in_last", "date", "7 days", ("2026-11-14",), ("2026-11-13", "2026-11-21")),
    Row("in_last", "datetime", "2 h", ("2026-11-20T13:00:01Z",), ("2026-11-20T13:00:00Z", "2026-11-20T15:00:01Z")),
    Row("in_next", "date", "7 days", ("2026-11-21", "2026-11-27"), ("2026-11-20", "2026-11-28")),
    Row("in_next", "datetime", "2 h", ("2026-11-20T17:00:00Z",), ("2026-11-20T15:00:00Z", "2026-11-20T17:00:01Z")),
    Row("more_than_ago", "date", "1 month", ("2026-10-20",), ("2026-10-21",)),
    Row("more_than_ago", "datetime", "1 year", ("2025-11-20T15:00:00Z",), ("2025-11-20T15:00:01Z",)),
    Row("more_than_from_now", "date", "1 month", ("2026-12-21",), ("2026-12-20", "2026-11-01")),
    Row("more_than_from_now", "datetime", "1 year", ("2027-11-20T15:00:01Z",), ("2027-11-20T15:00:00Z",)),
    Row("in_this", "date", "week", ("2026-11-16", "2026-11-22"), ("2026-11-15", "2026-11-23")),
    Row("in_this", "datetime", "day", ("2026-11-20T23:59:59Z",), ("2026-11-21T00:00:00Z",)),
    Row("in_previous", "date", "quarter", ("2026-07-01", "2026-09-30"), ("2026-06-30", "2026-10-01")),
    Row("in_previous", "datetime", "month", ("2026-10-31T23:59:59Z",), ("2026-11-01T00:00:00Z",)),
    Row("in_following", "date", "year", ("2027-01-01", "2027-12-31"), ("2026-12-31", "2028-01-01")),
    Row("in_following", "datetime", "month", ("2026-12-31T23:59:59Z",), ("2026-11-30T23:59:59Z",)),
)


@dataclass(frozen=True, slots=True)
class Counterpart:
    """An operator of HubSpot's lists for a type, and how the agreement says the same; empty where it cannot."""

    kind: str
    hubspot: str
    ours: str
    note: str = ""


_HISTORY = "asks for former values; conditions look at present ones"
_TWO = "compares two properties; conditions compare a property with what is written"
_UPDATED = "asks when a property was last changed; conditions look at values"

HUBSPOT: tuple[Counterpart, ...] = (
    Counterpart("every", "IS_KNOWN", "known: true"),
    Counterpart("every", "IS_UNKNOWN", "unknown: true"),
    Counterpart("every", "includeObjectsWithNoValueSet", "if_missing: met"),
    Counterpart("every", "UPDATED_IN_LAST_X_DAYS, NOT_UPDATED_IN_LAST_X_DAYS", "", _UPDATED),
    Counterpart("every", "IS_BEFORE, IS_AFTER with UPDATED_AT", "", _UPDATED),
    Counterpart("every", "the comparisons with another property", "", _TWO),
    Counterpart("text", "IS_EQUAL_TO", "equals: Ann", "of several values `one_of: [Ann, Bob]`"),
    Counterpart("text", "IS_NOT_EQUAL_TO", "not_equals: Ann", "of several values `none_of: [Ann, Bob]`"),
    Counterpart("text", "CONTAINS", "contains: demo", "also of several values"),
    Counterpart("text", "DOES_NOT_CONTAIN", "not_contains: demo", "also of several values"),
    Counterpart("text", "STARTS_WITH", "starts_with: VP", "also of several values"),
    Counterpart("text", "ENDS_WITH", "ends_with: .edu", "also of several values"),
    Counterpart("text", "CONTAINS_EXACTLY", "has_any: [vp, head of]"),
    Counterpart("text", "DOES_NOT_CONTAIN_EXACTLY", "has_none: [vp, head of]"),
    Counterpart("text", "HAS_EVER_BEEN_EQUAL_TO, HAS_NEVER_BEEN_EQUAL_TO", "", _HISTORY),
    Counterpart("text", "HAS_EVER_CONTAINED, HAS_NEVER_CONTAINED", "", _HISTORY),
    Counterpart("number", "IS_EQUAL_TO", "equals: 50"),
    Counterpart("number", "IS_NOT_EQUAL_TO", "not_equals: 50"),
    Counterpart("number", "IS_GREATER_THAN", "above: 50"),
    Counterpart("number", "IS_GREATER_THAN_OR_EQUAL_TO", "at_least: 50"),
    Counterpart("number", "IS_LESS_THAN", "below: 50"),
    Counterpart("number", "IS_LESS_THAN_OR_EQUAL_TO", "at_most: 50"),
    Counterpart("number", "IS_BETWEEN", "between: [10, 20]"),
    Counterpart("number", "IS_NOT_BETWEEN", "not_between: [10, 20]"),
    Counterpart("number", "HAS_EVER_BEEN_EQUAL_TO, HAS_NEVER_BEEN_EQUAL_TO", "", _HISTORY),
    Counterpart("bool", "IS_EQUAL_TO", "equals: true"),
    Counterpart("bool", "IS_NOT_EQUAL_TO", "not_equals: true"),
    Counterpart("bool", "HAS_EVER_BEEN_EQUAL_TO, HAS_NEVER_BEEN_EQUAL_TO", "", _HISTORY),
    Counterpart("enumeration", "IS_ANY_OF", "one_of: [A, B]"),
    Counterpart("enumeration", "IS_NONE_OF", "none_of: [A, B]"),
    Counterpart("enumeration", "IS_EXACTLY", "exactly: [A, B]"),
    Counterpart("enumeration", "IS_NOT_EXACTLY", "not_exactly: [A, B]"),
    Counterpart("enumeration", "CONTAINS_ALL", "has_all: [A, B]"),
    Counterpart("enumeration", "DOES_NOT_CONTAIN_ALL", "lacks_one_of: [A, B]"),
    Counterpart("enumeration", "HAS_EVER_BEEN_ANY_OF, HAS_NEVER_BEEN_ANY_OF", "", _HISTORY),
    Counterpart("enumeration", "HAS_EVER_BEEN_EXACTLY, HAS_NEVER_BEEN_EXACTLY", "", _HISTORY),
    Counterpart("enumeration", "HAS_EVER_CONTAINED_ALL, HAS_NEVER_CONTAINED_ALL", "", _HISTORY),
    Counterpart("date and time", "IS_EQUAL_TO", "equals: 2026-10-01"),
    Counterpart("date and time", "IS_BEFORE, IS_BEFORE_DATE", "before: 2026-10-01"),
    Counterpart("date and time", "IS_AFTER, IS_AFTER_DATE", "after: 2026-10-01"),
    Counterpart("date and time", "IS_BETWEEN", "between: [2026-10-01, 2026-10-31]"),
    Counterpart("date and time", "IS_NOT_BETWEEN", "not_between: [2026-10-01, 2026-10-31]"),
    Counterpart("date and time", "IS_LESS_THAN_X_DAYS_AGO", "in_last: 7 days"),
    Counterpart("date and time", "IS_MORE_THAN_X_DAYS_AGO", "more_than_ago: 90 days"),
    Counterpart("date and time", "IS_LESS_THAN_X_DAYS_FROM_NOW", "in_next: 7 days"),
    Counterpart("date and time", "IS_MORE_THAN_X_DAYS_FROM_NOW", "more_than_from_now: 90 days"),
    Counterpart("date and time", "IS_BEFORE of a day counted from today", "before: 7 days from now"),
    Counterpart("date and time", "IS_AFTER of a day counted from today", "after: 3 days ago"),
    Counterpart("date and time", "IN_THIS_TIME_UNIT", "in_this: month", "calendar years, not fiscal ones"),
    Counterpart("date and time", "IN_THIS_TIME_UNIT_SO_FAR", "in_this: month", "with `in_last: 1 month` beside it"),
    Counterpart("date and time", "IN_LAST_TIME_UNIT", "in_previous: month", "one unit; for several use `between`"),
    Counterpart("date and time", "IN_NEXT_TIME_UNIT", "in_following: month", "one unit; for several use `between`"),
)
"""HubSpot's list operators by type, from the filter definitions of its lists API."""
