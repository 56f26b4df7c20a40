"""The agreement: read it, check it, change it with everybody's consent, and ask why it decided so."""

from __future__ import annotations

import typer

from app.cli.agreement import apply, backtest, check, compare, draft, restore, review, versions, why

app = typer.Typer(name="agreement", help="Read, check, change and explain the agreement.", no_args_is_help=True)

for part in (versions, check, compare, backtest, apply, review, draft, restore, why):
    part.register(app)
