"""Keys: who may do what, over the API and on the command line."""

# ruff: noqa: PLC0415  heavy modules are imported inside functions, so that `--help` is quick

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from app.cli.acting import Acting, acting
from app.cli.acting import Key as ActingKey
from app.cli.shown import AsJson, print_json, print_table, say

if TYPE_CHECKING:
    from app.engine.keys import NewKey
    from app.storage.keys import Key

app = typer.Typer(name="key", help="Who may do what, by a key of their own.", no_args_is_help=True)

_COLUMNS = ("id", "email", "role", "side", "state", "made", "made by", "expires", "used")


@app.command()
def create(
    *,
    email: Annotated[str, typer.Option(help="Whose it is: consent is asked of people by their address.")],
    role: Annotated[
        Literal["viewer", "editor", "approver", "publisher", "operator", "admin"],
        typer.Option(
            help="What it may do: each of viewer, editor, approver and publisher may do what those before may."
        ),
    ],
    side: Annotated[
        Literal["marketing", "sales"] | None, typer.Option(help="Whose changes theirs are; neither's without it.")
    ] = None,
    days: Annotated[
        int | None, typer.Option(min=1, max=3650, help="How long it lasts; until it is revoked without it.")
    ] = None,
    key: ActingKey = None,
    as_json: AsJson = False,
) -> None:
    """Make a key, and print it alone on standard output. It is never shown again."""
    address = email.strip()
    if "@" not in address.strip("@") or any(sign.isspace() for sign in address):
        raise typer.BadParameter(f"{email!r} is no e-mail address; write it like mia@example.com", param_hint="--email")

    async def work(who: Acting) -> NewKey:
        return await _created(who, address, role, side, days)

    made = acting(work, key)
    if as_json:
        print_json({"key": made.text, "id": made.key.id, "email": made.key.email, "expires_at": made.key.expires_at})
    else:
        typer.echo(made.text)
        say(f"The key of {made.key.email}. Keep it: it is shown only now.")


@app.command("list")
def list_(*, key: ActingKey = None, as_json: AsJson = False) -> None:
    """List every key ever made, oldest first, without its secret."""

    async def work(who: Acting) -> tuple[list[Key], datetime]:
        from app.engine.drafting import demand
        from app.records.people import Right
        from app.storage import keys

        demand(who.actor, Right.ADMINISTER)
        async with who.opened.database.begin() as connection:
            return await keys.all_(connection, who.opened.portal_id), who.opened.clock.now()

    listed, now = acting(work, key)
    if as_json:
        print_json([_json(one, now) for one in listed])
    else:
        print_table(_COLUMNS, [tuple(_json(one, now).values()) for one in listed], none="There is no key.")


@app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="The key's id, as `baton key list` shows it.")],
    *,
    key: ActingKey = None,
) -> None:
    """Let a key open nothing any more, at once."""

    async def work(who: Acting) -> None:
        from app.engine import keys
        from app.engine.drafting import demand
        from app.records.people import Right

        demand(who.actor, Right.ADMINISTER)
        opened = who.opened
        await keys.revoke(opened.database, opened.portal_id, key_id, by=who.actor.name, now=opened.clock.now())

    acting(work, key)
    say(f"Key {key_id} opens nothing any more.")


async def _created(who: Acting, email: str, role: str, side: str | None, days: int | None) -> NewKey:
    from datetime import timedelta

    from app.engine import keys
    from app.engine.drafting import demand
    from app.records.people import Right, Role, Side

    demand(who.actor, Right.ADMINISTER)
    lasts = timedelta(days=days) if days else None
    return await keys.create(
        who.opened.database,
        who.opened.portal_id,
        keys.Wanted(email, Role(role), Side(side) if side else None, lasts),
        by=who.actor.name,
        now=who.opened.clock.now(),
    )


def _json(key: Key, now: datetime) -> dict[str, object]:
    """A key without anything of its secret, in the order of the columns."""
    return {
        "id": key.id,
        "email": key.email,
        "role": key.role,
        "side": key.side,
        "state": _state(key, now),
        "made_at": key.made_at,
        "made_by": key.made_by,
        "expires_at": key.expires_at,
        "used_at": key.used_at,
    }


def _state(key: Key, now: datetime) -> str:
    if key.is_valid(now):
        return "valid"
    return "revoked" if key.revoked_at else "expired"
