"""The numbers of a server, as Prometheus reads them."""

from collections.abc import Callable, Iterator
from threading import Lock
from typing import Any, TypeVar

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

disable_created_metrics()  # a second number for each counter, of its own type, that nobody asks for
Metric = TypeVar("Metric", Counter, Gauge, Histogram)

# From a small model on a GPU, a millisecond a token, to long answers on a CPU.
SECONDS = (
    *(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5),
    *(1.0, 2.5, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0),
)
COUNTS = tuple(float(2**power) for power in range(15))  # tokens, rows: up to 16,384


class ReadTotals(Collector):
    """A counter whose lines are read when Prometheus asks."""

    def __init__(self, name: str, help: str, labels: list[str]):
        self.name, self.help, self.labels = name, help, labels
        self.lines = dict[tuple[str, ...], Callable[[], float]]()

    def collect(self) -> Iterator[CounterMetricFamily]:
        family = CounterMetricFamily(self.name, self.help, labels=self.labels)
        for values, read in self.lines.items():
            family.add_metric(values, read())
        yield family


class Metrics:
    """Counters, gauges and histograms by name; each is made when it is first heard of."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._made, self._lines, self._making = dict[str, Any](), dict[object, Any](), Lock()

    def count(self, name: str, help: str, by: float = 1, **labels: str) -> None:
        self.line(Counter, name, help, **labels).inc(by)

    def gauge(self, name: str, help: str, value: float, **labels: str) -> None:
        self.line(Gauge, name, help, **labels).set(value)

    def observe(self, name: str, help: str, value: float, **labels: str) -> None:
        self.line(Histogram, name, help, **labels).observe(value)

    def watch(self, name: str, help: str, read: Callable[[], float], **labels: str) -> None:
        """A gauge that is read when Prometheus asks."""
        self.line(Gauge, name, help, **labels).set_function(read)

    def watch_total(self, name: str, help: str, read: Callable[[], float], **labels: str) -> None:
        """A counter that is read when Prometheus asks."""
        if name not in self._made:
            self._made[name] = ReadTotals(f"pitchpipe_{name}", help, list(labels))
            self.registry.register(self._made[name])
        self._made[name].lines[tuple(labels.values())] = read

    def line(self, kind: type[Metric], name: str, help: str, /, **labels: str) -> Metric:
        """The line of a metric with these labels. Whoever changes it often keeps it."""
        known: Metric | None = self._lines.get((name, *labels.items()))
        return known or self._new_line(kind, name, help, labels)

    def _new_line(self, kind: type[Metric], name: str, help: str, labels: dict[str, str]) -> Metric:
        with self._making:
            if name not in self._made:
                more: Any = {"buckets": _buckets(name)} if kind is Histogram else {}
                whole = f"pitchpipe_{name}"
                self._made[name] = kind(whole, help, list(labels), registry=self.registry, **more)
            metric: Any = self._made[name]
            line: Metric = metric.labels(**labels) if labels else metric
            return self._lines.setdefault((name, *labels.items()), line)

    def total(self, name: str, **labels: str) -> float:
        """The sum of the lines of a counter or gauge that have these labels; of a histogram, its values'
        number. 0 where there is none."""
        if name not in self._made:
            return 0.0
        ends = ("_total", "_count", f"pitchpipe_{name}")
        return sum(
            sample.value
            for family in self._made[name].collect()
            for sample in family.samples
            if sample.name.endswith(ends) and labels.items() <= sample.labels.items()
        )

    def text(self) -> bytes:
        return generate_latest(self.registry)


def _buckets(name: str) -> tuple[float, ...]:
    """By the unit, which is the last word of a name."""
    return SECONDS if name.endswith("_seconds") else COUNTS
