"""The page about the rule language leaves nothing out."""

from __future__ import annotations

import re

from app.rules.parse_leaf import DOTTED, LEAVES
from app.rules.parse_signal import SIGNAL_LIMITS
from tests.house import language


def test_every_kind_of_leaf_and_every_limit_of_a_signal_has_an_example() -> None:
    heads = {re.split(r"[.:]", text)[0] for text, _ in language.LEAVES}
    assert heads == LEAVES.keys() | DOTTED.keys()
    written = " ".join(text for text, _ in language.LEAVES if text.startswith("signal"))
    assert [limit for limit in SIGNAL_LIMITS if f"{limit}:" not in written] == []
