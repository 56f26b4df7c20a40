"""Writing records in batches, each with an outcome of its own.

With a unique `objectWriteTraceId` for each input HubSpot applies the good ones and reports the bad ones;
which is which stands in `results` and `errors`, whatever the status. Where it refuses the batch as a whole,
nothing was applied, and halving finds the inputs that are to blame.
Source: HubSpot developer documentation, "Handling errors", multi-status errors.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from app.crm.errors import CrmError, Gone, Invalid, OutcomeUnknown, Unreadable
from app.crm.hubspot.calls import Call, Caller, Effect
from app.crm.hubspot.faults import UnknownProperties, entry_fault, named_in_context
from app.crm.hubspot.wire import Fields, fields, identifier, items, property_value
from app.crm.port import BATCH, Done, Outcome

MOST_CALLS = 40
"""How many calls one refused batch may cost; what is left over then is tried again with the next look."""

Outcomes = dict[str, Outcome]


@dataclass(frozen=True, slots=True)
class Input:
    """One write of a batch. `object_id` is the record to update, None when one is to be created."""

    key: str
    object_id: str | None
    properties: Mapping[str, str] = field(repr=False)
    associations: tuple[object, ...] = ()

    def as_json(self) -> Fields:
        body: dict[str, object] = {"objectWriteTraceId": self.key, "properties": dict(self.properties)}
        return body | ({"id": self.object_id} if self.object_id else {"associations": self.associations})


class BatchWriter:
    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def write(self, path: str, effect: Effect, batch: Sequence[Input]) -> Outcomes:
        """Send one batch; keys that no answer accounts for are absent.

        Raises CrmError when the first call failed as a whole, so that nothing was applied.
        """
        return await _Delivery(self._caller, path, effect).send(batch)


async def write_all(inputs: Sequence[Input], write: Callable[[Sequence[Input]], Awaitable[Outcomes]]) -> Outcomes:
    """Hand `inputs` to `write` batch by batch, each when the one before it is done.

    Raises what `write` raises where there is one batch. Where there are several nothing is raised, because
    some of them may have been applied: the error is the outcome of every input of its batch.
    """
    batches = _batches(inputs)
    if len(batches) == 1:
        return await write(batches[0])
    outcomes: Outcomes = {}
    for batch in batches:
        try:
            outcomes |= await write(batch)
        except CrmError as error:
            outcomes |= _all(batch, error)
    return outcomes


class _Delivery:
    """One batch on its way, in as many calls as it takes within bounds of number and time."""

    def __init__(self, caller: Caller, path: str, effect: Effect) -> None:
        self._caller = caller
        self._path = path
        self._effect = effect
        self._calls = 0
        # The caller's lease was counted for one call: no further one starts after the time of one.
        self._last_start = asyncio.get_running_loop().time() + caller.limits.http_timeout.total_seconds()
        self._broken: CrmError | None = None

    async def send(self, inputs: Sequence[Input]) -> Outcomes:
        if not inputs:
            return {}
        if self._broken is not None or not self._may_call():
            return _all(inputs, self._broken or _left_over())
        answer = await self._call(inputs)
        match answer:
            case UnknownProperties() if any(_sets(each, answer.names) for each in inputs):
                return await self._send_without(inputs, answer)
            case Invalid() | Gone() if len(inputs) > 1:
                middle = len(inputs) // 2
                return await self.send(inputs[:middle]) | await self.send(inputs[middle:])
            case CrmError():
                return _all(inputs, answer)
            case _:
                return read_outcomes(inputs, answer)

    async def _call(self, inputs: Sequence[Input]) -> Fields | CrmError:
        self._calls += 1
        body = {"inputs": [each.as_json() for each in inputs]}
        try:
            return await self._caller.send(Call("POST", self._path, self._effect, body=body))
        except (Invalid, Gone) as refused:
            return refused
        except CrmError as error:
            if self._calls == 1:
                raise
            self._broken = _for_what_was_not_sent(error)
            return error

    async def _send_without(self, inputs: Sequence[Input], refused: UnknownProperties) -> Outcomes:
        """A property that the portal lacks is refused wherever it is set: those inputs need no call each."""
        bad = [each for each in inputs if _sets(each, refused.names)]
        good = [each for each in inputs if not _sets(each, refused.names)]
        return _all(bad, refused) | await self.send(good)

    def _may_call(self) -> bool:
        in_time = asyncio.get_running_loop().time() <= self._last_start
        return self._calls == 0 or (self._calls < MOST_CALLS and in_time)


def read_outcomes(inputs: Sequence[Input], content: Fields) -> Outcomes:
    """What the answer says of each input; never raises, because the writes have happened."""
    names = _Names(inputs)
    outcomes: Outcomes = {}
    for entry in _entries(content, "errors"):
        for key in names.of_error(entry):
            outcomes[key] = entry_fault(entry)
    for entry in _entries(content, "results"):
        done = _done(entry)
        named = None if done is None else names.of_result(entry, done.object_id)
        if done is not None and named is not None:
            outcomes[named] = done
    return outcomes


class _Names:
    """Finds the input that an entry of the answer is about."""

    def __init__(self, inputs: Sequence[Input]) -> None:
        self._keys = {each.key for each in inputs}
        self._by_id = {each.object_id: each.key for each in inputs if each.object_id is not None}
        self._only = inputs[0].key if len(inputs) == 1 else None

    def of_result(self, entry: object, object_id: str) -> str | None:
        trace = entry.get("objectWriteTraceId") if isinstance(entry, dict) else None
        if isinstance(trace, str) and trace in self._keys:
            return trace
        return self._by_id.get(object_id) or (self._only if not self._by_id else None)

    def of_error(self, entry: object) -> Sequence[str]:
        traces = [key for key in named_in_context(entry, "objectWriteTraceId") if key in self._keys]
        if traces:
            return traces
        ids = named_in_context(entry, "ids", "id")
        keys = [self._by_id[each] for each in ids if each in self._by_id]
        return keys or ([self._only] if self._only is not None else [])


def _done(entry: object) -> Done | None:
    try:
        result = fields(entry, "a result")
        values = fields(result.get("properties") or {}, "properties")
        properties = {name: property_value(value) for name, value in values.items()}
        return Done(identifier(result.get("id"), "id"), properties)
    except Unreadable:
        return None


def _entries(content: Fields, name: str) -> Sequence[object]:
    try:
        return items(content.get(name), name)
    except Unreadable:
        return ()


def _batches(inputs: Sequence[Input]) -> list[list[Input]]:
    """At most a hundred inputs each, and no record twice in one: HubSpot refuses such a batch."""
    batches: list[list[Input]] = [[]]
    for each, batch in _placed(inputs, batches):
        batch.append(each)
    return batches


def _placed(inputs: Sequence[Input], batches: list[list[Input]]) -> Iterator[tuple[Input, list[Input]]]:
    """Each input with the batch it belongs to: behind every earlier one of the same record."""
    first_free: dict[str, int] = {}
    for each in inputs:
        number = first_free.get(each.object_id or "", 0)
        while number < len(batches) and len(batches[number]) >= BATCH:
            number += 1
        if number == len(batches):
            batches.append([])
        if each.object_id:
            first_free[each.object_id] = number + 1
        yield each, batches[number]


def _sets(each: Input, names: frozenset[str]) -> bool:
    return not names.isdisjoint(each.properties)


def _all(inputs: Sequence[Input], error: CrmError) -> Outcomes:
    return {each.key: error for each in inputs}


def _left_over() -> CrmError:
    return CrmError("not sent: the batch was refused, and finding out why took all the calls it may take")


def _for_what_was_not_sent(error: CrmError) -> CrmError:
    return CrmError(f"not sent: {error.words}") if isinstance(error, OutcomeUnknown) else error
