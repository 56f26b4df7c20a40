from __future__ import annotations

import json
from uuid import UUID, uuid4

import pytest

from app.handoff.decision import Notice
from app.records.ids import ContactId, PortalId
from app.storage import notices
from app.storage.database import Database
from app.storage.notices import NewNotice
from tests.cli.conftest import Cli, key_of
from tests.conftest import NOW
from tests.world import PORTAL

SLACK = "https://localhost:8443/services/T0/B0/s3cret"


async def keep(database: Database, key: str) -> UUID:
    """A notice that was skipped because no channel was set; its id."""
    notice = Notice(key, "ann@example.com", "breached", "The first touch is overdue", ("Call now.",))
    async with database.begin() as connection:
        portal_id = PortalId(PORTAL)
        await notices.add(
            connection, portal_id, [NewNotice(key, uuid4(), ContactId("1"), notice)], shadow=False, now=NOW
        )
        await notices.spread(connection, portal_id, [], limit=10, now=NOW)
        return (await notices.listed(connection, portal_id, limit=1))[0].id


async def test_notices_are_listed_with_what_became_of_them(cli: Cli, database: Database) -> None:
    notice_id = await keep(database, "a")
    [found] = await cli.json("notice", "list", "--state", "skipped")
    assert (found["id"], found["recipient"], found["kind"]) == (str(notice_id), "ann@example.com", "breached")
    assert (found["state"], found["words"], found["channel"]) == ("skipped", "no channel is set", None)
    assert await cli.json("notice", "list", "--state", "sent") == []
    assert "The first touch is overdue" in (await cli.run("notice", "list")).stdout


async def test_a_skipped_notice_is_sent_after_all_when_somebody_says_so(cli: Cli, database: Database) -> None:
    notice_id = await keep(database, "a")
    assert (await cli.run("notice", "retry", str(notice_id))).exit_code == 0
    [found] = await cli.json("notice", "list")
    assert found["state"] == "due"
    again = await cli.run("notice", "retry", str(notice_id))
    assert (again.exit_code, "`baton notice list`" in again.stderr) == (1, True)


async def test_a_viewer_s_key_retries_nothing(cli: Cli, database: Database) -> None:
    notice_id = await keep(database, "a")
    key = await key_of(cli, "vi@example.com", "viewer")
    refused = await cli.run("notice", "retry", str(notice_id), "--key", key)
    assert refused.exit_code == 1
    [found] = await cli.json("notice", "list")
    assert found["state"] == "skipped"


def test_a_test_notice_that_cannot_be_sent_says_why_without_the_url(baton: Cli) -> None:
    result = baton("notice", "test", "slack", slack_webhook_url=SLACK)
    assert result.exit_code == 3
    assert "BATON_NOTIFY_ALLOW_PRIVATE_HOSTS" in result.stderr
    assert "s3cret" not in result.output


@pytest.mark.parametrize("whither", ["mail", "ann@example.com", "pigeon"])
def test_a_test_by_a_channel_that_is_not_set_names_those_that_are(baton: Cli, whither: str) -> None:
    result = baton("notice", "test", whither, slack_webhook_url=SLACK)
    assert result.exit_code == 2
    assert "only: slack" in result.stderr


WRONG = (
    ("smtp_url", "mail.example.com", "BATON_SMTP_URL: this is no mail server"),
    ("slack_webhook_url", "http://hooks.example.com/s3cret", "BATON_SLACK_WEBHOOK_URL: the URL must begin with https"),
    ("notify_webhook_url", "https://hooks.example.com:25/s3cret", "BATON_NOTIFY_WEBHOOK_URL: port 25 is none of"),
    ("smtp_from", "Baton <baton@example.com>", "BATON_SMTP_FROM"),
    ("notify_quiet_hours", "8pm-7am", "BATON_NOTIFY_QUIET_HOURS"),
    ("notify_urgent_kinds", "breached, breach", "BATON_NOTIFY_URGENT_KINDS"),
    ("notify_digest_at", "25:00", "BATON_NOTIFY_DIGEST_AT"),
    ("notify_time_zone", "Mars/Olympus", "BATON_NOTIFY_TIME_ZONE"),
)


@pytest.mark.parametrize(("setting", "value", "told"), WRONG)
def test_a_setting_that_cannot_be_is_named_with_the_remedy(baton: Cli, setting: str, value: str, told: str) -> None:
    result = baton("notice", "test", "slack", **{"smtp_from": "baton@example.com", setting: value})
    assert result.exit_code == 1
    assert told in result.stderr
    assert "s3cret" not in result.output


def test_mail_without_a_sender_is_refused(baton: Cli) -> None:
    result = baton("notice", "test", "mail", smtp_url="smtp://mail.example.com")
    assert (result.exit_code, "BATON_SMTP_FROM" in result.stderr) == (1, True)


def test_config_tells_where_notices_go_and_no_secret(baton: Cli) -> None:
    secrets = {
        "smtp_url": "smtp://u:s3cret@mail.example.com",
        "smtp_from": "baton@example.com",
        "slack_webhook_url": SLACK,
        "notify_webhook_url": SLACK,
        "notify_webhook_secret": "s3cret",
    }
    result = baton("config", "--json", **secrets)
    assert "s3cret" not in result.output
    shown = {one["name"]: one["value"] for one in json.loads(result.stdout)}
    assert {shown[f"BATON_{name.upper()}"] for name in secrets if name != "smtp_from"} == {"set"}
    assert shown["BATON_SMTP_FROM"] == "baton@example.com"
