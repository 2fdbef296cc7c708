"""The trainer grpo: replies are tried, judged and learned from; what goes wrong is said."""

import pytest

pytestmark = pytest.mark.slow(seconds=15)

ROWS = [
    {"instruction": f"Say {word}.", "output": word} for word in ("one", "two", "three", "four", "five", "six")
]
RECIPE = """\
model: tiny
adapter: {lora: {rank: 4, save: adapter}}
template: alpaca_short
loaders:
  - files: {path: rows.jsonl}
split: {train: 0.7, validation: 0.3}
rewards:
  - letters
  - length: {max_words: 3, weight: 0.5}
trainer:
  grpo: {max_steps: 3, batch_size: 2, accumulate: 1, group: 3, max_new_tokens: 5, log_every: 1, evaluate_every: 2,
    rehearse: false, learning_rate: 1e-3, samples: 1, checkpoint_every: 2}
"""
LOCAL = """\
import pitchpipe as pp

@pp.hookimpl
def register_rewards(register):
    register("letters", letters)

def letters(reply, conversation, *, broken: bool = False):
    "The share of letters."
    if broken:
        raise KeyError("no")
    return sum(letter.isalpha() for letter in reply) / max(len(reply), 1)
"""
FILES = {"recipe.yaml": RECIPE, "rows.jsonl": ROWS, "pitchpipe_local.py": LOCAL}


def numbers(here, run="recipe"):
    return [line for line in here.rows(f"runs/{run}/metrics.jsonl") if "step" in line]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    from pitchpipe.testing import Project

    here = Project(tmp_path_factory.mktemp("grpo"))
    here.write(FILES)
    return here, here.run("run", "recipe.yaml").assert_success().out


def test_rewards_are_logged_and_samples_hold_them(trained):
    here, said = trained
    steps = [line for line in numbers(here) if "loss" in line]
    assert [line["step"] for line in steps] == [1, 2, 3]
    for line in steps:
        assert line["reward"] == pytest.approx(line["reward letters"] + 0.5 * line["reward length"], abs=1e-5)
        assert line["reward_spread"] >= 0 and 1 <= line["reply_tokens"] <= 5 and 0 <= line["reply_ends"] <= 1
    assert [line["step"] for line in numbers(here) if "eval_reward" in line] == [2, 3]
    samples = here.rows("runs/recipe/samples.jsonl")
    assert [sample["step"] for sample in samples] == [1, 2, 3]
    assert all(sample["rewards"].keys() == {"letters", "length"} for sample in samples)
    assert "validation reward" in said and "Trained  steps 3" in said


def test_the_model_has_learned(trained):
    here, _ = trained
    from safetensors.torch import load_file

    weights = load_file(here.folder / "runs/recipe/model/adapter_model.safetensors")
    assert any(float(weight.abs().max()) > 0 for name, weight in weights.items() if "lora_B" in name)


RISES = {
    "recipe.yaml": RECIPE.partition("rewards:")[0]
    + """\
rewards: [vowels]
trainer:
  grpo: {max_steps: 12, batch_size: 2, accumulate: 1, group: 6, max_new_tokens: 5, log_every: 3, evaluate_every: 12,
    rehearse: false, learning_rate: 3e-3, schedule: constant, samples: 0}
""",
    "pitchpipe_local.py": """\
import pitchpipe as pp

@pp.hookimpl
def register_rewards(register):
    register("vowels", vowels)

def vowels(reply, conversation):
    "The share of vowels."
    return sum(letter in "aeiou" for letter in reply) / max(len(reply), 1)
""",
}


def test_the_reward_rises(project):
    here = project(FILES | RISES)
    here.run("run", "recipe.yaml", "--until", "train").assert_success()
    drawn = [line["reward"] for line in numbers(here) if "reward" in line]
    likeliest = [line["eval_reward"] for line in numbers(here) if "eval_reward" in line]
    assert drawn[0] < 0.5 and drawn[-1] > drawn[0] + 0.15
    assert likeliest[-1] > 0.6  # of prompts that it was not asked in training


def test_an_error_of_a_reward_names_its_row(project):
    here = project(FILES | {"recipe.yaml": RECIPE.replace("- letters", "- letters: {broken: true}")})
    said = "rows.jsonl:", "reward 'letters' of plugin 'pitchpipe_local'", "KeyError: 'no'. The reply was"
    here.run("run", "recipe.yaml").assert_failed(*said)


def test_rewards_and_their_trainer_belong_together(project):
    here = project(FILES)
    here.write({"recipe.yaml": RECIPE.partition("rewards:")[0] + "trainer: grpo\n"})
    here.run("check", "recipe.yaml").assert_failed(
        "trainer.grpo: this learns from rewards: add a section `rewards`"
    )
    here.write({"recipe.yaml": RECIPE.partition("trainer:")[0] + "trainer: sft\n"})
    here.run("check", "recipe.yaml").assert_failed(
        "trainer sft learns from no rewards: those that do are grpo"
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("clip: 0.1", "clip holds nothing back while updates is 1"),
        ("updates: 3", "checkpoint_every (100) must be a multiple of updates (3)"),
        ("group: 1", "expected a whole number of at least 2, got 1"),
        ("num_generations: 4", "Here it is called 'group'"),
    ],
)
def test_options_that_make_no_sense(project, options, said):
    here = project(
        FILES | {"recipe.yaml": RECIPE.partition("trainer:")[0] + f"trainer:\n  grpo: {{{options}}}\n"}
    )
    here.run("check", "recipe.yaml").assert_failed(said)


def test_a_changed_weight_trains_again(project, trained):
    before, _ = trained
    (known,) = [before.json("runs/recipe/run.json")["stages"]["train"]["parts"]]
    assert "reward length's weight" in known and "reward letters's options" in known


def test_equal_rewards_are_told():
    import torch

    from pitchpipe_components.trainers.objectives.signal import Signal
    from tests.components.trainers.small import Said

    for share, told in ((0.5, 0), (0.9, 1)):
        console = Said()
        signal = Signal(console)
        for _ in range(25):
            signal.saw(torch.tensor([0.0] * int(10 * share) + [1.0] * (10 - int(10 * share))))
        assert len(console.lines) == told
