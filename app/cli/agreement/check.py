"""The document by itself: is it sound, does it do what its examples say, how may it be written."""

# ruff: noqa: PLC0415  heavy modules are imported inside functions, so that `--help` is quick

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.agreement.document import File, chosen, content_of, parsed
from app.cli.opened import Opened, with_database
from app.cli.root import CHECKS_FAILED
from app.cli.shown import AsJson, print_json, print_lines, print_table, say
from app.errors import BatonError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.agreement.faults import Fault
    from app.agreement.portal import PortalWords
    from app.handoff.examples import ExampleResult


def register(app: typer.Typer) -> None:
    app.command()(validate)
    app.command("test")(try_examples)
    app.command()(schema)


def validate(
    file: File = None,
    *,
    against_portal: Annotated[
        bool, typer.Option("--against-portal", help="Also hold it against the portal as Baton last read it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Print everything wrong with an agreement, with its line; exit 3 when there is an error, not for warnings."""
    from app.handoff.lint import check_document

    document = chosen(file)
    portal = with_database(_portal) if against_portal else None
    faults = check_document(content_of(document), file=str(document), portal=portal)
    errors = sum(one.severity == "error" for one in faults)
    if as_json:
        print_json({"file": str(document), "valid": not errors, "faults": [asdict(one) for one in faults]})
    else:
        print_lines(str(one) for one in faults)
        say(f"{document}: {counted(faults)}")
    if errors:
        raise typer.Exit(CHECKS_FAILED)


def try_examples(file: File = None, *, as_json: AsJson = False) -> None:
    """Decide the agreement's own examples and compare; exit 3 when one comes out otherwise."""
    from app.agreement.parse import default_vocabulary
    from app.handoff.examples import run_examples

    results = run_examples(parsed(chosen(file)), default_vocabulary())
    if as_json:
        print_json([asdict(one) for one in results])
    else:
        rows = [("pass" if one.passed else "FAIL", one.name, "; ".join(one.differences)) for one in results]
        print_table(("", "example", "differences"), rows, none="The agreement has no examples.")
        say(tallied(results))
    if not all(one.passed for one in results):
        raise typer.Exit(CHECKS_FAILED)


def schema() -> None:
    """Print the JSON Schema of an agreement, for editors that complete and check while one types."""
    from app.agreement.schema import schema_text

    typer.echo(schema_text(), nl=False)


def counted(faults: Sequence[Fault]) -> str:
    """`no error, 2 warnings`."""
    errors = sum(one.severity == "error" for one in faults)
    warnings = len(faults) - errors
    return f"{_many(errors, 'error')}, {_many(warnings, 'warning')}"


def tallied(results: Sequence[ExampleResult]) -> str:
    """`9 passed, 1 failed`."""
    failed = sum(not one.passed for one in results)
    return f"{len(results) - failed} passed, {failed} failed"


def _many(number: int, what: str) -> str:
    return f"{number or 'no'} {what}{'s' if number > 1 else ''}"


async def _portal(opened: Opened) -> PortalWords:
    """The portal as last read. Raises BatonError before the first time."""
    from app.engine.checking import words_of

    async with opened.database.begin() as connection:
        words = await words_of(connection, opened.portal_id, opened.settings.hubspot_tier)
    if words is None:
        raise BatonError("Baton has not read the portal yet; let `baton run` reach HubSpot once")
    return words
