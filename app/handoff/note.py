"""The brief as the CRM shows it, a note and a task in HTML, and as plain text. HTML is escaped here, once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.handoff.decision import Brief, ContentItem
from app.handoff.plain import clean
from app.rules.signals import SIGNAL_KINDS

LONGEST_HTML: Final = 60_000
_LONGEST_SUBJECT = 200
_QUIET = "color:#999999;font-size:10px"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a note or a task in plain text. A heading has no title; each line of what is `listed` is an item."""

    title: str
    lines: tuple[str, ...]
    listed: bool = False


def note_sections(brief: Brief, *, due_at: datetime | None, time_zone: str) -> tuple[Section, ...]:
    """All that the note says, in the order of its weight; what is not known is left out."""
    return _told(
        _text("", brief.heading),
        _text("Lead", _with(brief.lead_name, brief.company_name)),
        _text("Why", brief.why),
        _text("Next step", brief.next_step),
        _text("Due", in_zone(due_at, time_zone)),
        _text("Persona", _with(brief.persona or "", (brief.role or "").replace("_", " "))),
        _text("Say", brief.say),
        _list("Show", brief.show),
        _text("Source", brief.source),
        _list("Did", (_item(one, time_zone) for one in brief.content)),
        _list("Fit", brief.fit),
        _list("Interest", brief.interest),
        _text("Afterwards", "Answer on the record: was the brief of use?"),
    )


def task_sections(brief: Brief, *, due_at: datetime | None, time_zone: str) -> tuple[Section, ...]:
    """What the task says: the note in short."""
    return _told(
        _text("Why", brief.why),
        _text("Next step", brief.next_step),
        _text("Due", in_zone(due_at, time_zone)),
        _text("Say", brief.say),
        _list("Show", brief.show),
    )


def task_subject(brief: Brief) -> str:
    """`First touch: Ada Lovelace (Acme)`, in plain text."""
    return clean(f"First touch: {_with(brief.lead_name, brief.company_name)}", _LONGEST_SUBJECT)


def render_note(brief: Brief, *, marker: str, due_at: datetime | None, time_zone: str) -> str:
    """The whole brief, at most LONGEST_HTML characters; its small last line is the marker it is found by."""
    return _page(note_sections(brief, due_at=due_at, time_zone=time_zone), marker)


def render_task(brief: Brief, *, marker: str, due_at: datetime | None, time_zone: str) -> tuple[str, str]:
    """The task's subject, in plain text, and its body."""
    sections = task_sections(brief, due_at=due_at, time_zone=time_zone)
    return task_subject(brief), _page(sections, marker)


def in_lines(sections: Iterable[Section]) -> Iterator[str]:
    """The sections as plain text: `Why: ...`, and each item of a list on a line of its own."""
    for section in sections:
        if section.listed:
            yield f"{section.title}:"
            yield from (f"  - {line}" for line in section.lines)
        else:
            first, *more = section.lines
            yield f"{section.title}: {first}" if section.title else first
            yield from (f"  {line}" for line in more)


def in_zone(at: datetime | None, time_zone: str) -> str:
    """`2026-11-20 10:15 (America/New_York)`; UTC where the zone is unknown, empty without an instant."""
    if at is None:
        return ""
    try:
        return f"{at.astimezone(ZoneInfo(time_zone)):%Y-%m-%d %H:%M} ({time_zone})"
    except (ZoneInfoNotFoundError, ValueError, OverflowError):
        return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} (UTC)"


def _page(sections: Iterable[Section], marker: str) -> str:
    """As many sections as there is room for, in their order of weight, and always the marker."""
    last = f'<p style="{_QUIET}">{escape(marker)}</p>'
    page = ""
    for section in map(_html, sections):
        if len(page) + len(section) + len(last) <= LONGEST_HTML:
            page += section
    return page + last


def _html(section: Section) -> str:
    title = f"<b>{escape(section.title)}:</b>"
    if section.listed:
        return f"<p>{title}</p><ul>{''.join(f'<li>{escape(line)}</li>' for line in section.lines)}</ul>"
    shown = "<br>".join(map(escape, section.lines))
    return f"<p>{title} {shown}</p>" if section.title else f"<p><b>{shown}</b></p>"


def _told(*sections: Section) -> tuple[Section, ...]:
    return tuple(section for section in sections if section.lines)


def _text(title: str, text: str) -> Section:
    lines = (clean(line, len(line) + 1) for line in text.splitlines())
    return Section(title, tuple(line for line in lines if line))


def _list(title: str, items: Iterable[str]) -> Section:
    return Section(title, tuple(clean(item) for item in items), listed=True)


def _item(item: ContentItem, time_zone: str) -> str:
    """`2026-11-20 10:15 (America/New_York): Form: Demo request`."""
    kind = SIGNAL_KINDS.get(item.kind, "")
    return ": ".join(filter(None, (in_zone(item.at, time_zone), kind, item.title)))


def _with(name: str, addition: str) -> str:
    return f"{name} ({addition})" if name and addition else name or addition
