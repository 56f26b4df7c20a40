"""The brief as the CRM shows it: a note and a task, in HTML. Every text in them is escaped here, once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.handoff.brief import clean
from app.handoff.decision import Brief

LONGEST_HTML: Final = 60_000
_LONGEST_SUBJECT = 200
_QUIET = "color:#999999;font-size:10px"


def render_note(brief: Brief, *, marker: str, due_at: datetime | None, time_zone: str) -> str:
    """The whole brief, at most LONGEST_HTML characters; its small last line is the marker it is found by."""
    sections = (
        _line("Lead", _with(brief.lead_name, brief.company_name)),
        _line("Why", brief.why),
        _line("Next step", brief.next_step),
        _line("Due", in_zone(due_at, time_zone)),
        _line("Persona", _with(brief.persona or "", (brief.role or "").replace("_", " "))),
        _line("Say", brief.say),
        _list("Show", brief.show),
        _line("Source", brief.source),
        _list("Did", (f"{in_zone(item.at, time_zone)}: {item.title}" for item in brief.content)),
        _list("Fit", brief.fit),
        _list("Interest", brief.interest),
    )
    return _page(sections, marker)


def render_task(brief: Brief, *, marker: str, due_at: datetime | None, time_zone: str) -> tuple[str, str]:
    """The task's subject, in plain text, and its body."""
    who = _with(brief.lead_name, brief.company_name)
    sections = (
        _line("Why", brief.why),
        _line("Next step", brief.next_step),
        _line("Due", in_zone(due_at, time_zone)),
        _line("Say", brief.say),
        _list("Show", brief.show),
    )
    return clean(f"First touch: {who}", _LONGEST_SUBJECT), _page(sections, marker)


def in_zone(at: datetime | None, time_zone: str) -> str:
    """`2026-11-20 10:15 (America/New_York)`; UTC where the zone is unknown, empty without an instant."""
    if at is None:
        return ""
    try:
        return f"{at.astimezone(ZoneInfo(time_zone)):%Y-%m-%d %H:%M} ({time_zone})"
    except (ZoneInfoNotFoundError, ValueError, OverflowError):
        return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} (UTC)"


def _page(sections: Iterable[str], marker: str) -> str:
    """As many sections as there is room for, in their order of weight, and always the marker."""
    last = f'<p style="{_QUIET}">{escape(marker)}</p>'
    page = ""
    for section in sections:
        if len(page) + len(section) + len(last) <= LONGEST_HTML:
            page += section
    return page + last


def _with(name: str, addition: str) -> str:
    return f"{name} ({addition})" if name and addition else name or addition


def _line(title: str, text: str) -> str:
    shown = "<br>".join(escape(line) for line in _lines(text))
    return f"<p><b>{title}:</b> {shown}</p>" if shown else ""


def _list(title: str, items: Iterable[str]) -> str:
    shown = "".join(f"<li>{escape(clean(item))}</li>" for item in items)
    return f"<p><b>{title}:</b></p><ul>{shown}</ul>" if shown else ""


def _lines(text: str) -> list[str]:
    return [line for line in (clean(line, len(line) + 1) for line in text.splitlines()) if line]
