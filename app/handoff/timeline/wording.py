"""Instants and lengths of time in words: to the second, on the wall of a time zone."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.sla import wall

_HOUR, _MINUTE = 3_600, 60


def stamp(at: datetime, zone: str) -> str:
    """`2026-11-20 16:50:00 EST`."""
    return f"{at.astimezone(wall.zone(zone)):%Y-%m-%d %H:%M:%S %Z}"


def moment(at: datetime, zone: str) -> str:
    """`Mon 2026-11-23 09:20:04`, within a line whose zone is known."""
    return f"{at.astimezone(wall.zone(zone)):%a %Y-%m-%d %H:%M:%S}"


def length(span: timedelta) -> str:
    """`1 h 40 min`, in whole seconds, days as hours; below a second and below zero it is `0 s`."""
    seconds = max(0, int(span.total_seconds()))
    hours, rest = divmod(seconds, _HOUR)
    minutes, seconds = divmod(rest, _MINUTE)
    parts = ((hours, "h"), (minutes, "min"), (seconds, "s"))
    return " ".join(f"{amount} {unit}" for amount, unit in parts if amount) or "0 s"
