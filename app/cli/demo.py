"""The story that shows the main job."""

# ruff: noqa: PLC0415  heavy modules are imported inside functions, so that `--help` is quick

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    app.command()(demo)


def demo(
    *,
    once: Annotated[bool, typer.Option("--once", help="Play the story and end, instead of serving on.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")] = 8000,
    data_dir: Annotated[
        Path | None, typer.Option(file_okay=False, help="Folder of the database, emptied first (data/demo).")
    ] = None,
) -> None:
    """Play the story on the embedded database and a simulated HubSpot; nothing leaves the machine."""
    from app.demo.story import main

    raise typer.Exit(main(once=once, port=port, data_dir=data_dir))
