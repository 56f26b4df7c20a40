"""Carrying out the ladder: who is told, who gets the lead instead, which tasks are added and closed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TypedDict

from app.agreement.model import Agreement
from app.handoff.course import Close, Hold
from app.handoff.decision import AddTask, CloseTask, Decision, Kind, Notice
from app.handoff.draft import draft
from app.handoff.note import in_zone
from app.handoff.promise import ladder_of
from app.handoff.qualify import Qualification
from app.handoff.state import Act, ActKind, Handoff, HandoffState
from app.handoff.telling import NOTIFY, notices_for, taken_back, why_in_time
from app.handoff.tighten import tightened
from app.handoff.timing import DueStep, Timing, closed, marked
from app.sla.clock import Clock

REASSIGN, TASK = "reassign", "task"
_RETURNED = {
    HandoffState.REJECTED: "Sales returned the lead to Marketing.",
    HandoffState.EXPIRED: "Nobody acted in time; the lead went back to Marketing.",
}


class Told(TypedDict):
    """The parts of a decision that the ladder fills."""

    clocks: tuple[Clock, ...]
    notices: tuple[Notice, ...]


def wants_another(course: Hold) -> Act | DueStep | None:
    """The person's wish or the step by which somebody else is to have the lead; a wish goes first."""
    return _wish(course.handoff) or next((step for step in course.timing.due if step.rung.do == REASSIGN), None)


def _wish(handoff: Handoff) -> Act | None:
    """A person's wish that somebody else has the lead, as long as nobody else got it since."""
    tenure = handoff.tenure
    wishes = [act for act in handoff.acts if act.kind is ActKind.REASSIGN]
    return next((act for act in reversed(wishes) if tenure is None or act.at >= tenure.assigned_at), None)


def kept_time(decision: Decision, qualification: Qualification, course: Hold) -> Decision:
    """The decision with every due step done but a change of owner, which is done where one is found."""
    done = [step for step in course.timing.due if step.rung.do != REASSIGN]
    clocks = tightened(qualification, course.handoff, marked(decision.clocks or course.timing.clocks, done))
    notices = _notices(qualification, course.handoff, course.timing)
    said = " ".join(filter(None, (decision.because, *_sentences(course.timing))))
    return replace(decision, because=said, clocks=clocks, notices=(*notices, *decision.notices))


def heeded(qualification: Qualification, handoff: Handoff, timing: Timing) -> Decision:
    """What time alone changes and tells while nothing can be done to the record: the steps that need it wait."""
    done = [step for step in timing.due if step.rung.do == TASK or step.rung.do.startswith(NOTIFY)]
    return replace(
        draft(qualification, Kind.KEPT, *_sentences(timing)),
        clocks=marked(timing.clocks, done),
        notices=_notices(qualification, handoff, timing),
    )


def further_tasks(agreement: Agreement, handoff: Handoff, clocks: Iterable[Clock]) -> tuple[AddTask, ...]:
    """The tasks that the ladder asked for and that do not stand yet, for clocks that still run."""
    promise = agreement.promises.get(handoff.promise)
    wanted = [
        AddTask(
            name=f"task-{clock.kind.value}-{clock.tenure}-{rung.number}",
            title=f"{'At risk' if rung.is_warning else 'Overdue'}: {clock.kind.words}",
        )
        for clock in clocks
        if clock.stop is None and promise is not None
        for rung in ladder_of(promise, clock.kind)
        if rung.do == TASK and rung.number in clock.rungs
    ]
    return tuple(task for task in wanted if task.name not in handoff.told)


def leftover_tasks(handoff: Handoff, state: HandoffState) -> tuple[CloseTask, ...]:
    """Every task of a handoff that returns the lead to Marketing, to be closed unless it is: nobody works it now.

    One that Sales qualified leaves its owner's tasks alone.
    """
    if state not in _RETURNED:
        return ()
    because, stand = _RETURNED[state], [name for name in handoff.told if name.split("-")[0] == TASK]
    return tuple(CloseTask(name, because) for name in stand if f"closed-{name}" not in handoff.told)


def former_tasks(handoff: Handoff, number: int) -> tuple[CloseTask, ...]:
    """The tasks of owners before the tenure of that number, to be closed with the reason why it passed on."""
    reasons = {tenure.number: tenure.because for tenure in handoff.tenures}
    closings = [
        CloseTask(task_of(former), f"The lead has another owner: {reasons.get(former + 1, 'it was given on')}.")
        for former in range(1, number)
    ]
    return tuple(one for one in closings if one.of in handoff.told and one.name not in handoff.told)


def task_of(number: int) -> str:
    """The name of the task for the tenure of that number."""
    return TASK if number == 1 else f"{TASK}-{number}"


def last_told(qualification: Qualification, close: Close) -> Told:
    """The clocks of a handoff that ends, and what is still to be told of them."""
    timing, handoff = close.timing, close.handoff
    clocks = closed(marked(timing.clocks, timing.due), qualification.now, close.because)
    return Told(clocks=clocks, notices=_notices(qualification, handoff, timing))


def _notices(qualification: Qualification, handoff: Handoff, timing: Timing) -> tuple[Notice, ...]:
    agreement, lead = qualification.agreement, qualification.lead
    told = notices_for(agreement, lead, handoff, timing.due)
    return (*told, *taken_back(agreement, lead, handoff, timing.rescinded))


def _sentences(timing: Timing) -> Iterable[str]:
    """What the passing of time did, for the decision's reason."""
    for clock in timing.rescinded:
        yield f"The breach of {clock.kind.words} is taken back: {why_in_time(clock)}."
    for step in timing.due:
        if step.rung.do.startswith(NOTIFY) or step.rung.do == TASK:
            yield _sentence(step, step.clock.due_at)


def _sentence(step: DueStep, due_at: datetime | None) -> str:
    when = in_zone(due_at, step.clock.time_zone)
    state = "is at risk, due" if step.rung.is_warning else "is overdue since"
    return f"{step.clock.kind.words.capitalize()} {state} {when}: {step.rung.do}."
