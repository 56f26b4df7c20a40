"""Every deployment setting, with what it means and what it is when nobody sets it.

Business rules are not here: they live in the agreement. A setting is read from the environment as
`BATON_<NAME>`, else from the file `baton.env` in the working directory, else it has its default.
An unknown name is refused in the file and warned of in the environment, with the nearest known name.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator

from app.errors import ConfigurationError

PREFIX = "BATON_"
FILE = Path("baton.env")

Seconds = Annotated[float, Field(gt=0)]

NOTICE_KINDS = frozenset({"at risk", "breached", "rescinded", "reassigned", "not reassigned", "digest"})
"""Every kind of notice that people may call urgent."""

_TIME = r"([01]\d|2[0-3]):[0-5]\d"


class Settings(BaseModel):
    """The deployment's settings. Frozen: read once, where the process starts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    database_url: SecretStr | None = Field(
        None,
        description=(
            "PostgreSQL to use, as postgresql://user:password@host/name. Unset: an embedded one in BATON_DATA_DIR."
        ),
    )
    data_dir: Path = Field(Path("data"), description="Folder of the embedded PostgreSQL.")
    public_url: str = Field(
        "http://127.0.0.1:8000",
        description="Where HubSpot reaches Baton, without a path: webhook signatures are checked against it.",
    )
    portal_id: int | None = Field(None, description="Id of the HubSpot account (Hub ID). Events of others are ignored.")
    hubspot_access_token: SecretStr | None = Field(
        None, description="Access token of the HubSpot app. The environment always wins over a stored one."
    )
    hubspot_client_secret: SecretStr | None = Field(
        None,
        description="Client secret of the HubSpot app: it signs webhooks. Empty: the webhook door is shut (503).",
    )
    hubspot_client_secret_previous: SecretStr | None = Field(
        None, description="The client secret before the current one, accepted while you rotate."
    )
    hubspot_base_url: str = Field("https://api.hubapi.com", description="Where HubSpot's API is.")
    hubspot_api_version: Literal["2026-09", "2026-03", "v3"] = Field(
        "2026-09", description="HubSpot API version; each dated one is supported for at least 18 months."
    )
    hubspot_allow_v1_signatures: bool = Field(
        default=False, description="Accept webhook signatures of version 1, which carry no timestamp."
    )
    hubspot_calls_per_10_seconds: int = Field(
        190,
        gt=0,
        description="The portal's quota: 100 for Free and Starter, 190 for Professional and Enterprise.",
    )
    hubspot_tier: Literal["free", "starter", "professional", "enterprise"] | None = Field(
        None,
        description="The portal's HubSpot edition, which its API does not tell: the agreement is warned of signals "
        "that the edition cannot give. Unset: not checked.",
    )
    agreement_file: Path | None = Field(
        None, description="Agreement that becomes version 1 at the first start. Unset: the packaged example."
    )
    secret_key: SecretStr | None = Field(
        None, description="Key (`baton secret-key` makes one) that encrypts secrets kept in the database."
    )
    api_key: SecretStr | None = Field(
        None,
        description=(
            "Your own key (`baton key create` makes one): commands act in its owner's name. Unset: as an admin at this "
            "machine. The service does not read it."
        ),
    )
    lease_seconds: Seconds = Field(60, description="How long a worker may hold contacts without a sign of life.")
    settling_seconds: float = Field(
        0.25, ge=0, description="How long an event waits for its siblings, so that a burst becomes one look."
    )
    http_timeout_seconds: Seconds = Field(10, description="How long one HubSpot call may take.")
    patience_seconds: Seconds = Field(5, description="How long a call may wait for quota before it is put off.")
    margin_seconds: Seconds = Field(5, description="Slack kept between a call's end and its lease's, or a look-up.")
    poll_seconds: Seconds = Field(0.5, description="How often an idle worker looks for work.")
    sweep_every_seconds: float = Field(
        600, ge=0, description="How often HubSpot is asked what changed, to find what no webhook told of. 0: never."
    )
    writes_per_hour: int = Field(
        20_000,
        gt=0,
        description="Brake: contact writes an hour after which the portal is paused for a person.",
    )
    smtp_url: SecretStr | None = Field(
        None,
        description="Mail server that notices go out through: smtp://user:password@host:587, or smtps://. "
        "Unset: no e-mail.",
    )
    smtp_from: str | None = Field(None, description="Address that e-mail comes from. Needed with BATON_SMTP_URL.")
    slack_webhook_url: SecretStr | None = Field(
        None, description="Slack incoming webhook that notices are posted to. Unset: nothing goes to Slack."
    )
    notify_webhook_url: SecretStr | None = Field(
        None, description="https URL that each notice is posted to as JSON. Unset: nowhere."
    )
    notify_webhook_secret: SecretStr | None = Field(
        None, description="Secret that those posts are signed with, in the header Baton-Signature. Unset: not signed."
    )
    notify_allow_private_hosts: str | None = Field(
        None,
        description="Hosts, separated by commas, that notices may reach at a private address, such as a mail relay in "
        "your own network. All others must have public addresses.",
    )
    notify_quiet_hours: str | None = Field(
        None, description="Hours in which nobody is told anything, as 20:00-07:00: notices wait until they end."
    )
    notify_urgent_kinds: str | None = Field(
        None, description="Kinds of notice, separated by commas, that go out in quiet hours too, as: breached, at risk."
    )
    notify_digest_at: str | None = Field(
        None, description="Time of day, as 08:30, at which each pool's manager is told of open breaches. Unset: never."
    )
    notify_time_zone: str | None = Field(
        None, description="Time zone of quiet hours and digest, as Europe/Berlin. Unset: the agreement's."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged.")
    log_format: Literal["json", "console"] = Field("json", description="One JSON object a line, or coloured text.")

    @field_validator("public_url", "hubspot_base_url")
    @classmethod
    def _without_trailing_slash(cls, url: str) -> str:
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"{url!r} is no web address; write it like https://baton.example.com")
        return url.rstrip("/")

    @field_validator("notify_quiet_hours")
    @classmethod
    def _from_time_to_time(cls, text: str | None) -> str | None:
        if text and not re.fullmatch(f"{_TIME}-{_TIME}", text):
            raise ValueError(f"{text!r} are no hours; write them like 20:00-07:00")
        return text

    @field_validator("notify_urgent_kinds")
    @classmethod
    def _kinds_that_there_are(cls, text: str | None) -> str | None:
        for unknown in set(_listed(text)) - NOTICE_KINDS:
            raise ValueError(f"{unknown!r} is no kind of notice; write one of: {', '.join(sorted(NOTICE_KINDS))}")
        return text

    @field_validator("notify_digest_at")
    @classmethod
    def _time_of_day(cls, text: str | None) -> str | None:
        if text and not re.fullmatch(_TIME, text):
            raise ValueError(f"{text!r} is no time of day; write it like 08:30")
        return text

    @field_validator("notify_time_zone")
    @classmethod
    def _known_zone(cls, name: str | None) -> str | None:
        try:
            return ZoneInfo(name).key if name else None
        except (KeyError, ValueError, OSError):
            raise ValueError(f"{name!r} is no time zone; write it like Europe/Berlin") from None

    @field_validator("smtp_from")
    @classmethod
    def _bare_address(cls, text: str | None) -> str | None:
        if text and not re.fullmatch(r"[^@\s<>,]+@[^@\s<>,]+", text):
            raise ValueError(f"{text!r} is no bare address; write it like baton@example.com")
        return text

    @model_validator(mode="after")
    def _mail_has_a_sender(self) -> Self:
        if self.smtp_url and not self.smtp_from:
            raise ValueError("smtp_url takes an address that mail comes from; set BATON_SMTP_FROM to one")
        return self

    @model_validator(mode="after")
    def _lease_outlasts_a_call(self) -> Self:
        if self.lease_seconds <= 2 * (self.patience_seconds + self.http_timeout_seconds) + self.margin_seconds:
            raise ValueError(
                "lease_seconds must be longer than twice patience_seconds + http_timeout_seconds, plus margin_seconds, "
                "or no call could ever start under a lease"
            )
        return self

    @property
    def lease(self) -> timedelta:
        return timedelta(seconds=self.lease_seconds)

    @property
    def settling(self) -> timedelta:
        return timedelta(seconds=self.settling_seconds)

    @property
    def http_timeout(self) -> timedelta:
        return timedelta(seconds=self.http_timeout_seconds)

    @property
    def poll(self) -> timedelta:
        return timedelta(seconds=self.poll_seconds)

    @property
    def sweep_every(self) -> timedelta | None:
        """None: never."""
        return timedelta(seconds=self.sweep_every_seconds) if self.sweep_every_seconds else None

    @property
    def patience(self) -> timedelta:
        return timedelta(seconds=self.patience_seconds)

    @property
    def margin(self) -> timedelta:
        return timedelta(seconds=self.margin_seconds)

    @property
    def private_hosts(self) -> frozenset[str]:
        return frozenset(host.rstrip(".").lower() for host in _listed(self.notify_allow_private_hosts))

    @property
    def urgent_kinds(self) -> frozenset[str]:
        return frozenset(_listed(self.notify_urgent_kinds))


def _listed(text: str | None) -> Iterator[str]:
    """What stands between commas."""
    return (part.strip() for part in (text or "").split(",") if part.strip())


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings, where each value came from (`environment`, `baton.env`, `default`), and what was odd."""

    settings: Settings
    origins: Mapping[str, str]
    warnings: tuple[str, ...]


def load_settings(environ: Mapping[str, str] | None = None, file: Path = FILE) -> Loaded:
    """Read the settings. Raises ConfigurationError that names the setting, its value's fault and the remedy."""
    environ = os.environ if environ is None else environ
    from_environment = {name: value for name, value in environ.items() if name.startswith(PREFIX)}
    from_file = {name: value or "" for name, value in dotenv_values(file).items()} if file.is_file() else {}
    for name in from_file:
        if _field(name) is None:
            raise ConfigurationError(f"{file}: {_unknown(name)}")
    warnings = tuple(_unknown(name) for name in from_environment if _field(name) is None)
    merged = {**from_file, **from_environment}
    values = {field: value for name, value in merged.items() if (field := _field(name)) and value != ""}
    origins = {
        field: "environment"
        if PREFIX + field.upper() in from_environment
        else str(file)
        if field in values
        else "default"
        for field in Settings.model_fields
    }
    return Loaded(_validated(values), origins, warnings)


def _validated(values: Mapping[str, str]) -> Settings:
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = f"{PREFIX}{str(first['loc'][0]).upper()}" if first["loc"] else "settings"
        raise ConfigurationError(f"{name}: {first['msg']}; see `baton config` for every setting") from None


def _field(name: str) -> str | None:
    field = name.removeprefix(PREFIX).lower()
    return field if name.startswith(PREFIX) and field in Settings.model_fields else None


def _unknown(name: str) -> str:
    known = [PREFIX + field.upper() for field in Settings.model_fields]
    near = difflib.get_close_matches(name, known, n=1)
    return f"unknown setting {name}" + (
        f"; did you mean {near[0]}?" if near else "; see `baton config` for every setting"
    )


def example_env() -> str:
    """The text of config/baton.example.env: every setting with its meaning and default."""
    lines = ["# Every deployment setting of Baton. Copy to baton.env, or set in the environment."]
    for name, field in Settings.model_fields.items():
        default = "" if field.default is None else field.default
        shown = str(default).lower() if isinstance(default, bool) else default
        lines += ["", f"# {field.description}", f"# {PREFIX}{name.upper()}={shown}"]
    return "\n".join(lines) + "\n"
