"""What linting says of rows, scores, promises and names, beyond one document for each code."""

from __future__ import annotations

from app.agreement.accountability import Breach, read_breach
from app.agreement.lint import lint
from app.records.span import Span
from tests.core.agreement.documents import SMALL, broken
from tests.core.agreement.one_of_each import found

ROUTE = "  - {id: rest, because: All of them, to: everyone, promise: soon}\n"


def with_route(when: str, text: str = SMALL) -> str:
    assert ROUTE in text
    route = ROUTE.replace("rest", "first").replace("because:", f"when: {when}, because:")
    return text.replace(ROUTE, route + ROUTE)


def test_a_route_is_shadowed_by_whoever_is_disqualified_before() -> None:
    text = broken(
        "disqualify: []", "disqualify: [{id: tiny, because: x, when: {company.numberofemployees: {below: 9}}}]"
    )
    shadowed = lint(with_route("{company.numberofemployees: {below: 5}}", text), file="a.yaml")
    assert [(fault.path, fault.message) for fault in shadowed] == [
        ("/routes/0/when", "whoever meets this is taken by `tiny` first, so it is never used")
    ]


def test_a_route_that_no_ready_lead_meets_is_told() -> None:
    text = broken("ready: {reaches: marketingqualifiedlead}", "ready: {company.numberofemployees: {at_least: 50}}")
    (fault,) = lint(with_route("{company.numberofemployees: {below: 5}}", text), file="a.yaml")
    assert (fault.code, fault.path) == ("cannot_match", "/routes/0/when")
    assert fault.message.startswith("no ready lead can meet this")


def test_no_lead_with_an_open_handoff_is_routed() -> None:
    assert found(with_route("{handoff: open}")) == []
    assert found(with_route("{all: [{handoff: open}, {none: [{handoff: qualified}]}]}")) == [
        ("cannot_match", "/routes/0/when")
    ]


def test_a_test_for_a_persona_that_nobody_can_be_is_told() -> None:
    impossible = broken("{has_any: [head]}", "{equals: ceo, contains: head}")
    assert found(with_route("{persona: buyer}", impossible)) == [
        ("cannot_match", "/personas/0/when"),
        ("cannot_match", "/routes/0/when"),
    ]


def test_a_persona_with_one_way_that_nobody_takes_can_still_be_met() -> None:
    ways = "{any: [{contact.jobtitle: head}, {contact.num_notes: {above: 5, below: 5}}]}"
    text = broken("{contact.jobtitle: {has_any: [head]}}", ways)
    assert found(with_route("{persona: buyer}", text)) == [("cannot_match", "/personas/0/when/any/1")]


def test_a_definition_that_cannot_be_met_is_told_once() -> None:
    assert found(broken("{at_least: 50}", "{at_least: 50, below: 50}")) == [("cannot_match", "/definitions/big")]


def test_a_way_of_meeting_it_that_nobody_can_take_is_told_where_it_stands() -> None:
    never = "{company.numberofemployees: {at_least: 50, below: 50}}"
    text = broken(
        "ready: {reaches: marketingqualifiedlead}",
        f"ready: {{any: [{{reaches: lead}}, {{all: [{{any: [{never}]}}]}}]}}",
    )
    assert found(text) == [("cannot_match", "/ready/any/1")]


def test_interest_is_the_sum_of_its_parts() -> None:
    parts = "".join(
        f"\n  interest.{part}: {{rows: [{{id: a, points: 20, when: {{meets: big}}}}]}}"
        for part in ("learning", "urgency")
    )
    text = broken("when: {meets: big}}]}", "when: {meets: big}}]}" + parts)
    asked = text.replace("{score.fit: {at_least: 40}}", "{score.interest: {at_least: 40}}")
    assert found(asked) == []
    assert found(asked.replace("interest: {at_least: 40}", "interest: {at_least: 41}")) == [
        ("threshold_out_of_reach", "/stages/0/when/score.interest")
    ]


def test_a_cap_bounds_what_can_be_reached() -> None:
    assert found(broken("fit: {rows", "fit: {cap: 30, rows")) == [
        ("threshold_out_of_reach", "/stages/0/when/score.fit")
    ]


def test_signals_have_no_number_to_end_at() -> None:
    counting = broken(
        "{id: size, points: 40, when: {meets: big}}", "{id: size, points: 1, each: {signal: {form: any}}}"
    )
    assert found(counting) == []
    assert found(counting.replace("points: 1,", "points: 1, at_most: 5,")) == [
        ("threshold_out_of_reach", "/stages/0/when/score.fit")
    ]


def test_points_that_are_taken_away_can_lead_below_nothing() -> None:
    text = broken("when: {meets: big}}]}", "when: {meets: big}}, {id: far, points: -5, when: {contact.city: Rome}}]}")
    assert found(text.replace("{at_least: 40}", "{at_least: 0}")) == []
    assert found(text.replace("{at_least: 40}", "{below: -5}")) == [
        ("threshold_out_of_reach", "/stages/0/when/score.fit")
    ]


def test_a_threshold_within_other_conditions_is_told_at_its_own_place() -> None:
    text = broken(
        "ready: {reaches: marketingqualifiedlead}", "ready: {any: [{reaches: lead}, [{score.fit: {above: 99}}]]}"
    )
    assert found(text) == [("threshold_out_of_reach", "/ready/any/1/0/score.fit")]


def test_a_pool_that_only_stands_in_is_used() -> None:
    pool = "  - {id: others, manager: sam@example.com, calendar: office, members: [{owner: ann@example.com}]}\n"
    text = broken("promises:\n", pool + "promises:\n")
    assert found(text) == [("unused", "/pools/1/id")]
    assert found(text.replace("calendar: office,", "calendar: office, if_nobody: others,", 1)) == []


def steps(first: str, second: str, *, first_does: str = "notify owner") -> list[tuple[str, str]]:
    written = f"{{at: {first}, do: {first_does}}}, {{at: {second}, do: notify manager}}"
    return found(broken("within: 4 business hours", f"within: 4 business hours, steps: [{written}]"))


def test_steps_come_one_after_the_other() -> None:
    late = [("steps_order", "/promises/0/accept/steps/1/at")]
    assert steps("50 %", "75 %") == steps("75 %", "breach") == steps("breach", "breach + 1 business hour") == []
    assert steps("75 %", "50 %") == steps("breach + 1 hour", "breach") == late
    assert steps("breach + 2 hours", "breach + 90 min") == late
    assert steps("breach + 1 business day", "breach + 2 hours") == []  # which is later depends on the day


def test_steps_of_attempts_come_one_after_the_other_too() -> None:
    attempts = "attempts: {count: 2, within: 3 days, steps: [{at: breach, do: task}, {at: 75 %, do: task}]}"
    text = broken("accept: {within: 4 business hours}", f"accept: {{within: 4 business hours}}, {attempts}")
    assert found(text) == [("steps_order", "/promises/0/attempts/steps/1/at")]


def test_what_comes_after_the_end_of_a_handoff_is_never_done() -> None:
    assert steps("breach", "breach + 1 hour", first_does="stop") == [("step_after_stop", "/promises/0/accept/steps/1")]


def test_a_promise_of_other_units_is_not_called_late() -> None:
    text = "accept: {within: 4 business hours}"
    assert found(broken(text, f"{text}, first_touch: {{within: 1 business day}}")) == []


def test_what_is_waited_for_must_exist_in_the_portal() -> None:
    waiting = "ready: {reaches: marketingqualifiedlead, wait_for: {known: [company.size], at_most: 2 min}}"
    text = broken("ready: {reaches: marketingqualifiedlead}", waiting)
    assert found(text) == [("unknown_property", "/ready/wait_for/known/0")]
    assert lint(text, file="a.yaml") == []


def test_two_sides_cannot_promise_the_same_section() -> None:
    (fault,) = lint(broken("sections: [pools]", "sections: [pools, score]"), file="a.yaml")
    assert fault.message == "`score` is listed by marketing already, and a section is one side's promise"


def test_accountability_is_read_as_a_measure_a_share_and_a_span() -> None:
    assert read_breach("first_touch_met below 90 % for 2 weeks") == Breach(
        "first_touch_met", below=True, percent=90, span=Span.parse("2 weeks")
    )
    assert read_breach("rejected above 25% for 1 month") == Breach("rejected", False, 25, Span.parse("1 month"))


def test_accountability_in_other_words_is_not_read() -> None:
    others = (
        "",
        "first_touch_met below 90 %",
        "first_touch_met under 90 % for 2 weeks",
        "rejected above 101 % for 1 day",
    )
    assert [
        read_breach(text) for text in (*others, "rejected above 5 % for ever", "rejected above 5 % for 0 days")
    ] == [None] * 6
