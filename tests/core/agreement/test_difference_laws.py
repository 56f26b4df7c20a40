"""Nothing that differs goes untold, and no section whose meaning differs goes unnamed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import given

from app.agreement.difference import difference, touched_sections
from app.agreement.difference.conditions import turns
from app.agreement.faults import AgreementError
from app.agreement.model import Agreement
from app.agreement.parse import build_agreement, default_vocabulary, parse_agreement
from app.rules.condition import All, Any_, Condition, None_, PropertyTest
from app.rules.evaluate import Scope, evaluate
from app.rules.facts import Facts
from tests.core.agreement.documents import SMALL, WHOLE
from tests.core.agreement.edits import ContentEdit, at, edited, insert, put, scalars
from tests.core.made import SOME, made

VOCABULARY = default_vocabulary()
BASE = parse_agreement(WHOLE, file="agreement.yaml")
TINY = parse_agreement(SMALL, file="small.yaml")
NIGHT = {"id": "night", "time_zone": "UTC", "open": {"mon-sun": ["00:00-06:00"], "sat": ["20:00-24:00"]}}


def touched_by(edit: ContentEdit) -> frozenset[str]:
    return touched_sections(BASE, build_agreement(edited(BASE.document, edit)))


def test_a_definition_touches_every_section_that_uses_it_through_others_too() -> None:
    nested = edited(
        BASE.document, put("definitions/hot", {"any": [{"meets": "wants_a_demo"}, {"meets": "our_market"}]})
    )
    nested["stages"][0]["when"] = {"meets": "hot"}
    old = build_agreement(nested)
    new = build_agreement(edited(nested, put("definitions/wants_a_demo/signal/within", "1 day")))
    assert touched_sections(old, new) == {"definitions", "score", "routes", "stages"}


def test_a_definition_that_nobody_uses_touches_only_its_own_section() -> None:
    assert touched_by(put("definitions/spare", {"contact.country": "US"})) == {"definitions"}


def test_a_calendar_touches_pools_and_promises_if_a_pool_keeps_to_it() -> None:
    assert touched_by(put("calendars/0/time_zone", "America/Chicago")) == {"calendars", "pools", "promises"}
    assert touched_by(insert("calendars/1", NIGHT)) == {"calendars"}


def test_the_free_mail_list_touches_what_asks_for_it() -> None:
    asking = edited(BASE.document, put("definitions/private", {"contact.free_mail": True}))
    asking["disqualify"][0]["when"] = {"meets": "private"}
    old = build_agreement(asking)
    new = build_agreement(edited(asking, put("free_mail", {"add": ["example.net"]})))
    assert touched_sections(old, new) == {"free_mail", "definitions", "disqualify", "named_accounts"}


def test_the_free_mail_list_touches_no_accounts_where_there_are_none() -> None:
    assert touched_sections(TINY, build_agreement(edited(TINY.document, put("free_mail", {"add": ["a.de"]})))) == {
        "free_mail"
    }


def test_a_calendar_that_only_a_member_keeps_touches_pools_and_promises() -> None:
    old = edited(BASE.document, insert("calendars/1", NIGHT), put("pools/0/members/0/calendar", "night"))
    new = edited(old, put("calendars/1/time_zone", "Asia/Tokyo"))
    touched = touched_sections(build_agreement(old), build_agreement(new))
    assert touched == {"calendars", "pools", "promises"}


BLANK: tuple[ContentEdit, ...] = (
    put("definitions/our_market ", {"contact.city": "Berlin"}),
    insert("calendars/1", {**NIGHT, "id": "us "}),
    put("pools/0/members/0/calendar", "us "),
    put("pools/0/calendar", "us "),
    put("pools/0/if_nobody", "enterprise "),
    put("routes/1/to", " inbound"),
    put("routes/1/promise", "standard "),
    put("profile/ideal_customer", "our_market "),
    put("stages/0/id", "marketingqualifiedlead "),
)


@pytest.mark.parametrize("edit", BLANK)
def test_a_name_with_a_blank_is_never_read_as_the_one_without(edit: ContentEdit) -> None:
    assert sound(edited(BASE.document, edit)) is None


def test_no_value_changes_without_touching_its_section() -> None:
    old = replace(BASE, document={**BASE.document, "examples": [at(BASE.document, ("examples", 0))]})
    missed = []
    for path in scalars(old.document):
        changed = edited(old.document)
        above: Any = at(changed, path[:-1])
        above[path[-1]] = [above[path[-1]]]
        if path[0] not in touched_sections(old, replace(old, document=changed)):
            missed.append(path)
    assert missed == []


SECOND = edited(
    TINY.document,
    insert("calendars/1", {"id": "second", "time_zone": "UTC", "open": {"mon": ["08:00-10:00"]}}),
    put("calendars/0/extra_open", {"2026-12-19": ["10:00-14:00"]}),
    put("definitions/second", {"company.country": "US"}),
    insert("personas/1", {"id": "second", "role": "champion", "when": {"contact.jobtitle": "Engineer"}}),
    put(
        "score/interest.urgency", {"cap": 3, "rows": [{"id": "form", "points": 3, "each": {"signal": {"form": "any"}}}]}
    ),
    insert("disqualify/0", {"id": "spare", "because": "A reason", "when": {"contact.country": "XX"}}),
    insert("routes/0", {"id": "first", "because": "B", "when": {"meets": "big"}, "to": "second", "promise": "second"}),
    put("territories", [{"id": "north", "because": "North", "when": {"contact.city": "Oslo"}, "owners": ["a@b.cd"]}]),
    put("named_accounts", [{"company": "Acme", "domain": "acme.com", "owner": "a@b.cd"}]),
    insert(
        "pools/1",
        {
            "id": "second",
            "manager": "a@b.cd",
            "calendar": "second",
            "working_hours": "prefer",
            "prefer": ["territory"],
            "reassign_at_most": 3,
            "members": [{"owner": "a@b.cd", "share": 2, "calendar": "second"}],
        },
    ),
    insert(
        "promises/1",
        {
            "id": "second",
            "hours_of": "lead",
            "when_owner_away": "stop",
            "counts_as_touch": ["hs_lead_status"],
            "first_touch": {"within": "1 h"},
            "attempts": {"count": 3, "within": "5 days", "steps": [{"at": "breach", "do": "stop"}]},
        },
    ),
    insert("recycle/0", {"reason": "later", "return_after": "1 day", "back_to": "lead", "at_most": "2 times"}),
    insert("playbooks/0", {"id": "talk", "say": "Hello", "show": ["deck"]}),
)
TWO = build_agreement(SECOND)
NAMES = (
    *("other", "second", "everyone", "soon", "office", "big", "lead", "owner", "champion", "sales", "ready", "month"),
    *("require", "named_account", "run", "75 %", "reassign", "4 times"),
)
VALUES = (
    *("8 days", "2026-11-21", "2026-11-21 10:00", "10:00-11:00", "a@example.com", "never", "USD", "Asia/Tokyo"),
    "acme.de",
)


def others(value: object) -> tuple[object, ...]:
    """Values of which one at least may stand in place of the value, the likeliest first."""
    if isinstance(value, bool):
        return (not value,)
    if isinstance(value, int):
        return (value + 1, str(value))
    alike = sorted((*NAMES, *VALUES), key=lambda word: _shape(word) != _shape(str(value)))
    return (f"{value} indeed", *(word for word in alike if word != value))


def _shape(text: str) -> str:
    """`2026-10-01` as `9-9-9`, `Europe/Berlin` as `a/a`."""
    return re.sub("[A-Za-z]+", "a", re.sub("[0-9]+", "9", text))


def mutant(rng: Random, content: Mapping[str, object]) -> dict[str, Any]:
    """The content with one value changed, doubled or taken away."""
    copy = edited(content)
    path = rng.choice(list(scalars(copy)))
    above: Any = at(copy, path[:-1])
    last: Any = path[-1]
    kind = rng.choice(("change", "change", "drop", "double"))
    if kind == "drop":
        del above[last]
    elif kind == "double" and isinstance(above, list):
        above.append(above[last])
    else:
        above[last] = rng.choice(others(above[last]))
    return copy


def sound(content: Mapping[str, object]) -> Agreement | None:
    """The agreement, if the content makes one."""
    try:
        return build_agreement(content)
    except AgreementError:
        return None


def check_told(old: Agreement, new: Agreement) -> None:
    found = difference(old, new, VOCABULARY)
    written = [json.dumps(one.document, sort_keys=True) for one in (old, new)]
    assert (found == ()) == (written[0] == written[1])
    assert frozenset().union(*(change.sections for change in found)) == touched_sections(old, new)
    assert all(change.section in change.sections for change in found)


@SOME
@given(made(lambda rng: (mutant(rng, SECOND), mutant(rng, SECOND))))
def test_nothing_is_told_exactly_when_nothing_differs(contents: tuple[dict[str, Any], dict[str, Any]]) -> None:
    first, second = (sound(content) or TWO for content in contents)
    check_told(first, second)
    check_told(TWO, first)


def test_every_value_that_can_be_another_is_told_when_it_is() -> None:
    fixed = []
    for path in scalars(SECOND):
        for other in others(at(SECOND, path)):
            changed = edited(SECOND)
            above: Any = at(changed, path[:-1])
            above[path[-1]] = other
            new = sound(changed)
            if new is not None:
                check_told(TWO, new)
                assert path[0] in touched_sections(TWO, new)
                break
        else:
            fixed.append("/".join(map(str, path)))
    named_elsewhere = [f"{section}/{number}/id" for section in ("calendars", "pools", "promises") for number in (0, 1)]
    assert fixed == named_elsewhere


# Conditions

JOINS = (All, Any_, None_)
PROPERTIES = ("a", "b", "c")
NOW = datetime(2026, 11, 20, tzinfo=UTC)
SCOPES = [
    Scope(Facts(NOW, dict(zip(PROPERTIES, values, strict=True))), VOCABULARY)
    for values in product(("1", "0", None), repeat=len(PROPERTIES))
]


def condition(rng: Random, depth: int = 2) -> Condition:
    if not depth or rng.random() < 0.3:
        return PropertyTest(f"contact.{rng.choice(PROPERTIES)}", rng.choice(("equals", "not_equals")), ("1",))
    return rng.choice(JOINS)(tuple(condition(rng, depth - 1) for _ in range(rng.randint(1, 3))))


def turned(rng: Random, condition: Condition) -> Condition:
    """The same condition with its parts in another order, one of them twice, or in a list of its own."""
    if not isinstance(condition, All | Any_ | None_):
        return rng.choice((condition, All((condition,)), Any_((condition, condition))))
    parts = [turned(rng, part) for part in condition.parts]
    rng.shuffle(parts)
    return type(condition)((*parts, *parts[: rng.randint(0, 1)]))


@given(made(lambda rng: (condition(rng), condition(rng))))
def test_conditions_told_as_the_same_hold_for_the_same_leads(pair: tuple[Condition, Condition]) -> None:
    old, new = pair
    if not list(turns(old, new, VOCABULARY)):
        assert [evaluate(old, one).truth for one in SCOPES] == [evaluate(new, one).truth for one in SCOPES]


@given(made(lambda rng: (rng, condition(rng))))
def test_another_order_of_the_parts_of_a_condition_is_no_turn(drawn: tuple[Random, Condition]) -> None:
    rng, old = drawn
    assert list(turns(old, turned(rng, old), VOCABULARY)) == []


@given(made(lambda rng: (condition(rng), condition(rng))))
def test_the_turns_of_two_conditions_are_undone_by_those_of_the_way_back(pair: tuple[Condition, Condition]) -> None:
    there, back = (list(turns(*way, VOCABULARY)) for way in (pair, pair[::-1]))
    assert bool(there) == bool(back)
    assert all(turn.before != turn.after for turn in there)
