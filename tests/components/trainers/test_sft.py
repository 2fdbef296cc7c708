"""Recipes that train: with adapters, and all weights."""

from pathlib import Path

import pytest

from pitchpipe_components.models import Tiny

pytestmark = pytest.mark.slow


BASE = Path(Tiny().folder)


def asked(rows):
    """Almost the same prompts: the very same, but for signs, would be held out of training."""
    return [row | {"instruction": f"+ {row['instruction']}"} for row in rows]


def test_a_qlora_recipe_runs(project, rows):
    recipe = f"""
model:
  transformers: {{folder: {BASE}, quantize: nf4}}
adapter: lora
template: llama3
loaders:
  - files: {{path: rows.jsonl}}
  - files: {{path: asked.jsonl, side: test}}
trainer:
  sft: {{max_steps: 4, log_every: 1, accumulate: 2, gradient_checkpointing: true, learning_rate: 2e-3}}
evaluators: [perplexity]
"""
    here = project({"recipe.yaml": recipe, "rows.jsonl": rows, "asked.jsonl": asked(rows)})
    here.run("run", "recipe.yaml").assert_success()
    scores = here.json("runs/recipe/scores.json")
    assert scores["tuned"]["perplexity"]["value"] < scores["base"]["perplexity"]["value"] / 2


FULL = """\
model: tiny
template: chatml
loaders:
  - files: {path: rows.jsonl}
  - files: {path: asked.jsonl, side: test}
trainer:
  sft: {epochs: 30, learning_rate: 2e-3, batch_size: 2, warmup: 0}
evaluators: [perplexity, exact_match]
"""


def test_full_fine_tuning_learns_and_is_saved_ready_to_serve(project, rows):
    from safetensors import safe_open
    from transformers import AutoModelForCausalLM, AutoTokenizer

    here = project({"recipe.yaml": FULL, "rows.jsonl": rows, "asked.jsonl": asked(rows)})
    here.run("run", "recipe.yaml").assert_success()
    scores = here.json("runs/recipe/scores.json")
    assert scores["base"]["exact_match"]["value"] == 0 and scores["tuned"]["exact_match"]["value"] == 1
    assert scores["tuned"]["perplexity"]["value"] < 1.5 < scores["base"]["perplexity"]["value"]

    folder = here.folder / "runs/recipe/model"
    assert {path.suffix for path in folder.iterdir()} == {".json", ".jinja", ".safetensors"}  # no pickles
    with safe_open(folder / "model.safetensors", "pt") as file:
        assert len(file.keys()) > 30
    # As any server would use it: nothing but the folder.
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModelForCausalLM.from_pretrained(folder)
    assert tokenizer.pad_token != tokenizer.eos_token == "<|im_end|>"
    ids = tokenizer.apply_chat_template(
        [{"role": "user", "content": "Say hello."}],
        add_generation_prompt=True,
        return_tensors="pt",
        return_dict=True,
    )
    said = model.generate(**ids, max_new_tokens=30, do_sample=False)[0, ids["input_ids"].shape[1] :]
    assert tokenizer.decode(said) == "Hello!<|im_end|>"
