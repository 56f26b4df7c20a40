"""Further apps that post webhooks."""

# ruff: noqa: PLC0415  heavy modules are imported inside functions, so that `--help` is quick

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.opened import Opened, person, with_database
from app.cli.shown import say

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

    from app.storage.sources import Sealed

app = typer.Typer(name="source", help="Further HubSpot apps that post webhooks.", no_args_is_help=True)


@app.callback()
def root() -> None:
    """Further HubSpot apps that post webhooks."""


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="How the webhook address names it, as in /webhooks/hubspot/NAME.")],
) -> None:
    """Keep a source's client secret, encrypted; the one before it stays valid while you rotate."""
    from app.bootstrap import FIRST_SOURCE, SOURCE_NAME, sealer

    if not SOURCE_NAME.fullmatch(name):
        raise typer.BadParameter("write it in small letters, digits, - and _, at most 63 of them", param_hint="NAME")
    if name == FIRST_SOURCE:
        raise typer.BadParameter(
            "the first source's secret is the setting BATON_HUBSPOT_CLIENT_SECRET", param_hint="NAME"
        )

    async def work(opened: Opened) -> None:
        await _keep(opened, name, secret, sealer(opened.settings))

    secret = _secret()
    with_database(work)
    say(f"Kept. Point the app's webhooks to /webhooks/hubspot/{name}.")


def _secret() -> str:
    """The secret, from a hidden prompt or from standard input. Never from an argument: those are seen by others."""
    stdin = typer.get_text_stream("stdin")
    given = typer.prompt("Client secret", hide_input=True) if stdin.isatty() else stdin.readline()
    secret = str(given).strip()
    if not secret:
        raise typer.BadParameter("the secret is empty", param_hint="standard input")
    return secret


async def _keep(opened: Opened, name: str, secret: str, key: Fernet) -> None:
    from app.storage import audit, sources

    now = opened.clock.now()
    async with opened.database.begin() as connection:
        sealed = _next(await sources.get(connection, opened.portal_id, name), secret, key)
        await sources.put(connection, opened.portal_id, name, sealed, now=now)
        await audit.note(connection, opened.portal_id, person(), "source added", {"source": name}, now=now)


def _next(before: Sealed | None, secret: str, key: Fernet) -> Sealed:
    """The new secret with the old one behind it, unless that is the same or can no longer be read."""
    from cryptography.fernet import InvalidToken

    from app.storage.sources import Sealed

    current = key.encrypt(secret.encode())
    if before is None:
        return Sealed(current, None)
    try:
        same = key.decrypt(before.current).decode() == secret
    except InvalidToken:
        return Sealed(current, None)
    return Sealed(current, before.previous if same else before.current)
