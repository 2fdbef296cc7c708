"""A run's adapter becomes a whole model that answers as the run did, and as plain Transformers reads it."""

import json
import math
import shutil

import pytest
import torch
from safetensors.torch import load_file

from pitchpipe.testing import Project
from pitchpipe_components.models import Tiny
from tests.families import edit
from tests.started import ROWS

pytestmark = pytest.mark.slow(seconds=30)
RECIPE = """\
model:
  transformers: {folder: base}
adapter:
  lora: {save: adapter, rank: 4}
template: chatml
loaders:
  - files: {path: rows.jsonl}
split: {train: 0.7, test: 0.3}
trainer:
  sft: {max_steps: 8, learning_rate: 1e-2, warmup: 0}
evaluators:
  - perplexity
  - exact_match: {max_new_tokens: 4}
"""
RUN = ("run", "recipe.yaml", "--name")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A base in bfloat16, in a folder, and a run on it."""
    here = Project(tmp_path_factory.mktemp("merge"))
    here.write({"recipe.yaml": RECIPE, "rows.jsonl": ROWS[:40]})
    shutil.copytree(Tiny().folder, here.folder / "base")
    edit(here.folder / "base", lambda weights: {name: w.bfloat16() for name, w in weights.items()})
    here.run(*RUN, "plain").assert_success()
    return here


@pytest.fixture
def here(made):
    for folder in made.folder.glob("merged*"):
        shutil.rmtree(folder)
    return made


def test_scores_are_those_of_the_adapter(here):
    """Of the merged model as a base, beside those of the run's tuned model."""
    out = here.run("merge", "runs/plain", "--to", "merged", "--dtype", "float32").assert_success().out
    assert "logits: the largest difference" in out and "ready to load or serve: merged" in out
    scored = ["--set", "model.transformers.folder=merged", "--set", "template=tokenizer"]
    without = ["--set", "adapter=null", "--set", "trainer=null"]
    here.run(*RUN, "scored", *scored, *without).assert_success()
    wanted = here.json("runs/plain/scores.json")["tuned"]
    found = here.json("runs/scored/scores.json")["base"]
    assert found.keys() == wanted.keys() and len(found) > 1
    for name, score in wanted.items():
        assert math.isclose(found[name]["value"], score["value"], rel_tol=1e-3), name


def test_the_folder_is_that_of_any_model(here):
    from transformers import AutoModelForCausalLM, AutoTokenizer

    here.run("merge", "runs/plain").assert_success()
    folder = here.folder / "runs/plain/merged"
    model, tokenizer = AutoModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    assert model.dtype == torch.bfloat16 and tokenizer.chat_template
    stops = model.generation_config.eos_token_id
    assert tokenizer.convert_tokens_to_ids("<|im_end|>") in stops == model.config.eos_token_id
    assert "quantization_config" not in json.loads((folder / "config.json").read_text())
    record = here.json("runs/plain/merged/merge.json")
    assert record["proof"]["agreement"]["answers"] == len(record["prompts"]) == 8
    learned = {row["messages"][0]["content"] for row in here.rows("runs/plain/prepared/train.jsonl")}
    assert not learned & set(record["prompts"])  # they are held out
    assert "8 of 8 greedy ones" in (folder / "README.md").read_text()
    assert len({path.stat().st_mode for path in folder.iterdir()}) == 1


def test_a_second_merge_overwrites_the_first_and_nothing_else(here):
    (here.folder / "merged").mkdir()
    (here.folder / "merged/thesis.txt").write_text("years of work")
    refused = ("merge", "runs/plain", "--to", "merged")
    here.run(*refused).assert_failed("merged is there and is no merged model", "--force")
    here.run("merge", "runs/plain", "--to", "runs", "--force").assert_failed("is a run or holds one")
    here.run("merge", "runs/plain", "--to", "runs/plain/model").assert_failed("is a run or holds one")
    here.run("merge", "runs/plain", "--to", "base", "--force").assert_failed("base is what is merged into")
    assert (here.folder / "merged/thesis.txt").exists()
    here.run(*refused, "--force").assert_success()
    assert not (here.folder / "merged/thesis.txt").exists()
    here.run(*refused, "--dtype", "float16").assert_success()
    weights = load_file(here.folder / "merged/model.safetensors")
    assert {weight.dtype for weight in weights.values()} == {torch.float16}
    assert sorted(path.name for path in here.folder.glob("merged*")) == ["merged"]


def test_quantised_in_training_merged_into_the_full_weights(here):
    """What is written is the base of the files with what was learned, and the difference is told."""
    here.run(*RUN, "nf4", "--set", "model.transformers.quantize=nf4", "--until", "train").assert_success()
    out = here.run("merge", "runs/nf4", "--to", "merged", "--dtype", "float32").assert_success().out
    assert "not quite what was trained on the quantised ones" in out and "greedy tokens differ" in out
    found = load_file(here.folder / "merged/model.safetensors")
    base = load_file(here.folder / "base/model.safetensors")
    saved = load_file(here.folder / "runs/nf4/model/adapter_model.safetensors")
    layer = "model.layers.0.mlp.up_proj"
    second, first = (saved[f"base_model.model.{layer}.lora_{part}.weight"] for part in "BA")
    expected = base[f"{layer}.weight"].float() + 32 / 4 * second @ first
    assert torch.allclose(found[f"{layer}.weight"], expected, atol=1e-5)
    assert torch.equal(found["model.norm.weight"], base["model.norm.weight"].float())


def test_another_base_than_the_one_of_training_is_refused(here):
    def turned(weights):
        return {name: w.roll(1, 0) if "up_proj" in name else w for name, w in weights.items()}

    kept = here.folder / "base/model.safetensors"
    content = kept.read_bytes()
    edit(here.folder / "base", turned)
    try:
        here.run("merge", "runs/plain").assert_failed("are not those that runs/plain was trained on")
    finally:
        kept.write_bytes(content)


def test_what_cannot_be_merged_says_so(here):
    here.run("merge", "runs/plain", "--to", "merged").assert_success()
    for name in ("whole", "prompt"):
        shutil.copytree(here.folder / "runs/plain", here.folder / "runs" / name)
    shutil.rmtree(here.folder / "runs/whole/model")
    shutil.copytree(here.folder / "merged", here.folder / "runs/whole/model")
    said = here.json("runs/prompt/recipe.json") | {"adapter": {"prompt": {"tokens": 3}}}
    here.write({"runs/prompt/recipe.json": json.dumps(said)})
    assert "is a whole model already" in here.run("merge", "runs/whole").assert_success().out
    here.run("merge", "runs/whole", "--dtype", "bfloat16").assert_failed(
        "whole model already", "save: adapter"
    )
    here.run("merge", "runs/prompt").assert_failed("adapter prompt", "cannot be merged")
    here.run("merge", "runs/plane").assert_failed("no run", "Did you mean 'runs/plain'?")
    here.run("merge", "runs/plain", "--weight", "1", "--weight", "2").assert_failed("2 times --weight")
    here.run("merge", "runs/plain", "--adapter", "base").assert_failed("base holds no adapter")
    assert not list(here.folder.glob("runs/*/merged.*"))


def test_a_merge_that_goes_wrong_leaves_nothing_and_the_old_one_stays(here, monkeypatch):
    from pitchpipe_components.adapters import Lora, peft_model

    here.run("merge", "runs/plain", "--to", "merged").assert_success()
    before = (here.folder / "merged/model.safetensors").read_bytes()

    def forgets(self, model):
        whole = peft_model.merged(model)
        whole.model.layers[1].self_attn.o_proj.weight.data.zero_()
        return whole

    monkeypatch.setattr(Lora, "merged", forgets)
    failed = here.run("merge", "runs/plain", "--to", "merged")
    failed.assert_failed(
        "the merged model is not what the adapter is on its base", "layers.1.self_attn.o_proj"
    )
    assert (here.folder / "merged/model.safetensors").read_bytes() == before
    assert sorted(path.name for path in here.folder.glob("*merged*")) == ["merged"]
    out = here.run(*RUN, "kept", "--set", "adapter.lora.save=merged", "--until", "train").assert_success().out
    assert "The adapter is kept as it is" in out  # hours of training are not lost
    assert (here.folder / "runs/kept/model/adapter_config.json").exists()
    assert not list(here.folder.glob("runs/kept/model/whole*"))
