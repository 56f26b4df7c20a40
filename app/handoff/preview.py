"""The note and the task that a lead's owner would get, whether or not the lead is ready for one."""

from __future__ import annotations

from dataclasses import dataclass

from app.agreement.model import Route
from app.handoff.brief import make_brief
from app.handoff.course import Hand
from app.handoff.decision import Opening
from app.handoff.note import in_lines, note_sections, render_note, render_task, task_sections
from app.handoff.promise import TIME_ZONE, due_of
from app.handoff.qualify import Qualification
from app.handoff.weigh import first_met
from app.records.ids import OwnerId

_MARKER = "preview"
_NOBODY = OwnerId("")
"""A brief names no owner, so that a preview needs none."""


@dataclass(frozen=True, slots=True)
class BriefPreview:
    """A note and a task by the route that would take the lead, each as HTML and as lines of plain text.

    They are due as if the owner stood at the qualification's instant. `remark` says why nothing of this would be
    sent; it is empty when it would.
    """

    route: str
    remark: str
    note_html: str
    note_lines: tuple[str, ...]
    task_subject: str
    task_html: str
    task_lines: tuple[str, ...]


def preview_of(qualification: Qualification) -> BriefPreview:
    """The brief as it would be sent to whoever got the lead."""
    agreement, route = qualification.agreement, _route(qualification)
    opening = Opening(route.id, route.because, route.promise, route.to, _NOBODY, owner_stands=False)
    brief, zone = make_brief(agreement, qualification, opening), agreement.time_zone
    lead_zone = qualification.lead.contact.properties.get(TIME_ZONE)
    due_at = due_of(agreement, opening.pool, opening.promise, qualification.now, lead_zone=lead_zone)
    subject, task_html = render_task(brief, marker=_MARKER, due_at=due_at, time_zone=zone)
    return BriefPreview(
        route=route.id,
        remark=_remark(qualification),
        note_html=render_note(brief, marker=_MARKER, due_at=due_at, time_zone=zone),
        note_lines=tuple(in_lines(note_sections(brief, due_at=due_at, time_zone=zone))),
        task_subject=subject,
        task_html=task_html,
        task_lines=tuple(in_lines(task_sections(brief, due_at=due_at, time_zone=zone))),
    )


def _route(qualification: Qualification) -> Route:
    """The route that takes the lead, or that took it; else the first that fits, whatever keeps the lead from it."""
    agreement, handoff = qualification.agreement, qualification.lead.history.handoff
    if isinstance(qualification.course, Hand):
        return qualification.course.route
    taken = next((route for route in agreement.routes if handoff and route.id == handoff.route), None)
    return taken or first_met(agreement.routes, qualification.scope)[0] or agreement.routes[-1]


def _remark(qualification: Qualification) -> str:
    if qualification.lead.history.handoff is not None:
        return "A handoff is open: its brief was made when it opened."
    return qualification.why_not
