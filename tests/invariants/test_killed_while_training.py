"""A training that is killed, however often and wherever, ends with the same weights and the same numbers."""

import random
import shutil

import pytest

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
  sft: {epochs: 3, learning_rate: 1e-3, batch_size: 2, rehearse: false, log_every: 2, checkpoint_every: 3}
"""
PADDED = """\
adapter: {lora: {dropout: 0.1}}
collator: padded
trainer:
  sft: {epochs: 2.5, learning_rate: 1e-3, batch_size: 3, rehearse: false, accumulate: 2, neftune: 5, optimizer: adamw_8bit, log_every: 4, checkpoint_every: 2}
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
    (f"{OURS}.progress:Continuation.save", 2, False),
    (f"{OURS}.checkpoints:Checkpoints.bless", 2, False),
    (f"{OURS}.checkpoints:Checkpoints.bless", 2, True),
    (f"{OURS}.checkpoints:shutil.rmtree", 2, True),
    ("pitchpipe_components.journal:_add", 4, False),
    (f"{TRAINER}.save_model", 4, False),
    ("pitchpipe_stages.merge.in_place:merge_in_place", 1, False),
    ("pitchpipe_stages.merge.in_place:_replace_adapter", 1, False),
    ("pitchpipe_stages.model.serving_files:save_for_serving", 1, True),
    ("pitchpipe.run.directory:Run.keep", 1, False),
    ("pitchpipe.run.directory:Run.keep", 1, True),
]
TIMES = "runtime", "per_second", "seconds", "memory"


def numbers(here, name):
    """All that metrics.jsonl says of steps, without times."""
    lines = [line for line in here.rows(f"runs/{name}/metrics.jsonl") if "step" in line]
    return [
        {key: value for key, value in line.items() if not any(word in key for word in TIMES)}
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


SHORT = RECIPE + PACKED.replace("epochs: 3", "max_steps: 8").replace(
    "checkpoint_every: 3", "checkpoint_every: 2"
)
STOPPED = "from tests.forked import die; die('accelerate.optimizer:AcceleratedOptimizer.step', 5, True)"


@pytest.fixture
def stopped(project, quick):
    """A training of 8 steps that was killed after 5, with checkpoints of steps 2 and 4."""
    here = project({"recipe.yaml": SHORT, "rows.jsonl": copies(40)})
    assert quick.start(here.folder, *RUN, "rough", before=STOPPED).wait() == -9

    def again(*arguments, code=0):
        child = quick.start(here.folder, *RUN, "rough", *arguments)
        assert child.wait() == code, child.said
        return " ".join(child.said.split())

    return here, again


def flip(file):
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def test_a_damaged_checkpoint_is_told_and_the_one_before_it_taken(stopped):
    here, again = stopped
    for name, damage in {
        "model.safetensors": flip,
        "optimizer.pt": lambda file: file.write_bytes(file.read_bytes()[:-9]),
    }.items():
        last = max(here.folder.glob("runs/rough/checkpoints/*/whole")).parent
        damage(last / name)
    said = again()
    assert "train: going on from step 4" in said
    assert (
        "damaged, so left aside: runs/rough/checkpoints/checkpoint-4: model.safetensors holds other bytes"
        in said
    )
    assert "optimizer.pt has" in said and "; training goes on from step 2" in said
    steps = [line["step"] for line in numbers(here, "rough")]
    assert steps == sorted(set(steps)) == [2, 4, 6, 8]
    here.folder.joinpath("runs/rough/model").rename(here.folder / "damaged")
    shutil.rmtree(here.folder / "runs/rough")
    again()
    whole, damaged = here.folder / "runs/rough/model", here.folder / "damaged"
    assert (whole / "model.safetensors").read_bytes() == (damaged / "model.safetensors").read_bytes()


def test_a_change_that_weights_outlive_goes_on_and_says_so(stopped):
    here, again = stopped
    said = again("--set", "trainer.sft.max_steps=10", "--set", "trainer.sft.log_every=1")
    assert "train: going on from step 4, with another trainer sft's max_steps" in said
    assert [line["step"] for line in numbers(here, "rough")] == [2, 4, 5, 6, 7, 8, 9, 10]
    assert "train: already done" in again(
        "--set", "trainer.sft.max_steps=10", "--set", "trainer.sft.log_every=3"
    )


def test_another_change_begins_again_and_says_what_is_lost(stopped):
    here, again = stopped
    assert "and is to end at step 3 now" in again("--set", "trainer.sft.max_steps=3", code=2)
    said = again("--set", "trainer.sft.learning_rate=1e-4", "--set", "trainer.sft.log_every=4")
    because = "train: again, because of trainer sft's learning_rate, trainer sft's max_steps"
    assert f"{because}. Thrown away: all of it up to step 4" in said
    assert [line["step"] for line in numbers(here, "rough") if "loss" in line] == [4, 8]


EARLY = PACKED.replace("1e-3", "2e-2, evaluate_every: 2, keep: best, patience: 1, checkpoints: 1")
AT_THE_END = (
    "from tests.forked import die; die('pitchpipe_stages.model.serving_files:save_for_serving', 1, False)"
)


@pytest.mark.parametrize("end", [EARLY, PADDED], ids=["by patience", "within an epoch"])
def test_a_training_that_had_ended_learns_no_more(project, quick, end):
    here = project({"recipe.yaml": RECIPE + end, "rows.jsonl": copies(40)})
    assert quick.start(here.folder, *RUN, "calm").wait() == 0
    for _ in range(2):
        assert quick.start(here.folder, *RUN, "rough", before=AT_THE_END).wait() == -9
    assert quick.start(here.folder, *RUN, "rough").wait() == 0
    assert_same(here, ended(here, "calm"))
    if end is EARLY:
        assert here.json("runs/calm/run.json")["stages"]["train"]["result"]["steps"] < 18
