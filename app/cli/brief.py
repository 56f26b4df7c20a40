"""Briefs: what the owner of a lead is told."""

# ruff: noqa: PLC0415  heavy modules are imported inside functions, so that `--help` is quick

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.opened import Opened, with_database
from app.cli.shown import AsJson, print_json, print_lines, say
from app.errors import BatonError

if TYPE_CHECKING:
    from app.engine.preview import Preview

app = typer.Typer(name="brief", help="What the owner of a lead is told.", no_args_is_help=True)


@app.callback()
def root() -> None:
    """What the owner of a lead is told."""


@app.command("preview")
def preview_(
    contact_id: Annotated[str, typer.Argument(metavar="CONTACT", help="The contact's id in HubSpot.")],
    *,
    draft: Annotated[bool, typer.Option("--draft", help="By the draft, not by the version in force.")] = False,
    html: Annotated[Path | None, typer.Option(help="Also write both to this file, as HubSpot gets them.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show a contact's note and task as they would be, from what was last read of it; nothing is sent."""

    async def work(opened: Opened) -> Preview:
        from app.engine.preview import preview

        return await preview(opened.database, opened.portal_id, contact_id, draft=draft)

    shown = with_database(work)
    if html is not None:
        _write(html, shown)
    if as_json:
        print_json(asdict(shown))
    else:
        print_lines(_lines(shown))


def _lines(preview: Preview) -> Iterator[str]:
    brief = preview.brief
    by = "the draft" if preview.version is None else f"version {preview.version}"
    yield f"Contact {preview.contact_id} as read {preview.read_at:%Y-%m-%dT%H:%M:%SZ}, route {brief.route} of {by}"
    if brief.remark:
        yield f"Would not be sent: {brief.remark}"
    yield from ("", "Note", *(f"  {line}" for line in brief.note_lines))
    yield from ("", f"Task: {brief.task_subject}", *(f"  {line}" for line in brief.task_lines))


def _write(file: Path, preview: Preview) -> None:
    """The two as one page. Raises BatonError when the file cannot be written."""
    brief = preview.brief
    parts = (
        '<!doctype html>\n<meta charset="utf-8">',
        "<h1>Note</h1>",
        brief.note_html,
        "<h1>Task</h1>",
        brief.task_html,
    )
    try:
        file.write_text("\n".join(parts) + "\n", encoding="utf-8")
    except OSError as error:
        raise BatonError(f"{file}: {error.strerror}") from error
    say(f"written to {file}")
