"""Which form a client gets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.routes.accept import NotAcceptable, preferred

OFFERED = ("application/yaml", "text/yaml", "application/json")


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        (None, "application/yaml"),
        ("", "application/yaml"),
        ("*/*", "application/yaml"),
        ("text/*", "text/yaml"),
        ("application/json", "application/json"),
        ("Application/JSON; q=0.5, text/html", "application/json"),
        ("application/yaml;q=0.1, application/json;q=0.9", "application/json"),
        ("*/*;q=0.1, application/yaml;q=0", "text/yaml"),
        ("application/json;charset=utf-8;q=0.3, text/yaml;q=0.2", "application/json"),
    ],
)
def test_the_best_liked_form_is_given(accept: str | None, form: str) -> None:
    assert preferred(accept, OFFERED) == form


@pytest.mark.parametrize("accept", ["image/png", "*/*;q=0", "application/json;q=nothing"])
def test_a_client_that_takes_none_is_told_what_there_is(accept: str) -> None:
    with pytest.raises(NotAcceptable, match="application/yaml or text/yaml or application/json"):
        preferred(accept, OFFERED)


@given(st.text())
def test_whatever_the_header_says_the_answer_is_a_form_or_a_refusal(accept: str) -> None:
    try:
        assert preferred(accept, OFFERED) in OFFERED
    except NotAcceptable:
        assert accept
