"""What the story says, held against what was seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.demo.acts import TIMES, Burst, Overridden, Shadowed, Thrice, Totals, WentLive
from app.demo.cast import BURST
from app.demo.sights import Sight
from app.handoff.decision import Kind
from app.handoff.properties import OWNER

_CALLS_MOST = 7.0
"""A hundred contacts take six calls; a retry now and then is no fault."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that the story says. `seen` is what was found, whether it holds or not."""

    what: str
    holds: bool
    seen: str


@dataclass(frozen=True, slots=True)
class Played:
    """Everything that was seen, act by act."""

    shadow: Shadowed
    live: WentLive
    singles: Sequence[Sight]
    thrice: Thrice
    override: Overridden
    burst: Burst
    totals: Totals

    @property
    def named(self) -> list[Sight]:
        return [self.live.sight, *self.singles, self.thrice.sight, self.override.sight]


def check(played: Played) -> list[Check]:
    """Every check, in the order of the story."""
    return [
        *_shadow(played.shadow),
        *_live(played.live),
        *(_single(sight) for sight in played.singles),
        _thrice(played.thrice),
        *_override(played.override),
        *_burst(played.burst),
        *_totals(played.totals),
    ]


def _shadow(seen: Shadowed) -> list[Check]:
    return [
        Check("In shadow mode Rosa is decided", seen.sight.kind == Kind.HANDED_OFF, seen.sight.kind),
        Check(
            "and nothing is written to HubSpot",
            seen.writes == 0 and seen.sight.record.untouched,
            f"{seen.reads} calls that read, {seen.writes} that write",
        ),
    ]


def _live(seen: WentLive) -> list[Check]:
    return [
        Check("Setup creates Baton's properties", len(seen.made) > 0, f"{len(seen.made)} created"),
        Check("The list before going live names Rosa", seen.plan.total == 1, f"{seen.plan.total} contact listed"),
        Check("Live, Rosa is handed over", is_handed_over(seen.sight), _hubspot(seen.sight)),
    ]


def _single(sight: Sight) -> Check:
    lead = sight.lead
    if lead.becomes is Kind.HANDED_OFF:
        what = f"{lead.name} goes to {lead.pool}, promise {lead.promise}"
        routed = (sight.pool, sight.promise) == (lead.pool, lead.promise)
        return Check(what, routed and is_handed_over(sight), _hubspot(sight))
    holds = sight.kind == lead.becomes and sight.record.untouched and bool(sight.reasons)
    return Check(f"{lead.name} is {lead.becomes}, and left alone", holds, sight.because)


def is_handed_over(sight: Sight, *, owners: int = 1) -> bool:
    """One handoff, stage and owner written once, one note, and a task for each of the owners that it had."""
    record = sight.record
    once = sight.kinds.count(Kind.HANDED_OFF) == record.stage_writes == record.owner_writes == 1
    told = (len(record.notes), len(record.tasks)) == (1, owners)
    return once and told and record.status == "open" and record.owner != "nobody"


def _thrice(seen: Thrice) -> Check:
    return Check(
        f"Kit's webhooks come {TIMES} times and count once",
        seen.posts == TIMES and is_handed_over(seen.sight),
        _hubspot(seen.sight),
    )


def _override(seen: Overridden) -> list[Check]:
    record = seen.sight.record
    kept = [one for one in seen.sight.overrides if one.field == OWNER]
    return [
        Check(
            f"Uma stays with {seen.given_to}, who took her by hand",
            record.owner == seen.given_to != seen.first_owner and is_handed_over(seen.sight, owners=2),
            f"first {seen.first_owner}, now {record.owner}",
        ),
        Check("and the record says by whose hand", len(kept) == 1, kept[0].by if kept else "no override"),
    ]


def _burst(seen: Burst) -> list[Check]:
    told = (seen.handed_off, seen.notes, seen.tasks)
    worst = max(abs(one.leads - one.fair) for one in seen.portions)
    return [
        Check(f"All {BURST} of the burst are handed over, told once", told == (BURST,) * 3, _counts(seen)),
        Check("Everybody gets their share, to within a lead", worst <= 1, f"largest deviation {worst:g}"),
        Check("and was within a lead of it all along", seen.strayed <= 1, f"at worst {seen.strayed:g} of a lead off"),
        Check(
            "A hundred contacts take six HubSpot calls",
            seen.calls_per_hundred <= _CALLS_MOST,
            f"{seen.calls_per_hundred:.1f}",
        ),
    ]


def _counts(seen: Burst) -> str:
    return f"{seen.handed_off} handoffs, {seen.notes} notes, {seen.tasks} tasks"


def _totals(seen: Totals) -> list[Check]:
    refused = sum(many for status, many in seen.posts.items() if status != _STORED)
    odd = seen.events.get("quarantined", 0)
    return [
        Check(
            "Every webhook is taken in at the first try",
            refused + seen.lost == 0,
            f"{sum(seen.posts.values())} requests, {refused} refused",
        ),
        Check(
            "Every event about a contact is applied, or ignored with a reason",
            seen.undecided + odd == 0,
            f"{seen.undecided} pending, {odd} unreadable",
        ),
        Check("HubSpot never says `too many requests`", seen.throttled == 0, f"{seen.throttled} times"),
        Check("Nothing waits for a person", seen.parked == 0, f"{seen.parked} contacts parked"),
        Check(
            "Every decision, computed again from what it was made from, is what was stored",
            seen.rechecked.same > 0 and not seen.rechecked.differing,
            f"{seen.rechecked.same} the same, {len(seen.rechecked.differing)} differ",
        ),
    ]


_STORED = 204


def _hubspot(sight: Sight) -> str:
    record = sight.record
    return f"{record.owner}, {len(record.notes)} note, {len(record.tasks)} task"
