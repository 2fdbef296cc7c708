"""Several processes learn each row once in an epoch, also where one kill lies between."""

import re

import pytest

from tests.packed import copies

pytestmark = pytest.mark.slow(seconds=40)

RECIPE = """\
model: tiny
template: chatml
loaders:
  - files: {path: rows.jsonl}
split: {train: 1.0}
collator: padded
trainer:
  sft: {epochs: 2, learning_rate: 1e-3, batch_size: 4, rehearse: false, log_every: 1, checkpoint_every: 3, samples: 0}
"""
RUN = "run", "recipe.yaml", "--until", "train", "--name"
NOTES = """
from pitchpipe_stages.train import order
from pathlib import Path
import os
take = order.SingleExamples.__getitem__
def taken(self, index):
    with open(f"taken{os.environ['RANK']}", "a") as file:
        file.write(f"{index} ")
    return take(self, index)
order.SingleExamples.__getitem__ = taken
"""
KILL = "from tests.forked import die; die('accelerate.optimizer:AcceleratedOptimizer.step', 8, True)"


def test_two_processes_learn_each_row_once_and_go_on_where_they_were(project, quick):
    here = project({"recipe.yaml": RECIPE, "rows.jsonl": copies(27)})
    assert quick.start(here.folder, *RUN, "rough", before=KILL, processes=2).wait() == -9
    again = quick.start(here.folder, *RUN, "rough", processes=2)
    assert again.wait() == 0, again.said
    assert "train: going on from step 6" in again.said
    calm = quick.start(here.folder, *RUN, "calm", before=NOTES, processes=2)
    assert calm.wait() == 0, calm.said
    taken = [int(number) for rank in "01" for number in re.findall(r"-?\d+", here.read(f"taken{rank}"))]
    train = here.json("runs/calm/run.json")["stages"]["prepare"]["result"]["splits"]["train"]["conversations"]
    assert sorted(number for number in taken if number >= 0) == sorted([*range(train)] * 2)
    weights = [
        (here.folder / f"runs/{name}/model/model.safetensors").read_bytes() for name in ("calm", "rough")
    ]
    assert weights[0] == weights[1]
