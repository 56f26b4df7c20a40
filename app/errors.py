"""Every error Baton raises on purpose.

    BatonError
    ├── ConfigurationError     a deployment setting is missing or wrong
    ├── DatabaseUnavailable    neither the embedded database nor the URL works
    ├── AgreementError         the agreement document cannot be used (app.agreement.faults)
    ├── ModeRefused            the portal's mode stays what it is (app.engine.mode)
    ├── FolderRefused          the demo will not touch this folder (app.demo.folder)
    ├── StoryStuck             the demo's story does not go on (app.demo.stage)
    ├── Unexplained            there is no decision that could be explained (app.engine.explain)
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
