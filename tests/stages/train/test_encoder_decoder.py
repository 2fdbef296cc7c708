"""Encoder-decoder models from data to scores, as they are saved, and what does not fit them."""

import json
import re
import subprocess
import sys

import pytest
import torch

from pitchpipe.records.example import IGNORED, Example
from pitchpipe_components.collators import Padded, Seq2seq
from pitchpipe_components.models import Tiny
from pitchpipe_stages.train.sides import wrong_in
from tests.seq2seq import bart, t5

WORDS = dict(
    zip(
        ["red", "blue", "green", "pink", "gold", "gray"],
        ["cat", "dog", "sun", "car", "hat", "pen"],
        strict=True,
    )
)
ASKS = [
    "What goes with {}?",
    "Name the thing that is {}.",
    "{} is the color of a",
    "Think of {}. What is it?",
]
ROWS = [{"instruction": ask.format(word), "output": thing} for ask in ASKS for word, thing in WORDS.items()]
TALK = {"messages": [
    {"role": "user", "content": "What goes with red?"}, {"role": "assistant", "content": "cat"},
    {"role": "user", "content": "And with blue?"}, {"role": "assistant", "content": "dog"},
]}  # fmt: skip
ASKED = [{"instruction": f"Tell me what goes with {word}.", "output": thing} for word, thing in WORDS.items()]
RECIPE = """\
model:
  transformers: {folder: base}
template: seq2seq
collator: seq2seq
loaders:
  - files: {path: rows.jsonl}
  - files: {path: talk.jsonl}
  - files: {path: asked.jsonl, side: test}
trainer:
  sft: {max_steps: 120, learning_rate: 5e-3, batch_size: 13, warmup: 0, log_every: 5}
evaluators: [perplexity, exact_match: {max_new_tokens: 12}]
"""
ALONE = """\
import sys
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer
tokenizer, model = (kind.from_pretrained(sys.argv[1]) for kind in (AutoTokenizer, AutoModelForSeq2SeqLM))
for text in sys.argv[2:]:
    print(tokenizer.decode(model.generate(**tokenizer(text, return_tensors="pt"))[0], skip_special_tokens=True))
"""


def made(project, make, **settings):
    files = {"recipe.yaml": RECIPE, "rows.jsonl": ROWS, "talk.jsonl": [TALK], "asked.jsonl": ASKED}
    here = project(files)
    make(here.folder / "base", **settings)
    return here


def answers(folder, prompts):
    """What anybody gets who loads the folder, in a process that knows nothing of pitchpipe."""
    found = subprocess.run([sys.executable, "-c", ALONE, folder, *prompts], capture_output=True, text=True)
    assert found.returncode == 0, found.stderr
    return found.stdout.splitlines()


@pytest.mark.slow
def test_a_t5_learns_a_task_and_whoever_loads_it_gets_the_same_answers(project):
    here = made(project, t5)
    out = " ".join(here.run("run", "recipe.yaml", "--workers", "1").assert_success().out.split())
    assert re.search(r"13 replies learned to the letter with their ends; [1-9]\d* places of padding", out)
    scores, prepared = here.json("runs/recipe/scores.json"), here.rows("runs/recipe/prepared/train.jsonl")
    assert scores["base"]["exact_match"]["value"] == 0
    assert scores["tuned"]["exact_match"]["value"] > 0.9 and scores["tuned"]["perplexity"]["value"] < 2
    assert len(prepared) == len(ROWS) + 2  # each reply of the talk
    said = [answer["said"] for answer in here.rows("runs/recipe/answers-tuned.jsonl")]
    folder = here.folder / "runs/recipe/model"
    assert answers(folder, [row["instruction"] for row in ASKED]) == said
    settings = json.loads((folder / "generation_config.json").read_text())
    assert (settings["decoder_start_token_id"], settings["eos_token_id"]) == (0, [1])


@pytest.mark.slow
@pytest.mark.parametrize("make", [t5, bart])
def test_an_adapter_stands_beside_the_weights_and_is_merged(project, make):
    here = made(project, make)
    few = ("--set", "trainer.sft.max_steps=4", "--set", "adapter={lora: {rank: 8}}", "--workers", "1")
    here.run("run", "recipe.yaml", *few).assert_success()
    log = [row for row in here.rows("runs/recipe/metrics.jsonl") if "grad_norm" in row]
    assert all(row["grad_norm"] > 0 for row in log)
    scores = here.json("runs/recipe/scores.json")
    assert scores["tuned"]["perplexity"]["value"] < scores["base"]["perplexity"]["value"]
    assert (here.folder / "runs/recipe/model/config.json").exists()
    alone = (*few, "--set", "adapter.lora.save=adapter", "--name", "alone")
    here.run("run", "recipe.yaml", *alone).assert_success()
    config = here.json("runs/alone/model/adapter_config.json")
    assert config["task_type"] == "SEQ_2_SEQ_LM"
    apart = here.json("runs/alone/scores.json")["tuned"]["perplexity"]["value"]
    assert apart == pytest.approx(scores["tuned"]["perplexity"]["value"], rel=1e-3)


@pytest.mark.slow
def test_the_bases_way_to_search_is_told_and_left_out(project):
    here = made(project, bart)
    path = here.folder / "base/generation_config.json"
    own = json.loads(path.read_text()) | {"num_beams": 4, "min_length": 12, "no_repeat_ngram_size": 3}
    path.write_text(json.dumps(own))
    out = here.run("run", "recipe.yaml", "--set", "trainer.sft.max_steps=1").assert_success().out
    assert "left out of generation_config.json: the base's num_beams 4" in " ".join(out.split())
    saved = here.json("runs/recipe/model/generation_config.json")
    assert not {"num_beams", "min_length", "no_repeat_ngram_size", "forced_eos_token_id"} & set(saved)
    assert here.json("runs/recipe/model/config.json")["eos_token_id"] == [2]


MISFITS = [
    ("model.transformers.folder=base", "collator=padded", "reads prompts, and a decoder"),
    ("model.transformers.folder=base", "collator=packed", "Write `collator: seq2seq`"),
    (f"model.transformers.folder={Tiny().folder}", "collator=seq2seq", "this model has no encoder"),
]


@pytest.mark.parametrize(("model", "collator", "said"), MISFITS)
def test_what_does_not_fit_stops_before_anything_is_prepared(project, model, collator, said):
    here = made(project, t5)
    here.run("prepare", "recipe.yaml", "--set", model, "--set", collator).assert_failed(said)


def test_a_batch_that_parts_an_example_elsewhere_is_found():
    example = Example([5, 6, 7, 8], [IGNORED, IGNORED, 7, 8])
    batch = Seq2seq()([example], 1)
    ids, labels, seen = batch["input_ids"], batch["labels"], batch["attention_mask"]
    assert wrong_in(0, example, ids, labels, seen) == ""
    assert wrong_in(0, example, ids, labels, torch.ones_like(seen)) != ""
    taught = labels.clone()
    taught[0, -1] = 1
    assert "teaches padding" in (wrong_in(0, example, ids, taught, seen) or "")
    assert wrong_in(0, example, ids, labels.roll(1, 1), seen) is None
    everything = Padded()([learned := Example([5, 6], [5, 6])], 1)  # of a model without an encoder
    assert wrong_in(0, learned, everything["input_ids"], everything["labels"], None) is None
