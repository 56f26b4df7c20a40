"""The texts that Baton keeps: the draft, the version in force and those before it."""

# ruff: noqa: PLC0415  heavy modules are imported inside functions, so that `--help` is quick

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.acting import drafting_of
from app.cli.agreement.document import parsed, text_of
from app.cli.opened import Opened, with_database
from app.cli.shown import AsJson, Limit, print_json, print_lines, print_table, say
from app.errors import BatonError

if TYPE_CHECKING:
    from app.agreement.prose import Prose
    from app.storage.agreements import Version

DIGEST_SHOWN = 12
_COLUMNS = ("version", "published (UTC)", "by", "message", "approved by", "mode", "digest")

Number = Annotated[int | None, typer.Option("--version", min=1, help="This version instead.")]


def register(app: typer.Typer) -> None:
    for command in (pull, log, prose):
        app.command()(command)


@dataclass(frozen=True, slots=True)
class _Kept:
    """A text that Baton keeps, in words and by its digest."""

    name: str
    text: str
    digest: str


def pull(
    file: Annotated[Path | None, typer.Argument(dir_okay=False, help="Where to write it; else it is printed.")] = None,
    *,
    version: Number = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that holds what Baton never had.")] = False,
) -> None:
    """Write the text of the draft, or of the version in force where there is no draft.

    Before the first version: the document that would become it.
    """
    held = _held(file) if file and not force else None

    async def work(opened: Opened) -> _Kept:
        kept = await _kept(opened, version)
        if held not in {None, kept.text} and not await _is_kept(opened, str(held)):
            raise BatonError(f"{file} holds what Baton never had; save it elsewhere, or give --force to overwrite it")
        return kept

    kept = with_database(work)
    _write(kept.text, file)
    say(f"{kept.name[0].upper()}{kept.name[1:]}{f', now in {file}' if file else ''}. Digest: {kept.digest}")


def log(*, limit: Limit = 50, as_json: AsJson = False) -> None:
    """List the versions, newest first: the first one is in force."""

    async def work(opened: Opened) -> list[Version]:
        from app.storage import agreements

        async with opened.database.begin() as connection:
            return await agreements.history(connection, opened.portal_id, before=None, limit=limit)

    listed = with_database(work)
    if as_json:
        print_json([version_json(one) for one in listed])
    else:
        print_table(_COLUMNS, [_row(one) for one in listed], none="No agreement was published yet.")


def prose(
    file: Annotated[
        Path | None, typer.Argument(exists=True, dir_okay=False, help="The document; else the version in force.")
    ] = None,
    *,
    version: Number = None,
    html: Annotated[bool, typer.Option("--html", help="As a page to print and sign, instead of Markdown.")] = False,
) -> None:
    """Print an agreement as a text for people to read, and to sign."""
    from app.agreement.prose import as_html, as_markdown

    if file is not None and version is not None:
        raise typer.BadParameter("give a FILE or a --version, not both", param_hint="FILE, --version")
    told = _prose_of_file(file) if file else with_database(lambda opened: _prose_of_version(opened, version))
    print_lines((as_html(told) if html else as_markdown(told)).splitlines())


def version_json(version: Version) -> dict[str, object]:
    """A version for programs, without its text."""
    return {
        "version": version.number,
        "digest": version.digest,
        "author": version.author,
        "published_by": version.published_by,
        "published_at": version.published_at,
        "message": version.message,
        "approvals": [{"email": one.email, "note": one.note, "at": one.approved_at} for one in version.approvals],
        "mode": version.mode,
        "restored_from": version.restored_from,
    }


def _write(text: str, file: Path | None) -> None:
    """Write exactly the text: to the file, or to standard output."""
    if file is None:
        typer.echo(text, nl=False)
        return
    try:
        file.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise BatonError(f"{file} cannot be written: {error.strerror}; name another file") from None


def _held(file: Path) -> str | None:
    """The text that is in the file now; None without one."""
    return file.read_bytes().decode(errors="replace") if file.exists() else None


async def _is_kept(opened: Opened, text: str) -> bool:
    """Whether the text was a version or a draft once, and so is not lost with the file."""
    from app.storage import agreements, drafts
    from app.storage.agreements import digest_of

    digest = digest_of(text)
    async with opened.database.begin() as connection:
        version = await agreements.of_digest(connection, opened.portal_id, digest)
        return version is not None or await drafts.of_digest(connection, opened.portal_id, digest) is not None


async def _kept(opened: Opened, number: int | None) -> _Kept:
    if number is not None:
        version = await drafting_of(opened).version(number)
        return _Kept(f"version {version.number}", version.text, version.digest)
    if await is_first(opened):
        return _to_begin_with(opened)
    standing = await drafting_of(opened).standing()
    if standing.draft is None:
        return _Kept(f"version {standing.version}, in force", standing.text, standing.digest)
    return _Kept(f"the draft of {standing.author}", standing.text, standing.digest)


async def is_first(opened: Opened) -> bool:
    """Whether there is no version yet."""
    from app.storage import agreements

    async with opened.database.begin() as connection:
        return await agreements.newest_number(connection, opened.portal_id) is None


def _to_begin_with(opened: Opened) -> _Kept:
    """What the first start would publish."""
    from app.engine.start import packaged_agreement
    from app.storage.agreements import digest_of

    text = text_of(opened.settings.agreement_file or packaged_agreement())
    return _Kept("nothing is in force yet: this is the document to begin with", text, digest_of(text))


def _prose_of_file(file: Path) -> Prose:
    from app.agreement.parse import default_vocabulary
    from app.agreement.prose import prose

    return prose(parsed(file), default_vocabulary())


async def _prose_of_version(opened: Opened, number: int | None) -> Prose:
    from app.agreement.prose import prose

    book = await drafting_of(opened).rulebook(number)
    return prose(book.agreement, book.vocabulary)


def _row(version: Version) -> tuple[object, ...]:
    return (
        version.number,
        f"{version.published_at.astimezone(UTC):%Y-%m-%d %H:%M}",
        version.published_by or version.author,
        version.message,
        ", ".join(one.email for one in version.approvals),
        version.mode,
        version.digest[:DIGEST_SHOWN],
    )
