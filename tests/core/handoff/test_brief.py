"""The brief, and what the CRM shows of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.agreement.model import Playbook
from app.handoff.decision import Brief, ContentItem
from app.handoff.note import LONGEST_HTML, in_lines, note_sections, render_note, render_task
from app.handoff.promise import due_of
from app.rules.condition import PropertyTest, StageTest
from tests.core.handoff.parts import ENTERPRISE, HOUR, MQL, NOW, SQL, agreement, decided, lead

MARKER = "baton h1-note"


def brief(say: str | None = None, **properties: Any) -> Brief:
    told = agreement() if say is None else agreement(playbooks=(Playbook("p", None, say, ()),))
    made = decided(lead(lifecyclestage=None, **properties), by=told).brief
    assert made is not None
    return made


def note(subject: Brief) -> str:
    return render_note(subject, marker=MARKER, due_at=NOW + HOUR, time_zone="America/New_York")


def test_a_brief_tells_who_why_and_what_to_do() -> None:
    made = brief(hs_analytics_source="PAID_SEARCH", hs_analytics_source_data_1="spring")
    assert (made.lead_name, made.company_name) == ("Ada Lovelace", "Acme")
    assert made.source == "Paid search: spring"
    assert made.content == (ContentItem(NOW - HOUR, "Demo request", "form"),)
    assert (made.persona, made.role) == ("buyer", "decision_maker")
    assert made.fit[0].startswith("+40 market: Company size at least 50 (is 120)")
    assert made.interest[0].startswith("+40 demo: Form contains demo")
    assert made.show == ("roi-calculator",)
    assert made.promise == "accept within 15 business min, first touch within 1 business hour"


def test_a_brief_tells_the_latest_source_beside_the_first_and_the_campaigns() -> None:
    made = brief(
        hs_analytics_source="PAID_SEARCH",
        hs_analytics_source_data_1="spring",
        hs_latest_source="EMAIL_MARKETING",
        hs_latest_source_data_2="November letter",
        hs_analytics_first_url="https://acme.example/?utm_source=google&utm_medium=cpc&utm_campaign=spring",
        hs_analytics_last_url="https://acme.example/pricing",
    )
    assert made.source.splitlines() == [
        "Paid search: spring",
        "Latest: Email marketing: November letter",
        "Campaign: google / cpc / spring",
    ]
    assert "Paid search: spring<br>Latest: Email marketing: November letter<br>Campaign: google" in note(made)


def test_a_source_that_never_changed_is_told_once() -> None:
    same = {"hs_analytics_source": "REFERRALS", "hs_latest_source": "REFERRALS"}
    assert brief(**same).source == "Referrals"
    assert brief(hs_latest_source="REFERRALS").source == "Latest: Referrals"
    assert brief(hs_analytics_first_url="https://[broken/?utm_source=google").source == ""


def test_a_playbook_is_chosen_by_stage_and_by_source() -> None:
    told = agreement(
        playbooks=(
            Playbook("close", StageTest(SQL), "Close.", ()),
            Playbook("paid", PropertyTest("contact.hs_analytics_source", "one_of", ("PAID_SEARCH",)), "Search.", ()),
            Playbook("open", StageTest(MQL), "Open.", ()),
        )
    )
    said = [
        decided(lead(lifecyclestage=stage, hs_analytics_source=source), by=told).brief
        for stage, source in ((SQL, "PAID_SEARCH"), ("lead", "PAID_SEARCH"), ("lead", "DIRECT_TRAFFIC"))
    ]
    assert [one and one.say for one in said] == ["Close.", "Search.", "Open."]


def test_a_talk_track_names_what_is_missing_by_its_label() -> None:
    assert brief().say == "Lead with payback for Acme, [missing: Company city]"


def test_a_lead_without_a_name_goes_by_its_address_or_its_number() -> None:
    assert brief(firstname=None, lastname=" ").lead_name == "ada@acme.com"
    assert brief(firstname=None, lastname=None, email=None).lead_name == "Contact 1"


@pytest.mark.parametrize(
    "injected", ["{{ 7 * 7 }}", "{% for x in range(9) %}x{% endfor %}", "{{ ''.__class__.__mro__ }}"]
)
def test_a_template_that_a_lead_typed_is_only_text(injected: str) -> None:
    assert brief("Hello {{ contact.firstname }}", firstname=injected).say == f"Hello {injected}"


FORBIDDEN = (
    "{% for x in contact %}{{ x }}{% endfor %}",
    "{% set a = 'x' %}{{ a }}",
    "{% import 'x' as y %}",
    "{% include 'x' %}",
    "{% macro m() %}{% endmacro %}",
    "{% call m() %}{% endcall %}",
    "{{ contact.firstname() }}",
    "{{ range(9) }}",
    "{{ 'a' * 99999999 }}",
    "{{ contact.firstname|replace('a', 'aaaa') }}",
    "{{ contact.firstname|nonsense }}",
    "{{ contact.firstname < 1 }}",
    "{{ unclosed",
    "{{ " + "(" * 1500 + "1" + ")" * 1500 + " }}",
    "{{ " + "not " * 900 + "1 }}",
    "x" * 4001,
)


def test_a_template_that_does_more_than_name_values_reads_as_an_error() -> None:
    said = {template: brief(template).say for template in FORBIDDEN}
    assert {template: say for template, say in said.items() if not say.startswith("[template error: ")} == {}


@pytest.mark.parametrize(
    "secret",
    ["{{ contact.values }}", "{{ contact.label }}", "{{ contact.jobtitle.upper.x }}", "{{ persona.__class__ }}"],
)
def test_a_template_sees_values_and_never_objects(secret: str) -> None:
    assert brief(secret).say.startswith("[missing: ")


def test_a_template_may_choose_between_texts() -> None:
    chosen = "{% if company.city %}In {{ company.city }}{% else %}{{ contact.jobtitle|upper }}{% endif %}"
    assert brief(chosen).say == "VP SALES"
    assert brief("{{ company.city|default('somewhere') }}").say == "somewhere"


def test_what_a_template_renders_is_cut() -> None:
    long = brief("{{ contact.jobtitle }}" * 150, jobtitle="VP " + "x" * 5000)
    assert len(long.say) == 8000


def test_a_note_escapes_what_the_lead_typed() -> None:
    shown = note(brief(firstname="<script>alert(1)</script>", recent_conversion_event_name="Demo <b>&"))
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
    assert "Demo &lt;b&gt;&amp;" in shown


def test_a_note_escapes_once() -> None:
    assert "AT&amp;T" in note(brief("{{ contact.firstname }}", firstname="AT&T"))


def test_the_marker_is_the_quiet_last_line_of_note_and_task() -> None:
    made = brief()
    subject, task = render_task(made, marker=MARKER, due_at=None, time_zone="UTC")
    assert subject == "First touch: Ada Lovelace (Acme)"
    for shown in (note(made), task):
        last = shown[shown.rindex("<p") :]
        assert MARKER in last
        assert "color:#" in last


def test_a_note_says_when_the_promise_falls_due_in_the_zone_of_the_reader() -> None:
    assert "2026-11-20 11:00 (America/New_York)" in note(brief())
    nowhere = render_note(brief(), marker=MARKER, due_at=NOW, time_zone="Nowhere/At all")
    assert "2026-11-20 15:00 (UTC)" in nowhere


def test_a_note_is_never_too_long_for_the_crm_and_keeps_its_marker() -> None:
    swollen = replace(brief(), say="'" * 8000, fit=tuple("<" * 300 for _ in range(500)), why="&" * 9000)
    shown = note(swollen)
    assert len(shown) <= LONGEST_HTML
    assert shown.endswith(f"{MARKER}</p>")


def test_control_characters_and_broken_code_points_do_not_reach_the_crm() -> None:
    shown = note(brief("{{ contact.firstname }}", firstname="A\x00d\ud800a\nb"))
    shown.encode()
    assert "\x00" not in shown


def test_a_note_as_text_says_the_same_line_by_line() -> None:
    subject = replace(brief("First.\nThen."), fit=("+40 market",), interest=(), heading="Second brief: now SQL")
    lines = list(in_lines(note_sections(subject, due_at=None, time_zone="UTC")))
    assert lines[:2] == ["Second brief: now SQL", "Lead: Ada Lovelace (Acme)"]
    assert lines[lines.index("Say: First.") + 1] == "  Then."
    assert lines[lines.index("Did:") + 1] == "  - 2026-11-20 14:00 (UTC): Form: Demo request"
    assert not any(line.startswith(("Due", "Interest")) for line in lines)
    assert note(subject).startswith("<p><b>Second brief: now SQL</b></p>")


def test_the_first_touch_is_due_on_the_pools_calendar() -> None:
    friday_evening = datetime(2026, 11, 20, 21, 30, tzinfo=UTC)  # 16:30 in New York, half an hour left
    monday = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
    assert due_of(agreement(), ENTERPRISE, "fast", friday_evening) == monday


def test_only_acceptance_is_due_where_only_that_is_promised() -> None:
    fast = agreement().promises["fast"]
    only = agreement(promises={"fast": replace(fast, first_touch=None)})
    assert due_of(only, ENTERPRISE, "fast", NOW) == NOW + HOUR / 4
    assert (
        due_of(agreement(promises={"fast": replace(fast, first_touch=None, accept=None)}), ENTERPRISE, "fast", NOW)
        is None
    )
    assert due_of(agreement(), ENTERPRISE, "no such promise", NOW) is None
