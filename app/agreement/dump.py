"""Plain content as YAML that people like to read, and that `source` reads back as it was.

Text stands without quotes where no YAML reader could take it for anything else, long text is folded,
text of several lines stands as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from math import isfinite
from textwrap import wrap

from app.agreement.faults import Path, pointer
from app.agreement.source import NESTING_LIMIT, UNHOLDABLE, unquoted
from app.agreement.terms import SECTIONS

_WIDTH = 96
_NAME_LIMIT = 100
"""YAML wants a name within 1,024 characters of where it starts, and an escape may take ten for one."""

_INTEGER_LIMIT = 10**18
_BARE = re.compile(r"[^\W_](?:[\w ,./@+%()&;?!=~^'-]|:(?=\w))*(?<! )")
_LIKE_A_NUMBER = re.compile(r"\d[-+.:,_\detz ]*|0[xob]\w*", re.IGNORECASE)
_WORDS_OF_OTHER_READERS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}


class Unwritable(ValueError):
    """The content holds a value that the document's YAML has no way to write."""

    def __init__(self, path: Path, message: str, fix: str) -> None:
        super().__init__(f"`{pointer(path)}` {message}. {fix}")


def dump(content: Mapping[str, object]) -> str:
    """The content as block-style YAML: its sections in the documented order, names that are no section after them.

    `read_source(dump(content)).content == content`, within the sizes that `read_source` takes.
    Raises Unwritable for a value that would not come back as it is.
    """
    known = [name for name in SECTIONS if name in content]
    names = (*known, *(name for name in content if name not in known))
    sections = ("\n".join(_block({name: content[name]}, ())) for name in names)
    return "\n\n".join(sections) + "\n" if content else "{}\n"


def _block(node: Mapping[str, object] | list[object], path: Path) -> Iterator[str]:
    """The lines of a list or map that is not empty, as if it stood at the margin."""
    if len(path) >= NESTING_LIMIT:
        raise Unwritable(path, f"is nested more than {NESTING_LIMIT} deep", "Name inner conditions")
    if isinstance(node, Mapping):
        for name, value in node.items():
            head, lines = _name(name, path), _lines(value, (*path, name))
            yield f"{head}:" + ("" if _is_block(value) else f" {next(lines)}")
            yield from map(_indented, lines)
        return
    for at, item in enumerate(node):
        lines = _lines(item, (*path, at))
        yield f"- {next(lines)}"
        yield from map(_indented, lines)


def _lines(value: object, path: Path) -> Iterator[str]:
    if isinstance(value, Mapping | list) and value:
        return _block(value, path)
    return _text(_kept(value, path)) if isinstance(value, str) else iter([_word(value, path)])


def _is_block(value: object) -> bool:
    return isinstance(value, Mapping | list) and bool(value)


def _indented(line: str) -> str:
    return f"  {line}" if line else ""


def _name(name: str, path: Path) -> str:
    if len(_kept(name, path)) > _NAME_LIMIT:
        fix = f"Use at most {_NAME_LIMIT} characters"
        raise Unwritable(path, f"holds the name `{name[:60]}...`, which is too long", fix)
    return _on_one_line(name)


def _kept(text: str, path: Path) -> str:
    """The text. Raises Unwritable for what the reader refuses."""
    if UNHOLDABLE.search(text):
        raise Unwritable(path, "holds a character that cannot be kept", "Remove it")
    return text


def _word(value: object, path: Path) -> str:
    """A value that is no text and holds nothing else."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case int() if abs(value) < _INTEGER_LIMIT:
            return str(value)
        case float() if isfinite(value):
            return repr(value)
        case Mapping():
            return "{}"
        case list():
            return "[]"
        case _:
            fix = "Write text, a finite number of at most 18 digits, true, false, a list or a map"
            raise Unwritable(path, f"holds a {type(value).__name__} that cannot be written", fix)


def _text(text: str) -> Iterator[str]:
    """Text as it reads best: folded, line by line, or on one line."""
    if _is_long(text):
        yield ">-"
        yield from wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False)
    elif _is_of_lines(text):
        yield "|" if text.endswith("\n") else "|-"
        yield from text.removesuffix("\n").split("\n")
    else:
        yield _on_one_line(text)


def _is_long(text: str) -> bool:
    """Whether it can be folded at single spaces, which come back, and is worth it."""
    return len(text) > _WIDTH and " " in text and text.isprintable() and "" not in text.split(" ")


def _is_of_lines(text: str) -> bool:
    """Whether YAML's literal style gives the lines back: nothing invisible, no indented start, one end."""
    lines = text.removesuffix("\n").split("\n")
    is_plain = all(line.isprintable() and line == line.rstrip() for line in lines)
    return "\n" in text and is_plain and bool(lines[0] and lines[-1]) and not lines[0].startswith(" ")


def _on_one_line(text: str) -> str:
    if _BARE.fullmatch(text) and unquoted(text) == text and not _is_odd(text):
        return text
    return f'"{"".join(map(_escaped, text))}"'


def _is_odd(text: str) -> bool:
    """Whether a reader of YAML's other versions could take it for a number, a time, a date or a truth."""
    return text.casefold() in _WORDS_OF_OTHER_READERS or _LIKE_A_NUMBER.fullmatch(text) is not None


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    return character if character.isprintable() else f"\\U{ord(character):08x}"
