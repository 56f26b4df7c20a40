"""What is wrong with an agreement, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, TypeAlias

from app.errors import BatonError

Path: TypeAlias = tuple[str | int, ...]


class Severity(StrEnum):
    """An error keeps a document from being published; a warning says that something may not be meant."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to put right. `path` is a JSON pointer; line and column count from 1, 0 when there is no text.

    What each `code` means is in `app.agreement.codes`, and in docs/reference/lint.md.
    """

    code: str
    path: str
    line: int
    column: int
    message: str
    fix: str
    file: str = "agreement"
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        where = f"{self.line}:{self.column}" if self.line else self.path or "/"
        warning = "warning: " if self.severity is Severity.WARNING else ""
        return f"{self.file}:{where}: {warning}{self.message}. {self.fix}"


class AgreementError(BatonError):
    """The document cannot be used; `faults` holds every error found in it. A warning is never raised."""

    code: ClassVar[str] = "agreement"

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)


def pointer(path: Path) -> str:
    """The path as a JSON pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)
