"""Issues: what stands and needs a person, and what is said of it."""

# ruff: noqa: PLC0415  heavy modules are imported inside functions, so that `--help` is quick

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from app.cli.acting import Acting, Key, acting
from app.cli.opened import Opened, with_database
from app.cli.shown import AsJson, print_facts, print_json, print_table, say

if TYPE_CHECKING:
    from app.engine.issues import Issue

app = typer.Typer(name="issue", help="What stands and needs a person.", no_args_is_help=True)

_COLUMNS = ("issue", "state", "where", "cause", "records", "last seen", "trend")

Fingerprint = Annotated[str, typer.Argument(metavar="ID", help="The issue's id, as `baton issue list` shows it.")]


@app.command("list")
def list_(
    *,
    state: Annotated[
        Literal["open", "acknowledged", "resolved", "ignored"], typer.Option(help="Those in this state.")
    ] = "open",
    all_: Annotated[bool, typer.Option("--all", help="Those in every state.")] = False,
    as_json: AsJson = False,
) -> None:
    """List issues, the one seen last first."""

    async def work(opened: Opened) -> list[Issue]:
        from app.engine import issues
        from app.storage.issues import IssueState

        wanted, now = None if all_ else IssueState(state), opened.clock.now()
        return await issues.listed(opened.database, opened.portal_id, state=wanted, now=now)

    found = with_database(work)
    if as_json:
        print_json([_facts(one) for one in found])
    else:
        none = "There is no issue." if all_ else f"There is no {state} issue."
        print_table(_COLUMNS, [_row(one) for one in found], none=none)


@app.command()
def show(issue: Fingerprint, *, as_json: AsJson = False) -> None:
    """Show one issue: why, what to do about it, and how many records it concerns."""

    async def work(opened: Opened) -> Issue:
        from app.engine import issues

        return await issues.issue_of(opened.database, opened.portal_id, issue, now=opened.clock.now())

    found = with_database(work)
    if as_json:
        print_json(_facts(found))
        return
    print_facts(_facts(found))
    if found.filter:
        say(f"Once it is mended: baton replay plan {found.filter}")


@app.command()
def acknowledge(issue: Fingerprint, *, key: Key = None) -> None:
    """Say that somebody is at it."""
    _say(issue, "acknowledged", key)
    say("It is acknowledged.")


@app.command()
def resolve(issue: Fingerprint, *, key: Key = None) -> None:
    """Say that it is mended. Seen again, it is open again."""
    _say(issue, "resolved", key)
    say("It is resolved; seen again, it is open again.")


@app.command()
def ignore(issue: Fingerprint, *, key: Key = None) -> None:
    """Do not list it as open, even when it is seen again."""
    _say(issue, "ignored", key)
    say("It is ignored, seen again or not; its records stay as they are. `baton issue list --all` still shows it.")


def _say(issue: str, state: str, key: str | None) -> None:
    async def work(who: Acting) -> None:
        from app.engine import issues
        from app.engine.drafting import demand
        from app.records.people import Right
        from app.storage.issues import IssueState

        demand(who.actor, Right.OPERATE)
        opened, now = who.opened, who.opened.clock.now()
        await issues.say(opened.database, opened.portal_id, issue, IssueState(state), by=who.actor.name, now=now)

    acting(work, key)


def _facts(issue: Issue) -> dict[str, object]:
    found = {name: value for name, value in asdict(issue.found).items() if name != "sort"}
    more = {"cause": issue.cause, "remedy": issue.remedy, "trend": issue.trend, "filter": issue.filter}
    return {**found, **more}


def _row(issue: Issue) -> tuple[object, ...]:
    found = issue.found
    where = f"{found.kind}: {found.place}, {found.code}"
    return (found.fingerprint, found.state, where, issue.cause, found.records, found.last_seen_at, issue.trend)
