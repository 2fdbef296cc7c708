"""What trackers record: each step once, also after a kill; what fails is told and stops nothing."""

import pytest

from pitchpipe_stages.train.reported import reported
from tests.started import ROWS, TRAINED, started, wait_for

PLUGIN = '''
import json
import pitchpipe as pp

@pp.hookimpl
def register_trackers(register):
    register("lines", Lines)
    register("broken", Broken)

class Lines:
    """Lines."""
    def __init__(self, *, after: int = 0):
        self.after = after
    def __call__(self, run):
        return Record(run, self.after)

class Record:
    def __init__(self, run, after):
        self.run, self.after = run, after
        self.write({"id": run.id, "name": run.name, "model": run.recipe["model"]})
    def write(self, line):
        with open("seen.jsonl", "a") as out:
            out.write(json.dumps(line) + "\\n")
    def log(self, step, values):
        if self.after and step > self.after:
            raise SystemExit("no network")
        self.write({"step": step, **values})
    def samples(self, step, replies):
        self.write({"step": step, "samples": [answer.text for _, answer in replies]})
    def close(self, failed):
        self.write({"failed": failed})

class Broken:
    """Never opens."""
    def __call__(self, run):
        raise OSError("no such server")
'''
QUICK = TRAINED.replace("epochs: 2, ", "epochs: 2, samples: 1, ").partition("evaluators")[0]


def test_what_was_reported_is_read_once_per_step(tmp_path):
    lines = [
        '{"stage":"train","step":2,"loss":9}', '{"stage":"train","seconds":1}',  # an earlier training
        '{"stage":"train","step":1,"loss":5}', '{"stage":"train","step":2,"loss":4}',
        '{"stage":"train","step":2,"eval_loss":3}', '{"stage":"train","step":3,"loss":null}',
        '{"stage":"other","step":9,"loss":1}',
        '{"stage":"train","step":2,"loss":4.5}', '{"stage":"train","st',  # killed, and killed while it wrote
    ]  # fmt: skip
    (tmp_path / "metrics.jsonl").write_text("\n".join(lines))
    assert reported(tmp_path) == {1: {"loss": 5}, 2: {"loss": 4.5}}
    assert reported(tmp_path / "none") == {}


@pytest.mark.slow
def test_a_tracker_that_fails_is_told_and_the_others_go_on(project):
    recipe = f"{QUICK}trackers: [broken, lines: {{after: 4}}, lines]\nevaluators: [perplexity]\n"
    here = project({"recipe.yaml": recipe, "rows.jsonl": ROWS, "pitchpipe_local.py": PLUGIN})
    outcome = here.run("run", "recipe.yaml", "--set", "trainer.sft.max_steps=8").assert_success()
    assert "tracker 'broken' of plugin 'pitchpipe_local'" in outcome.out
    assert (
        outcome.out.count("records nothing from now on: OSError: no such server") == 2
    )  # and for the scores
    assert "records nothing from now on: SystemExit: no network" in outcome.out
    seen = here.rows("seen.jsonl")
    assert len({line["id"] for line in seen if "id" in line}) == 2
    assert {line["model"] for line in seen if "id" in line} == {"tiny"}
    assert [line["step"] for line in seen if "loss" in line] == [2, 2, 4, 4, 6, 8]
    assert [line for line in seen if "samples" in line][-1]["step"] == 8
    assert {"failed": False} in seen
    scores = [line for line in seen if "tuned perplexity" in line]
    assert (
        scores
        and scores[0].keys() - {"step"}
        == {f"{model} {name}" for model in ("base", "tuned") for name in ("perplexity", "bits_per_byte")}
        and scores[0]["step"] == 8
    )


@pytest.mark.slow
def test_after_a_kill_each_step_comes_once_and_a_new_tracker_gets_all(project):
    recipe = f"{QUICK}trackers: [lines]\n"
    here = project({"recipe.yaml": recipe, "rows.jsonl": ROWS, "pitchpipe_local.py": PLUGIN})
    process = started(here)
    wait_for(lambda: list(here.folder.glob("runs/recipe/checkpoints/checkpoint-1?/whole")) or process.poll())
    process.kill()
    process.communicate()
    here.run("run", "recipe.yaml").assert_success()
    seen = here.rows("seen.jsonl")
    steps = [line["step"] for line in seen if "loss" in line]
    assert steps == list(range(2, steps[-1] + 1, 2)) and steps[-1] > 20
    evaluated = [line["step"] for line in seen if "eval_loss" in line]
    assert len(evaluated) == len(set(evaluated)) == 2
    assert len({line["id"] for line in seen if "id" in line}) == 1
    here.write({"recipe.yaml": recipe.replace("[lines]", "[lines, pitchpipe_local:lines]")})
    assert "train: already done" in here.run("run", "recipe.yaml").assert_success().out
    new = here.rows("seen.jsonl")[len(seen) :]
    assert [line["step"] for line in new if "loss" in line] == steps


@pytest.mark.slow
def test_a_training_that_begins_anew_is_another_record(project):
    recipe = f"{QUICK}trackers: [lines]\n"
    here = project({"recipe.yaml": recipe, "rows.jsonl": ROWS, "pitchpipe_local.py": PLUGIN})
    for seed in (1, 2):
        words = (f"trainer.sft.seed={seed}", "trainer.sft.max_steps=4")
        here.run("run", "recipe.yaml", *(word for one in words for word in ("--set", one))).assert_success()
    seen = here.rows("seen.jsonl")
    assert len({line["id"] for line in seen if "id" in line}) == 2
    assert [line["step"] for line in seen if "loss" in line] == [2, 4, 2, 4]


def test_trackers_need_a_trainer_and_a_known_name(project):
    recipe = "loaders: [files: {path: rows.jsonl}]\ntrackers: [wandbb]\n"
    here = project({"recipe.yaml": recipe, "rows.jsonl": ROWS})
    here.run("check", "recipe.yaml").assert_failed(
        "no tracker 'wandbb'. Did you mean 'wandb'?", "this needs a section 'trainer' too"
    )
