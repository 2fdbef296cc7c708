"""What follows from the loss of the validation rows."""

import pytest
from safetensors.torch import load_file

from pitchpipe_components.adapters import Lora
from pitchpipe_components.trainers.sft import Sft
from tests.components.trainers.small import evaluations, training
from tests.packed import small, some

pytestmark = pytest.mark.slow

# Other random rows: the better the first are known by heart, the worse these.
OTHERS = some(9, 12, 7, 11, seed=1)
HEART = {"batch_size": 4, "epochs": 8, "learning_rate": 1e-2, "warmup": 0, "schedule": "constant"}


def llama():
    return small("Llama", vocab_size=300, initializer_range=0.02)


def trained(folder, model=None, **options):
    made = training(folder, model or llama(), validation=OTHERS)
    return Sft(**HEART | options)(made), made


@pytest.mark.parametrize(
    ("every", "steps"),
    [("epoch", [2, 4, 6]), (0.5, [1, 2, 3, 4, 5, 6]), (4, [4, 6]), (100, [6])],
)
def test_evaluations_come_when_they_are_asked_for_and_at_the_end(tmp_path, every, steps):
    _, made = trained(tmp_path, epochs=3, learning_rate=1e-5, evaluate_every=every)
    assert [step for step, _ in evaluations(made)] == steps


@pytest.mark.parametrize("adapter", [None, Lora(rank=8)])
def test_the_best_weights_are_kept_however_few_checkpoints_stay(tmp_path, adapter):
    model, rate = (adapter(small("Llama", vocab_size=300), []), 2e-2) if adapter else (llama(), 1e-2)
    options = {"keep": "best", "checkpoints": 1, "checkpoint_every": 1, "learning_rate": rate}
    result, made = trained(tmp_path, model, **options)
    losses = dict(evaluations(made))
    best = min(losses, key=losses.get)
    assert result["best_step"] == best < max(losses) and result["validation_loss"] == round(losses[best], 4)
    kept = {path.name for path in made.checkpoints.iterdir()}
    assert f"checkpoint-{best}" in kept and len(kept) <= 2
    name = "adapter_model.safetensors" if adapter else "model.safetensors"
    saved, at_best = load_file(made.folder / name), load_file(made.checkpoints / f"checkpoint-{best}" / name)
    assert all((saved[name] == at_best[name]).all() for name in at_best)
    assert f"the weights of step {best} are kept" in made.console.lines[-1]


def test_a_rising_loss_is_told_while_training_and_at_the_end(tmp_path):
    result, made = trained(tmp_path)
    best = min(evaluations(made), key=lambda one: one[1])
    told = [line for line in made.console.lines if "the validation loss rises" in line]
    assert len(told) == 1 and "keep: best saves the weights of step" in told[0]
    assert (
        f"the last validation loss is not the lowest:[/] {result['validation_loss']:.4f}"
        in made.console.lines[-1]
    )
    assert f"and {best[1]:.4f} at step {best[0]}. keep: best saves" in made.console.lines[-1]
    assert result["lowest"] == round(best[1], 4) and result["at_step"] == best[0]


def test_patience_stops_a_training_that_gets_no_better(tmp_path):
    result, made = trained(tmp_path, patience=2, keep="best")
    losses = evaluations(made)
    best = min(range(len(losses)), key=lambda at: losses[at][1])
    assert len(losses) == best + 3 and result["steps"] == losses[-1][0] < 16
    assert any("has not fallen in 2 evaluations" in line for line in made.console.lines)


class Stopped(Exception):
    pass


def test_a_training_that_goes_on_decides_as_one_that_was_not_stopped(tmp_path):
    """The best weights, and how long ago they were, outlast a stop after the best evaluation."""
    options = {"patience": 4, "keep": "best", "checkpoint_every": 3, "checkpoints": 1}
    expected, undisturbed = trained(tmp_path / "undisturbed", **options)

    def stop(step, values):
        if step == 11:
            raise Stopped

    with pytest.raises(Stopped):
        made = training(tmp_path / "stopped", llama(), validation=OTHERS)
        made.report = stop
        Sft(**HEART | {"log_every": 1} | options)(made)
    result, made = trained(tmp_path / "stopped", **options)
    assert (
        evaluations(made) == evaluations(undisturbed)[-len(evaluations(made)) :] != evaluations(undisturbed)
    )
    same = ("steps", "validation_loss", "best_step")
    assert [result[name] for name in same] == [expected[name] for name in same] and result["steps"] > 11
    one, other = (load_file(each.folder / "model.safetensors") for each in (made, undisturbed))
    assert all((one[name] == other[name]).all() for name in one)


def test_a_falling_loss_is_no_news(tmp_path):
    _, made = trained(tmp_path, learning_rate=1e-5, epochs=2)
    assert not any("rises" in line or "lowest" in line for line in made.console.lines)


@pytest.mark.parametrize("option", ["keep=best", "patience=2"])
def test_without_validation_rows_check_says_what_is_missing(project, rows, option):
    recipe = "model: tiny\ntemplate: chatml\nloaders:\n  - files: {path: rows.jsonl}\ntrainer: {sft: {epochs: 1}}\n"
    here = project({"recipe.yaml": recipe, "rows.jsonl": rows})
    wanted = f"trainer.sft.{option.replace('=', ': ')} needs validation rows: add split: {{train: 0.95"
    here.run("check", "recipe.yaml", "--set", f"trainer.sft.{option}").assert_failed(wanted)
    split = ("--set", "split={train: 0.5, validation: 0.5}")
    here.run("check", "recipe.yaml", "--set", f"trainer.sft.{option}", *split).assert_success()
