"""An adapter on a folder is saved as a whole model, which says what the adapter says, wherever it lies."""

import json
import os
import shutil
import stat
import subprocess
import sys

import pytest
import torch

from pitchpipe import PitchpipeError
from pitchpipe_components.adapters import Lora
from pitchpipe_components.models import Tiny, Transformers
from tests.started import ROWS

pytestmark = pytest.mark.slow
RECIPE = """\
model: tiny
adapter:
  lora: {save: %s}
template: chatml
loaders:
  - files: {path: rows.jsonl}
trainer:
  sft: {max_steps: 6, learning_rate: 1e-2, warmup: 0}
"""
LOADED = """
import json
from transformers import AutoModelForCausalLM, AutoTokenizer, pipeline
tokenizer = AutoTokenizer.from_pretrained("model")
model = AutoModelForCausalLM.from_pretrained("model")
chat = [{"role": "user", "content": "Say 5."}]
ids = tokenizer.apply_chat_template(chat, add_generation_prompt=True, return_tensors="pt", return_dict=True)
said = pipeline("text-generation", "model")(chat, max_new_tokens=5, do_sample=False)
print(json.dumps([model(**ids).logits[0, -1].tolist(), ids["input_ids"].tolist(), said[0]["generated_text"][-1]["role"]]))
"""


def test_a_merged_model_says_what_its_adapter_says_wherever_it_lies(project, tmp_path):
    here = project({"recipe.yaml": RECIPE % "adapter", "rows.jsonl": ROWS})
    out = here.run("run", "recipe.yaml", "--name", "adapter").assert_success().out
    assert f"an adapter: whoever loads it loads its base too, {Tiny().folder}" in out
    out = (
        here.run("run", "recipe.yaml", "--name", "whole", "--set", "adapter.lora.save=null")
        .assert_success()
        .out
    )
    assert "a whole model: it needs nothing beside its folder" in out
    assert not list(here.folder.glob("runs/whole/model/adapter*"))
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    shutil.move(here.folder / "runs/whole/model", moved / "model")
    done = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=moved, capture_output=True, text=True, check=True
    )
    logits, ids, role = json.loads(done.stdout.splitlines()[-1])
    adapted = Lora().load(Tiny().weights(), here.folder / "runs/adapter/model").eval()
    expected = adapted(input_ids=torch.tensor(ids)).logits[0, -1]
    assert torch.allclose(torch.tensor(logits), expected, atol=1e-3) and role == "assistant"


@pytest.mark.parametrize("save", ["adapter", "merged"])
def test_who_may_read_one_file_may_read_all(project, save):
    here = project({"recipe.yaml": RECIPE % save, "rows.jsonl": ROWS})
    here.run("run", "recipe.yaml").assert_success()
    modes = {stat.S_IMODE(os.stat(file).st_mode) for file in here.folder.glob("runs/recipe/model/*")}
    assert len(modes) == 1 and modes.pop() & 0o400


def test_what_is_merged_and_what_is_not():
    tiny, named = Tiny().weights(), Tiny().weights()
    named.name_or_path = "somebody/on-the-hub"
    assert Lora().merges(tiny) and not Lora().merges(named)
    assert Lora(save="merged").merges(named) and not Lora(save="adapter").merges(tiny)
    quantised = Transformers(folder=Tiny().folder, quantize="nf4").weights()
    assert not Lora().merges(quantised)
    with pytest.raises(PitchpipeError, match="save: merged needs a model that is not quantised"):
        Lora(save="merged").merges(quantised)
