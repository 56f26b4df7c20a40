"""Every fault is told at the line and column of what is wrong."""

# ruff: noqa: E501  one row a line, however long, is what makes the table readable

from __future__ import annotations

import re

from tests.core.agreement.documents import SMALL, broken, faults, short

# old piece, new piece with a ^ before each thing that is wrong, the codes in that order
BROKEN: tuple[tuple[str, str, str], ...] = (
    ("  currency: EUR\n  starts_on", "  starts_on", "missing"),
    ("currency: EUR", "^curency: EUR", "missing unknown_key"),
    ("currency: EUR", "currency: ^euros", "bad_currency"),
    ("goals: [Grow]", "goals: ^[]", "too_short"),
    ("goals: [Grow]", "goals: [^3]", "string_type"),
    ("name: Small", "name: ^''", "string_too_short"),
    ("time_zone: Europe/Berlin\n", "time_zone: ^Berlin\n", "bad_time_zone"),
    ("starts_on: 2026-10-01", "starts_on: ^2026-02-30", "bad_date"),
    ("review: {every: 3 months}", "review: {every: ^often}", "bad_span"),
    ("contact: mia@example.com", "contact: ^mia", "bad_email"),
    ("sections: [score]", "sections: [^scores]", "unknown_section"),
    ("{id: office, time_zone: Europe/Berlin, open: {mon-thu", "^{id: office, time_zone: Europe/Berlin, open: {mon-thy", "bad_calendar"),
    ("{id: office, time_zone: Europe/Berlin, open", "{id: office, time_zone: Europe/Berlin, holidays: ^usa, open", "bad_country"),
    ("big: {company.numberofemployees: {at_least: 50}}", "big: ^{meets: big}", "definition_circle"),
    ("{at_least: 50}", "{^at_lest: 50}", "unknown_operator"),
    ("{at_least: 50}", "{at_least: ^many}", "operand_type"),
    ("role: decision_maker", "role: ^boss", "unknown_word"),
    ("when: {contact.jobtitle: {has_any: [head]}}", "when: {^persona: buyer}", "not_here"),
    ("[{id: size, points: 40, when: {meets: big}}]", "[^{id: size, points: 40}]", "when_or_each"),
    ("points: 40", "points: ^forty", "float_type"),
    ("{id: size, points: 40, when: {meets: big}}", "{id: size, points: 4, each: ^{meets: big}}", "signal_wanted"),
    ("fit: {rows", "fit: {rows: [], ^rows", "duplicate_key"),
    ("{id: marketingqualifiedlead,", "{id: ^marketinglead,", "unknown_stage"),
    ("{reaches: marketingqualifiedlead}", "{reaches: ^mql, wait_for: {known: [^size], at_most: ^1 month}}", "unknown_stage bad_value bad_span"),
    ("to: everyone", "to: ^anyone", "unknown_pool"),
    ("promise: soon}", "promise: ^son, ^when: {meets: big}}", "unknown_promise no_catch_all"),
    ("  - {id: rest,", "  - ^{id: first, because: x, to: everyone, promise: soon}\n  - {id: rest,", "catches_all_early"),
    ("calendar: office", "calendar: ^offices", "unknown_calendar"),
    ("members: [{owner: ann@example.com}]", "members: [{owner: ann@example.com, at_most: ^many}], if_nobody: ^everyone", "bad_count fallback_circle"),
    ("members: [{owner: ann@example.com}]", "members: [{owner: ann@example.com, share: ^0}], if_nobody: ^{}", "greater_than_equal if_nobody"),
    ("hours_of: pool", "hours_of: ^sales", "unknown_word"),
    ("{id: soon, hours_of: pool, accept: {within: 4 business hours}}", "^{id: soon, hours_of: pool}", "empty_promise"),
    ("within: 4 business hours", "within: 4 business hours, steps: [{at: ^later, do: ^notify boss}]", "bad_moment bad_step"),
    ("recycle: []", "recycle: [{reason: a, return_after: never}, {reason: ^a, return_after: 1 day}]", "duplicate_id"),
    ("playbooks: []", "playbooks: [^{id: a, say: ^'Hi {{ contact.firstname'}, {id: b, say: Hi}]", "catches_all_early bad_template"),
    ("revenue: 1000", "revenue: ^0", "greater_than"),
    ("expect: {ready: true}", "expect: {^rout: rest}", "unknown_expectation"),
    ("expect: {ready: true}", "expect: {route: ^best, pool: everyone, ready: ^soon}", "unknown_route not_true_or_false"),
    ("given: {company: {numberofemployees: 50}}", "given: {signals: [{^fom: Demo, ago: 1 h}]}", "unknown_signal"),
    ('at: "2026-11-20 10:00"', "at: ^today", "bad_time"),
)  # fmt: skip


def marked(text: str) -> list[str]:
    """The places of the marks, as they are once the marks are gone."""
    return [f"{number}:{place.start() + 1 - count}" for number, line in enumerate(text.splitlines(), 1)
            for count, place in enumerate(re.finditer(r"\^", line))]  # fmt: skip


def expected(old: str, new: str, codes: str) -> list[str]:
    above = ["2:3"] if codes.startswith("missing") else []  # what is missing is told where it belongs
    places = [*above, *marked(SMALL.replace(old, new, 1))]
    return [f"{place} {code}" for place, code in zip(places, codes.split(), strict=True)]


def test_a_fault_is_told_where_it_is() -> None:
    assert [old for old, _, _ in BROKEN if old not in SMALL] == []
    told = {new: short(SMALL.replace(old, new, 1).replace("^", "")) for old, new, _ in BROKEN}
    assert told == {new: expected(old, new, codes) for old, new, codes in BROKEN}
    assert len(told) == len(BROKEN)


def test_a_fault_is_told_where_a_name_is_used_not_where_it_is_missing() -> None:
    text = broken("  big: {company.numberofemployees: {at_least: 50}}", "  small: {contact.jobtitle: {known: true}}")
    assert [fault.path for fault in faults(text)] == ["/profile/ideal_customer", "/score/fit/rows/0/when/meets"]
    assert {fault.fix for fault in faults(text)} == {"Known: `small`"}


def test_a_section_that_is_missing_is_told_at_the_top() -> None:
    assert short(broken("recycle: []\n", "")) == ["1:1 missing"]


def test_an_end_before_the_start_is_told() -> None:
    assert short(broken("ends_on: never", "ends_on: 2026-09-30")) == ["2:3 ends_before_start"]


def test_all_faults_are_told_at_once() -> None:
    text = SMALL.replace("currency: EUR", "currency: euros").replace("to: everyone", "to: anyone")
    assert short(text.replace("{at_least: 50}", "{at_lest: 50}")) == [
        "6:13 bad_currency",
        "19:37 unknown_operator",
        "30:42 unknown_pool",
    ]


def test_a_fault_names_file_place_message_and_remedy() -> None:
    (fault,) = faults(broken("to: everyone", "to: evryone"))
    assert fault.path == "/routes/0/to"
    assert str(fault) == ("a.yaml:30:42: there is no pool `evryone` under `pools`. Did you mean `everyone`?")


def test_an_unknown_name_is_met_with_the_nearest_known_one() -> None:
    fixes = [fault.fix for fault in faults(broken("hours_of: pool", "hours_off: pool"))]
    assert "Did you mean `hours_of`?" in fixes


def test_a_document_of_nothing_misses_every_section() -> None:
    assert len(faults("{}")) == 16
    assert short("just text") == ["1:1 model_type"]
    assert short("") == ["1:1 model_type"]
