"""Plain text that any CRM takes."""

from __future__ import annotations

_LONGEST = 300


def clean(text: str | None, longest: int = _LONGEST) -> str:
    """One line of text that any CRM takes: no control characters, no broken code points, not too long."""
    whole = (text or "").encode("utf-8", "ignore").decode("utf-8")
    short = whole[: 4 * longest]
    shown = short if short.isprintable() else "".join(char if char.isprintable() else " " for char in short)
    line = " ".join(shown.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
