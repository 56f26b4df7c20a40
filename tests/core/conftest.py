"""A law is tried on the same 200 examples in every run; HYPOTHESIS_PROFILE=thorough tries 10,000 new ones."""

from __future__ import annotations

import gc
import os

from hypothesis import HealthCheck, settings

# A busy machine is no fault of a law: how long an example takes to make is not asked.
_SLOW = [HealthCheck.too_slow]
settings.register_profile("core", max_examples=200, deadline=None, derandomize=True, suppress_health_check=_SLOW)
settings.register_profile("thorough", max_examples=10_000, deadline=None, print_blob=True, suppress_health_check=_SLOW)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "core"))


def pytest_collection_finish() -> None:
    """What collection made stays to the end: without this, each sweep for garbage walks through all of it again."""
    gc.collect()
    gc.freeze()
