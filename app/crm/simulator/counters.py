"""What the simulator was asked, and what came of it."""

from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Literal

Effect = Literal["stage_writes", "owner_writes", "notes", "tasks"]
EFFECTS: tuple[Effect, ...] = ("stage_writes", "owner_writes", "notes", "tasks")


class Counters:
    """Calls by name, calls throttled, and effects by contact.

    An effect is a change that really happened through the API: a value that was the same already, a write
    that was refused and what people do in the UI are none.
    """

    def __init__(self, current_id: Callable[[str], str]) -> None:
        self._current_id = current_id
        self.calls: Counter[str] = Counter()
        self.throttled = 0
        self._effects: defaultdict[str, Counter[str]] = defaultdict(Counter)

    @property
    def total_calls(self) -> int:
        return self.calls.total()

    def add_effect(self, contact_id: str, effect: Effect) -> None:
        self._effects[contact_id][effect] += 1

    def effects(self, contact_id: str) -> dict[str, int]:
        """Counts for one contact, those of contacts merged into it included."""
        counts = self._effects.get(self._current_id(contact_id), Counter[str]())
        return {effect: counts[effect] for effect in EFFECTS}

    def all_effects(self) -> dict[str, dict[str, int]]:
        return {contact_id: self.effects(contact_id) for contact_id in sorted(self._effects)}

    def fold(self, old_id: str, new_id: str) -> None:
        """Carry the effects on a merged contact over to the one it became."""
        self._effects[new_id].update(self._effects.pop(old_id, Counter[str]()))

    def reset(self) -> None:
        self.calls.clear()
        self.throttled = 0
        self._effects.clear()
