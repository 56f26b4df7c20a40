"""What can be made to go wrong, switch by switch."""

from dataclasses import asdict, dataclass, field, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class ValidationRule:
    """An admin's rule: setting `property_name` to `value` (any when None) needs `requires` to be filled.

    HubSpot enforces such rules on API writes from version 2026-09 on; older paths let the write through.
    """

    property_name: str
    value: str | None = None
    requires: tuple[str, ...] = ()
    message: str = "Required properties are empty."


@dataclass(slots=True)
class Faults:
    """Switches, all off at first. Durations are seconds; counts run down as they are used.

    - `down`: every call is answered 503. `unauthorized`: every call is answered 401.
    - `drop_connection`: every call breaks off without an answer and without effect.
    - `fail_next`: what to answer next instead of the truth: a status (423, 477, 500, 502, ...) or
      "429:DAILY", "429:TEN_SECONDLY_ROLLING", "429:SECONDLY".
    - `throttle_next`: so many calls get 429 TEN_SECONDLY_ROLLING.
    - `lose_answer_next`: so many writes are applied, and their answers lost. `lose_answer_on`: the same for
      every call with one of these names ("POST contacts/batch/update").
    - `forbidden`: calls with these names are answered 403 MISSING_SCOPES.
    - `ungranted`: scopes that the token is said to lack. What they forbid, `forbidden` forbids.
    - `refuse_stage_silently`: contacts whose lifecycle stage stays as it is, under a 2xx.
    - `reject_stage_values`: stages that are answered 400.
    - `refuse_whole_batch`: one bad input spoils the batch, objectWriteTraceId or not.
    - `echo_before_answer`: `Simulator.on_echo` is awaited before a write is answered.
    - `drop_events`: of one in so many contacts no webhook is posted while this is on; which, the seed decides.
    - `search_lag`, `association_lag`: how far search and association reads are behind the simulator's clock.
    """

    down: bool = False
    drop_connection: bool = False
    unauthorized: bool = False
    latency: float = 0.0
    fail_next: list[int | str] = field(default_factory=list)
    retry_after_s: int = 3600
    throttle_next: int = 0
    lose_answer_next: int = 0
    lose_answer_on: set[str] | None = None
    forbidden: set[str] = field(default_factory=set)
    ungranted: set[str] = field(default_factory=set)
    refuse_stage_silently: set[str] = field(default_factory=set)
    reject_stage_values: set[str] = field(default_factory=set)
    refuse_whole_batch: bool = False
    validation_rules: list[ValidationRule] = field(default_factory=list)
    echo_before_answer: bool = False
    drop_events: int = 0
    search_lag: float = 0.0
    association_lag: float = 0.0

    def clear(self) -> None:
        """Switch everything off."""
        blank = Faults()
        for each in fields(self):
            setattr(self, each.name, getattr(blank, each.name))

    def as_json(self) -> dict[str, Any]:
        return {name: sorted(value) if isinstance(value, set) else value for name, value in asdict(self).items()}

    def change(self, wanted: dict[str, Any]) -> None:
        """Set the switches named in a JSON object; ValueError for a name that is none."""
        known = {each.name for each in fields(self)}
        if unknown := sorted(set(wanted) - known):
            raise ValueError(f"no such fault: {', '.join(unknown)}; there are {', '.join(sorted(known))}")
        for name, value in wanted.items():
            setattr(self, name, _from_json(name, value))


_SETS = {"forbidden", "refuse_stage_silently", "reject_stage_values", "lose_answer_on"}


def _from_json(name: str, value: object) -> object:
    if name == "validation_rules" and isinstance(value, list):
        return [ValidationRule(**{**rule, "requires": tuple(rule.get("requires", ()))}) for rule in value]
    if name in _SETS and isinstance(value, list):
        return set(value)
    return value
