"""The page about metrics, and what there is to be named in rules and dashboards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from prometheus_client import CollectorRegistry
from prometheus_client.metrics import MetricWrapperBase

from app import metrics
from tests.house.tables import table

_INTRO = """\
# Metrics

`GET /metrics` tells them in the text format of Prometheus; it takes a key with the right `read`.
[How to watch Baton](../how-to/watch.md) says how to collect them, and comes with alert rules and a dashboard.

No label holds an id, a name or a sentence.
"""
_PROCESS = """
## Of the process

Counted by each process as it happens: sum them over processes. A worker that runs apart tells them where
`baton worker --metrics-port` says. A histogram has `_bucket`, `_sum` and `_count`. Beside these there are
`process_cpu_seconds_total`, `process_resident_memory_bytes` and their like.

"""
_PORTAL = """
## Of the portal

Read from the database when they are asked for. Every process of `baton serve` tells the same: take the greatest, not
the sum.

"""
_SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "info": ("_info",), "gauge": ("",)}


def all_metrics() -> list[MetricWrapperBase]:
    """Every metric of Baton's own, in the order in which the module lists them."""
    return [one for one in vars(metrics).values() if isinstance(one, MetricWrapperBase)]


def labels_of(metric: MetricWrapperBase) -> tuple[str, ...]:
    """The names of its labels, which the library tells nowhere else."""
    return tuple(metric._labelnames)


def sample_labels() -> Mapping[str, frozenset[str]]:
    """What may stand in an expression: each sample's name, with its labels."""
    return {
        family.name + suffix: frozenset(labels_of(one)) | ({"le"} if suffix == "_bucket" else set())
        for one in all_metrics()
        for family in one.describe()
        for suffix in _SUFFIXES[family.type]
    }


def metrics_page() -> str:
    columns = ("metric", "kind", "labels", "what it says")
    process, portal = (table(columns, _rows(one)) for one in (metrics.PROCESS, metrics.PORTAL))
    return _INTRO + _PROCESS + process + _PORTAL + portal


def _rows(registry: CollectorRegistry) -> Iterator[tuple[str, ...]]:
    told = {family.name for family in registry.collect()}
    for one in all_metrics():
        for family in one.describe():
            if family.name in told:
                name = family.name + {"counter": "_total", "info": "_info"}.get(family.type, "")
                yield (
                    f"`{name}`",
                    family.type,
                    ", ".join(f"`{label}`" for label in labels_of(one)),
                    family.documentation,
                )
