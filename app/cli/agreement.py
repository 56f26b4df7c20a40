"""The agreement: is it sound, does it do what its examples say, why did it decide so."""

# ruff: noqa: PLC0415  heavy modules are imported inside functions, so that `--help` is quick

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.opened import Opened, load, with_database
from app.cli.root import CHECKS_FAILED
from app.cli.shown import AsJson, print_json, print_lines, print_table, say
from app.errors import BatonError

if TYPE_CHECKING:
    from app.agreement.faults import Fault
    from app.agreement.model import Agreement
    from app.engine.explain import Explained

app = typer.Typer(name="agreement", help="Check, test and explain the agreement.", no_args_is_help=True)

File = Annotated[
    Path | None,
    typer.Argument(
        exists=True, dir_okay=False, help="The document; else BATON_AGREEMENT_FILE, else the packaged example."
    ),
]


@app.command()
def validate(
    file: File = None,
    *,
    against_portal: Annotated[
        bool, typer.Option("--against-portal", help="Also hold it against the portal as Baton last read it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Print every fault of an agreement with its line; exit 3 when there is one."""
    chosen = _chosen(file)
    faults = _faults(chosen, against_portal=against_portal)
    if as_json:
        print_json({"file": str(chosen), "valid": not faults, "faults": [asdict(one) for one in faults]})
    else:
        print_lines(str(one) for one in faults)
        say(f"{chosen}: {len(faults) or 'no'} fault{'' if len(faults) == 1 else 's'}")
    if faults:
        raise typer.Exit(CHECKS_FAILED)


@app.command("test")
def try_examples(file: File = None, *, as_json: AsJson = False) -> None:
    """Decide the agreement's own examples and compare; exit 3 when one comes out otherwise."""
    from app.agreement.parse import default_vocabulary
    from app.handoff.examples import run_examples

    results = run_examples(_parsed(_chosen(file)), default_vocabulary())
    if as_json:
        print_json([asdict(one) for one in results])
    else:
        rows = [("pass" if one.passed else "FAIL", one.name, "; ".join(one.differences)) for one in results]
        print_table(("", "example", "differences"), rows, none="The agreement has no examples.")
    failed = sum(not one.passed for one in results)
    if not as_json:
        say(f"{len(results) - failed} passed, {failed} failed")
    if failed:
        raise typer.Exit(CHECKS_FAILED)


@app.command()
def explain(
    *,
    contact: Annotated[str, typer.Option(help="The contact's id in HubSpot.")],
    at: Annotated[str | None, typer.Option(help="An instant, as 2026-11-20T10:00Z: what was decided by then.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say why the newest decision about a contact came out as it did."""
    instant = _instant(at) if at else None

    async def work(opened: Opened) -> Explained:
        from app.engine.explain import explain_contact

        return await explain_contact(opened.database, opened.portal_id, contact, at=instant)

    explained = with_database(work)
    if as_json:
        print_json(_explained(explained))
        return
    stored = explained.stored
    shadow = ", in shadow" if stored.shadow else ""
    print_lines([f"Decided at {stored.at.isoformat()} by agreement version {stored.version}{shadow}", *explained.lines])
    if explained.differs:
        say(f"warning: computed again, it differs from what was stored in: {', '.join(explained.differs)}")


def _explained(explained: Explained) -> dict[str, object]:
    stored = explained.stored
    return {
        "id": stored.id,
        "contact_id": stored.contact_id,
        "at": stored.at,
        "version": stored.version,
        "shadow": stored.shadow,
        "kind": stored.kind,
        "because": stored.because,
        "lines": explained.lines,
        "differs": explained.differs,
    }


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is no instant; write it like 2026-11-20T10:00Z", param_hint="--at"
        ) from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _chosen(file: Path | None) -> Path:
    from app.engine.start import packaged_agreement

    return file or load().settings.agreement_file or packaged_agreement()


def _parsed(file: Path) -> Agreement:
    from app.agreement.parse import parse_agreement

    try:
        content = file.read_bytes()
    except OSError as error:
        raise BatonError(f"the agreement {file} cannot be read: {error.strerror}") from None
    return parse_agreement(content, file=str(file))


def _faults(file: Path, *, against_portal: bool) -> list[Fault]:
    from app.agreement.faults import AgreementError

    try:
        agreement = _parsed(file)
    except AgreementError as error:
        return list(error.faults)
    return _portal_faults(agreement) if against_portal else []


def _portal_faults(agreement: Agreement) -> list[Fault]:
    """What the document names and the portal, as last read, does not have."""

    async def work(opened: Opened) -> list[Fault]:
        from app.agreement.parse import check_against
        from app.engine.rulebook import vocabulary_with
        from app.storage import portals

        async with opened.database.begin() as connection:
            portal = await portals.get(connection, opened.portal_id)
            definitions = await portals.definitions(connection, opened.portal_id)
            owners = await portals.owners(connection, opened.portal_id)
        if portal is None or not definitions:
            raise BatonError("Baton has not read the portal yet; let `baton run` reach HubSpot once")
        return check_against(agreement, vocabulary_with(definitions), owners, portal.stages)

    return with_database(work)
