"""What else the document names and the portal does not have: properties waited for, watched, or given in examples."""

from __future__ import annotations

from collections.abc import Iterator

from app.agreement.findings.whole import Whole
from app.agreement.portal import PortalWords
from app.rules.grammar import ConditionFault, Path, nearest
from app.rules.names import OWN, property_of


def drift(whole: Whole) -> Iterator[ConditionFault]:
    """Nothing without a portal; conditions, owners and stages are held against it where they are read."""
    if whole.portal is None:
        return
    wait_for = whole.document.ready.wait_for
    for at, name in enumerate(() if wait_for is None else wait_for.known):
        yield from _unknown(("ready", "wait_for", "known", at), name, "unknown_property", whole.portal)
    for at, promise in enumerate(whole.document.promises):
        for place, name in enumerate(promise.counts_as_touch):
            path: Path = ("promises", at, "counts_as_touch", place)
            yield from _unknown(path, f"contact.{name}", "unknown_property", whole.portal)
    for at, example in enumerate(whole.document.examples):
        for kind, values in (("contact", example.given.contact), ("company", example.given.company or {})):
            for name in values:
                path = ("examples", at, "given", kind, name)
                yield from _unknown(path, f"{kind}.{name}", "unknown_given", whole.portal)


def _unknown(path: Path, name: str, code: str, portal: PortalWords) -> Iterator[ConditionFault]:
    source, known = property_of(name), portal.vocabulary.properties
    if source not in known and not source.partition(".")[2].startswith(OWN):
        message = f"the portal has no property `{source}`"
        yield ConditionFault(path, code, message, nearest(source, known), at_key=code == "unknown_given")
