"""How commands end when something is wrong: one clear line on standard error, and exit code 1."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from app.errors import BatonError

FAILED = 1
CHECKS_FAILED = 3
CHANGES_PENDING = 4


class Commands(TyperGroup):
    """The root group. What Baton can explain is told without a traceback; a defect keeps its own."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401  the context's class is private to Typer
        try:
            return super().invoke(ctx)
        except BatonError as error:
            typer.echo(f"baton: {error}", err=True)
            raise typer.Exit(FAILED) from None
        except PermissionError as error:
            typer.echo(f"baton: {error.filename}: permission denied; use the account that Baton runs as", err=True)
            raise typer.Exit(FAILED) from None
