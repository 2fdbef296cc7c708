"""Each tracker's own files, read back by its own library: numbers, samples, scores, each step once."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import pitchpipe as pp

pytestmark = pytest.mark.slow

RECIPE = {
    "model": "tiny",
    "trainer": {"sft": {"epochs": 2, "learning_rate": 1e-3}},
    "filters": ["length", "pii"],
}
REPLIES = [
    (pp.Prompt("a", [1], "Say <b>hello</b>.", "Hello!"), pp.Answer("Hello!", True)),
    (pp.Prompt("b", [1], "Say nothing.", ""), pp.Answer("and and and", False)),
]
EARLIER = [(1, {"loss": 2.5, "loss of a, b.jsonl": 2.0}), (2, {"loss": 2.25})]
LATER = [(3, {"loss": 1.5}), (3, {"base perplexity": 9.0, "tuned perplexity": 2.0})]


@pytest.fixture
def tracked(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRACKIO_DIR", str(tmp_path / "trackio"))
    for name in (
        "MLFLOW_TRACKING_URI",
        "WANDB_MODE",
        "WANDB_API_KEY",
        "TRACKIO_SPACE_ID",
        "TRACKIO_SERVER_URL",
    ):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "kept"
    folder.mkdir()
    return pp.Tracked("recipe", "recipe-1234", folder, RECIPE)


def recorded(tracker, tracked, **options):
    """Two processes, one after the other, record one training."""
    first = tracker(tracked, **options)
    for step, values in EARLIER:
        first.log(step, values)
    first.samples(2, REPLIES)
    first.close(True)
    second = tracker(tracked, **options)
    for step, values in LATER:
        second.log(step, values)
    second.close(False)


def test_tensorboard(tracked):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    from pitchpipe_components.trackers import tensorboard

    recorded(tensorboard, tracked)
    events = EventAccumulator(str(tracked.folder)).Reload()
    assert [(e.step, e.value) for e in events.Scalars("loss")] == [(1, 2.5), (2, 2.25), (3, 1.5)]
    assert events.Scalars("loss of a, b.jsonl")[0].value == 2
    assert [(e.step, e.value) for e in events.Scalars("tuned perplexity")] == [(3, 2.0)]
    (said,) = events.Tensors("sample 2/text_summary")
    assert said.step == 2 and b"    and and and\n    (does not stop)" in said.tensor_proto.string_val[0]


def test_mlflow(tracked):
    from pitchpipe_components.trackers import mlflow

    recorded(mlflow, tracked, experiment="tries", uri="sqlite:///numbers.db")
    from mlflow import MlflowClient

    client = MlflowClient("sqlite:///numbers.db")
    (run,) = client.search_runs([client.get_experiment_by_name("tries").experiment_id])
    assert run.info.run_name == "recipe" and run.info.status == "FINISHED"
    assert run.data.params["trainer.sft.epochs"] == "2" and run.data.params["filters.2"] == "pii"
    history = client.get_metric_history(run.info.run_id, "loss")
    assert sorted((m.step, m.value) for m in history) == [(1, 2.5), (2, 2.25), (3, 1.5)]
    assert run.data.metrics["loss of a_ b.jsonl"] == 2 and run.data.metrics["tuned perplexity"] == 2
    assert [file.path for file in client.list_artifacts(run.info.run_id)] == ["samples.json"]


def test_trackio(tracked):
    """In a process of its own: Trackio chooses its folder when it is imported, and TRL's modules import it."""
    said = subprocess.check_output([sys.executable, __file__, tracked.folder], text=True)
    lines = json.loads(said.splitlines()[-1])
    assert [(line["step"], line["loss"]) for line in lines if "loss" in line] == [
        (1, 2.5),
        (2, 2.25),
        (3, 1.5),
    ]
    assert [line["tuned perplexity"] for line in lines if "tuned perplexity" in line] == [2.0]
    (samples,) = [line["samples"] for line in lines if "samples" in line]
    assert samples["_value"][1]["said"] == "and and and" and samples["_value"][1]["stops"] is False


def test_wandb(tracked):
    from pitchpipe_components.trackers import wandb

    recorded(wandb, tracked, mode="offline", tags=["tried"])
    runs = sorted(Path(tracked.folder).glob("*/wandb/offline-run-*/run-recipe-1234.wandb"))
    lines = [line for file in runs for line in wandb_lines(file)]
    losses = [(line["step"], line["loss"]) for line in lines if "loss" in line]
    assert losses == [("1", "2.5"), ("2", "2.25"), ("3", "1.5")]
    assert [line["tuned perplexity"] for line in lines if "tuned perplexity" in line] == ["2"]
    (table,) = Path(tracked.folder).glob("*/wandb/offline-run-*/files/media/table/samples*.json")
    assert '["Say nothing.","","and and and",false]' in table.read_text().replace('", ', '",')


def wandb_lines(file):
    """The history in a file of W&B: records of protobuf in a log of LevelDB, in blocks of 32 kB."""
    from wandb.proto import wandb_internal_pb2

    data, at, whole = file.read_bytes(), 7, b""
    while at + 7 <= len(data):
        if 32768 - at % 32768 < 7:
            at += 32768 - at % 32768
            continue
        size, part = int.from_bytes(data[at + 4 : at + 6], "little"), data[at + 6]
        whole, at = whole + data[at + 7 : at + 7 + size], at + 7 + size
        if part in (1, 4):  # a whole record, or its last part
            record = wandb_internal_pb2.Record()
            record.ParseFromString(whole)
            whole = b""
            if record.WhichOneof("record_type") == "history":
                yield {item.key or ".".join(item.nested_key): item.value_json for item in record.history.item}


@pytest.mark.parametrize("name", ["tensorboard", "wandb", "mlflow", "trackio"])
def test_a_tracker_that_is_not_installed_is_told_with_its_cure(project, monkeypatch, name):
    monkeypatch.setattr(
        "pitchpipe.host.plugin.find_spec", lambda module: None if module == name else find_spec(module)
    )
    recipe = f"model: tiny\ntemplate: plain\nloaders: [files: {{path: rows.jsonl}}]\ntrainer: sft\ntrackers: [{name}]\n"
    here = project({"recipe.yaml": recipe, "rows.jsonl": [{"instruction": "Hi", "output": "Hello"}]})
    here.run("run", "recipe.yaml").assert_failed(
        f"recipe.yaml:5: tracker '{name}' needs {name}: pip install 'pitchpipe[{name}]'"
    )


if __name__ == "__main__":
    from trackio.sqlite_storage import SQLiteStorage

    from pitchpipe_components.trackers import trackio

    recorded(trackio, pp.Tracked("recipe", "recipe-1234", Path(sys.argv[1]), RECIPE), project="tries")
    print(json.dumps(SQLiteStorage.get_logs("tries", "recipe-1234")))
