"""What people are told when a step of the ladder is due, and to whom. Plain text, one notice a person."""

from __future__ import annotations

from collections.abc import Iterable

from app.agreement.model import Agreement
from app.handoff.decision import Notice
from app.handoff.note import in_zone
from app.handoff.plain import clean
from app.handoff.state import ActKind, Handoff, Lead
from app.handoff.timing import DueStep
from app.sla.clock import Clock

NOTIFY = "notify "


def notices_for(agreement: Agreement, lead: Lead, handoff: Handoff, due: Iterable[DueStep]) -> tuple[Notice, ...]:
    """One notice for each person whom each of the due steps names."""
    told = [
        _told(lead, handoff, step, whom)
        for step in due
        if step.rung.do.startswith(NOTIFY)
        for whom in recipients(agreement, handoff, step.rung.do.removeprefix(NOTIFY), step.clock)
    ]
    return tuple({notice.key: notice for notice in told}.values())


def recipients(agreement: Agreement, handoff: Handoff, whom: str, clock: Clock | None = None) -> tuple[str, ...]:
    """The addresses that the agreement's words stand for: `owner`, `manager`, a side, both, or an address itself."""
    sides = {side.name: side.contact for side in agreement.sides}
    pool = agreement.pools.get(handoff.pool)
    match whom:
        case "owner":
            named = [_owner_of(handoff, clock)]
        case "manager":
            named = ["" if pool is None else pool.manager]
        case "both sides":
            named = [*sides.values()]
        case "marketing" | "sales":
            named = [sides.get(whom, "")]
        case _:
            named = [whom]
    return tuple(dict.fromkeys(address for address in named if address))


def reassigned(agreement: Agreement, lead: Lead, handoff: Handoff, to: str, because: str) -> tuple[Notice, ...]:
    """What the owner so far, the new one and the pool's manager are told of a change of owner."""
    number = len(handoff.tenures) + 1
    people = (_owner_of(handoff, None), to, *recipients(agreement, handoff, "manager"))
    lines = (f"{_who(lead)} is with {to} now.", because, _where(lead))
    return tuple(
        Notice(f"reassigned-{number}-{whom}", whom, "reassigned", f"Given to {to}: {_who(lead)}", lines)
        for whom in dict.fromkeys(people)
        if whom
    )


def not_reassigned(agreement: Agreement, lead: Lead, handoff: Handoff, step: DueStep, why: str) -> tuple[Notice, ...]:
    """What the pool's manager is told when a step asked for another owner and there is to be none."""
    key = _key(handoff, step)
    lines = (f"The agreement asks for another owner, but {why}.", _where(lead))
    subject = f"Not given to anybody else: {_who(lead)}"
    people = recipients(agreement, handoff, "manager")
    return tuple(Notice(f"{key}-{whom}", whom, "not reassigned", subject, lines) for whom in people)


def taken_back(agreement: Agreement, lead: Lead, handoff: Handoff, rescinded: Iterable[Clock]) -> tuple[Notice, ...]:
    """What those are told who may have heard of a breach that was none; so is whoever was given the lead since."""
    notices = []
    for clock in rescinded:
        later = next((one.owner_email for one in reversed(handoff.tenures) if one.number > clock.tenure), "")
        moved = f"The lead had been given to {later} by then; that stands." if later else ""
        taken = f"The breach is taken back: {why_in_time(clock)}."
        lines = tuple(filter(None, (taken, moved, _where(lead))))
        people = (_owner_of(handoff, clock), later, *recipients(agreement, handoff, "manager"))
        key, subject = (
            f"{clock.kind.value}-{clock.tenure}-rescinded{_breach(clock)}",
            f"In time after all: {_who(lead)}",
        )
        notices += [Notice(f"{key}-{whom}", whom, "rescinded", subject, lines) for whom in dict.fromkeys(people)]
    return tuple(one for one in notices if one.to)


def why_in_time(clock: Clock) -> str:
    """Why a clock is not breached, as the end of a sentence."""
    if clock.stop is None:
        return f"it is due {in_zone(clock.due_at, clock.time_zone)}"
    return f"{clock.because}, {in_zone(clock.stopped_at, clock.time_zone)}"


def _told(lead: Lead, handoff: Handoff, step: DueStep, whom: str) -> Notice:
    clock, rung = step.clock, step.rung
    key = f"{_key(handoff, step)}-{whom}"
    due = in_zone(clock.due_at, clock.time_zone)
    kind = "at risk" if rung.is_warning else "breached"
    owner = f"It is with {_owner_of(handoff, clock) or f'owner {clock.owner_id}'}."
    state = f"is due {due}" if rung.is_warning else f"was due {due}"
    late = f"It came late: {clock.because}." if clock.stopped_at is not None else ""
    lines = (
        f"{clock.kind.words.capitalize()} {state}; promised within {clock.target}.",
        late or owner,
        _where(lead),
    )
    return Notice(key, whom, kind, f"{kind.capitalize()}: {clock.kind.words} for {_who(lead)}", lines)


def _key(handoff: Handoff, step: DueStep) -> str:
    """The name of a step on its clock. Under a version that was applied later, the same number may be another step."""
    clock = step.clock
    applied = any(act.kind is ActKind.REAPPLY and act.at >= clock.started_at for act in handoff.acts)
    breach = "" if step.rung.is_warning else _breach(clock)
    version = f"-version-{handoff.version}" if applied else ""
    return f"{clock.kind.value}-{clock.tenure}-{step.rung.number}{breach}{version}"


def _breach(clock: Clock) -> str:
    """Which breach of the clock: one that was taken back may be followed by another."""
    return "" if clock.breached_at is None else f"-{clock.breached_at:%Y%m%dT%H%M%SZ}"


def _owner_of(handoff: Handoff, clock: Clock | None) -> str:
    """The address of whoever the clock times; without one, of whoever has the lead."""
    number = len(handoff.tenures) if clock is None else clock.tenure
    return next((one.owner_email for one in handoff.tenures if one.number == number), "")


def _where(lead: Lead) -> str:
    return f"Contact {lead.contact.id} in HubSpot."


def _who(lead: Lead) -> str:
    """The lead's name, else its company, else its id."""
    said = lead.contact.properties
    name = clean(f"{said.get('firstname') or ''} {said.get('lastname') or ''}")
    return name or clean(said.get("company")) or f"contact {lead.contact.id}"
