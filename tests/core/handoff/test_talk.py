"""A talk track that would go wrong is told before a lead sees it."""

from __future__ import annotations

import pytest
from hypothesis import given

from app.agreement.model import Playbook
from app.handoff.talk import talk_faults
from app.handoff.template import render_text
from tests.core.made import made

PORTAL = frozenset({"contact.firstname", "company.name", "company.industry"})
SOUND = (
    "Ask {{ contact.firstname }} about {{ company['name'] }}.",
    "{% if company.industry == 'BANKING' %}Rules{% else %}{{ company.name | upper }}{% endif %}",
    "{{ 'Dear ' if persona else '' }}{{ role | default('friend') }}",
    "{{ contact.baton_need }}",
    "Only words.",
)
WRONG = (
    ("{{ contact.firstnam }}", "talk_name", "the portal has no property `contact.firstnam`"),
    ("{{ contact['firstnam'] }}", "talk_name", "the portal has no property `contact.firstnam`"),
    ("{% if company.nmae %}x{% endif %}", "talk_name", "the portal has no property `company.nmae`"),
    ("{{ deal.amount }}", "talk_name", "`deal.amount` is nothing that a talk track can name"),
    ("{{ contact }}", "talk_name", "`contact` is nothing that a talk track can name"),
    ("{{ persona.id }}", "talk_name", "`persona.id` is nothing that a talk track can name"),
    ("{{ contact.company.name }}", "talk_name", "`contact.company.name` is nothing that a talk track can name"),
    ("{{ company.name | shout }}", "talk_filter", "there is no filter `shout` here"),
    ("{{ 2 * 3 }}", "talk_construct", "`mul` is not allowed in a talk track"),
    ("{% set one = 1 %}{{ one }}", "talk_construct", "`assign` is not allowed in a talk track"),
    ("{{ company.name() }}", "talk_construct", "`call` is not allowed in a talk track"),
    ("{% if %}", "talk_syntax", "the talk track cannot be read: Expected an expression, got 'end of statement block'"),
    ("x" * 4_001, "talk_too_long", "the talk track has more than 4000 characters"),
)


def told(say: str, properties: frozenset[str] | None = PORTAL) -> list[tuple[str, str]]:
    faults = list(talk_faults([Playbook("a", None, "Fine", ()), Playbook("b", None, say, ())], properties))
    assert all(fault.path == ("playbooks", 1, "say") and fault.fix for fault in faults)
    return [(fault.code, fault.message) for fault in faults]


@pytest.mark.parametrize("say", SOUND)
def test_a_sound_talk_track_has_no_fault(say: str) -> None:
    assert told(say) == []


@pytest.mark.parametrize(("say", "code", "message"), WRONG)
def test_what_is_wrong_with_a_talk_track_is_told(say: str, code: str, message: str) -> None:
    assert told(say) == [(code, message)]


def test_without_a_portal_nobody_knows_which_properties_there_are() -> None:
    assert told("{{ contact.favourite_colour }}", None) == []
    assert told("{{ lead.firstname }}", None) == [
        ("talk_name", "`lead.firstname` is nothing that a talk track can name")
    ]


PIECES = (
    "{{ contact.firstname }}",
    "{{ role | upper }}",
    "{{ role | shout }}",
    "{{ 1 + 1 }}",
    "{{ lead }}",
    "{{",
    "}}",
)
BLOCKS = ("{% if role %}", "{% else %}", "{% endif %}", "{% for x in role %}", "{# so #}", "words", "'", "\n")


@given(made(lambda rng: "".join(rng.choice(PIECES + BLOCKS) for _ in range(rng.randint(1, 5)))))
def test_a_talk_track_without_a_fault_renders_without_an_error(say: str) -> None:
    if not told(say):
        assert not render_text(say, {}).startswith("[template error: ")
