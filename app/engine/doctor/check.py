"""What came of looking at one thing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Verdict(StrEnum):
    OK = "ok"
    WARNING = "warning"
    """It works, and will not always; or it could not be looked at."""
    FAILED = "failed"
    """Baton cannot do its work until it is mended."""


@dataclass(frozen=True, slots=True)
class Check:
    """`says` is what was seen, `remedy` what to do about it: empty where nothing needs doing."""

    name: str
    verdict: Verdict
    says: str
    remedy: str = ""


def ok(name: str, says: str) -> Check:
    return Check(name, Verdict.OK, says)


def warning(name: str, says: str, remedy: str) -> Check:
    return Check(name, Verdict.WARNING, says, remedy)


def failed(name: str, says: str, remedy: str) -> Check:
    return Check(name, Verdict.FAILED, says, remedy)


def not_looked_at(name: str, because: str) -> Check:
    return Check(name, Verdict.WARNING, f"not looked at: {because}", "mend that first, then look again")


def clock_check(name: str, whose: str, ahead: timedelta, *, warns: timedelta, fails: timedelta) -> Check:
    """Whether two clocks agree: more than `warns` apart is told, more than `fails` breaks something."""
    seconds = abs(ahead.total_seconds())
    says = f"this machine's clock is {seconds:.0f} s {'ahead of' if ahead > timedelta() else 'behind'} {whose}"
    if abs(ahead) > fails:
        return failed(name, says, "keep both clocks by NTP")
    if abs(ahead) > warns:
        return warning(name, says, "keep both clocks by NTP")
    return ok(name, f"this machine's clock and {whose} agree")
