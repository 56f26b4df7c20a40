"""The document that a command is about: a file, or a text that Baton keeps."""

# ruff: noqa: PLC0415  heavy modules are imported inside functions, so that `--help` is quick

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.opened import load
from app.errors import BatonError

if TYPE_CHECKING:
    from app.agreement.model import Agreement
    from app.rules.facts import Vocabulary

File = Annotated[
    Path | None,
    typer.Argument(
        exists=True, dir_okay=False, help="The document; else BATON_AGREEMENT_FILE, else the packaged example."
    ),
]


def chosen(file: Path | None) -> Path:
    """The file that was named, set or packaged."""
    from app.engine.start import packaged_agreement

    return file or load().settings.agreement_file or packaged_agreement()


def content_of(file: Path) -> bytes:
    """What the file holds. Raises BatonError when it cannot be read."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise BatonError(f"the agreement {file} cannot be read: {error.strerror}; name a file that can") from None


def text_of(file: Path) -> str:
    """The file as text. Raises BatonError when it is none."""
    try:
        return content_of(file).decode()
    except UnicodeDecodeError:
        raise BatonError(f"the agreement {file} is not UTF-8; save it as UTF-8") from None


def parsed(file: Path, vocabulary: Vocabulary | None = None) -> Agreement:
    """The agreement that the file describes. Raises AgreementError with every fault."""
    from app.agreement.parse import parse_agreement

    return parse_agreement(content_of(file), file=str(file), vocabulary=vocabulary)
