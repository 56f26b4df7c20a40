"""The difference of two agreements in sentences, and the sections that it touches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import assert_never

from app.agreement.difference.change import Change, ChangeKind, Edit, as_lines
from app.agreement.difference.content import Pair, Version, edits, same
from app.agreement.difference.subject import subject_of
from app.agreement.difference.uses import touched, uses_of
from app.agreement.model import Agreement
from app.agreement.prose.promises import promise_sentences
from app.agreement.prose.rules import conditions, rule_sentences
from app.agreement.prose.words import one_line
from app.agreement.terms import SECTIONS
from app.rules.facts import Vocabulary

__all__ = ["Change", "ChangeKind", "as_lines", "difference", "touched_sections"]

_CONDITIONS = ("when", "each")


def difference(old: Agreement, new: Agreement, vocabulary: Vocabulary) -> tuple[Change, ...]:
    """What differs, section by section in the order of the document; empty exactly when the contents are the same.

    Comments, layout and the order of names are no content.
    """
    uses = (uses_of(old.document), uses_of(new.document))
    found = _edits(Pair(_version(old, vocabulary), _version(new, vocabulary), vocabulary))
    return tuple(
        _change(edit, frozenset(section for use in uses for section in use.touched_at(edit.place))) for edit in found
    )


def touched_sections(old: Agreement, new: Agreement) -> frozenset[str]:
    """The top-level sections that are written differently, with those that what only serves others changes.

    A definition counts as every section that uses it, through other definitions too, a calendar as pools and
    promises, and the free-mail list as every section that asks for it; each beside its own section. A persona,
    a score, a stage or a pool is its section's own promise, whoever else names it.
    """
    return touched(old.document, new.document)


def _version(agreement: Agreement, vocabulary: Vocabulary) -> Version:
    sentences = {**rule_sentences(agreement, vocabulary), **promise_sentences(agreement)}
    return Version(agreement.document, conditions(agreement), sentences)


def _edits(pair: Pair) -> Iterator[Edit]:
    found = tuple(edits(pair, (), _in_order(pair.old.content), _in_order(pair.new.content)))
    yield from found
    is_told = any(edit.place[0] == "ready" for edit in found)
    if not is_told and not same(pair.old.content["ready"], pair.new.content["ready"]):
        yield Edit(ChangeKind.CHANGED, ("ready",), alike=True)


def _in_order(content: Mapping[str, object]) -> dict[str, object]:
    """The sections in the order of the document, with the condition of `ready` under `when`."""
    names = dict.fromkeys((*SECTIONS, *content))
    return {name: _ready(content[name]) if name == "ready" else content[name] for name in names if name in content}


def _ready(node: object) -> object:
    """`ready` with its condition set apart, as it may be written with `wait_for` beside it."""
    if not isinstance(node, Mapping):
        return {"when": node}
    if "when" in node:
        return node
    wait = {name: one for name, one in node.items() if name == "wait_for"}
    return {"when": {name: one for name, one in node.items() if name not in wait}, **wait}


def _change(edit: Edit, sections: frozenset[str]) -> Change:
    is_condition = len(edit.place) > 1 and edit.place[-1] in _CONDITIONS
    subject = subject_of(edit.place[:-1] if is_condition else edit.place)
    if edit.kind is ChangeKind.CHANGED and edit.detail:
        subject = f"{subject}, {edit.detail}"
    sentence = one_line(f"{subject}: {_said(edit)}")
    return Change(edit.kind, edit.place[0], one_line(subject), sentence, edit.before, edit.after, sections)


def _said(edit: Edit) -> str:
    part = f"{edit.detail} " if edit.detail else ""
    match edit.kind:
        case ChangeKind.ADDED:
            return f"{part}added: {edit.after}" if edit.after else "added"
        case ChangeKind.REMOVED:
            return f"{part}removed: {edit.before}" if edit.before else "removed"
        case ChangeKind.MOVED:
            return f"{part}moved from {edit.before} to {edit.after}"
        case ChangeKind.CHANGED if edit.alike:
            return "written differently, with the same meaning"
        case ChangeKind.CHANGED:
            return f"{edit.before} → {edit.after}" + (f" ({edit.note})" if edit.note else "")
        case _:
            assert_never(edit.kind)
