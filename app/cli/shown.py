"""How results look: a table at a terminal, tab-separated lines in a pipe, JSON for programs."""

# ruff: noqa: PLC0415  heavy modules are imported inside functions, so that `--help` is quick

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Limit = Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")]


def print_json(value: object) -> None:
    """One JSON value, alone on standard output; instants in ISO 8601."""
    import orjson

    typer.echo(orjson.dumps(value, default=_plain, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, none: str) -> None:
    """A list for people. `none` is said, on standard error, when it is empty."""
    texts = [[_text(value) for value in row] for row in rows]
    if not texts:
        say(none)
    elif _at_terminal():
        _print_rich(columns, texts)
    else:
        for line in (columns, *texts):
            typer.echo("\t".join(line))


def print_facts(facts: Mapping[str, object]) -> None:
    """Names and values, one a line."""
    width = max(len(name) for name in facts)
    for name, value in facts.items():
        typer.echo(f"{name:<{width}}  {_text(value)}")


def print_lines(lines: Iterable[str]) -> None:
    """Plain text, with what could steer the terminal taken out."""
    for line in lines:
        typer.echo(_harmless(line))


def say(text: str) -> None:
    """Something for the person at the keyboard, on standard error."""
    typer.echo(text, err=True)


def _at_terminal() -> bool:
    return typer.get_text_stream("stdout").isatty()


def _print_rich(columns: Sequence[str], texts: Sequence[Sequence[str]]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in texts:
        table.add_row(*map(Text, row))
    Console(highlight=False).print(table)


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.isoformat(timespec="seconds").replace("+00:00", "Z")
        case _:
            return _harmless(str(value))


def _harmless(text: str) -> str:
    """The text on one line, without characters that would steer a terminal: values come from outside."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    return str(value)
