"""The last few values that took long to make, each kept under a digest of everything it was made from.

For values that never change: whoever asks again with the same in hand gets the same one.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

import orjson

from app.storage.codec import to_json

T = TypeVar("T")


class Recent(Generic[T]):
    """At most `most` values; the one asked for longest ago goes first. Any thread may ask."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[bytes, T] = OrderedDict()
        self._lock = Lock()

    def get(self, key: bytes, make: Callable[[], T]) -> T:
        """The value under the key, made now if it is not at hand. What `make` raises is kept by nobody."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made


def digest(*parts: tuple[object, object]) -> bytes:
    """A digest of values, each given with its type. Other values have another; equal ones the same, but for sets."""
    whole = hashlib.sha256()
    for value, kind in parts:
        written = orjson.dumps(to_json(value, kind), option=orjson.OPT_SORT_KEYS)
        whole.update(len(written).to_bytes(8, "big") + written)
    return whole.digest()
