"""What a rep says of a brief, and which handoff it is about."""

from __future__ import annotations

from typing import Any

from app.handoff.state import History
from app.handoff.word import words_on
from tests.core.handoff.parts import decided, handoff, lead, open_lead, rejected, set_by

USED: dict[str, Any] = {"baton_brief_used": "used"}


def test_a_word_is_about_the_open_handoff_once_that_stands() -> None:
    assert words_on([open_lead(**USED)]) == {"h1": "used"}
    assert words_on([open_lead()]) == {}
    opening = lead(history=History(handoff=handoff(), last=rejected()), **USED)
    assert words_on([opening]) == {}


def test_a_word_that_comes_late_is_about_the_last_handoff() -> None:
    assert words_on([lead(history=History(last=rejected()), **USED)]) == {"h0": "used"}
    assert words_on([lead(**USED)]) == {}


def test_a_new_handoff_does_not_inherit_the_word_about_the_last() -> None:
    assert set_by(decided(lead(**USED)))["baton_brief_used"] == ""
    assert "baton_brief_used" not in set_by(decided(lead()))
