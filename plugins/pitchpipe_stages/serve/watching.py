"""Numbers that are read when somebody asks for them: what is being written, and what waits."""

from collections.abc import Sequence

from pitchpipe_stages.serve.admission import Entrance
from pitchpipe_stages.serve.engine.engine import Engine
from pitchpipe_stages.serve.metrics import Metrics


def watch(metrics: Metrics, admission: Entrance, engines: Sequence[Engine]) -> None:
    """Of a server that begins."""
    metrics.watch("live_answers", "Answers that are accepted and not over.", lambda: admission.inside)
    metrics.watch("waiting_answers", "Answers of these that wait for a row.", lambda: admission.waiting)
    for number, engine in enumerate(engines):
        _watch_engine(metrics, engine, str(number))


def _watch_engine(metrics: Metrics, engine: Engine, number: str) -> None:
    help = "Answers that an engine reads or writes together."
    metrics.watch("engine_rows", help, lambda: engine.writing, engine=number)
    help = "Answers that an engine has not begun."
    metrics.watch("engine_queue", help, lambda: len(engine.waiting), engine=number)
    help = "Times that an engine gave each of its answers a token."
    metrics.watch_total("engine_steps", help, lambda: engine.steps, engine=number)
    metrics.watch("engine_alive", "1 while an engine works.", lambda: engine.alive, engine=number)
