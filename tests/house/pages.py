"""The pages that are made from the code. `python -m tests.house.pages` writes them anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from typer.main import get_command

from app.agreement.codes import CODES, Meaning
from app.agreement.faults import Severity
from app.agreement.parse import parse_agreement
from app.agreement.schema import schema_text
from app.cli import app as cli
from app.engine.start import packaged_agreement
from app.handoff.properties import GROUP, REP_OWNED, STATUS, own_properties
from app.records.crm import PropertyDefinition
from app.settings import PREFIX, Settings, example_env
from tests.house.api import api_page
from tests.house.language import language_page, signals_page
from tests.house.metrics import metrics_page
from tests.house.reading import prose_page
from tests.house.tables import table
from tests.house.touches import touches_page

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"

_SETTINGS = """\
# Settings

A setting is read from the environment, else from the file `baton.env` in the working directory, else it has its
default. An empty value counts as not set. An unknown name is refused in the file and warned of in the environment,
with the nearest known name. `baton config` shows each value and where it came from; secrets are only said to be set
or not.

What the business decides is not here: it is in the agreement. [The same list as a file](../../config/baton.example.env)
can be copied to `baton.env`.

"""
_COMMANDS = """\
# Commands

Results go to standard output, everything else to standard error. At a terminal a list is a table, in a pipe it is
tab-separated lines, with `--json` it is JSON. Exit codes: 0 done, 1 error, 2 wrong usage, 3 checks failed, 4 changes
pending (`baton agreement diff --exit-code`).

Commands that look at the database can run beside a service that is running.
"""
_PROPERTIES = """\
# Properties

`baton setup --apply` creates these contact properties in the group `{group}`. The rejection reasons come from the
agreement's `recycle` section; those below are the packaged example's. Besides these Baton writes `lifecyclestage` and
`hubspot_owner_id`. It writes no company, no deal and no other property.

What a rep writes is an answer: Baton acts on it, and clears what an earlier handoff left when it opens a new one. Where
Baton writes, a value that somebody else changed is kept until the handoff closes.

"""

_LINT = """\
# What linting finds

`baton agreement validate` tells every fault of an agreement at its line and column, with what to do about it. The same
is done before an agreement is published, and every night against the portal, so that an owner who left or a property
that was deleted is found before a lead is. An error keeps an agreement from being published; a warning does not.

Faults of the text and of the form hide those that lie deeper: mend them first, and validate again. That a row is
shadowed, or that no lead can meet it, is told only where it is certain; rows that are not told may be so all the same.
"""


@cache
def pages() -> Mapping[Path, str]:
    """Every page that the code tells, by the file it belongs in. Made once: each takes the whole agreement or API."""
    return {
        ROOT / "config" / "baton.example.env": example_env(),
        ROOT / "config" / "agreement.schema.json": schema_text(),
        REFERENCE / "lint.md": lint_page(),
        REFERENCE / "settings.md": settings_page(),
        REFERENCE / "commands.md": commands_page(),
        REFERENCE / "properties.md": properties_page(),
        REFERENCE / "rule-language.md": language_page(),
        REFERENCE / "signals.md": signals_page(),
        REFERENCE / "touches.md": touches_page(),
        REFERENCE / "agreement-in-prose.md": prose_page(),
        REFERENCE / "api.md": api_page(),
        REFERENCE / "metrics.md": metrics_page(),
    }


def lint_page() -> str:
    groups = dict.fromkeys(meaning.group for meaning in CODES.values())
    return _LINT + "".join(f"\n## {group}\n\n{_faults(group)}" for group in groups)


def _faults(group: str) -> str:
    rows = ((f"`{code}`", _said(one), one.fix) for code, one in CODES.items() if one.group == group)
    return table(("code", "what it means", "what mends it"), rows)


def _said(meaning: Meaning) -> str:
    return meaning.means if meaning.severity is Severity.ERROR else f"{meaning.means} (a warning)"


def settings_page() -> str:
    rows = (
        (f"`{PREFIX}{name.upper()}`", _default(field.default), field.description or "")
        for name, field in Settings.model_fields.items()
    )
    return _SETTINGS + table(("setting", "default", "meaning"), rows)


def _default(value: object) -> str:
    if value is None:
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def properties_page() -> str:
    agreement = parse_agreement(packaged_agreement().read_bytes(), file="agreement.yaml")
    rows = (
        (f"`{one.name}`", one.label, _kind(one), _writer(one), one.description) for one in own_properties(agreement)
    )
    columns = ("property", "label", "type", "written by", "what it says")
    return _PROPERTIES.format(group=GROUP) + table(columns, rows)


def _writer(definition: PropertyDefinition) -> str:
    if definition.name == STATUS:
        return "Baton sets `open`, the rep the rest"
    return "the rep" if definition.name in REP_OWNED else "Baton"


def _kind(definition: PropertyDefinition) -> str:
    if definition.type != "enumeration":
        return definition.type
    return f"one of {', '.join(f'`{option.value}`' for option in definition.options)}"


def commands() -> Iterator[tuple[str, Any]]:
    """Every command with its full name, `agreement test`; groups only through their commands."""
    yield from _within("", get_command(cli))


def _within(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    nested = getattr(command, "commands", None)
    if nested is None:
        yield name, command
        return
    for inner, one in nested.items():
        yield from _within(f"{name} {inner}".strip(), one)


def commands_page() -> str:
    return _COMMANDS + "".join(_command(name, command) for name, command in commands())


def _command(name: str, command: Any) -> str:
    given = [_argument(one) for one in command.params if one.param_type_name == "argument"]
    usage = " ".join(["baton", name, *(word for word, _ in given)])
    options = [_option(one) for one in command.params if one.param_type_name == "option" and "--help" not in one.opts]
    words = table(("", "meaning"), ((f"`{word}`", meaning) for word, meaning in (*given, *options)))
    return f"\n## `{usage}`\n\n{command.help}\n" + (f"\n{words}" if given or options else "")


def _argument(param: Any) -> tuple[str, str]:
    name = (param.metavar or param.name).upper()
    return name if param.required else f"[{name}]", param.help or ""


def _option(param: Any) -> tuple[str, str]:
    annotation = param.type_descriptor.annotation
    choices = get_args(annotation) if get_origin(annotation) is Literal else ()
    value = "" if param.is_flag else f" {'|'.join(choices) or param.name.upper()}"
    default = "" if param.is_flag or param.default is None or param.required else f" Default: {param.default}."
    return f"{', '.join(param.opts)}{value}", f"{param.help or ''}{default}{' Required.' if param.required else ''}"


if __name__ == "__main__":
    for file, text in pages().items():
        file.write_text(text, encoding="utf-8")
