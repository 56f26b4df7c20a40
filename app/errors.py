"""Every error Baton raises on purpose.

    BatonError
    ├── ConfigurationError     a deployment setting is missing or wrong
    ├── DatabaseUnavailable    neither the embedded database nor the URL works
    ├── AgreementError         the agreement document cannot be used (app.agreement.faults)
    ├── ModeRefused            the portal's mode stays what it is (app.engine.mode)
    ├── FolderRefused          the demo will not touch this folder (app.demo.folder)
    ├── StoryStuck             the demo's story does not go on (app.demo.stage)
    ├── Unexplained            there is no decision that could be explained (app.engine.explain)
    ├── NotAllowed             whoever asks may not do this (app.engine.refusals)
    ├── NothingThere           there is no draft, or no such version (app.engine.refusals)
    ├── Stale                  somebody else changed it meanwhile (app.engine.refusals)
    ├── NotPublishable         something stands against publishing (app.engine.refusals)
    ├── BackupRefused          a backup is not taken, or not restored (app.storage.backup)
    ├── BacktestRefused        a backtest cannot be asked for so (app.engine.backtest)
    ├── KeyRefused             a key opens nothing (app.engine.keys)
    ├── NoSuchKey              there is no key that could be revoked (app.engine.keys)
    ├── AbsenceRefused         an absence cannot be kept or ended so (app.engine.absence)
    ├── OutOfCalendar          a time lies where no calendar reaches (app.engine.local_time)
    ├── ActRefused             a handoff cannot be treated so (app.engine.acting)
    ├── FilterRefused          a filter cannot be read (app.records.filter)
    ├── ReplayRefused          a replay cannot be begun or resumed so (app.engine.replay)
    ├── BackfillRefused        a backfill cannot begin there (app.engine.backfill)
    ├── NoSuchPool             no lead was routed through the pool yet (app.engine.audit_pools)
    ├── NotReckoned            a span cannot be laid on a calendar so (app.routes.calculator)
    ├── ConditionMissing       a change came without If-Match (app.routes.etags)
    ├── NotAcceptable          the client takes none of the forms there are (app.routes.accept)
    ├── UnreadableBody         a body is not what it says (app.routes.bodies)
    ├── WrongMediaType         a body is of a kind that is not taken (app.routes.bodies)
    ├── NotifyError            somebody was not told something (app.notify.errors)
    └── CrmError               the CRM refused, stalled or vanished (app.crm.errors)

Each carries a `code` that logs, the API and the command line show unchanged, and a message that
names the object, the value and the remedy.
"""

from __future__ import annotations

from typing import ClassVar


class BatonError(Exception):
    """Something Baton can explain to a person."""

    code: ClassVar[str] = "error"


class ConfigurationError(BatonError):
    """A deployment setting is missing or wrong; the message names it and says what to set."""

    code = "configuration"


class DatabaseUnavailable(BatonError):
    """No PostgreSQL: the message says which of the two ways was tried and what to do."""

    code = "database_unavailable"
