"""Every recipe that ships is sound and says how it is run; the quickstart does what the README promises."""

import re

import pytest

from tests.documents import ROOT, assert_shows, shown
from tests.recipes.followed import follow

RECIPES = sorted((ROOT / "recipes").glob("*.yaml"))


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_each_is_sound_and_begins_with_its_command(project, path):
    project().run("check", str(path)).assert_success()
    first = path.read_text("utf-8").splitlines()[0]
    assert re.fullmatch(rf"# .+\.   pitchpipe (run|generate|serve) (recipes/)?{path.stem}(\.yaml)?", first)


TUNED = [
    path
    for path in RECIPES
    if re.search(r"^trainer:\n  sft", path.read_text("utf-8"), re.M)
    and not path.stem.startswith("quickstart")
    and "\ngenerators:" not in path.read_text("utf-8")
]


@pytest.mark.slow(seconds=30)
@pytest.mark.parametrize("path", TUNED, ids=lambda path: path.stem)
def test_each_that_trains_runs_from_data_to_scores_on_the_tiny_model(project, path):
    here, run = project(), f"runs/{path.stem}-tiny"
    (collator,) = re.findall(r"^collator:\n  (\w+):", path.read_text("utf-8"), re.M)
    shorter = ("--set", f"collator.{collator}.length=512")  # what the tiny model was made for
    out = here.run("run", path.stem, "--tiny", "--workers", "1", *shorter).assert_success().out
    assert out.startswith("--tiny: ") and f"The recipe itself:  pitchpipe run {path.stem}\n" in out
    recipe, done = here.json(f"{run}/recipe.json"), here.json(f"{run}/run.json")["stages"]
    result = done["train"]["result"]
    assert result["steps"] == 4 and 0 < result["loss"] < 20
    causal = {"tiny": {"quantize": "nf4"} if path.stem.endswith("-qlora") else {}}
    assert recipe["model"] == ("tiny_seq2seq" if path.stem == "flan-t5" else causal)
    assert ("adapter" in recipe) == path.stem.endswith("lora")
    scores = here.json(f"{run}/scores.json")
    assert scores["base"]["perplexity"]["value"] != scores["tuned"]["perplexity"]["value"]


PREFERENCES = ("quickstart-dpo", "quickstart-kto", "quickstart-orpo")


@pytest.mark.slow(seconds=40)
def test_those_of_preferences_follow_the_quickstart(project):
    here = project()
    for name in PREFERENCES:
        out = here.run("run", name, "--tiny", "--workers", "1").assert_success().out
        assert "on their side" in out
        done = here.json(f"runs/{name}-tiny/run.json")["stages"]["train"]["result"]
        assert done["steps"] == 4 and 0 <= done["validation_accuracy"] <= 1
        logged = {key for line in here.rows(f"runs/{name}-tiny/metrics.jsonl") for key in line}
        assert {"reward_accuracy", "reply_loss", "eval_reward_margin"} <= logged
    assert here.json("runs/quickstart-tiny/run.json")["stages"]["train"]["done"]


SCORED = """[
    perplexity, overlap: {limit: 4, max_new_tokens: 8}, repetition: {limit: 4, max_new_tokens: 8},
    instructions: {limit: 4, max_new_tokens: 8}, safety: {limit: 4, max_new_tokens: 8}]"""


@pytest.mark.slow
def test_the_one_that_scores_runs_without_a_network_but_for_its_tasks_and_its_judge(project):
    here = project()
    less = ("--set", f"evaluators={SCORED}", "--set", "loaders.1.files.first=20")
    here.run("run", "evaluate", "--tiny", "--workers", "1", *less).assert_success()
    scores = here.json("runs/evaluate-tiny/scores.json")
    assert {"perplexity", "bleu", "loops", "constraints_met", "refused_when_due"} <= set(scores["base"])
    assert scores["tuned"] == {}


@pytest.mark.slow(seconds=200)
def test_the_quickstart_turns_a_base_model_into_an_instruction_follower(project):
    here = project()
    out = here.run("run", "quickstart", process=True, timeout=1500).assert_success().out
    scores = here.json("runs/quickstart/scores.json")
    assert scores["base"]["exact_match"]["value"] <= 0.05
    assert scores["tuned"]["exact_match"]["value"] >= 0.95
    assert scores["tuned"]["exact_match"]["count"] >= 200
    assert_shows(shown("README.md", "tests/recipes/test_recipes.py"), out)
    assert "pitchpipe chat runs/quickstart" in out and "pitchpipe serve runs/quickstart" in out
    again = here.run("run", "quickstart").assert_success().out
    assert again.count("already done, nothing changed") == 4
    assert here.json("runs/quickstart/scores.json") == scores
    assert follow(here, "docs/serve.md") == 3
