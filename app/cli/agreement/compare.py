"""What differs between two agreements, in sentences."""

# ruff: noqa: PLC0415  heavy modules are imported inside functions, so that `--help` is quick

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.acting import drafting_of
from app.cli.agreement.document import text_of
from app.cli.opened import Opened, load, with_database
from app.cli.root import CHANGES_PENDING
from app.cli.shown import AsJson, print_json, print_lines, say
from app.errors import BatonError

if TYPE_CHECKING:
    from app.agreement.difference import Change
    from app.agreement.model import Agreement


def register(app: typer.Typer) -> None:
    app.command()(diff)


@dataclass(frozen=True, slots=True)
class _Compared:
    """`same_text` is False too where only comments or layout differ; then there is no change."""

    changes: tuple[Change, ...]
    same_text: bool


def diff(
    file: Annotated[
        Path | None,
        typer.Argument(exists=True, dir_okay=False, help="The new text; else BATON_AGREEMENT_FILE, else the draft."),
    ] = None,
    *,
    from_: Annotated[
        int | None, typer.Option("--from", min=1, help="Compare with this version instead of the one in force.")
    ] = None,
    to: Annotated[int | None, typer.Option("--to", min=1, help="This version instead of a FILE.")] = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit 4 when the texts differ, even where nothing that runs does.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say in sentences what differs from the version in force: + added, - removed, ~ changed, > moved."""
    if file is not None and to is not None:
        raise typer.BadParameter("give a FILE or --to, not both", param_hint="FILE, --to")
    document = file or (None if to else load().settings.agreement_file)
    compared = with_database(lambda opened: _compared(opened, document, from_, to))
    _print(compared, as_json=as_json)
    if exit_code and not compared.same_text:
        raise typer.Exit(CHANGES_PENDING)


def changes_json(changes: Sequence[Change]) -> list[dict[str, object]]:
    """Changes for programs; the sections that one touches are sorted."""
    return [{**asdict(one), "sections": sorted(one.sections)} for one in changes]


async def _compared(opened: Opened, file: Path | None, from_: int | None, to: int | None) -> _Compared:
    from app.agreement.difference import difference
    from app.agreement.parse import parse_agreement

    drafting = drafting_of(opened)
    before, book = await drafting.version(from_), await drafting.rulebook(from_)
    name, text = (str(file), text_of(file)) if file else await _kept(opened, to)
    after: Agreement = parse_agreement(text, file=name, vocabulary=book.vocabulary)
    return _Compared(difference(book.agreement, after, book.vocabulary), before.text == text)


async def _kept(opened: Opened, number: int | None) -> tuple[str, str]:
    """Name and text of a version; of the draft without a number."""
    if number is not None:
        return f"version {number}", (await drafting_of(opened).version(number)).text
    standing = await drafting_of(opened).standing()
    if standing.draft is None:
        raise BatonError("there is no draft to compare; name a FILE, or give --to")
    return "the draft", standing.text


def _print(compared: _Compared, *, as_json: bool) -> None:
    from app.agreement.difference import as_lines

    if as_json:
        print_json({"same_text": compared.same_text, "changes": changes_json(compared.changes)})
        return
    print_lines(as_lines(compared.changes))
    if not compared.changes:
        say("Nothing differs." if compared.same_text else "Only comments or layout differ.")
