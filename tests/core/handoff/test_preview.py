"""A brief looked at before anybody gets it."""

from __future__ import annotations

from app.handoff.note import in_lines, note_sections
from app.handoff.preview import BriefPreview, preview_of
from app.handoff.qualify import qualify
from app.handoff.state import Lead
from tests.core.handoff.parts import HOUR, NOW, VOCABULARY, agreement, decided, lead, open_lead, unready


def preview(subject: Lead) -> BriefPreview:
    return preview_of(qualify(agreement(), subject, NOW, VOCABULARY))


def test_a_ready_lead_is_previewed_as_it_is_handed_over() -> None:
    sent = decided(lead()).brief
    assert sent is not None
    shown = preview(lead())
    assert shown.remark == ""
    assert shown.route == "demo"
    sections = note_sections(sent, due_at=NOW + HOUR, time_zone="America/New_York")
    assert shown.note_lines == tuple(in_lines(sections))
    assert shown.task_subject == "First touch: Ada Lovelace (Acme)"
    assert set(shown.task_lines) < set(shown.note_lines)


def test_a_lead_that_is_not_ready_is_previewed_with_the_reason() -> None:
    shown = preview(unready())
    assert shown.route == "rest"
    assert shown.remark.startswith("Not ready")
    assert "Lead: Ada Lovelace (Acme)" in shown.note_lines


def test_a_lead_that_was_handed_over_is_previewed_by_the_route_it_took() -> None:
    shown = preview(open_lead(recent_conversion_date=None))
    assert (shown.route, shown.remark) == ("demo", "A handoff is open: its brief was made when it opened.")
