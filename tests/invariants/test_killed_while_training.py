"""A training that is killed, however often and wherever, ends with the same weights and the same numbers."""

import random
import shutil

import pytest

from tests.forked import forked
from tests.packed import copies

pytestmark = pytest.mark.slow(seconds=60)

RECIPE = """\
model: tiny
template: chatml
loaders:
  - files: {path: rows.jsonl}
split: {train: 0.8, validation: 0.1, test: 0.1}
"""
PACKED = """\
collator: {packed: {length: 128}}
trainer:
  sft: {epochs: 3, learning_rate: 1e-3, batch_size: 2, log_every: 2, checkpoint_every: 3}
"""
PADDED = """\
adapter: {lora: {dropout: 0.1}}
collator: padded
trainer:
  sft: {epochs: 2.5, learning_rate: 1e-3, batch_size: 3, accumulate: 2, log_every: 4, checkpoint_every: 2}
"""
RUN = "run", "recipe.yaml", "--until", "train", "--name"
# Where a kill comes: a function, the calls of it after which it may come, and whether one is done by then.
TRAINER = "transformers.trainer:Trainer"
OURS = "pitchpipe_components.trainers"
MOMENTS = [
    (f"{TRAINER}.training_step", 9, True),
    ("accelerate.optimizer:AcceleratedOptimizer.step", 7, True),
    (f"{TRAINER}.prediction_step", 3, True),
    (f"{TRAINER}.evaluate", 2, True),
    ("torch:save", 8, False),
    (f"{TRAINER}._save_rng_state", 3, True),
    (f"{OURS}.progress:Progress.save", 2, False),
    (f"{OURS}.checkpoints:Checkpoints.bless", 2, False),
    (f"{OURS}.checkpoints:Checkpoints.bless", 2, True),
    (f"{OURS}.checkpoints:shutil.rmtree", 2, True),
    ("pitchpipe_components.journal:_add", 4, False),
    (f"{TRAINER}.save_model", 4, False),
    ("pitchpipe_stages.model.load:RecipeModel.merge", 1, False),
    ("pitchpipe_stages.model.serving_files:save_for_serving", 1, True),
    ("pitchpipe.run.directory:Run.keep", 1, False),
    ("pitchpipe.run.directory:Run.keep", 1, True),
]
TIMES = "runtime", "per_second", "seconds", "memory"
TRLS = "entropy", "mean_token_accuracy", "num_tokens"  # means of the last attempt alone


@pytest.fixture(scope="module")
def quick():
    with forked() as process:
        yield process


def numbers(here, name):
    """All that metrics.jsonl says of steps, without times."""
    lines = [line for line in here.rows(f"runs/{name}/metrics.jsonl") if "step" in line]
    return [
        {key: value for key, value in line.items() if not any(word in key for word in (*TIMES, *TRLS))}
        for line in lines
    ]


def ended(here, name):
    """The weights, the numbers and the result of a training."""
    folder = here.folder / "runs" / name
    weights = {path.name: path.read_bytes() for path in (folder / "model").glob("*.safetensors")}
    assert weights
    result = here.json(f"runs/{name}/run.json")["stages"]["train"]["result"]
    return weights, numbers(here, name), {key: result[key] for key in ("steps", "loss")}


def assert_same(here, expected):
    """As of the undisturbed run."""
    weights, lines, result = ended(here, "rough")
    assert result == expected[2]
    assert lines == expected[1]
    assert weights == expected[0]


def deadly(chance):
    name, calls, done = chance.choice(MOMENTS)
    return f"from tests.forked import die; die({name!r}, {chance.randint(1, calls)}, {done})"


@pytest.mark.parametrize("collation", [PACKED, PADDED], ids=["full packed", "lora with dropout padded"])
def test_ten_random_kills_change_nothing(project, quick, collation):
    here = project({"recipe.yaml": RECIPE + collation, "rows.jsonl": copies(40)})
    calm = quick.start(here.folder, *RUN, "calm")
    assert calm.wait() == 0, calm.said
    expected, chance, killed = ended(here, "calm"), random.Random(collation), 0
    steps = [line["step"] for line in expected[1]]
    assert steps == sorted(set(steps)) and steps[-1] == expected[2]["steps"]
    while killed < 10:
        child = quick.start(here.folder, *RUN, "rough", before=deadly(chance))
        code = child.wait()
        assert code in (0, -9), child.said
        killed += code == -9
        if code == 0:  # it came to its end before it could be killed
            assert_same(here, expected)
            shutil.rmtree(here.folder / "runs/rough")
    assert quick.start(here.folder, *RUN, "rough").wait() == 0
    assert_same(here, expected)
