"""Tokens that a template needs and a tokenizer lacks: added to it and to the model, and learned."""

import pytest
import torch

import pitchpipe as pp
from pitchpipe_components.adapters import Lora
from pitchpipe_components.models import Tiny, Transformers
from pitchpipe_stages.model.embeddings import grow, new_ids
from pitchpipe_stages.render.renderer import Renderer
from pitchpipe_stages.render.vocabulary import add_missing, add_padding
from pitchpipe_stages.render.writer import writer_of
from tests import base_folder
from tests.tokenizers import bytes_alone

STRANGE = pp.turns(user=("<|u|>", ""), assistant=("<|a|>", "<|z|>"), stop="<|z|>", tokens=("<|u|>", "<|a|>"))
TALK = pp.Conversation((pp.Message("user", "Hi"), pp.Message("assistant", "Hello")))
FOLDER = Tiny().folder


def test_missing_tokens_are_added_once_as_control_tokens():
    tokens = bytes_alone()
    before = len(tokens)
    renderer = Renderer(writer_of(STRANGE), tokens)
    assert renderer.added == ["<|z|>", "<|u|>", "<|a|>"] and len(tokens) == before + 3
    ids = renderer.example(TALK).ids
    assert [tokens.convert_ids_to_tokens(ids[at]) for at in (0, 3, -1)] == ["<|u|>", "<|a|>", "<|z|>"]
    assert tokens.added_tokens_decoder[tokens.convert_tokens_to_ids("<|z|>")].special
    assert Renderer(writer_of(STRANGE), tokens).added == [] and len(tokens) == before + 3


def test_padding_is_never_the_terminator():
    tokens = bytes_alone()
    for given, stop, expected in (("<|pad|>", "<|end|>", "<|pad|>"), ("<|end|>", "<|end|>", "<|pad|>")):
        tokens.pad_token = given
        assert add_padding(tokens, stop) == [] and tokens.pad_token == expected
    tokens.pad_token = "<|end|>"
    assert add_padding(tokens, "<|pad|>") == [] and tokens.pad_token == "<|end|>"


def test_where_no_token_can_pad_one_is_added():
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    core = Tokenizer(models.BPE({"a": 0, "b": 1}, []))
    core.add_special_tokens(["<s>"])
    tokens = PreTrainedTokenizerFast(tokenizer_object=core, eos_token="<s>")
    assert add_padding(tokens, "<s>") == ["<|pad|>"]
    assert (tokens.pad_token, tokens.pad_token_id) == ("<|pad|>", 3)


def test_new_rows_are_the_mean_of_all_that_were_there():
    model, tokens = Tiny().weights(), bytes_alone()
    before = model.get_input_embeddings().weight.detach().clone()
    known = len(tokens)
    new = new_ids(tokens, added := add_missing(tokens, ["<|u|>", "<|a|>"]))
    assert grow(model, new) is model
    after = model.get_input_embeddings().weight
    assert new == tokens.convert_tokens_to_ids(added) == [known, known + 1]
    assert torch.equal(after[:known], before[:known])
    for row in new:
        assert torch.allclose(after[row], before[:known].mean(0), atol=1e-6)
        assert torch.allclose(
            model.get_output_embeddings().weight[row],
            model.get_output_embeddings().weight[:known].mean(0),
            atol=1e-6,
        )
    assert model.config.vocab_size == after.shape[0] > known
    ids = torch.tensor([[10, known, known + 1]])
    assert torch.isfinite(model(ids).logits).all()


def test_a_model_that_lacks_nothing_stays_as_it_is():
    model = Tiny().weights()
    rows = model.get_input_embeddings().weight.shape
    new = new_ids(bytes_alone(), [])
    assert new == [] and grow(model, new) is model and model.get_input_embeddings().weight.shape == rows


@pytest.mark.parametrize("quantize", [None, "nf4"])
def test_an_adapter_learns_the_new_rows_and_brings_them_back(quantize, tmp_path):
    tokens = bytes_alone()
    new = new_ids(tokens, add_missing(tokens, ["<|u|>", "<|a|>"]))

    def base():
        return grow(Transformers(folder=FOLDER, quantize=quantize).weights(), new)

    model = Lora(rank=4)(base(), new)
    ids = torch.tensor([[10, 20, *new, 30, 40]])
    optimizer = torch.optim.AdamW((p for p in model.parameters() if p.requires_grad), lr=0.01)
    losses = []
    for _ in range(8):
        loss = model(input_ids=ids, labels=ids).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(float(loss.detach()))
    assert losses[-1] < losses[0]
    expected = model.eval()(ids).logits
    model.save_pretrained(tmp_path)
    again = Lora(rank=4).load(base(), tmp_path).eval()
    assert torch.allclose(again(ids).logits, expected, atol=1e-4)
    for layer in (again.get_input_embeddings(), again.get_output_embeddings()):
        one, other = layer.weight[new]
        assert not torch.allclose(one, other, atol=1e-3)  # the two began alike


RECIPE = """
model: tiny
loaders:
  - files: {path: rows.jsonl}
template:
  turns: {user: ["<|u|>", ""], assistant: ["<|a|>", "<|z|>"], stop: "<|z|>", tokens: ["<|u|>", "<|a|>"]}
collator: {padded: {length: 64}}
split: {train: 0.8, test: 0.2}
trainer:
  sft: {epochs: 1, batch_size: 8, learning_rate: 1e-2}
evaluators: [perplexity]
"""


@pytest.mark.slow
@pytest.mark.parametrize("adapter", ["", "adapter: {lora: {rank: 4}}\n"], ids=["all weights", "lora"])
def test_a_run_with_tokens_that_the_tokenizer_lacks(adapter, project):
    rows = [{"instruction": f"Say {n}.", "output": f"{n}!"} for n in range(60)]
    here = project({"recipe.yaml": RECIPE + adapter, "rows.jsonl": rows})
    outcome = here.run("run", "recipe.yaml")
    outcome.assert_success()
    assert "added to the tokenizer" in outcome.out and "<|z|>, <|u|>, <|a|>" in outcome.out
    result = here.json("runs/recipe/run.json")["stages"]["prepare"]["result"]
    assert result["tokenizer"]["added"] == ["<|z|>", "<|u|>", "<|a|>"]
    scores = here.json("runs/recipe/scores.json")
    assert scores["tuned"]["perplexity"]["value"] < scores["base"]["perplexity"]["value"]

    from transformers import AutoTokenizer

    saved = AutoTokenizer.from_pretrained(here.folder / "runs/recipe/model")
    asked = saved.apply_chat_template([{"role": "user", "content": "Hi"}], add_generation_prompt=True)[
        "input_ids"
    ]
    assert saved.convert_ids_to_tokens(asked)[0] == "<|u|>" and len(asked) == 4
    assert saved.eos_token == "<|z|>"


def test_padding_is_none_of_several_ends():
    tokens = bytes_alone()
    assert add_padding(tokens, "<|end|>", "<|im_end|>") == [] and tokens.pad_token == "<|pad|>"
    assert add_padding(tokens, "<|end|>", "<|pad|>") == ["<|padding|>"]
    assert tokens.pad_token == "<|padding|>"


PADDED = base_folder.RECIPE.replace("folder: base", 'folder: base, pad_token: "TOKEN"')


@pytest.mark.slow
def test_a_recipes_padding_is_kept_or_refused(project):
    import shutil

    rows = [{"instruction": f"Say {n}.", "output": f"{n}!"} for n in range(8)]
    here = project({"recipe.yaml": PADDED.replace("TOKEN", "<|im_end|>"), "rows.jsonl": rows})
    shutil.copytree(FOLDER, here.folder / "base")
    here.run("run", "recipe.yaml").assert_failed(
        "pad_token '<|im_end|>' ends the replies of this template", "Leave out pad_token, and '<|pad|>' pads"
    )
    here.write({"recipe.yaml": PADDED.replace("TOKEN", "<|eot_id|>")})
    here.run("run", "recipe.yaml").assert_success()
    assert here.json("runs/recipe/model/tokenizer_config.json")["pad_token"] == "<|eot_id|>"
    assert here.json("runs/recipe/model/generation_config.json")["pad_token_id"] == 7
