"""Shadow, live, paused."""

# ruff: noqa: PLC0415  heavy modules are imported inside functions, so that `--help` is quick

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.opened import Opened, person, with_database
from app.cli.shown import AsJson, print_json, print_table, say

if TYPE_CHECKING:
    from app.engine.mode import LivePlan, PlannedContact

_SHOWN = 200
_COLUMNS = ("contact", "name", "stage", "owner", "note", "task", "properties")


def register(app: typer.Typer) -> None:
    for command in (live, shadow, pause, resume):
        app.command()(command)


def live(
    *,
    plan: Annotated[bool, typer.Option("--plan", help="Show what would change; change nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Leave shadow mode: write to HubSpot what is decided, after showing what that would change."""
    from app.engine import mode

    if plan and yes:
        raise typer.BadParameter("give only one of --plan and --yes", param_hint="--plan, --yes")
    if as_json and not (plan or yes):
        raise typer.BadParameter("with --json, give --plan or --yes: nothing can be asked", param_hint="--json")
    planned = with_database(_plan)
    if planned.refusal and not plan:
        raise mode.ModeRefused(planned.refusal)
    _print(planned, as_json=as_json)
    if plan:
        return
    if not yes:
        typer.confirm("Go live?", abort=True, err=True)
    say(f"The portal is live. {_contacts(with_database(_go_live))} will be decided again and written.")


async def _plan(opened: Opened) -> LivePlan:
    from app.engine.mode import live_plan

    return await live_plan(opened.database, opened.portal_id, limit=_SHOWN)


async def _go_live(opened: Opened) -> int:
    from app.engine.mode import go_live

    return await go_live(opened.database, opened.portal_id, person(), now=opened.clock.now())


def _print(planned: LivePlan, *, as_json: bool) -> None:
    if as_json:
        print_json(asdict(planned))
        return
    print_table(_COLUMNS, [_row(one) for one in planned.contacts], none="Shadow mode withheld nothing.")
    more = planned.total - len(planned.contacts)
    say(f"{_contacts(planned.total)} would change{f', {more} of them not shown' if more > 0 else ''}.")
    if planned.refusal:
        say(f"Going live is not possible yet: {planned.refusal}")


def _contacts(many: int) -> str:
    return "1 contact" if many == 1 else f"{many} contacts"


def _row(one: PlannedContact) -> tuple[object, ...]:
    stage = f"{one.stage_now or 'none'} -> {one.stage or 'none'}" if one.stage is not None else ""
    return (one.id, one.name, stage, one.owner, one.note, one.task, ", ".join(one.properties))


def shadow() -> None:
    """Go back to shadow mode: decide and show, write nothing."""

    async def work(opened: Opened) -> None:
        from app.engine.mode import go_shadow

        await go_shadow(opened.database, opened.portal_id, person(), now=opened.clock.now())

    with_database(work)
    say("The portal is in shadow mode. A look that is under way may still finish its writes.")


def pause(reason: Annotated[str, typer.Argument(help="Why, for whoever wonders later.")]) -> None:
    """Take no look until `baton resume`; webhooks are taken in all the same."""
    if not reason.strip():
        raise typer.BadParameter("say why in a few words", param_hint="REASON")

    async def work(opened: Opened) -> None:
        from app.engine import mode

        await mode.pause(opened.database, opened.portal_id, person(), reason.strip(), now=opened.clock.now())

    with_database(work)
    say("Paused. `baton resume` goes on.")


def resume() -> None:
    """Take looks again after a pause or the brake."""

    async def work(opened: Opened) -> str:
        from app.engine import mode

        return await mode.resume(opened.database, opened.portal_id, person(), now=opened.clock.now())

    was = with_database(work)
    say(f"Resumed. It was paused because: {was}")
