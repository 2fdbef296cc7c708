"""MLflow: a tracking server, or a database file of one's own."""

import os
import re
import time
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import pitchpipe as pp

FOREIGN = re.compile(r"[^\w\-. /]")  # what MLflow allows in no name
AT_ONCE = 100  # params that it takes in one request
LONGEST = 6000  # characters of a param
# Its own defaults wait for many minutes on a server that does not answer, and count users over the network.
PATIENCE = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2", "MLFLOW_HTTP_REQUEST_TIMEOUT": "10"}
QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_LOGGING_LEVEL": "WARNING",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
}


def mlflow(
    run: pp.Tracked,
    *,
    experiment: Annotated[str, pp.Meta(description="where the run is filed")] = "pitchpipe",
    uri: Annotated[
        str | None,
        pp.Meta(description="a server, or `sqlite:///FILE`; none: MLFLOW_TRACKING_URI, or mlflow.db here"),
    ] = None,
) -> "MlflowRun":
    """MLflow. Without a server the numbers lie in mlflow.db in the current folder, for `mlflow ui`."""
    return MlflowRun(run, experiment, uri)


class MlflowRun:
    """One run of MLflow. Its id is MLflow's own, so it is kept in the run's folder."""

    def __init__(self, run: pp.Tracked, experiment: str, uri: str | None):
        for name, value in (PATIENCE | QUIET).items():
            os.environ.setdefault(name, value)
        from mlflow import MlflowClient

        self.client: Any = MlflowClient(tracking_uri=uri)
        known = run.folder / "run_id"
        if known.exists():
            self.id = known.read_text()
            self.client.update_run(self.id, status="RUNNING")
            return
        found = self.client.get_experiment_by_name(experiment)
        where = found.experiment_id if found else self.client.create_experiment(experiment)
        self.id = self.client.create_run(where, run_name=run.name, tags={"pitchpipe.id": run.id}).info.run_id
        self._describe(run.recipe)
        known.write_text(self.id)

    def _describe(self, recipe: dict[str, Any]) -> None:
        from mlflow.entities import Param

        params = [Param(FOREIGN.sub("_", name), str(value)[:LONGEST]) for name, value in _leaves(recipe)]
        for start in range(0, len(params), AT_ONCE):
            self.client.log_batch(self.id, params=params[start : start + AT_ONCE])

    def log(self, step: int, values: dict[str, float]) -> None:
        from mlflow.entities import Metric

        now = int(time.time() * 1000)
        metrics = [Metric(FOREIGN.sub("_", name), value, now, step) for name, value in values.items()]
        self.client.log_batch(self.id, metrics=metrics)

    def samples(self, step: int, replies: Sequence[tuple[pp.Prompt, pp.Answer]]) -> None:
        columns: dict[str, list[Any]] = {
            "step": [step] * len(replies),
            "prompt": [prompt.words for prompt, _ in replies],
            "expected": [prompt.expected for prompt, _ in replies],
            "said": [answer.text for _, answer in replies],
            "stops": [answer.ended for _, answer in replies],
        }
        self.client.log_table(self.id, columns, "samples.json")

    def close(self, failed: bool) -> None:
        self.client.set_terminated(self.id, "FAILED" if failed else "FINISHED")


def _leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Each value of a recipe with its dotted name."""
    if not isinstance(value, dict | list) or not value:
        yield name, value
        return
    entries = value.items() if isinstance(value, dict) else enumerate(value, 1)
    for key, entry in entries:
        yield from _leaves(entry, f"{name}.{key}" if name else str(key))
