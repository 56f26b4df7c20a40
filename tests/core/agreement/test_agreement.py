"""The document becomes values; stored content becomes the same values; a portal may disagree."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import reduce
from operator import getitem
from typing import Any

import pytest
from hypothesis import given

from app.agreement.faults import AgreementError, Fault
from app.agreement.lint import lint
from app.agreement.model import Agreement, Member, Target, WaitFor
from app.agreement.parse import build_agreement, default_vocabulary, parse_agreement
from app.agreement.portal import PortalWords
from app.agreement.shape import Document
from app.agreement.terms import SECTIONS
from app.records.crm import Owner, PropertyDefinition, PropertyOption
from app.records.ids import OwnerId, PoolId
from app.records.span import Span
from app.records.stages import HUBSPOT_DEFAULT_STAGES
from app.rules.condition import Meets, SignalTest, StageTest
from app.rules.facts import Vocabulary
from tests.core.agreement.documents import SMALL, WHOLE, broken, faults
from tests.core.made import SOME, made

OWNERS = tuple(
    Owner(OwnerId(name), f"{name}@example.com", name, active=True) for name in ("ann", "bob", "cy", "eve", "sam")
)


@pytest.fixture(scope="module")
def whole() -> Agreement:
    """The committed example, which so has no fault; from bytes, as a file is read."""
    return parse_agreement(WHOLE.encode(), file="config/agreement.yaml")


def test_every_section_has_a_shape() -> None:
    assert set(SECTIONS) == set(Document.model_fields)


def test_the_smallest_document_has_no_fault_as_text_or_as_bytes() -> None:
    assert faults(SMALL) == ()
    assert faults(SMALL.encode()) == ()


def test_windows_line_ends_change_nothing(whole: Agreement) -> None:
    assert parse_agreement(WHOLE.replace("\n", "\r\n"), file="x") == whole


def test_stored_content_builds_the_same_agreement(whole: Agreement) -> None:
    assert build_agreement(json.loads(json.dumps(whole.document))) == whole


def places(node: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    steps = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for step, below in steps:
        yield (*path, step)
        yield from places(below, (*path, step))


def faults_of_stored(content: Mapping[str, object]) -> tuple[Fault, ...]:
    try:
        build_agreement(content)
    except AgreementError as error:
        return error.faults
    return ()


CONTENT = dict(parse_agreement(SMALL, file="x").document)
PLACES = tuple(places(CONTENT))
JUNK: tuple[object, ...] = (
    None,
    3,
    -1.5,
    True,
    "x",
    [],
    {},
    [None],
    [["y"]],
    {"id": {"z": 1}},
    {"any": [{"meets": ["q"]}]},
)


@SOME
@given(made(lambda rng: (rng.choice(PLACES), rng.choice(JUNK))))
def test_junk_anywhere_is_refused_in_words_or_harmless(put: tuple[tuple[str | int, ...], object]) -> None:
    content: Any = deepcopy(CONTENT)
    path, junk = put
    reduce(getitem, path[:-1], content)[path[-1]] = junk
    assert all(fault.message and fault.fix for fault in faults_of_stored(content))


def test_stored_content_with_a_fault_names_its_path() -> None:
    with pytest.raises(AgreementError) as caught:
        build_agreement(CONTENT | {"ready": {"reaches": "mql"}})
    assert str(caught.value).startswith("agreement:/ready/reaches: there is no stage `mql`.")


def test_the_terms_are_read(whole: Agreement) -> None:
    assert (whole.name, whole.starts_on, whole.ends_on) == ("Inbound leads", date(2026, 10, 1), date(2027, 9, 30))
    assert [side.contact for side in whole.sides] == ["mia@example.com", "sam@example.com"]
    assert parse_agreement(SMALL, file="x").ends_on is None


def test_conditions_and_scores_are_read(whole: Agreement) -> None:
    assert whole.profile == Meets("our_market")
    assert whole.fit.cap == 70
    assert set(whole.interest) == {"knowledge", "consideration", "urgency"}
    (reads,) = whole.interest["knowledge"].rows
    assert (reads.each, reads.half_life) == (SignalTest("email_click"), Span.parse("14 days"))


def test_a_wait_beside_the_ready_condition_is_set_apart(whole: Agreement) -> None:
    assert whole.ready.wait_for == WaitFor(("company.numberofemployees",), Span.parse("2 min"))
    assert parse_agreement(SMALL, file="x").ready.when == StageTest("marketingqualifiedlead")


def test_routes_pools_and_promises_are_read(whole: Agreement) -> None:
    assert [(route.id, route.to, route.promise) for route in whole.routes] == [
        ("demo", "enterprise", "fast"),
        ("rest", "inbound", "standard"),
    ]
    inbound, enterprise = whole.pools[PoolId("inbound")], whole.pools[PoolId("enterprise")]
    assert inbound.members[0] == Member("ann@example.com", 2, 400)
    assert (inbound.if_nobody, inbound.fallback_owner) == ("enterprise", None)
    assert (enterprise.if_nobody, enterprise.fallback_owner) == (None, "sam@example.com")
    assert whole.promises["fast"].accept is not None
    assert whole.promises["standard"].first_touch == Target(
        Span.parse("1 business day"),
        whole.promises["fast"].first_touch.steps[:1],  # type: ignore[union-attr]
    )


def test_a_reason_may_mean_never(whole: Agreement) -> None:
    returns = {rule.reason: (str(rule.return_after), rule.back_to) for rule in whole.recycle}
    assert returns["no_budget"] == ("90 days", "lead")
    assert returns["not_a_fit"] == ("None", "lead")


def test_an_example_happens_in_the_agreements_zone(whole: Agreement) -> None:
    assert whole.examples[0].at == datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
    assert whole.examples[0].company == {"name": "North Bank", "numberofemployees": "1200", "industry": "BANKING"}


def test_it_knows_which_properties_it_reads(whole: Agreement) -> None:
    assert whole.reads.company == {"numberofemployees", "industry", "name", "country", "domain"}
    assert {"jobtitle", "email", "recent_conversion_event_name", "recent_conversion_date"} <= whole.reads.contact


def test_calendars_know_their_hours_and_holidays(whole: Agreement) -> None:
    us = whole.calendars["us"]
    opening, thanksgiving = datetime(2026, 11, 20, 14, 0, tzinfo=UTC), datetime(2026, 11, 26, 15, 0, tzinfo=UTC)
    assert us.is_open(opening)
    assert not us.is_open(thanksgiving)


def test_a_portal_that_has_everything_has_nothing_to_say() -> None:
    portal = PortalWords(default_vocabulary(), OWNERS, HUBSPOT_DEFAULT_STAGES)
    assert lint(WHOLE, file="x", portal=portal) == []


def test_a_portal_says_what_it_lacks() -> None:
    known = default_vocabulary()
    industry = PropertyDefinition("industry", "Industry", "enumeration", (PropertyOption("BANKING", "Banking"),))
    properties = {name: known.properties[name] for name in known.properties if name != "contact.jobtitle"}
    portal = Vocabulary(properties | {"company.industry": industry}, known.free_mail)
    owners = tuple(replace(owner, active=owner.email != "eve@example.com") for owner in OWNERS[1:])
    found = lint(WHOLE, file="x", portal=PortalWords(portal, owners, ("lead", "marketingqualifiedlead")))
    assert {(fault.code, fault.path) for fault in found} == {
        ("unknown_property", "/personas/0/when/contact.jobtitle"),
        ("unknown_property", "/personas/1/when/contact.jobtitle"),
        ("unknown_property", "/disqualify/1/when/any/0/contact.jobtitle"),
        *(("unknown_option", f"/definitions/our_market/1/company.industry/one_of/{at}") for at in range(3)),
        ("unknown_owner", "/pools/0/members/0/owner"),
        ("unknown_owner", "/named_accounts/0/owner"),
        ("inactive_owner", "/pools/1/members/0/owner"),
        ("unknown_stage", "/stages/1/id"),
    }


def test_a_custom_property_needs_a_portal_to_be_judged() -> None:
    assert faults(broken("{company.numberofemployees: {at_least: 50}}", "{company.tier: {one_of: [A]}}")) == ()


def test_a_custom_stage_is_named_by_its_number() -> None:
    text = SMALL.replace("id: marketingqualifiedlead", 'id: "1234"').replace(
        "reaches: marketingqualifiedlead", 'reaches: "1234"'
    )
    assert faults(text) == ()
