"""The pages that are made from the code. `python -m tests.house.pages` writes them anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from typer.main import get_command

from app.agreement.parse import parse_agreement
from app.cli import app as cli
from app.engine.start import packaged_agreement
from app.handoff.properties import GROUP, REP_OWNED, STATUS, own_properties
from app.records.crm import PropertyDefinition
from app.settings import PREFIX, Settings, example_env

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
tab-separated lines, with `--json` it is JSON. Exit codes: 0 done, 1 error, 2 wrong usage, 3 checks failed.

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


def pages() -> Mapping[Path, str]:
    """Every page that the code tells, by the file it belongs in."""
    return {
        ROOT / "config" / "baton.example.env": example_env(),
        REFERENCE / "settings.md": settings_page(),
        REFERENCE / "commands.md": commands_page(),
        REFERENCE / "properties.md": properties_page(),
    }


def settings_page() -> str:
    rows = (
        (f"`{PREFIX}{name.upper()}`", _default(field.default), field.description or "")
        for name, field in Settings.model_fields.items()
    )
    return _SETTINGS + _table(("setting", "default", "meaning"), rows)


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
    return _PROPERTIES.format(group=GROUP) + _table(columns, rows)


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
    table = _table(("", "meaning"), ((f"`{word}`", meaning) for word, meaning in (*given, *options)))
    return f"\n## `{usage}`\n\n{command.help}\n" + (f"\n{table}" if given or options else "")


def _argument(param: Any) -> tuple[str, str]:
    name = (param.metavar or param.name).upper()
    return name if param.required else f"[{name}]", param.help or ""


def _option(param: Any) -> tuple[str, str]:
    annotation = param.type_descriptor.annotation
    choices = get_args(annotation) if get_origin(annotation) is Literal else ()
    value = "" if param.is_flag else f" {'|'.join(choices) or param.name.upper()}"
    default = "" if param.is_flag or param.default is None or param.required else f" Default: {param.default}."
    return f"{', '.join(param.opts)}{value}", f"{param.help or ''}{default}{' Required.' if param.required else ''}"


def _table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = tuple(columns)
    lines = (heads, ("---",) * len(heads), *rows)
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


if __name__ == "__main__":
    for file, text in pages().items():
        file.write_text(text, encoding="utf-8")
