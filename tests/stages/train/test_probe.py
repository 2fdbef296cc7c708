"""The probe: what the model says while it learns, and that nobody else notices."""

from itertools import pairwise

import pytest

from tests.packed import LONGER, copies
from tests.started import ROWS, TRAINED

pytestmark = pytest.mark.slow

QUICK = TRAINED.partition("evaluators")[0]


def trained(here, name, **options):
    words = [word for key, value in options.items() for word in ("--set", f"trainer.sft.{key}={value}")]
    return here.run("run", "recipe.yaml", "--name", name, *words).assert_success()


@pytest.mark.parametrize("recipe", ["adapter", "packed"])
def test_the_weights_are_the_same_with_and_without(project, recipe):
    text = (
        QUICK.replace("adapter: lora", "adapter: {lora: {dropout: 0.2}}") if recipe == "adapter" else LONGER
    )
    here = project({"recipe.yaml": text, "rows.jsonl": ROWS if recipe == "adapter" else copies(40)})
    said = trained(here, "asked", samples=2, max_steps=20).out
    assert "step 16: Say" in said if recipe == "adapter" else "→" in said
    trained(here, "alone", samples=0, max_steps=20)
    assert not (here.folder / "runs/alone/samples.jsonl").exists()
    asked, alone = (here.folder / f"runs/{name}/model/model.safetensors" for name in ("asked", "alone"))
    assert asked.read_bytes() == alone.read_bytes()

    def losses(name):
        return [line["loss"] for line in here.rows(f"runs/{name}/metrics.jsonl") if "loss" in line]

    assert losses("asked") == losses("alone")


def test_samples_are_kept_once_per_step_and_a_model_that_does_not_stop_is_told(project):
    here = project({"recipe.yaml": QUICK, "rows.jsonl": ROWS})
    out = trained(here, "run", samples=2, max_steps=20).out
    lines = here.rows("runs/run/samples.jsonl")
    assert [line["step"] for line in lines] == [16, 16, 20, 20]
    assert {"step", "id", "prompt", "expected", "said", "ended"} == set(lines[0])
    assert lines[0]["prompt"].startswith("Say ") and lines[0]["expected"] in lines[0]["prompt"]
    assert "the model does not stop: none of 2 sample replies ended by itself at step 20" in out
    stops = [(line["step"], line["stops"]) for line in here.rows("runs/run/metrics.jsonl") if "stops" in line]
    assert stops == [(16, 0.0), (20, 0.0)]


def test_what_ended_is_counted(project):
    """Two rows are soon known by heart: both replies end, and nothing is warned of."""
    rows = [{"instruction": f"Say {n}.", "output": str(n)} for n in (1, 2)]
    recipe = QUICK.replace("split: {train: 0.8, validation: 0.1, test: 0.1}\n", "").replace(
        "adapter: lora\n", ""
    )
    here = project({"recipe.yaml": recipe, "rows.jsonl": rows})
    out = trained(here, "run", epochs=40, learning_rate=2e-3, warmup=0).out
    lines = here.rows("runs/run/samples.jsonl")
    assert (
        len(lines) > 4 and not lines[0]["ended"]
    )  # asked after the first epoch, of the rows that are learned
    assert [(line["said"], line["ended"]) for line in lines[-2:]] == [("1", True), ("2", True)]
    assert "does not stop:" not in out and "less often" not in out
    steps = sorted({line["step"] for line in lines})
    apart = [later - step for step, later in pairwise(steps)]
    assert min(apart[:-1]) >= 16  # not after each epoch


def test_the_bases_own_end_is_an_end(project):
    """A model that answers with nothing but the end that its base knows stops by itself."""
    import torch

    from pitchpipe.run.directory import Run
    from pitchpipe_stages.console import RichConsole
    from pitchpipe_stages.train.stage import begin
    from pitchpipe_tools.recipe_argument import load_recipe

    here = project({"recipe.yaml": QUICK.replace("alpaca_short", "chatml"), "rows.jsonl": ROWS})
    here.run("prepare", "recipe.yaml").assert_success()
    console = RichConsole(quiet=True)
    run = Run(here.folder / "runs/recipe", load_recipe(str(here.folder / "recipe.yaml"), ()), console)
    run.read()
    begun = begin(run, console, None)
    model, tokenizer = begun.training.model, begun.rendering.tokenizer
    assert begun.rendering.renderer.stop != tokenizer.convert_ids_to_tokens(0) == "<|end|>"
    with torch.no_grad():
        model.get_base_model().model.norm.weight.zero_()  # all tokens are as likely, and the first is taken
    assert begun.training.probe(model, 1, 2, last=True) == {"stops": 1.0}
