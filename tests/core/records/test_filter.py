"""A filter is one line, read the same everywhere, and its refusals say what was meant."""

from __future__ import annotations

import shlex
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.records.filter import NAMES, Filter, FilterRefused, Standing, is_line, parse_filter
from app.records.ids import ObjectType

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
WORDS = st.text(st.characters(categories=["L", "N", "P", "S"], include_characters=" "), min_size=1, max_size=30)
INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  made aware
IDS = st.from_regex(r"[0-9]{1,20}", fullmatch=True)
KEYS = st.from_regex(r"[0-9a-f]{4,64}", fullmatch=True)
FILTERS = st.builds(
    Filter,
    state=st.sampled_from([None, *Standing]),
    type=st.none() | WORDS,
    since=st.none() | INSTANTS,
    until=st.none() | INSTANTS,
    owner=st.none() | WORDS,
    route=st.none() | WORDS,
    record=st.none() | st.tuples(st.sampled_from(ObjectType), IDS),
    event=st.none() | KEYS,
).filter(lambda made: made != Filter() and (made.since or made.record or made.event or not made.asks_events))


def read(line: str) -> Filter:
    return parse_filter(line, now=NOW)


def test_every_word_of_the_line_is_understood() -> None:
    line = "state:parked type:contact.propertyChange error:VALIDATION since:24h owner:ann@example.com route:demo"
    assert read(line) == Filter(
        state=Standing.PARKED,
        type="contact.propertyChange",
        error="VALIDATION",
        since=NOW - timedelta(hours=24),
        owner="ann@example.com",
        route="demo",
    )


@given(FILTERS)
def test_a_filter_is_written_as_the_line_that_it_is_read_from(wanted: Filter) -> None:
    assert read(str(wanted)) == wanted


def test_a_time_ago_is_frozen_as_an_instant() -> None:
    assert str(read("since:2w")) == "since:2026-11-06T15:00:00Z"
    assert parse_filter(str(read("since:24h")), now=NOW + timedelta(days=9)) == read("since:24h")


@pytest.mark.parametrize(
    ("line", "record"),
    [("record:12", (ObjectType.CONTACT, "12")), ("record:company/7", (ObjectType.COMPANY, "7"))],
)
def test_a_record_is_a_contact_unless_its_type_is_named(line: str, record: tuple[ObjectType, str]) -> None:
    assert read(line).record == record


def test_a_value_with_blanks_stands_in_quotes() -> None:
    assert read('error:"Phone is required"').error == "Phone is required"


REFUSED = (
    ("", "empty"),
    ("stat:parked", "did you mean `state`?"),
    ("zzz:1", f"There are: {', '.join(NAMES)}"),
    ("parked", "write name:value"),
    ("state:", "no value"),
    ("state:stuck", "parked, pending, applied, ignored"),
    ("state:quarantined", "names no record"),
    ("state:parked state:parked", "given twice"),
    ("state:applied error:invalid", "leave one of them out"),
    ("since:yesterday", "24h"),
    ("since:9999w", "ten years"),
    ("since:0001-01-01T00:00:00+14:00", "takes a span"),
    ("record:ticket/1", "contact, company"),
    ("record:company/", "takes an id"),
    ("record:contact/abc", "id in digits"),
    ("record:'1 2'", "id in digits"),
    ("record:²", "id in digits"),
    ("event:9f", "four or more"),
    ("event:%", "four or more"),
    ("type:contact.creation", "`type` would read every event that ever came; say since when, as `since:30d`"),
    ("state:applied route:demo", "`state` would read"),
    ("until:24h", "`until` would read"),
    ('error:"open', "not closed"),
    ("type:a\0b", "cannot be printed"),
    (f"type:{'a' * 1000}", "1000 are allowed"),
)


@pytest.mark.parametrize(
    "line",
    [
        "type:contact.creation since:30d",
        "type:contact.creation record:12",
        "type:contact.creation event:9F3C",
        "type:contact.creation state:pending",
        "type:contact.creation state:parked",
        "until:24h error:invalid",
        "route:demo",
    ],
)
def test_what_reads_no_more_than_a_part_of_the_events_is_taken(line: str) -> None:
    assert read(line) != Filter()


@pytest.mark.parametrize(("line", "told"), REFUSED)
def test_what_cannot_be_meant_is_refused_with_what_could(line: str, told: str) -> None:
    with pytest.raises(FilterRefused) as refusal:
        read(line)
    assert told in str(refusal.value)


@given(FILTERS)
def test_a_filter_as_it_is_written_is_a_line(wanted: Filter) -> None:
    assert is_line(str(wanted))


@pytest.mark.parametrize("word", ["error:Phone is required", "error:o'neil", "route:a b:c"])
def test_a_word_whose_value_was_in_the_shell_s_quotes_is_no_line(word: str) -> None:
    assert not is_line(word)


@given(st.text(max_size=60))
def test_any_line_is_read_or_refused(line: str) -> None:
    with suppress(FilterRefused):
        assert read(line) != Filter()


@given(WORDS)
def test_a_quoted_value_is_taken_as_it_is(text: str) -> None:
    assert read(f"route:{shlex.quote(text)}").route == text
