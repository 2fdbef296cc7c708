"""FSDP2 on two processes learns what plain data parallelism does, goes on after a kill, and saves one whole model."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch.testing import assert_close
from transformers import AutoModelForCausalLM, AutoTokenizer

import pitchpipe_components.models.tiny as tiny
from tests.packed import copies

pytestmark = pytest.mark.slow(seconds=40)

TINY = Path(tiny.__file__).parent / "base"
RECIPE = """\
model:
  transformers: {{folder: base, dtype: {dtype}}}
{adapter}template: {template}
loaders:
  - files: {{path: rows.jsonl}}
split: {{train: 0.9, validation: 0.1}}
collator: {collator}
trainer:
  sft: {{max_steps: 4, learning_rate: 1e-3, batch_size: 2, rehearse: false, log_every: 1, checkpoint_every: 2, samples: 0}}
"""
RUN = "run", "recipe.yaml", "--until", "train", "--workers", "1", "--name"
SHARED = "--set", "launch.shard=parameters"
ALLOWED = "from tests.fsdp_on_cpu import allow; allow()\n"
KILLED = (
    ALLOWED + "from tests.forked import die; die('accelerate.optimizer:AcceleratedOptimizer.step', 3, True)\n"
)


def based(project, adapter="", template="chatml", collator="padded", dtype="float32"):
    """A project with the tiny base, in numbers of this type."""
    said = RECIPE.format(adapter=adapter, template=template, collator=collator, dtype=dtype)
    here = project({"recipe.yaml": said, "rows.jsonl": copies(21)})
    model = AutoModelForCausalLM.from_pretrained(TINY, dtype=getattr(torch, dtype))
    model.save_pretrained(here.folder / "base")
    AutoTokenizer.from_pretrained(TINY).save_pretrained(here.folder / "base")
    return here


def trained(quick, here, name, *more, before="", fails=False):
    child = quick.start(here.folder, *RUN, name, *more, before=before, processes=2)
    assert (child.wait() != 0) == fails, child.said
    return child.said


def weights(here, name):
    (file,) = (here.folder / f"runs/{name}/model").glob("*.safetensors")
    return load_file(file)


def test_an_adapter_on_a_model_that_is_shared_out_learns_the_same_and_goes_on_after_a_kill(project, quick):
    here = based(project, "adapter: {lora: {save: adapter}}\n", "alpaca_short", "{packed: {length: 128}}")
    trained(quick, here, "whole")
    trained(quick, here, "shared", *SHARED, before=KILLED, fails=True)
    said = trained(quick, here, "shared", *SHARED, before=ALLOWED)
    assert "going on from step 2" in said and "spread over processes by FSDP" in said
    assert_close(weights(here, "shared"), weights(here, "whole"), rtol=1e-3, atol=5e-5)


def test_all_weights_are_saved_in_one_place_as_they_were_loaded(project, quick):
    here = based(project, dtype="bfloat16")
    trained(quick, here, "shared", *SHARED, before=ALLOWED)
    base, shared = load_file(here.folder / "base/model.safetensors"), weights(here, "shared")
    assert {weight.dtype for weight in shared.values()} == {torch.bfloat16}
    assert set(shared) == set(base) and any(not base[name].equal(shared[name]) for name in base)


def test_rows_of_new_tokens_in_two_places_are_refused(project, quick):
    here = based(project, "adapter: lora\n")
    said = trained(quick, here, "shared", *SHARED, before=ALLOWED, fails=True)
    words = "FSDP2 cannot share out rows of tokens that stand in two places: embed_tokens, lm_head"
    assert words in said + here.read("said1")  # both see it at once; one of them shows it
