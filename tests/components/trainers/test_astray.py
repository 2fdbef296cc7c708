"""A training that goes wrong stops at once, and says where."""

import pytest
import torch

from pitchpipe import IGNORED, Example, PitchpipeError
from pitchpipe_components.adapters import Lora
from pitchpipe_components.trainers.sft import Sft
from tests.components.trainers.small import training
from tests.packed import small, some

pytestmark = pytest.mark.slow


def llama():
    return small("Llama", vocab_size=300, tie_word_embeddings=False)


def stopped(folder, options, model=None, rows=()):
    made = training(folder, model or llama(), rows)
    with pytest.raises(PitchpipeError) as stop:
        Sft(**{"batch_size": 2, "epochs": 9, "warmup": 0, "log_every": 1} | options)(made)
    assert not (made.folder).exists()
    return str(stop.value), made


def test_a_loss_that_explodes_stops_the_run_with_the_rows_of_the_step(tmp_path):
    said, made = stopped(tmp_path, {"learning_rate": 3, "schedule": "constant", "checkpoint_every": 1})
    assert "the loss has exploded: " in said and "at a learning rate of 3" in said
    assert "The step held: rows.jsonl:" in said and "a lower learning_rate than 3" in said
    # What the exploded weights gave is not gone on from.
    first = min(step for step, values in made.logged if values.get("loss", 0) > 20)
    assert f"step {first + 1}: " in said
    sound = [int(mark.parent.name.split("-")[1]) for mark in made.checkpoints.glob("*/whole")]
    assert sound == [] or max(sound) < first - 1


def test_of_a_batch_that_gives_no_number_the_rows_are_named(tmp_path):
    """One of the two batches of a step: its rows, and not those of the other."""
    model, rows = llama(), some(9, 12, 7, 11, 8, 10, 13, 6)
    rows[5].ids[2] = 299
    torch.nn.init.constant_(model.get_input_embeddings().weight[299].detach(), float("nan"))
    said, _ = stopped(tmp_path, {"accumulate": 4, "learning_rate": 1e-4}, model, rows)
    assert "step 1: the loss (nan) is not a finite number" in said
    held = said.partition("The step held: ")[2].splitlines()[0].split(", ")
    assert "rows.jsonl:6" in held and len(held) == 2


def test_rows_from_which_nothing_is_learned(tmp_path):
    rows = [Example(one.ids, [IGNORED] * (len(one.ids) - 1) + one.ids[-1:]) for one in some(9, 9, 9, 9, 9, 9)]
    model = Lora(rank=4)(llama(), [])
    for name, weight in model.named_parameters():
        if "lora_A" in name:
            torch.nn.init.zeros_(weight)  # and B is 0 at the beginning
    said, _ = stopped(tmp_path, {"rehearse": False}, model, rows)
    assert "step 3: no trained weight has had a gradient" in said and "begin with a new one" in said


def test_weights_that_stay_as_they_are(tmp_path):
    said, _ = stopped(tmp_path, {"learning_rate": 1e-30, "schedule": "constant"})
    assert "step 3: no trained weight has changed in 3 steps, at a learning rate of 1e-30" in said


def test_a_warm_up_is_no_standstill(tmp_path):
    """Its first step has a learning rate of 0."""
    Sft(batch_size=2, warmup=100, max_steps=6, log_every=1)(training(tmp_path, llama()))
