"""`from`: a recipe begins with the model of another's run, as far as it can be known before that run."""

import json
import shutil
from pathlib import Path

import pytest

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.host import Host
from pitchpipe_stages.train.launch import LAUNCH
from pitchpipe_tools.recipe_file.before import one_after_another
from pitchpipe_tools.recipe_file.from_run import Runs
from pitchpipe_tools.recipe_file.load import load, load_chain
from tests.tools.recipe_file.chained import FILES, SECOND, SFT

WHOLE, ADAPTER = {"config.json": "{}"}, {"adapter_config.json": '{"peft_type": "LORA", "revision": "abc"}'}
HUB = SFT.replace("model: tiny", "model:\n  transformers: {name: some/base, attention: eager}")


@pytest.fixture
def here(project, monkeypatch):
    here = project(dict(FILES))
    monkeypatch.chdir(here.folder)
    return here


def loaded(here, name="second.yaml", *overrides, **runs):
    path = here.folder / name
    return load(path, Host.from_environment(path.parent), *overrides, runs=Runs(**runs))


def as_run(here, recipe="sft.yaml", model=WHOLE, done=True, run="runs/sft"):
    """What a run leaves that has trained, as far as a recipe is concerned."""
    record = {"recipe": str(here.folder / recipe), "stages": {"train": {"done": done}}}
    written = loaded(here, recipe).data
    here.write({f"{run}/run.json": json.dumps(record), f"{run}/recipe.json": json.dumps(written)})
    here.write({f"{run}/model/{name}": text for name, text in model.items()})


def test_before_the_first_run_its_own_model_and_adapter_stand_in(here):
    said = here.run("check", "third.yaml").assert_success()
    sound = [line.partition(":")[0] for line in said.out.splitlines() if ": sound" in line]
    assert sound == ["sft.yaml", "second.yaml", "third.yaml"]
    assert said.err.splitlines() == [
        f"note: {later}.yaml:1: from: runs/{first} has no model of this {first}.yaml yet: the model and the"
        " adapter that it begins with stand in for what it will tune."
        for first, later in (("sft", "second"), ("second", "third"))
    ]  # fmt: skip
    recipe = loaded(here)
    assert [use.name for use in recipe.uses()][2:] == [
        "transformers",
        "alpaca_short",
        "padded",
        "lora",
        "sft",
    ]
    assert recipe.data["model"]["transformers"]["folder"].endswith("models/tiny/base")


def test_a_whole_model_is_taken_with_a_new_adapter_like_the_first(here):
    as_run(here)
    here.run("check", "second.yaml").assert_success()
    taken = {"model": {"transformers": {"folder": "runs/sft/model", "dtype": "float32"}}}
    assert loaded(here).data == {
        **taken, "adapter": {"lora": {"rank": 2, "alpha": 4, "targets": ["q_proj"]}},
        "template": "alpaca_short", "collator": {"padded": {"length": 64}},
        "loaders": [{"files": {"path": "more.jsonl"}}],
        "trainer": {"sft": {"max_steps": 1, "batch_size": 2, "learning_rate": 1e-12}},
    }  # fmt: skip
    assert here.run("check", "second.yaml").assert_success().err == ""


def test_an_adapter_is_gone_on_with_on_its_own_base(here):
    here.write({"sft.yaml": HUB.replace("[q_proj]", "[q_proj], plus: 8")})
    as_run(here, model=ADAPTER)
    data = loaded(here).data
    assert data["adapter"] == {"continued": {"folder": "runs/sft/model", "plus": 8.0}}
    pinned = {"name": "some/base", "attention": "eager", "revision": "abc"}  # as the first run had it
    assert data["model"] == {"transformers": pinned}
    here.write({"second.yaml": SECOND + "adapter:\n  continued: {plus: 2}\n"})
    assert loaded(here).data["adapter"] == {"continued": {"folder": "runs/sft/model", "plus": 2}}


def test_how_the_model_is_loaded_may_be_said_anew(here):
    here.write({"sft.yaml": HUB.replace("targets", "save: merged, targets")})
    here.write({"second.yaml": SECOND + "model:\n  transformers: {dtype: bfloat16}\ncollator: packed\n"})
    standing_in = loaded(here).data["model"]
    assert standing_in == {"transformers": {"name": "some/base", "attention": "eager", "dtype": "bfloat16"}}
    as_run(here)
    data = loaded(here).data
    taken = {"folder": "runs/sft/model", "attention": "eager", "dtype": "bfloat16"}
    assert data["model"] == {"transformers": taken} and data["collator"] == "packed"


def test_a_new_adapter_where_the_first_run_went_on_with_one(here):
    """Its folder holds the adapter of the run before: put on the merged model it would count twice."""
    here.write({"sft.yaml": SFT.replace("targets", "save: adapter, targets")})
    as_run(here, model=ADAPTER)
    here.write({"second.yaml": SECOND + "adapter:\n  continued: {save: merged}\n"})
    as_run(here, "second.yaml", run="runs/second")
    assert loaded(here, "third.yaml").data["adapter"]["lora"]["rank"] == 2


def test_a_run_and_its_recipe_give_the_same(here):
    as_run(here)
    by_recipe = loaded(here).data
    for said in ("runs/sft", "runs/sft/model", "./runs/sft/"):
        assert loaded(here, "second.yaml", f"from={said}").data == by_recipe
    moved = SECOND.replace("sft.yaml", "../runs/sft").replace("more", "../more")
    here.write({"later/second.yaml": moved})
    assert loaded(here, "later/second.yaml").data["model"]["transformers"]["folder"] == "../runs/sft/model"


def test_paths_of_the_first_recipe_are_seen_from_its_folder(here):
    here.write({"first/mine.jinja": "{{ bos_token }}", "first/rows.jsonl": FILES["rows.jsonl"]})
    template = "template:\n  jinja: {path: mine.jinja}\n"
    here.write({"first/sft.yaml": SFT.replace("template: alpaca_short\n", template)})
    here.write({"second.yaml": SECOND.replace("sft.yaml", "first/sft.yaml")})
    assert loaded(here).data["template"]["jinja"] == {"path": "first/mine.jinja"}


def test_a_run_of_another_recipe_than_there_is_now_does_not_count(here):
    as_run(here)
    here.write({"sft.yaml": SFT.replace("rank: 2", "rank: 3")})
    said = here.run("check", "second.yaml").assert_success().err
    assert "runs/sft has no model of this sft.yaml yet" in said
    assert loaded(here).data["adapter"]["lora"]["rank"] == 3


def test_another_template_is_a_hint(here):
    here.write({"second.yaml": SECOND + "template: chatml\n"})
    said = here.run("check", "second.yaml").assert_success().out
    words = "conversations are written with chatml; sft.yaml was tuned with alpaca_short"
    assert f"hint: second.yaml:6: template: {words}" in said


def test_it_is_inherited_and_left_out(here):
    here.write({"mine.yaml": "extends: second.yaml\ntrainer:\n  sft: {max_steps: 2}\n"})
    assert "adapter" in loaded(here, "mine.yaml").data
    here.write({"mine.yaml": "extends: second.yaml\nfrom: null\ntrainer: null\n"})
    assert set(loaded(here, "mine.yaml").data) == {"loaders", "trainer"}


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"second.yaml": "from: sfd.yaml\n"}, "second.yaml:1: from: no recipe and no run sfd.yaml. Did you mean 'sft.yaml'?"),
        ({"second.yaml": "\nfrom: [a]\n"}, "second.yaml:2: from: expected a recipe or the folder of a run, got ['a']"),
        ({"second.yaml": "from: second.yaml\n"}, "second.yaml:1: from: these recipes begin with each other: second.yaml -> second.yaml"),
        (
            {"second.yaml": "from: a/b.yaml\n", "a/b.yaml": "split: {}\nfrom: ../c.yaml\n", "c.yaml": "extends: second.yaml\n"},
            "second.yaml:1: from: these recipes begin with each other: a/b.yaml -> c.yaml -> a/b.yaml",
        ),
        ({"sft.yaml": "loaders:\n  - files: {path: rows.jsonl}\n"}, "from: sft.yaml tunes no model: it has no section `model`. To share its sections, say `extends`."),
        ({"sft.yaml": SFT.replace("sft:", "reward:")}, "from: sft.yaml makes a reward model, which scores replies and gives none"),
        ({"second.yaml": "from: other\n", "other/note.txt": ""}, "from: other is no run: it holds no run.json. A model in any other folder is `model: {transformers: {folder: other}}`"),
        ({"second.yaml": "form: sft.yaml\n"}, "second.yaml:1: form: no such section. Did you mean 'from'?"),
        ({"second.yaml": "extend: sft.yaml\n"}, "second.yaml:1: extend: no such section. Did you mean 'extends'?"),
        ({"second.yaml": "from: ${NOT_SET}\n"}, "second.yaml:1: the variable NOT_SET is not set"),
        ({"sft.yaml": SFT.replace("rank", "rnk")}, "sft.yaml:3: adapter.lora.rnk: no such option of adapter 'lora'"),
        (
            {"second.yaml": "from: a/b.yaml\n", "a/b.yaml": "\nfrm: 1\n"},
            "in a/b.yaml, which second.yaml begins with:\nb.yaml:2: frm: no such section.",
        ),
        ({"second.yaml": SECOND + "model: tiny\n"}, "second.yaml:6: model: the model is the one that sft.yaml tuned. Leave out `model`"),
        ({"second.yaml": SECOND + "model:\n  transformers: {name: other/base}\n"}, "second.yaml:6: model: the model is the one that sft.yaml tuned"),
        ({"sft.yaml": HUB, "second.yaml": SECOND + "adapter: lora\n"}, "second.yaml:6: adapter: sft.yaml saves its adapter alone"),
        ({"sft.yaml": HUB, "second.yaml": SECOND + "adapter: null\n"}, "or let sft.yaml save the whole model, with `save: merged` of its adapter"),
        ({"sft.yaml": SFT.replace("lora: {rank: 2, alpha: 4, targets: [q_proj]}", "prefix: {}")}, "second.yaml:1: adapter: sft.yaml learns vectors that stand beside the weights"),
    ],
)  # fmt: skip
def test_what_a_recipe_cannot_begin_with(here, files, said):
    here.write(files).run("check", "second.yaml").assert_failed(said)


def test_a_run_that_is_not_done(here):
    as_run(here, done=False)
    words = "from: the training of runs/sft is not done. Go on with it: pitchpipe run"
    here.run("check", "second.yaml", "--set", "from=runs/sft").assert_failed(words)
    as_run(here, model={"config.json": '{"architectures": ["LlamaForSequenceClassification"]}'})
    here.run("check", "second.yaml", "--set", "from=runs/sft").assert_failed("it writes no text")
    shutil.rmtree(here.folder / "runs/sft/model")
    here.run("check", "second.yaml", "--set", "from=runs/sft").assert_failed("runs/sft has no trained model")


def test_a_path_that_begins_at_the_wrong_folder(here):
    here.write({"later/second.yaml": SECOND.replace("more", "../more")})
    words = (
        "no recipe and no run sft.yaml. Paths begin at the folder of the recipe that says them: ../sft.yaml"
    )
    here.run("check", "later/second.yaml").assert_failed(words)


def test_nothing_is_begun_where_a_later_run_has_no_place(here):
    here.run("run", "second.yaml", "--name", "sft").assert_failed(
        "runs/sft would be the run of sft.yaml and of"
    )
    here.write({"other/sft.yaml": SFT, "other/rows.jsonl": FILES["rows.jsonl"]})
    as_run(here, "other/sft.yaml")
    words = "sft.yaml, and not of sft.yaml. Run it under another name, and begin with that: pitchpipe run sft.yaml"
    here.run("run", "second.yaml").assert_failed(f"runs/sft is the run of {here.folder}/other/", words)
    assert not (here.folder / "runs/second").exists()


def test_processes_that_are_launched_run_one_recipe(here, monkeypatch):
    def runs():
        last = load_chain(Path("second.yaml"), Host.from_environment(here.folder), (), Runs())
        return [place for _, place, _ in one_after_another(last, (), Runs(), Path("runs/second"))]

    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(PitchpipeError, match=r"a command runs one recipe: run sft\.yaml so first"):
        runs()
    as_run(here)
    assert runs() == [Path("runs/second")]


def test_who_trains_together_is_said_to_all(here):
    asked = Runs(launch=("launch.processes=2",))
    last = load_chain(Path("second.yaml"), Host.from_environment(here.folder), (), asked)
    assert [loaded.recipe[LAUNCH].processes for loaded in last.chain()] == [2, 2]


def test_a_copy_takes_along_what_it_begins_with(here):
    copied = here.run("recipes", "--copy", "second.yaml", "--to", "copy").assert_success().out
    files = ["second.yaml", "more.jsonl", "sft.yaml", "rows.jsonl"]
    assert [line.split("/")[-1] for line in copied.splitlines()] == files
    here.run("check", "copy/second.yaml").assert_success()
    again = here.run("recipes", "--copy", "third.yaml", "--to", "copy").assert_success().out
    assert [line.split("/")[-1] for line in again.splitlines()] == [
        "third.yaml",
        "pairs.jsonl",
    ]  # the rest is there
    here.write({"copy/sft.yaml": "mine", "copy/more.jsonl": []})
    (here.folder / "copy/third.yaml").unlink()
    here.run("recipes", "--copy", "third.yaml", "--to", "copy").assert_failed("is there already")
    assert not (here.folder / "copy/third.yaml").exists()


def test_an_editor_knows_it(here):
    found = json.loads(here.run("schema").assert_success().out)
    assert "tuned there" in found["properties"]["from"]["description"]
