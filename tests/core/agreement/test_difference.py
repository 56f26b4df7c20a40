"""Two agreements are compared rule by rule, told in sentences; and nothing that differs goes untold."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

import pytest

from app.agreement.difference import Change, ChangeKind, as_lines, difference, touched_sections
from app.agreement.model import Agreement
from app.agreement.parse import build_agreement, default_vocabulary, parse_agreement
from app.rules.facts import Vocabulary
from app.rules.names import DEFAULT_PROPERTIES
from tests.core.agreement.documents import WHOLE
from tests.core.agreement.edits import ContentEdit, at, drop, edited, insert, move, put

VOCABULARY = default_vocabulary()
BASE = parse_agreement(WHOLE, file="agreement.yaml")
MARKET = "definitions/our_market"
ENTERPRISE = {"to": "enterprise", "promise": "fast"}
EXAMPLE = "A VP at a large firm who asks for a demo"
LEADERS = "chief, ceo, cfo, cto, cio, vp, vice president, head, director"
NEW_PROMISE = {
    "id": "soon",
    "hours_of": "lead",
    "accept": {"within": "2 h", "steps": [{"at": "breach", "do": "notify both sides"}]},
}
NIGHT = {"id": "night", "time_zone": "UTC", "open": {"mon-sun": ["00:00-06:00"], "sat": ["20:00-24:00"]}}

EDITS: tuple[tuple[ContentEdit, list[str]], ...] = (
    (
        put(f"{MARKET}/0", {"company.numberofemployees": {"at_least": 100}}),
        ["~ Definition Our market, company size: at least 50 → at least 100"],
    ),
    (
        put(f"{MARKET}/0", {"company.numberofemployees": {"at_least": 50, "if_missing": "met"}}),
        ["~ Definition Our market, company size: at least 50 → at least 50 (met if not known)"],
    ),
    (
        insert(f"{MARKET}/2", {"company.country": {"one_of": ["US", "CA"]}}),
        ["+ Definition Our market: condition added: Company country is one of US, CA"],
    ),
    (
        drop(f"{MARKET}/0"),
        ["- Definition Our market: condition removed: Company size at least 50"],
    ),
    (
        put(MARKET, {"contact.country": "US"}),
        [
            (
                "~ Definition Our market: Company size at least 50 and Industry is one of COMPUTER_SOFTWARE, "
                "INFORMATION_TECHNOLOGY_AND_SERVICES, FINANCIAL_SERVICES, BANKING → Country is US"
            )
        ],
    ),
    (
        put(f"{MARKET}/0/company.numberofemployees", {"at_least": 50, "below": 500}),
        ["+ Definition Our market: condition added: Company size below 500"],
    ),
    (
        put("definitions/wants_a_demo/signal/within", "14 days"),
        ["~ Definition Wants a demo, form: contains demo, within 7 days → contains demo, within 14 days"],
    ),
    (
        put("definitions/abroad", {"none": [{"contact.country": "US"}]}),
        ["+ Definition Abroad: added: not (Country is US)"],
    ),
    (put("profile/ideal_customer", "wants_a_demo"), ["~ Profile, ideal customer: our_market → wants_a_demo"]),
    (put("personas/1/role", "influencer"), ["~ Persona technical_champion, role: champion → influencer"]),
    (
        insert("personas/0/when/contact.jobtitle/has_any/9", "founder"),
        [
            (
                f"~ Persona economic_buyer, job title: has any of the words {LEADERS} → "
                f"has any of the words {LEADERS}, founder (added founder)"
            )
        ],
    ),
    (move("personas", 1, 0), ["> Persona technical_champion: moved from 2nd to 1st place"]),
    (put("score/fit/rows/0/points", 45), ["~ Score fit, row market, points: 40 → 45"]),
    (drop("score/interest.urgency/cap"), ["- Score interest.urgency, cap: removed: 40"]),
    (
        drop("score/fit/rows/2"),
        ["- Score fit, row champion: removed: 15 points when Persona is technical_champion"],
    ),
    (
        put("score/interest.knowledge/rows/0/half_life", "30 days"),
        ["~ Score interest.knowledge, row reads, half life: 14 days → 30 days"],
    ),
    (
        put("score/fit/rows/1/when", [{"persona": "economic_buyer"}, {"meets": "our_market"}]),
        ["+ Score fit, row buyer: condition added: Our market is met"],
    ),
    (
        insert(
            "score/interest.knowledge/rows/1", {"id": "opens", "points": 1, "each": {"signal": {"email_open": "any"}}}
        ),
        ["+ Score interest.knowledge, row opens: added: 1 point for each E-mail opened of any kind"],
    ),
    (
        put("disqualify/0/because", "Works for somebody like us"),
        ["~ Disqualification competitor, because: Works for a competitor → Works for somebody like us"],
    ),
    (
        insert("disqualify/1", {"id": "press", "because": "Writes about us", "when": {"contact.jobtitle": "Reporter"}}),
        ["+ Disqualification press: added: Writes about us, when Job title is Reporter"],
    ),
    (
        put("stages/0/when/1/score.interest/at_least", 25),
        ["~ Stage marketingqualifiedlead, interest score: at least 30 → at least 25"],
    ),
    (
        put("ready/any/1/all/1/score.interest.urgency/at_least", 30),
        ["~ Ready, urgency score: at least 40 → at least 30"],
    ),
    (drop("ready/any/0"), ["- Ready: alternative removed: Stage marketingqualifiedlead reached"]),
    (put("ready/wait_for/at_most", "5 min"), ["~ Ready, wait for, at most: 2 min → 5 min"]),
    (drop("ready/wait_for"), ["- Ready, wait for: removed: known company.numberofemployees, at_most 2 min"]),
    (
        insert(
            "routes/0", {"id": "vip", "because": "Runs a company", "when": {"contact.jobtitle": "CEO"}, **ENTERPRISE}
        ),
        [
            "+ Route vip: added: Runs a company; goes to the pool enterprise by the promise fast when Job title is CEO",
        ],
    ),
    (put("routes/1/to", "enterprise"), ["~ Route rest, to: inbound → enterprise"]),
    (put("pools/0/members/0/share", 3), ["~ Pool inbound, member ann@example.com, share: 2 → 3"]),
    (drop("pools/0/members/1"), ["- Pool inbound, member bob@example.com: removed"]),
    (
        insert("pools/1/members/1", {"owner": "dee@example.com", "share": 2}),
        ["+ Pool enterprise, member dee@example.com: added: share 2"],
    ),
    (move("pools/0/prefer", 2, 1), ["> Pool inbound, prefer: previous_owner moved from 3rd to 2nd place"]),
    (
        insert("territories/0/owners/0", "ann@example.com"),
        ["+ Territory canada, owners: added: ann@example.com"],
    ),
    (
        drop("named_accounts/0"),
        ["- Named account Harbour Insurance: removed: ann@example.com has it, known by the domain harbour.example"],
    ),
    (
        put("named_accounts/1/owner", "eve@example.com"),
        ["~ Named account Meridian Freight, owner: bob@example.com → eve@example.com"],
    ),
    (put("pools/1/working_hours", "require"), ["+ Pool enterprise, working hours: added: require"]),
    (
        put("calendars/0/extra_open/2026-12-19", ["09:00-12:00"]),
        ["~ Calendar us, extra open, 2026-12-19: 10:00-14:00 → 09:00-12:00"],
    ),
    (
        put("promises/0/first_touch/within", "2 business hours"),
        ["~ Promise fast, first touch, within: 1 business hour → 2 business hours"],
    ),
    (
        put("promises/0/first_touch/steps/1/do", "notify sales"),
        ["~ Promise fast, first touch, step breach + 1 business hour, do: reassign → notify sales"],
    ),
    (drop("promises/0/accept/steps/0"), ["- Promise fast, accept, step 75 %: removed: do notify owner"]),
    (
        insert("promises/2", NEW_PROMISE),
        [
            (
                "+ Promise soon: added: Sales accepts or declines within 2 hours (at the breach: notify both sides); "
                "business time counts in the pool's hours, laid on the lead's time zone"
            )
        ],
    ),
    (put("recycle/0/return_after", "never"), ["~ Returned lead no_budget, return after: 90 days → never"]),
    (
        insert("recycle/3", {"reason": "moved_on", "return_after": "1 month", "to": "same_owner"}),
        ["+ Returned lead moved_on: added: it may come back to the same owner after 1 month"],
    ),
    (put("playbooks/2/show/0", "tour"), ["~ Playbook listen, show: company-overview → tour"]),
    (
        insert("playbooks/1/show/2", "case-study"),
        ["+ Playbook hands_on, show: added: case-study"],
    ),
    (put("targets/revenue", 600000), ["~ Targets, revenue: 500000 → 600000"]),
    (
        put("calendars/0/open/mon-fri/0", "09:00-18:00"),
        ["~ Calendar us, open, mon-fri: 09:00-17:30 → 09:00-18:00"],
    ),
    (insert("calendars/0/closed/1", "2026-12-31"), ["+ Calendar us, closed: added: 2026-12-31"]),
    (
        insert("calendars/1", NIGHT),
        [
            (
                "+ Calendar night: added: Monday to Friday 00:00-06:00; Saturday 00:00-06:00, 20:00-24:00; "
                "Sunday 00:00-06:00, in UTC"
            )
        ],
    ),
    (put("free_mail", {"add": ["example.net"]}), ["+ Free mail: added: add example.net"]),
    (put("agreement/ends_on", "never"), ["~ Ends on: 2027-09-30 → never"]),
    (
        put("agreement/sides/sales/contact", "sue@example.com"),
        ["~ Sides, sales, contact: sam@example.com → sue@example.com"],
    ),
    (insert("agreement/goals/0", "Sleep well"), ["+ Goals: added: Sleep well"]),
    (
        move("agreement/goals", 1, 0),
        ["> Goals: Win 20 % more inbound business than last year moved from 2nd to 1st place"],
    ),
    (
        put("agreement/accountability/0/then", ["open review"]),
        ["- Consequence first_touch_met below 90 % for 2 weeks, then: removed: notify both sides"],
    ),
    (
        put("examples/0/given/signals/0/ago", "2 h"),
        [f"~ Example {EXAMPLE}, given, signals, ago: 1 h → 2 h"],
    ),
    (
        put("examples/10/expect/score.interest", 1),
        ["~ Example A good fit whose interest has passed, expect, score.interest: 0 → 1"],
    ),
    (
        drop("examples/9"),
        ["- Example One employee below our market: removed: score.fit 0, stage lead, ready false"],
    ),
)


def built(edit: ContentEdit) -> Agreement:
    return build_agreement(edited(BASE.document, edit))


def changes(edit: ContentEdit) -> tuple[Change, ...]:
    return difference(BASE, built(edit), VOCABULARY)


@pytest.mark.parametrize(("edit", "told"), EDITS, ids=[told[0][:60] for _, told in EDITS])
def test_an_edit_is_told_in_a_sentence_and_its_undoing_as_the_opposite(edit: ContentEdit, told: list[str]) -> None:
    new = built(edit)
    found = difference(BASE, new, VOCABULARY)
    assert [line.strip() for line in as_lines(found)[1:]] == told
    assert frozenset().union(*(one.sections for one in found)) == touched_sections(BASE, new)
    opposite = {ChangeKind.ADDED: ChangeKind.REMOVED, ChangeKind.REMOVED: ChangeKind.ADDED}
    undone = difference(new, BASE, VOCABULARY)
    assert Counter(one.kind for one in undone) == Counter(opposite.get(one.kind, one.kind) for one in found)


def test_the_lines_are_grouped_under_the_titles_of_their_sections_in_the_order_of_the_document() -> None:
    new = build_agreement(
        edited(
            BASE.document,
            put("targets/cycle", "60 days"),
            put("score/interest.urgency/cap", 35),
            drop("score/fit/rows/2"),
        )
    )
    assert as_lines(difference(BASE, new, VOCABULARY)) == [
        "Scores",
        "  - Score fit, row champion: removed: 15 points when Persona is technical_champion",
        "  ~ Score interest.urgency, cap: 40 → 35",
        "Targets",
        "  ~ Targets, cycle: 90 days → 60 days",
    ]


def test_a_change_carries_what_was_and_what_is() -> None:
    (change,) = changes(put(f"{MARKET}/0", {"company.numberofemployees": {"at_least": 100}}))
    assert change == Change(
        kind=ChangeKind.CHANGED,
        section="definitions",
        subject="Definition Our market, company size",
        sentence="Definition Our market, company size: at least 50 → at least 100",
        before="at least 50",
        after="at least 100",
        sections=frozenset({"definitions", "profile", "score"}),
    )


def test_comments_layout_and_the_order_of_names_are_no_change() -> None:
    turned = json.loads(json.dumps(BASE.document), object_pairs_hook=lambda pairs: dict(reversed(pairs)))
    bare = "\n".join(line for line in WHOLE.splitlines() if not line.lstrip().startswith("#"))
    for same in (build_agreement(turned), parse_agreement(bare, file="x")):
        assert difference(BASE, same, VOCABULARY) == ()
        assert touched_sections(BASE, same) == frozenset()


def test_the_same_meaning_in_other_words_is_told_as_that() -> None:
    ready = dict(at(BASE.document, ("ready",)))
    wait = ready.pop("wait_for")
    demo = at(BASE.document, ("definitions", "wants_a_demo"))
    edits = (
        put("definitions/wants_a_demo", [demo]),
        move(MARKET, 1, 0),
        put("ready", {"when": ready, "wait_for": wait}),
    )
    assert [change.sentence for edit in edits for change in changes(edit)] == [
        "Definition Wants a demo: written differently, with the same meaning",
        "Definition Our market: written differently, with the same meaning",
        "Ready: written differently, with the same meaning",
    ]


def test_values_that_read_alike_are_shown_as_they_are_written() -> None:
    (change,) = changes(put("examples/0/given/company/numberofemployees", "1200"))
    assert (change.before, change.after) == ("1200", '"1200"')


def test_properties_with_one_label_are_told_apart() -> None:
    labels = {name: replace(one, label="City") for name, one in DEFAULT_PROPERTIES.items()}
    old, new = (built(put("routes/0/when", {f"contact.{name}": "Rome"})) for name in ("city", "state"))
    vocabulary = Vocabulary({f"contact.{name}": labels["contact.city"] for name in ("city", "state")})
    (change,) = difference(old, new, vocabulary)
    assert change.before != change.after


def test_an_item_that_keeps_its_number_but_not_its_neighbours_is_told_by_them() -> None:
    old = built(put("playbooks/0/show", ["a", "b", "c"]))
    new = built(put("playbooks/0/show", ["c", "b", "a"]))
    assert [change.sentence for change in difference(old, new, VOCABULARY)] == [
        "Playbook payback, show: c moved from 3rd to 1st place",
        "Playbook payback, show: b moved from 2nd to behind c",
    ]


def test_steps_at_one_moment_are_told_apart() -> None:
    steps = [{"at": "breach", "do": "notify manager"}, {"at": "breach", "do": "notify sales"}]
    old = built(put("promises/1/accept/steps", steps))
    new = built(put("promises/1/accept/steps", [steps[0], {"at": "breach", "do": "notify marketing"}]))
    assert [change.sentence for change in difference(old, new, VOCABULARY)] == [
        "Promise standard, accept, step breach (2nd), do: notify sales → notify marketing"
    ]


def test_whatever_a_text_holds_its_sentence_is_one_line() -> None:
    (change,) = changes(put("agreement/overview", "One\nline\x1b[31m\r\nmore"))
    assert change.sentence.isprintable()
