"""The composition root: settings in, a Container of working parts out. Alone in knowing crm.hubspot."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import httpx
import structlog
from cryptography.fernet import Fernet, InvalidToken
from pydantic import SecretStr

from app.clock import Clock, SystemClock
from app.crm.guard import Breaker, Quota, Unguarded
from app.crm.hubspot import HubspotCrm, HubspotInbox, paths_for
from app.crm.port import Crm, Inbox, Secrets
from app.engine.backtest import run_next
from app.engine.beside import Beside
from app.engine.doctor import Patient
from app.engine.door import Door
from app.engine.drafting import Drafting
from app.engine.look import Bench, Pace
from app.engine.notifying import Limits, Notifying
from app.engine.portal import PortalWatch
from app.engine.probes import SILENT, Probes
from app.engine.replaying import go_on
from app.engine.rulebook import Shelf
from app.engine.start import first_start
from app.engine.sweeping import sweep
from app.engine.turned_away import TurnedAway
from app.engine.unpack import Unpacking
from app.engine.worker import Worker
from app.errors import ConfigurationError, DatabaseUnavailable
from app.notify.channels import Channel
from app.notify.errors import NotifyError
from app.notify.mail import Mail, Relay
from app.notify.manners import Manners, QuietHours
from app.notify.post import Post
from app.notify.reach import Reach
from app.notify.slack import Slack
from app.notify.webhook import Webhook
from app.records.ids import PortalId
from app.settings import Loaded, Settings
from app.storage import sources
from app.storage.database import Database
from app.storage.embedded import EmbeddedPostgres
from app.storage.guard import BreakerLimits, SharedBreaker, SharedQuota, hubspot_rates
from app.storage.migrate import is_current, migrate

_log = structlog.get_logger(__name__)

FIRST_SOURCE = "hubspot"
"""The source whose secrets are settings; others are kept encrypted in the database."""
SOURCE_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
"""What a further source may be called: it is a part of a URL."""
NO_PORTAL = PortalId(0)
_REPLAYS_REST = timedelta(seconds=1)
_SWEEPS_REST = timedelta(seconds=10)
"""How soon a worker sees that a sweep is due or a backfill was asked for, and tries again what stands still."""


@dataclass(frozen=True, slots=True)
class Container:
    """The working parts of one process, joined."""

    settings: Settings
    clock: Clock
    database: Database
    portal_id: PortalId
    crm: Crm
    inbox: Inbox
    door: Door
    worker: Worker
    bench: Bench
    watch: PortalWatch
    unpacking: Unpacking
    drafting: Drafting
    notifying: Notifying


@dataclass(frozen=True, slots=True)
class Parts:
    """What a test or the demo may bring instead of the real thing."""

    clock: Clock | None = None
    http: httpx.AsyncClient | None = None
    probes: Probes = SILENT
    durable: bool = True
    breaker: BreakerLimits | None = None
    channels: Sequence[Channel] | None = None


@asynccontextmanager
async def open_database(settings: Settings, *, durable: bool = True) -> AsyncIterator[Database]:
    """The database: the one that BATON_DATABASE_URL names, else the embedded one, started if need be.

    Raises DatabaseUnavailable with the remedy when neither works.
    """
    async with AsyncExitStack() as stack:
        if settings.database_url:
            url = settings.database_url.get_secret_value()
        else:
            url = stack.enter_context(EmbeddedPostgres(settings.data_dir, durable=durable)).url
        database = Database(url)
        stack.push_async_callback(database.close)
        await database.check()
        yield database


@asynccontextmanager
async def open_container(loaded: Loaded, parts: Parts | None = None, *, migrates: bool) -> AsyncIterator[Container]:
    """Everything a process needs. With `migrates`, brings the database to the newest shape first."""
    parts = parts or Parts()
    settings, clock = loaded.settings, parts.clock or SystemClock()
    for warning in loaded.warnings:
        _log.warning("unknown_setting", what=warning)
    async with open_database(settings, durable=parts.durable) as database:
        await _shape(database, clock, migrates=migrates)
        portal_id = PortalId(settings.portal_id) if settings.portal_id else NO_PORTAL
        no_agreement = await first_start(database, portal_id, clock, settings.agreement_file)
        async with _http(settings, parts) as http:
            yield _joined(settings, parts, clock, database, portal_id, http, missing(settings) or no_agreement)


async def _shape(database: Database, clock: Clock, *, migrates: bool) -> None:
    if migrates:
        await migrate(database, now=clock.now())
    elif not await is_current(database):
        raise DatabaseUnavailable("the database has not the shape that this version expects; run `baton migrate`")


def missing(settings: Settings) -> str | None:
    """The setting without which HubSpot cannot be asked, with its remedy; None when all are there."""
    if settings.portal_id is None:
        return "BATON_PORTAL_ID is not set; set it to the Hub ID of the HubSpot account"
    if not _text(settings.hubspot_access_token):
        return "BATON_HUBSPOT_ACCESS_TOKEN is not set; set it to the access token of the HubSpot app"
    return None


def _joined(
    settings: Settings,
    parts: Parts,
    clock: Clock,
    database: Database,
    portal_id: PortalId,
    http: httpx.AsyncClient,
    why_not: str | None,
) -> Container:
    crm = make_crm(settings, http, clock, database, portal_id, parts.breaker)
    inbox = _inbox(settings)
    bench = Bench(database, crm, portal_id, clock, Shelf(database, portal_id), _pace(settings), parts.probes)
    watch = PortalWatch(database, crm, portal_id, clock, missing=why_not, tier=settings.hubspot_tier, heard=bench.heard)
    unpacking = Unpacking(database, inbox, portal_id, clock, settling=settings.settling)
    notifying = _notifying(settings, parts, clock, database, portal_id)
    worker = Worker(bench, unpacking, watch, poll=settings.poll, beside=_beside(settings, bench, notifying))
    keeper, refused = Keeper(settings, database, portal_id), TurnedAway(database, portal_id, clock)
    door = Door(database, inbox, keeper, clock, on_stored=worker.wake, on_refused=refused.note)
    drafting = Drafting(database, portal_id, clock, tier=settings.hubspot_tier)
    return Container(
        settings, clock, database, portal_id, crm, inbox, door, worker, bench, watch, unpacking, drafting, notifying
    )


def _beside(settings: Settings, bench: Bench, notifying: Notifying) -> tuple[Beside, ...]:
    """What a worker does beside its looks."""

    async def tell() -> bool:
        return bool(await notifying.send_due())

    return (
        Beside("backtests", partial(run_next, bench), breaks_off=True),
        Beside("notices", tell),
        Beside("replays", partial(go_on, bench), rest=_REPLAYS_REST),
        Beside("sweeps", partial(sweep, bench, every=settings.sweep_every), rest=_SWEEPS_REST),
    )


def _notifying(settings: Settings, parts: Parts, clock: Clock, database: Database, portal_id: PortalId) -> Notifying:
    return Notifying(
        database,
        portal_id,
        clock,
        make_channels(settings) if parts.channels is None else parts.channels,
        manners=_manners(settings),
        limits=Limits(settings.lease, settings.http_timeout + settings.margin),
        probes=parts.probes,
    )


def make_channels(settings: Settings) -> tuple[Channel, ...]:
    """The ways to tell people that are set. Raises ConfigurationError, which names the setting and not its value."""
    return tuple(_channels(settings, Reach(settings.private_hosts)))


def _channels(settings: Settings, reach: Reach) -> Iterator[Channel]:
    within, secret = settings.http_timeout, _text(settings.notify_webhook_secret)

    def mail(url: str) -> Channel:
        return Mail(Relay.parse(url), settings.smtp_from or "", reach, within=within)

    makers: dict[str, Callable[[str], Channel]] = {
        "smtp_url": mail,
        "slack_webhook_url": lambda url: Slack(Post(url, reach, within=within)),
        "notify_webhook_url": lambda url: Webhook(Post(url, reach, within=within), secret),
    }
    for name, make in makers.items():
        if url := _text(getattr(settings, name)):
            try:
                yield make(url)
            except NotifyError as error:
                raise ConfigurationError(f"BATON_{name.upper()}: {error}") from None


def _manners(settings: Settings) -> Manners:
    return Manners(
        quiet=QuietHours.parse(settings.notify_quiet_hours) if settings.notify_quiet_hours else None,
        urgent=settings.urgent_kinds,
        digest_at=time.fromisoformat(settings.notify_digest_at) if settings.notify_digest_at else None,
        zone=ZoneInfo(settings.notify_time_zone) if settings.notify_time_zone else None,
    )


def make_crm(
    settings: Settings,
    http: httpx.AsyncClient,
    clock: Clock,
    database: Database,
    portal_id: PortalId,
    limits: BreakerLimits | None = None,
) -> Crm:
    """HubSpot behind the port, with quota and breaker kept where all workers see them."""
    quota: Quota = SharedQuota(database, portal_id, hubspot_rates(settings.hubspot_calls_per_10_seconds))
    return _hubspot(settings, http, clock, quota, SharedBreaker(database, portal_id, limits))


def _hubspot(settings: Settings, http: httpx.AsyncClient, clock: Clock, quota: Quota, breaker: Breaker) -> Crm:
    return HubspotCrm(
        http,
        _text(settings.hubspot_access_token) or "not-set",
        settings.hubspot_api_version,
        quota,
        breaker,
        http_timeout=settings.http_timeout,
        patience=settings.patience,
        clock=clock,
    )


def _inbox(settings: Settings) -> Inbox:
    return HubspotInbox(settings.public_url, allow_v1=settings.hubspot_allow_v1_signatures)


def make_patient(
    loaded: Loaded,
    clock: Clock,
    database: Database | str,
    *,
    hubspot: httpx.AsyncClient,
    outside: httpx.AsyncClient,
) -> Patient:
    """What the doctor looks at. `database` is the reason where none could be opened; HubSpot is asked without quota and
    breaker, which live there. `outside` reaches the public address.
    """
    settings = loaded.settings
    return Patient(
        clock=clock,
        portal_id=PortalId(settings.portal_id) if settings.portal_id else NO_PORTAL,
        crm=_hubspot(settings, hubspot, clock, Unguarded(), Unguarded()),
        missing=missing(settings),
        api_version=settings.hubspot_api_version,
        api_ends_on=paths_for(settings.hubspot_api_version).ends_on,
        tier=settings.hubspot_tier,
        inbox=_inbox(settings),
        secrets=_first_secrets(settings),
        public_url=settings.public_url,
        http=outside,
        database=database if isinstance(database, Database) else None,
        no_database=database if isinstance(database, str) else "",
        warnings=loaded.warnings,
    )


def _pace(settings: Settings) -> Pace:
    return Pace(settings.lease, settings.http_timeout, settings.patience, settings.margin, settings.writes_per_hour)


@asynccontextmanager
async def _http(settings: Settings, parts: Parts) -> AsyncIterator[httpx.AsyncClient]:
    if parts.http is not None:
        yield parts.http
        return
    async with httpx.AsyncClient(base_url=settings.hubspot_base_url, timeout=settings.http_timeout_seconds) as http:
        yield http


class Keeper:
    """Client secrets by source. Implements app.engine.door.SecretKeeper."""

    def __init__(self, settings: Settings, database: Database, portal_id: PortalId) -> None:
        self._settings = settings
        self._database = database
        self._portal_id = portal_id

    async def secrets(self, source: str) -> Secrets | None:
        if source == FIRST_SOURCE:
            return _first_secrets(self._settings)
        if not SOURCE_NAME.fullmatch(source):
            return None
        async with self._database.begin() as connection:
            sealed = await sources.get(connection, self._portal_id, source)
        if sealed is None:
            return None
        try:
            key = sealer(self._settings)
            previous = key.decrypt(sealed.previous).decode() if sealed.previous else None
            return Secrets(key.decrypt(sealed.current).decode(), previous)
        except (InvalidToken, ConfigurationError):
            _log.exception("secret_unreadable", source=source, why="BATON_SECRET_KEY is not the key it was stored with")
            return None


def _first_secrets(settings: Settings) -> Secrets | None:
    current = _text(settings.hubspot_client_secret)
    return Secrets(current, _text(settings.hubspot_client_secret_previous)) if current else None


def sealer(settings: Settings) -> Fernet:
    """What encrypts secrets kept in the database. Raises ConfigurationError without a usable BATON_SECRET_KEY."""
    try:
        return Fernet(_text(settings.secret_key) or "")
    except ValueError:
        raise ConfigurationError(
            "BATON_SECRET_KEY is not set, or is no key; make one with `baton secret-key` and keep it safe"
        ) from None


def _text(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value().strip() or None if secret else None
