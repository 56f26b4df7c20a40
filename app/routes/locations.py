"""Where things are found, for `Location`."""

from __future__ import annotations

from uuid import UUID

AGREEMENT = "/api/v1/config/agreement"
DRAFT = f"{AGREEMENT}/draft"
SCHEMA = "/schemas/agreement.schema.json"


def version_at(number: int) -> str:
    """The path of one version's document."""
    return f"{AGREEMENT}?version={number}"


def backtest_at(backtest_id: UUID) -> str:
    """The path of one backtest."""
    return f"/api/v1/backtests/{backtest_id}"


def backfill_at(backfill_id: UUID) -> str:
    """The path of one backfill."""
    return f"/api/v1/backfills/{backfill_id}"


def replay_at(replay_id: UUID) -> str:
    """The path of one replay."""
    return f"/api/v1/replays/{replay_id}"
