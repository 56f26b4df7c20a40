"""The deployment's settings, and keys for them."""

# ruff: noqa: PLC0415  heavy modules are imported inside functions, so that `--help` is quick

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TypedDict

import typer

from app.cli.shown import AsJson, print_json, print_table, say
from app.errors import ConfigurationError

if TYPE_CHECKING:
    from app.settings import Loaded


class Shown(TypedDict):
    """A setting as shown: a secret's value is only whether it is set."""

    name: str
    value: object
    origin: str
    meaning: str


def register(app: typer.Typer) -> None:
    app.command("config")(config)
    app.command("secret-key")(secret_key)


def config(*, as_json: AsJson = False) -> None:
    """Show every setting: its value, where it came from and what it means."""
    from app.settings import load_settings

    try:
        loaded = load_settings()
    except ConfigurationError:
        if not as_json:
            _print_meanings()
        raise
    for warning in loaded.warnings:
        say(f"warning: {warning}")
    shown = list(_shown(loaded))
    if as_json:
        print_json(shown)
    else:
        rows = [(one["name"], one["value"], one["origin"], one["meaning"]) for one in shown]
        print_table(("setting", "value", "from", "meaning"), rows, none="")


def secret_key() -> None:
    """Print a new key for BATON_SECRET_KEY."""
    from cryptography.fernet import Fernet

    typer.echo(Fernet.generate_key().decode())


def _shown(loaded: Loaded) -> Iterator[Shown]:
    from pydantic import SecretStr

    from app.settings import PREFIX, Settings

    for name, field in Settings.model_fields.items():
        value = getattr(loaded.settings, name)
        if "SecretStr" in str(field.annotation):
            value = "set" if isinstance(value, SecretStr) and value.get_secret_value() else "not set"
        yield Shown(
            name=PREFIX + name.upper(), value=value, origin=loaded.origins[name], meaning=field.description or ""
        )


def _print_meanings() -> None:
    """Every setting without a value: what there is to set, when what is set cannot be read."""
    from app.settings import PREFIX, Settings

    rows = [(PREFIX + name.upper(), field.description) for name, field in Settings.model_fields.items()]
    print_table(("setting", "meaning"), rows, none="")
