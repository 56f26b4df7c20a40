"""What each leaf looks at, how truth joins, and when time alone turns it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.rules.condition import All, Any_, Condition, Meets, None_, PersonaTest
from app.rules.evaluate import Scope, evaluate
from app.rules.facts import Facts, GroupMember
from app.rules.truth import Truth
from tests.core.rules.leads import NOW, VOCABULARY, condition, form, lead, scope

DAY = timedelta(days=1)


def truth(node: object, facts: Facts, **known: object) -> Truth:
    return evaluate(condition(node), replace(Scope(facts, VOCABULARY), **known)).truth  # type: ignore[arg-type]


def test_nothing_to_meet_is_met_by_all_and_none_and_not_by_any() -> None:
    assert [evaluate(one, scope()).truth for one in (All(()), None_(()), Any_(()))] == [
        Truth.MET,
        Truth.MET,
        Truth.NOT_MET,
    ]


def test_if_missing_speaks_where_there_is_no_value() -> None:
    test = {"contact.a_number": {"at_least": 5, "if_missing": "met"}}
    assert truth(test, lead()) is Truth.MET
    assert truth(test, lead(a_number="4")) is Truth.NOT_MET


def test_a_contact_without_a_company_has_no_data_of_one() -> None:
    assert truth({"company.numberofemployees": {"at_least": 5}}, lead()) is Truth.NO_DATA
    assert truth({"company.name": {"known": False}}, lead()) is Truth.MET


@pytest.mark.parametrize(
    ("email", "domain", "free"),
    [
        ("Ann@Gmail.com", Truth.MET, Truth.MET),
        ("a@b.com", Truth.NOT_MET, Truth.NOT_MET),
        ("nonsense", *[Truth.NO_DATA] * 2),
    ],
)
def test_the_domain_of_an_address_says_whether_it_is_free_mail(email: str, domain: Truth, free: Truth) -> None:
    assert truth({"contact.email_domain": {"one_of": ["gmail.com"]}}, lead(email=email)) is domain
    assert truth({"contact.free_mail": True}, lead(email=email)) is free


@pytest.mark.parametrize("name", ["email_domain", "free_mail", "days_since_email"])
def test_what_cannot_be_derived_is_not_known(name: str) -> None:
    assert truth({f"contact.{name}": {"known": True}}, lead(email="nonsense")) is Truth.NOT_MET
    assert truth({f"contact.{name}": {"unknown": True}}, lead(email="nonsense")) is Truth.MET


@pytest.mark.parametrize(("created", "met"), [("2026-11-18T15:00:00Z", True), ("2026-11-18T15:00:01Z", False)])
def test_days_since_counts_whole_days(created: str, met: bool) -> None:  # noqa: FBT001
    facts = lead(createdate=created)
    assert truth({"contact.days_since_createdate": {"at_least": 2}}, facts) is Truth.of(met)


def test_a_signal_counts_within_its_window_only() -> None:
    test = {"signal": {"form": {"contains": "demo"}, "within": "7 days"}}
    assert truth(test, lead(form("Demo request", NOW - 7 * DAY + timedelta(seconds=1)))) is Truth.MET
    assert truth(test, lead(form("Demo request", NOW - 7 * DAY))) is Truth.NOT_MET
    assert truth(test, lead(form("Demo request", NOW + DAY))) is Truth.NOT_MET
    assert truth(test, lead(form("Guide"))) is Truth.NOT_MET


def test_a_signal_may_be_wanted_several_times() -> None:
    test = {"signal": {"form": "any", "at_least": "2 times"}}
    assert truth(test, lead(form("a"))) is Truth.NOT_MET
    assert truth(test, lead(form("a"), form("b"))) is Truth.MET


def test_a_signal_may_be_wanted_a_few_times_or_not_at_all() -> None:
    rare, never = ({"signal": {"form": "any", "at_most": limit}} for limit in ("1 time", "0 times"))
    told = [
        (truth(rare, lead(*found)), truth(never, lead(*found))) for found in ((), (form("a"),), (form("a"), form("b")))
    ]
    assert told == [(Truth.MET, Truth.MET), (Truth.MET, Truth.NOT_MET), (Truth.NOT_MET, Truth.NOT_MET)]


def test_a_signal_that_must_not_be_recent_has_happened_but_not_lately() -> None:
    test = {"signal": {"form": "any", "within": "90 days", "not_within": "30 days"}}
    old, lately, long_ago = (form("a", NOW - days * DAY) for days in (31, 29, 91))
    assert truth(test, lead(old)) is Truth.MET
    assert truth(test, lead(old, lately)) is Truth.NOT_MET
    assert truth(test, lead(long_ago)) is Truth.NOT_MET
    assert truth(test, lead()) is Truth.NOT_MET


def test_a_signal_without_a_title_can_be_asked_for() -> None:
    assert truth({"signal": {"form": {"unknown": True}}}, lead(form(" "))) is Truth.MET
    assert truth({"signal": {"form": {"known": True}}}, lead(form(" "))) is Truth.NOT_MET


def test_one_deal_must_meet_all_that_is_asked_of_it() -> None:
    test = {"deal.a_number": {"at_least": 5, "below": 9}}
    assert truth(test, lead(deals=({"a_number": "4"}, {"a_number": "6"}))) is Truth.MET
    assert truth(test, lead(deals=({"a_number": "4"}, {"a_number": "10"}))) is Truth.NOT_MET
    assert truth(test, lead(deals=({"a_number": "4"}, {}))) is Truth.NO_DATA


def test_without_a_deal_there_is_no_value_of_one() -> None:
    assert truth({"deal.a_number": {"at_least": 5}}, lead()) is Truth.NO_DATA
    assert truth({"deal.a_number": {"at_least": 5, "if_missing": "met"}}, lead()) is Truth.MET
    assert truth({"deal.a_number": {"unknown": True}}, lead()) is Truth.MET


def test_a_buying_role_is_that_of_the_persona() -> None:
    assert truth({"role": "champion"}, lead(), role="champion") is Truth.MET
    assert truth({"role": ["champion", "influencer"]}, lead(), role="blocker") is Truth.NOT_MET
    assert truth({"role": {"one_of": ["champion"]}}, lead()) is Truth.NOT_MET


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        (None, Truth.NO_DATA),
        ((), Truth.NOT_MET),
        ((("1", "champion"), ("1", "decision_maker")), Truth.NOT_MET),
        ((("1", "champion"), ("2", "champion")), Truth.NOT_MET),
        ((("1", "champion"), ("2", "decision_maker")), Truth.MET),
    ],
)
def test_a_buying_group_counts_people_and_the_roles_they_play(
    group: tuple[tuple[str, str], ...] | None, expected: Truth
) -> None:
    test = {"buying_group": {"has": ["decision_maker", "champion"], "at_least": "2 people"}}
    members = None if group is None else tuple(GroupMember(*member) for member in group)
    assert truth(test, lead(group=members)) is expected


def test_a_kind_of_signal_that_nothing_supplies_is_never_seen() -> None:
    trace = evaluate(condition({"signal": {"page_view": {"contains": "pricing"}}}), scope())
    assert (trace.truth, trace.seen) == (Truth.NOT_MET, "none")


@pytest.mark.parametrize(
    ("wanted", "states"),
    [
        ("open", {"open", "accepted", "working", "qualified"}),
        ("accepted", {"accepted", "working", "qualified"}),
        ("qualified", {"qualified"}),
        ("rejected", {"rejected"}),
        ("expired", {"expired"}),
    ],
)
def test_a_handoff_state_on_the_road_includes_the_later_ones(wanted: str, states: set[str]) -> None:
    known = (None, "open", "accepted", "working", "qualified", "rejected", "recycled", "expired")
    met = {state for state in known if truth({"handoff": wanted}, lead(handoff=state)) is Truth.MET}
    assert met == states


def test_persona_stage_score_and_definition_come_from_the_scope() -> None:
    met = {"our_market": condition({"contact.a_string": {"known": True}})}
    facts = lead(a_string="x")
    assert truth({"persona": "buyer"}, facts, persona="buyer") is Truth.MET
    assert truth({"persona": {"one_of": ["buyer", "champion"]}}, facts) is Truth.NOT_MET
    assert truth({"reaches": "lead"}, facts, reached=frozenset({"lead"})) is Truth.MET
    assert (
        truth({"score.interest.urgency": {"at_least": 40}}, facts, scores={"interest.urgency": 39.99}) is Truth.NOT_MET
    )
    assert truth({"score.fit": {"at_least": 40}}, facts) is Truth.NO_DATA
    assert truth({"meets": "our_market"}, facts, definitions=met) is Truth.MET


def test_definitions_in_a_circle_end_without_data() -> None:
    circle: dict[str, Condition] = {"a": Meets("b"), "b": Meets("a")}
    assert evaluate(Meets("a"), Scope(lead(), definitions=circle)).truth is Truth.NO_DATA


@pytest.mark.parametrize(
    ("node", "facts", "turns_at"),
    [
        ({"signal": {"form": "any", "within": "7 days"}}, lead(form("a")), NOW + 7 * DAY),
        ({"signal": {"form": "any", "within": "7 days"}}, lead(form("a", NOW - DAY), form("b")), NOW + 7 * DAY),
        ({"signal": {"form": "any"}}, lead(form("a")), None),
        ({"signal": {"form": "any"}}, lead(form("a", NOW + DAY)), NOW + DAY),
        ({"contact.a_date": {"in_last": "1 month"}}, lead(a_date="2026-11-01"), datetime(2026, 12, 1, tzinfo=UTC)),
        (
            {"contact.a_datetime": {"in_last": "2 h"}},
            lead(a_datetime="2026-11-20T14:00:00Z"),
            datetime(2026, 11, 20, 16, tzinfo=UTC),
        ),
        (
            {"contact.a_date": {"more_than_ago": "2 days"}},
            lead(a_date="2026-11-20"),
            datetime(2026, 11, 22, tzinfo=UTC),
        ),
        (
            {"contact.days_since_createdate": {"above": 30}},
            lead(createdate="2026-11-20"),
            datetime(2026, 12, 21, tzinfo=UTC),
        ),
        (
            {"contact.days_since_createdate": {"below": 3}},
            lead(createdate="2026-11-19"),
            datetime(2026, 11, 22, tzinfo=UTC),
        ),
        ({"contact.days_since_createdate": {"equals": 3}}, lead(createdate="2026-11-10"), None),
        ({"contact.a_date": {"before": "2026-12-01"}}, lead(a_date="2026-11-20"), None),
        ({"contact.a_date": {"before": "3 days ago"}}, lead(a_date="2026-11-20"), datetime(2026, 11, 23, tzinfo=UTC)),
        (
            {"contact.a_date": {"after": "1 month from now"}},
            lead(a_date="2026-12-31"),
            datetime(2026, 11, 30, tzinfo=UTC),
        ),
        ({"contact.a_date": {"in_next": "7 days"}}, lead(a_date="2026-11-28"), datetime(2026, 11, 21, tzinfo=UTC)),
        ({"contact.a_date": {"in_next": "7 days"}}, lead(a_date="2026-11-25"), datetime(2026, 11, 25, tzinfo=UTC)),
        (
            {"contact.a_date": {"more_than_from_now": "7 days"}},
            lead(a_date="2026-11-28"),
            datetime(2026, 11, 21, tzinfo=UTC),
        ),
        ({"contact.a_date": {"in_this": "quarter"}}, lead(a_date="2026-11-01"), datetime(2027, 1, 1, tzinfo=UTC)),
        ({"contact.a_date": {"in_following": "week"}}, lead(a_date="2026-11-24"), datetime(2026, 11, 23, tzinfo=UTC)),
        ({"contact.a_date": {"in_previous": "day"}}, lead(a_date="2026-11-20"), datetime(2026, 11, 21, tzinfo=UTC)),
        ({"signal": {"form": "any", "not_within": "7 days"}}, lead(form("a")), NOW + 7 * DAY),
        ({"signal": {"form": "any", "within": "7 days", "at_most": 0}}, lead(form("a")), NOW + 7 * DAY),
        (
            {"deal.a_date": {"in_next": "7 days"}},
            lead(deals=({"a_date": "2026-11-22"}, {"a_date": "2026-11-24"})),
            datetime(2026, 11, 24, tzinfo=UTC),
        ),
    ],
)
def test_a_test_says_when_time_alone_turns_it(node: object, facts: Facts, turns_at: datetime | None) -> None:
    trace = evaluate(condition(node), Scope(facts, VOCABULARY))
    assert trace.changes_at == turns_at
    if turns_at is not None:
        before, after = (replace(facts, now=at) for at in (turns_at - timedelta(microseconds=1), turns_at))
        assert truth(node, before) is trace.truth
        assert truth(node, after) is not trace.truth


def test_what_settles_the_whole_says_when_it_can_turn() -> None:
    window = condition({"signal": {"form": "any", "within": "7 days"}})
    longer = condition({"signal": {"form": "any", "within": "30 days"}})
    never = PersonaTest(("nobody",))
    facts = scope(lead(form("a")))
    assert evaluate(All((window, never)), facts).changes_at is None
    assert evaluate(Any_((window, never)), facts).changes_at == NOW + 7 * DAY
    assert evaluate(None_((window, never)), facts).changes_at == NOW + 7 * DAY
    assert evaluate(Any_((window, longer)), facts).changes_at == NOW + 30 * DAY  # only when no part is left
    assert evaluate(All((window, longer)), facts).changes_at == NOW + 7 * DAY
