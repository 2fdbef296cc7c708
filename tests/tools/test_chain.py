"""Recipes that begin with each other's runs, run: each goes on from what the one before it learned."""

import shutil

import pytest

from tests.tools.recipe_file.chained import FILES, SECOND, SFT

pytestmark = pytest.mark.slow(seconds=12)


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """Replies, more replies, preferences: three runs, each saved as a whole model."""
    from pitchpipe.testing import Project

    here = Project(tmp_path_factory.mktemp("chain")).write(dict(FILES))
    return here, here.run("run", "third.yaml").assert_success()


@pytest.fixture
def here(done, tmp_path):
    """A copy of what is done. Recipes are where they were: a run knows the place of its recipe."""
    home, kept = done[0], tmp_path / "kept"
    shutil.copytree(home.folder, kept)
    yield home
    shutil.rmtree(home.folder)
    shutil.copytree(kept, home.folder)


def weights(here, run):
    """What a run saved, by name."""
    from safetensors.torch import load_file

    (file,) = (here.folder / "runs" / run / "model").glob("*.safetensors")
    return load_file(file)


def apart(here, one, other):
    """The largest difference between the weights of two runs."""
    first, second = weights(here, one), weights(here, other)
    assert first.keys() == second.keys()
    return max(float((first[name] - second[name]).abs().max()) for name in first)


def test_each_begins_with_what_the_one_before_it_learned(done):
    from safetensors.torch import load_file

    from pitchpipe_components.models.tiny import Tiny

    here, outcome = done
    base = load_file(next(Tiny().folder.glob("*.safetensors")))
    learned = weights(here, "sft")
    assert max(float((learned[name] - base[name]).abs().max()) for name in base) > 1e-3
    assert apart(here, "sft", "second") < 1e-6 > apart(here, "second", "third")
    told = [line for line in outcome.out.splitlines() if " of 3: " in line]
    assert told == [
        f"{n} of 3: {name}.yaml, in runs/{name}" for n, name in enumerate(("sft", "second", "third"), 1)
    ]
    assert "It began with the model of runs/second" in outcome.out


def test_runs_and_report_say_what_a_run_began_with(done):
    here = done[0]
    shown = here.run("runs").assert_success().out
    assert shown.count("from runs/sft") == shown.count("from runs/second") == 1
    here.run("runs", "--remove", "sft").assert_failed("; second began with it")
    here.run("report", "runs/second").assert_success()
    assert "it began with runs/sft" in here.read("runs/second/report.html")


def test_what_is_done_is_not_done_again(here):
    again = here.run("run", "third.yaml").assert_success().out
    assert again.count("prepare: already done") == again.count("train: already done") == 3


def test_what_changes_the_first_model_redoes_the_later_ones(here):
    """Their own recipes say nothing of it: the files of the model are what they are keyed by."""
    here.write({"sft.yaml": SFT.replace("max_steps: 2", "max_steps: 3")})
    again = here.run("run", "second.yaml").assert_success().out
    assert "train: again, because of trainer sft's max_steps" in again
    assert "train: again, because of the model's weights" in again
    assert apart(here, "sft", "second") < 1e-6 < apart(here, "second", "third")


def test_an_adapter_that_is_kept_is_gone_on_with(here):
    here.write({"sft.yaml": SFT.replace("targets", "save: adapter, targets")})
    here.run("run", "second.yaml").assert_success()
    assert here.json("runs/second/recipe.json")["adapter"] == {
        "continued": {"folder": "runs/sft/model", "save": "adapter"}
    }
    names = {file.name for file in (here.folder / "runs/second/model").iterdir()}
    assert "adapter_config.json" in names and "config.json" not in names
    assert apart(here, "sft", "second") < 1e-6
    here.write({"second.yaml": SECOND + "adapter:\n  continued: {save: merged}\n"})
    again = here.run("run", "second.yaml").assert_success().out
    assert "train: already done" in again and "train: again" in again
    assert (here.folder / "runs/second/model/config.json").exists()


def test_a_trial_of_small_size_tries_all_of_it(here):
    """The model of the first recipe is on no machine here; the trial of its run gives the tiny one."""
    hub = SFT.replace("model: tiny", "model:\n  transformers: {name: someone/base-8b}")
    here.write({"sft.yaml": hub.replace("targets", "save: merged, targets")})
    here.write({"second.yaml": SECOND + "model:\n  transformers: {dtype: bfloat16}\n"})
    trial = here.run("run", "second.yaml", "--tiny").assert_success().out
    assert (
        "1 of 2: sft.yaml, in runs/sft-tiny" in trial and "2 of 2: second.yaml, in runs/second-tiny" in trial
    )
    model = here.json("runs/second-tiny/recipe.json")["model"]
    assert model == {"transformers": {"folder": "runs/sft-tiny/model", "dtype": "float32"}}


def test_data_is_looked_at_before_the_first_run(here):
    shutil.rmtree(here.folder / "runs")
    for command in ("prepare", "peek", "doctor"):
        outcome = here.run(command, "second.yaml").assert_success()
        assert "note: second.yaml:1: from: runs/sft has no model of this sft.yaml yet" in outcome.err
        assert not (here.folder / "runs/sft").exists()
    here.run("check", "second.yaml", "--set", "from=runs/second").assert_failed("has no trained model")
