"""The numbers of a server, as Prometheus reads them."""

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest


class Metrics:
    """Counters and gauges by name; each is made when it is first heard of."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._counters, self._gauges = dict[str, Counter](), dict[str, Gauge]()

    def count(self, name: str, help: str, by: float = 1, **labels: str) -> None:
        if name not in self._counters:
            self._counters[name] = Counter(f"pitchpipe_{name}", help, list(labels), registry=self.registry)
        counter = self._counters[name]
        (counter.labels(**labels) if labels else counter).inc(by)

    def gauge(self, name: str, help: str, value: float, **labels: str) -> None:
        if name not in self._gauges:
            self._gauges[name] = Gauge(f"pitchpipe_{name}", help, list(labels), registry=self.registry)
        gauge = self._gauges[name]
        (gauge.labels(**labels) if labels else gauge).set(value)

    def text(self) -> bytes:
        return generate_latest(self.registry)
