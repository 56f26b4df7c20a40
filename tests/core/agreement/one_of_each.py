"""For every code that linting knows, the smallest document that has this fault and no other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from app.agreement.lint import lint
from app.agreement.portal import PortalWords
from app.agreement.reads import LEAD_ZONE
from app.agreement.source import SIZE_LIMIT
from app.agreement.vocabulary import default_vocabulary
from app.records.crm import Owner, PropertyDefinition, PropertyOption
from app.records.ids import OwnerId
from app.records.stages import HUBSPOT_DEFAULT_STAGES
from tests.core.agreement.documents import broken

_KNOWN = default_vocabulary()
_INDUSTRY = PropertyDefinition(
    "industry", "Industry", "enumeration", (PropertyOption("BANKING", "Banking"),), field_type="select"
)
_DEFINED = {name: one for name, one in _KNOWN.properties.items() if name != LEAD_ZONE}
PORTAL = PortalWords(
    replace(_KNOWN, properties={**_DEFINED, "company.industry": _INDUSTRY}),
    tuple(Owner(OwnerId(name), f"{name}@example.com", name, active=name != "bob") for name in ("ann", "bob", "sam")),
    HUBSPOT_DEFAULT_STAGES,
    tier="starter",
)
"""A portal in which the small document has no fault: Bob has left, an industry is one choice, no lead has a zone."""


def found(text: str) -> list[tuple[str, str]]:
    """The code and the place of each fault, beside that portal."""
    return [(fault.code, fault.path) for fault in lint(text, file="a.yaml", portal=PORTAL)]


_BIG = "big: {company.numberofemployees: {at_least: 50}}"
_BUYER = "{id: buyer, role: decision_maker, when: {contact.jobtitle: {has_any: [head]}}}"
_GIVEN = "{company: {numberofemployees: 50}}"
_ACCOUNT = "named_accounts: [{company: Acme, domain: %s, owner: sam@example.com}]\npools:\n"
_HOURS = '{mon-thu: ["09:00-17:00"], fri: ["09:00-13:00"]}'
_MEMBERS = "members: [{owner: ann@example.com}]"
_ROUTE = "  - {id: rest, because: All of them, to: everyone, promise: soon}\n"
_SIZE = "{id: size, points: 40, when: {meets: big}}"
_SOON = "{id: soon, hours_of: pool, accept: {within: 4 business hours}}"
_STAGE = "  - {id: marketingqualifiedlead, when: {score.fit: {at_least: 40}}}\n"


def _persona(when: str) -> str:
    return broken("when: {contact.jobtitle: {has_any: [head]}}", f"when: {when}")


def _ready(when: str) -> str:
    return broken("ready: {reaches: marketingqualifiedlead}", f"ready: {when}")


def _say(say: str) -> str:
    return broken("playbooks: []", f"playbooks: [{{id: a, say: '{say}'}}]")


def _steps(steps: str) -> str:
    return broken("within: 4 business hours", f"within: 4 business hours, steps: [{steps}]")


def _prefers(preference: str) -> str:
    return broken(_MEMBERS, f"prefer: [{preference}], {_MEMBERS}")


def _account(when: str, then: str) -> str:
    return broken("accountability: []", f"accountability: [{{when: {when}, then: [{then}]}}]")


_TEXT: Mapping[str, str | bytes] = {
    "too_big": "# " + "x" * SIZE_LIMIT,
    "encoding": b"a: \xff\n",
    "character": "a: \x00\n",
    "yaml": 'a: "b\n',
    "two_documents": "a: 1\n---\nb: 2\n",
    "directive": "%YAML 1.1\n---\na: 1\n",
    "alias": "a: &x 1\n",
    "tag": "a: !!str 1\n",
    "key": "? [a]\n: 1\n",
    "duplicate_key": broken("recycle: []", "recycle: []\nrecycle: []"),
    "too_deep": "[" * 50,
}

_FORM: Mapping[str, str] = {
    "missing": broken("recycle: []\n", ""),
    "unknown_key": broken("recycle: []", "recycle: []\nreviews: []"),
    "model_type": broken("profile: {ideal_customer: big}", "profile: big"),
    "dict_type": broken(f"open: {_HOURS}", "open: always"),
    "list_type": broken("goals: [Grow]", "goals: Grow"),
    "too_short": broken("goals: [Grow]", "goals: []"),
    "string_type": broken("goals: [Grow]", "goals: [3]"),
    "string_too_short": broken("goals: [Grow]", "goals: ['']"),
    "string_too_long": broken("{id: buyer,", f"{{id: {'b' * 65},"),
    "string_pattern_mismatch": broken("{id: buyer,", "{id: a buyer,"),
    "int_type": broken(_MEMBERS, "members: [{owner: ann@example.com, share: most}]"),
    "float_type": broken("points: 40", "points: forty"),
    "greater_than": broken("revenue: 1000", "revenue: 0"),
    "greater_than_equal": broken(_MEMBERS, "members: [{owner: ann@example.com, share: 0}]"),
    "less_than_equal": broken("points: 40", "points: 10001"),
    "unknown_word": broken("hours_of: pool", "hours_of: sales"),
    "bad_email": broken("contact: mia@example.com", "contact: mia"),
    "bad_time_zone": broken("time_zone: Europe/Berlin\n", "time_zone: Berlin\n"),
    "bad_currency": broken("currency: EUR", "currency: euros"),
    "bad_country": broken("open: {mon-thu", "holidays: usa, open: {mon-thu"),
    "bad_domain": broken("recycle: []", "recycle: []\nfree_mail: {add: [Example]}"),
    "bad_span": broken("review: {every: 3 months}", "review: {every: often}"),
    "bad_date": broken("starts_on: 2026-10-01", "starts_on: 2026-02-30"),
    "bad_time": broken('at: "2026-11-20 10:00"', "at: today"),
    "bad_count": broken(_MEMBERS, "members: [{owner: ann@example.com, at_most: many}]"),
    "bad_moment": _steps("{at: later, do: reassign}"),
    "bad_step": _steps("{at: breach, do: notify boss}"),
    "bad_property": broken("hours_of: pool", "hours_of: pool, counts_as_touch: [Last contacted]"),
    "bad_value": _ready("{reaches: marketingqualifiedlead, wait_for: {known: [size], at_most: 2 min}}"),
    "bad_score": broken(_SIZE + "]}", _SIZE + "]}\n  interest: {rows: [{id: a, points: 1, when: {meets: big}}]}"),
    "bad_calendar": broken(f"open: {_HOURS}", "open: {mon-sun: []}"),
    "ends_before_start": broken("ends_on: never", "ends_on: 2026-09-30"),
    "when_or_each": broken(_SIZE, "{id: size, points: 40}"),
    "half_life": broken("points: 40", "points: 40, half_life: 7 days"),
    "row_at_most": broken("points: 40", "points: 40, at_most: 50"),
    "if_nobody": broken(_MEMBERS, f"{_MEMBERS}, if_nobody: {{}}"),
    "empty_promise": broken(_SOON, "{id: soon, hours_of: pool}"),
    "bad_template": _say("Hi {{ contact.firstname"),
    "not_a_map": broken(_GIVEN, "{company: large}"),
    "not_a_value": broken(_GIVEN, "{company: {numberofemployees: [50]}}"),
    "not_expected": broken("expect: {ready: true}", "expect: {}"),
    "unknown_expectation": broken("expect: {ready: true}", "expect: {rout: rest}"),
    "not_a_number": broken("expect: {ready: true}", "expect: {score.fit: high}"),
    "not_true_or_false": broken("expect: {ready: true}", "expect: {ready: soon}"),
}

_CONDITIONS: Mapping[str, str] = {
    "not_a_condition": _persona("3"),
    "several_conditions": _persona("{contact.jobtitle: Head, contact.city: Berlin}"),
    "unknown_condition": _persona("{jobtitle: Head}"),
    "empty_list": _persona("[]"),
    "not_here": _persona("{persona: buyer}"),
    "unknown_operator": _persona("{contact.jobtitle: {looks_like: head}}"),
    "no_operator": _persona("{contact.jobtitle: {}}"),
    "operator_type": _persona("{contact.num_notes: {contains: x}}"),
    "operand_count": _persona("{contact.num_notes: {between: [1]}}"),
    "operand_type": _persona("{contact.num_notes: {at_least: many}}"),
    "bad_if_missing": _persona("{contact.jobtitle: {contains: head, if_missing: maybe}}"),
    "not_a_signal": _persona("{signal: form}"),
    "several_tests": _persona("{signal: {form: {contains: demo, starts_with: Book}}}"),
    "signal_wanted": broken(_SIZE, "{id: size, points: 40, each: {meets: big}}"),
    "not_a_persona": _ready("{persona: {}}"),
    "not_a_role": _ready("{role: {}}"),
    "not_a_group": _ready("{buying_group: {}}"),
    "not_a_name": _ready("{reaches: 3}"),
    "too_involved": broken(
        _BIG, "".join([f"{_BIG}\n  x0: {{meets: big}}", *(f"\n  x{at}: {{meets: x{at - 1}}}" for at in range(1, 9))])
    ),
    "definition_circle": broken(_BIG, "big: {any: [{meets: big}, {contact.city: Berlin}]}"),
}

_NAMES: Mapping[str, str] = {
    "duplicate_id": broken(
        "recycle: []", "recycle: [{reason: a, return_after: never}, {reason: a, return_after: 1 day}]"
    ),
    "unknown_section": broken("sections: [score]", "sections: [scores]"),
    "unknown_definition": broken("profile: {ideal_customer: big}", "profile: {ideal_customer: bigger}"),
    "unknown_persona": _ready("{persona: seller}"),
    "unknown_buying_role": _ready("{role: boss}"),
    "unknown_score": _ready("{score.interest.urgency: {at_least: 10}}"),
    "unknown_stage": _ready("{reaches: mql}"),
    "unknown_handoff_state": _ready("{handoff: lost}"),
    "unknown_signal": _persona("{signal: {fax: any}}"),
    "unknown_route": broken("expect: {ready: true}", "expect: {route: best}"),
    "unknown_pool": broken("to: everyone", "to: anyone"),
    "unknown_promise": broken("promise: soon}", "promise: later}"),
    "unknown_calendar": broken("calendar: office", "calendar: home"),
    "unknown_disqualified": broken("expect: {ready: true}", "expect: {disqualified: rival}"),
    "fallback_circle": broken(_MEMBERS, f"{_MEMBERS}, if_nobody: everyone"),
    "unused": broken(_BIG, f"{_BIG}\n  small: {{company.numberofemployees: {{below: 50}}}}"),
    "prefers_nothing": _prefers("territory"),
}

_ROWS: Mapping[str, str] = {
    "catches_all_early": broken(_ROUTE, _ROUTE.replace("rest", "first") + _ROUTE),
    "no_catch_all": broken("promise: soon}", "promise: soon, when: {contact.city: Berlin}}"),
    "shadowed": broken(
        _BUYER, f"{_BUYER}\n  - {_BUYER.replace('buyer', 'chief').replace('[head]', '[head of sales]')}"
    ),
    "cannot_match": _persona("{contact.num_notes: {at_least: 5, below: 3}}"),
    "stage_order": broken(_STAGE, "  - {id: salesqualifiedlead, when: {handoff: accepted}}\n" + _STAGE),
    "stage_needs_itself": broken("when: {score.fit: {at_least: 40}}", "when: {reaches: salesqualifiedlead}"),
    "stage_skipped": broken(_STAGE, f"{_STAGE}  - {{id: salesqualifiedlead, when: {{score.fit: {{at_least: 20}}}}}}\n"),
    "threshold_out_of_reach": broken("{at_least: 40}", "{above: 40}"),
    "threshold_always_met": broken("{at_least: 40}", "{at_least: 0}"),
    "cap_out_of_reach": broken("fit: {rows", "fit: {cap: 50, rows"),
    "signal_unsupplied": _persona("{signal: {call: any}}"),
    "signal_tier": _persona("{signal: {page_view: any}}"),
    "signal_count": _persona("{signal: {form: any, at_least: 3 times}}"),
}

_SIGNED: Mapping[str, str] = {
    "section_listed_twice": broken("sections: [pools]", "sections: [pools, score]"),
    "bad_breach": _account("too late too often", "open review"),
    "unknown_measure": _account("first_tuch_met below 90 % for 2 weeks", "open review"),
    "bad_consequence": _account("first_touch_met below 90 % for 2 weeks", "dismiss everybody"),
    "steps_order": _steps("{at: breach, do: notify manager}, {at: 75 %, do: notify owner}"),
    "targets_order": broken(
        "accept: {within: 4 business hours}",
        "accept: {within: 4 business hours}, first_touch: {within: 30 business min}",
    ),
    "step_after_stop": _steps("{at: breach, do: stop}, {at: breach + 1 hour, do: task}"),
    "nobody_else": _steps("{at: breach, do: reassign}"),
    "hours_apart": broken(_MEMBERS, "members: [{owner: ann@example.com, calendar: night}]").replace(
        "definitions:\n", '  - {id: night, time_zone: Europe/Berlin, open: {mon-sun: ["20:00-24:00"]}}\ndefinitions:\n'
    ),
    "account_free_mail": _prefers("named_account").replace("pools:\n", _ACCOUNT % "gmail.com"),
    "duplicate_member": broken(_MEMBERS, "members: [{owner: ann@example.com}, {owner: Ann@example.com}]"),
}

_PORTAL: Mapping[str, str] = {
    "lead_zone": broken("hours_of: pool", "hours_of: lead"),
    "unknown_property": _persona("{contact.favourite_colour: blue}"),
    "unknown_option": _persona("{company.industry: RETAIL}"),
    "unknown_owner": broken(_MEMBERS, "members: [{owner: cy@example.com}]"),
    "inactive_owner": broken(_MEMBERS, "members: [{owner: bob@example.com}]"),
    "unknown_given": broken(_GIVEN, "{company: {size: 50}}"),
}

_TALK: Mapping[str, str] = {
    "talk_too_long": _say("x" * 4_001),
    "talk_syntax": _say("{{ contact firstname }}"),
    "talk_construct": _say("{% for one in persona %}x{% endfor %}"),
    "talk_filter": _say("{{ contact.firstname | shout }}"),
    "talk_name": _say("{{ company.nmae }}"),
}

ONE_OF_EACH: Mapping[str, str | bytes] = {
    **_TEXT, **_FORM, **_CONDITIONS, **_NAMES, **_ROWS, **_SIGNED, **_PORTAL, **_TALK
}  # fmt: skip
"""By code. Those that take no text, or too much of it, have tests of their own: see `test_lint`."""
