"""A backtest of a made-up quarter: the same as deciding each contact at its time, also when it is large."""

from __future__ import annotations

import os

import pytest

from app.engine.backtest import Effort, request_backtest, run_next
from app.storage.database import Database
from bench.backtest import PORTAL, draft_of, made
from bench.quarter import QUARTER
from tests.engine.pasts import changed, effort, owners_in, right, state_of

SOAK = os.environ.get("BATON_SOAK") == "1"
CONTACTS = 50_000 if SOAK else 250


@pytest.mark.soak
async def test_a_quarter_comes_out_as_deciding_each_contact_at_its_time(database: Database) -> None:
    bench, version = await made(database, CONTACTS)
    backtest_id = await request_backtest(
        database, PORTAL, draft=draft_of(version.text), base=version, period=QUARTER, by="test", now=QUARTER.end_at
    )
    assert await run_next(bench, Effort() if SOAK else effort(page=100, steps=50))
    found = await state_of(database, PORTAL, backtest_id)
    assert found.result is not None, found.reason
    expected = await right(bench, found)
    assert found.result.contacts == CONTACTS
    assert found.result.unknown.contacts == 0
    assert found.result.before.handoffs > 0
    assert found.result.changed > 0
    assert found.result.matrix == expected.tally.matrix()
    assert await changed(bench, backtest_id) == sorted(expected.changed, key=lambda one: one.contact_id)
    assert owners_in(found.result) == [one.leads_by_address() for one in expected.sides]
