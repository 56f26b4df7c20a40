"""Short phrases of the document that follow a pattern of ours: ladder steps, countries, templates."""

from __future__ import annotations

import re

from app.agreement.fields import refusal
from app.agreement.spelled import Check, follows

_LENGTH = r"[0-9]{1,6} (business )?[a-z]+"
RUNGS = re.compile(rf"[1-9][0-9]? ?%|breach( \+ {_LENGTH})?")
DO = re.compile(r"notify (owner|manager|marketing|sales|both sides|[^@\s]+@[^@\s]+)|reassign|task|stop")
HOLIDAYS = re.compile(r"[A-Z]{2,3}(-[A-Z0-9]{1,6})?")

_OPENING = re.compile(r"\{\{|\{%|\{#")
_CLOSING = {"{{": "}}", "{%": "%}", "{#": "#}"}


def check_words(what: str, pattern: re.Pattern[str], expected: str) -> Check:
    """Text that follows a pattern, told to the reader as an example."""

    def check(text: str) -> str:
        if pattern.fullmatch(text):
            return text
        raise refusal(f"bad_{what}", f"`{text[:60]}` is no {what}", f"Write {expected}")

    return Check(check, follows(pattern.pattern))


def check_template(text: str) -> str:
    """Text with placeholders like `{{ company.name }}`, each of them closed and not empty."""
    at = 0
    while opening := _OPENING.search(text, at):
        closing = text.find(_CLOSING[opening[0]], opening.end())
        if closing < 0 or not text[opening.end() : closing].strip(" -+"):
            shown = text[opening.start() : opening.start() + 40]
            state = "is never closed" if closing < 0 else "is empty"
            raise refusal("bad_template", f"the placeholder `{shown}` {state}", "Write it like `{{ company.name }}`")
        at = closing + 2
    return text
