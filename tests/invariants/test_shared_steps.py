"""A step is the same whoever takes it: two processes, or one with twice as many batches; also after a kill."""

import json
import re

import pytest
from safetensors.torch import load_file
from torch.testing import assert_close

from tests.packed import copies

pytestmark = pytest.mark.slow(seconds=40)

RECIPE = """\
model: tiny
{adapter}template: chatml
loaders:
  - files: {{path: rows.jsonl}}
split: {{train: 1.0}}
collator: {collator}
trainer:
  sft: {{epochs: 2, learning_rate: 1e-3, batch_size: 2, accumulate: {accumulate}, rehearse: false, log_every: 1, checkpoint_every: 2, samples: 0}}
"""
PADDED, PACKED = "padded", "{packed: {length: 128}}"
RUN = "run", "recipe.yaml", "--until", "train", "--workers", "1", "--name"
NOTES = """
from pitchpipe_components.trainers.learner import Learner
from pitchpipe_components.trainers.loss.batch import OWNERS
import os
train = Learner.training_step
def noted(self, model, inputs, *more, **named):
    learned = sorted(set(inputs[OWNERS].tolist())) if OWNERS in inputs else []
    with open(f"learned-{os.environ.get('RANK', '0')}", "a") as file:
        print(self.state.global_step, *learned, file=file)
    return train(self, model, inputs, *more, **named)
Learner.training_step = noted
"""
DIES = "from tests.forked import die; die('accelerate.optimizer:AcceleratedOptimizer.step', {}, True)\n"
KILLED = DIES.format(5)
ONE_KILLED = "import os\nif os.environ['RANK'] == '1': " + KILLED


def prepared(project, collator=PADDED, adapter="", accumulate=1, rows=19):
    said = RECIPE.format(collator=collator, adapter=adapter, accumulate=accumulate)
    return project({"recipe.yaml": said, "rows.jsonl": copies(rows)})


def trained(quick, here, name, *more, before=NOTES, processes=1, fails=False):
    child = quick.start(here.folder, *RUN, name, *more, before=before, processes=processes)
    assert (child.wait() != 0) == fails, child.said
    return " ".join(child.said.split())


def weights(here, name):
    (file,) = (here.folder / f"runs/{name}/model").glob("*.safetensors")
    return load_file(file)


def steps(here):
    """Of each step the examples that were learned, by all processes; of one that was taken twice the last."""
    found = {}
    for file in here.folder.glob("learned-*"):
        own = {}
        for line in file.read_text().splitlines():
            step, *numbers = map(int, line.split())
            own.setdefault(step, []).extend(numbers)
        for step, numbers in own.items():
            found.setdefault(step, []).extend(numbers)
        file.unlink()
    return {step: sorted(numbers) for step, numbers in sorted(found.items())}


def of_steps(here, name, number="grad_norm"):
    lines = map(json.loads, here.read(f"runs/{name}/metrics.jsonl").splitlines())
    return [line[number] for line in lines if number in line]


@pytest.mark.parametrize(
    ("adapter", "collator"),
    [("", PADDED), ("adapter: lora\n", PACKED), ("", PACKED), ("adapter: lora\n", PADDED)],
)
def test_two_processes_learn_what_one_does_with_twice_the_batches(project, quick, adapter, collator):
    here = prepared(project, collator, adapter)
    trained(quick, here, "two", processes=2)
    by_two = steps(here)
    trained(quick, here, "one", "--set", "trainer.sft.accumulate=2")
    assert steps(here) == by_two
    assert here.json("runs/two/run.json")["stages"]["train"]["result"]["processes"] == 2
    assert of_steps(here, "two") == pytest.approx(of_steps(here, "one"), rel=1e-4)
    assert of_steps(here, "two", "loss") == pytest.approx(of_steps(here, "one", "loss"), rel=1e-5)
    assert_close(weights(here, "two"), weights(here, "one"), rtol=1e-3, atol=2e-5)


@pytest.mark.parametrize(("collator", "began", "goes_on", "since"), [(PADDED, 2, 1, 4), (PACKED, 1, 2, 2)])
def test_another_number_of_processes_goes_on_as_if_nobody_had_stopped_it(
    project, quick, collator, began, goes_on, since
):
    here = prepared(project, collator, accumulate=2 // began)
    trained(quick, here, "calm", processes=began)
    calm = steps(here)
    trained(quick, here, "rough", before=NOTES + DIES.format(since + 1), processes=began, fails=True)
    before = steps(here)
    said = trained(quick, here, "rough", processes=goes_on)
    assert f"train: going on from step {since}" in said
    assert re.search("wrote the last checkpoint, .* will go on: accumulate is . instead of .,", said)
    after = steps(here)
    assert min(after) == since and {step: before[step] for step in range(since)} | after == calm
    learned = [number for numbers in calm.values() for number in numbers]
    assert sorted(learned) == sorted([*range(19)] * 2)
    assert_close(weights(here, "rough"), weights(here, "calm"), rtol=1e-3, atol=2e-5)
    assert of_steps(here, "rough", "loss") == pytest.approx(of_steps(here, "calm", "loss"), rel=1e-4)


def test_a_number_of_processes_that_cannot_share_the_steps_is_refused(project, quick):
    here = prepared(project)
    trained(quick, here, "rough", before=KILLED, processes=2, fails=True)
    said = trained(quick, here, "rough", processes=3, fails=True)
    assert "2 processes wrote the last checkpoint, 3 processes would go on with it" in said
    assert "a step takes 2 batches (2 x accumulate: 1)" in said and "Start it with 1 or 2 processes" in said


@pytest.mark.parametrize("killed", [KILLED, ONE_KILLED], ids=["all", "one"])
def test_where_processes_are_killed_all_end_and_go_on_where_they_were(project, quick, killed):
    """As srun starts them: nobody looks after them."""
    here = prepared(project)
    trained(quick, here, "calm", before="", processes=2)
    trained(quick, here, "rough", before=killed, processes=2, fails=True)
    assert "going on from step 4" in trained(quick, here, "rough", before="", processes=2)
    for name, weight in weights(here, "calm").items():
        assert weight.equal(weights(here, "rough")[name])


UNNUMBERED = """
import os, sys
rank, port = os.environ["RANK"], os.environ["MASTER_PORT"]
for name in ("RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT"):
    del os.environ[name]
"""
BY_SRUN = """
os.environ |= {"SLURM_PROCID": rank, "SLURM_NTASKS": "2", "SLURM_LOCALID": rank, "SLURM_NODELIST": "localhost", "SLURM_JOB_ID": port}
"""
BY_HAND = """
sys.argv += ["--machines", "2", "--address", f"127.0.0.1:{port}", "--machine-rank", rank]
"""


@pytest.mark.parametrize("how", [BY_SRUN, BY_HAND], ids=["srun", "by hand"])
def test_two_machines_share_one_training(project, quick, how):
    """As one `srun pitchpipe run` on two of them starts it, or somebody at both."""
    here = prepared(project)
    said = trained(quick, here, "two", before=UNNUMBERED + how, processes=2)
    assert here.json("runs/two/run.json")["stages"]["train"]["result"]["processes"] == 2
    assert said.count("proven on the first batch") == 1 and "proven" not in here.read("said1")
