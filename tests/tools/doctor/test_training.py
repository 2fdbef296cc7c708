"""The doctor does what a run does before its first step, and leaves nothing behind."""

import pytest

from pitchpipe_components.models import Tiny
from tests.packed import RECIPE, copies

pytestmark = pytest.mark.slow(seconds=20)
TUNED = RECIPE.replace("model: tiny", "model: tiny\nadapter: lora").replace("batch_size: 64", "batch_size: 4")


def names(folder):
    return sorted(
        str(path.relative_to(folder)) for path in folder.rglob("*") if "__pycache__" not in str(path)
    )


def test_the_doctor_tries_all_that_a_run_does(project):
    """Also with tokens that the base has not, which the model is grown for."""
    here = project({"recipe.yaml": TUNED, "rows.jsonl": copies(40)})
    before = names(here.folder)
    out = here.run("doctor", "recipe.yaml", "--set", "collator=packed").assert_success().out
    for words in (
        "prepared for this look alone", "pitchpipe_documents", "of the largest logit, limit 1e-04",
        "replies learned to the letter with their ends", "<|im_end|>", "trained modules, finite in all",
        "memory, estimated", "memory, rehearsed", "MiB, written", "about",
    ):  # fmt: skip
        assert words in out
    assert names(here.folder) == before


def test_the_doctor_looks_at_the_data_of_the_run(project):
    here = project({"recipe.yaml": TUNED, "rows.jsonl": copies(40)})
    here.run("prepare", "recipe.yaml").assert_success()
    before = names(here.folder)
    out = here.run("doctor", "recipe.yaml").assert_success().out
    assert "as runs/recipe has it" in out and "each holds one conversation" in out
    assert names(here.folder) == before


@pytest.mark.parametrize("adapter", ["adapter: lora\n", ""])
def test_a_run_is_the_same_without_a_rehearsal(project, adapter):
    """Byte for byte, with dropout."""
    recipe = TUNED.replace("adapter: lora\n", adapter.replace("lora", "{lora: {dropout: 0.2}}"))
    recipe = recipe.replace("padded", "packed").partition("evaluators")[0]
    here = project({"recipe.yaml": recipe, "rows.jsonl": copies(40)})
    for name, value in (("with", "true"), ("without", "false")):
        said = here.run("run", "recipe.yaml", "--name", name, "--set", f"trainer.sft.rehearse={value}")
        assert ("rehearsed:" in said.assert_success().out) == (value == "true")
    one, other = (here.folder / f"runs/{name}/model/model.safetensors" for name in ("with", "without"))
    assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ({"attention": "flash_attention_2"}, "flash"),
        ({"quantize": "nf4"}, "adapter"),
    ],
)
def test_the_doctor_says_what_a_run_says(project, model, said):
    settings = ", ".join(f"{name}: {value}" for name, value in {"folder": Tiny().folder, **model}.items())
    recipe = TUNED.replace("model: tiny\nadapter: lora", f"model:\n  transformers: {{{settings}}}")
    here = project({"recipe.yaml": recipe, "rows.jsonl": copies(40)})
    outcomes = [here.run(command, "recipe.yaml") for command in ("doctor", "run")]
    for outcome in outcomes:
        outcome.assert_failed(said)
        assert "Traceback" not in outcome.err
    assert outcomes[0].err.splitlines()[-1] == outcomes[1].err.splitlines()[-1]
