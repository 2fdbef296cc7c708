"""What a model has no room for is told before the first step: tokens, padding, positions."""

import numpy as np
import pytest
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

from pitchpipe.errors import PitchpipeError
from pitchpipe_components.models import Tiny
from pitchpipe_stages.model import fits
from pitchpipe_stages.model.before import Before
from pitchpipe_stages.prepare.examples import PreparedExamples
from tests.base_folder import RECIPE
from tests.tokenizers import bytes_alone

TINY = Before(rows=264, positions=512, learned=False, rotary="default")
ROWS = [{"instruction": f"Say {n}.", "output": str(n)} for n in range(8)]


def project_of(project, change, template="chatml", rows=ROWS, more=""):
    """A project whose model is the tiny one, changed and saved in the folder `base`."""
    here = project({"recipe.yaml": RECIPE.replace("chatml", template) + more, "rows.jsonl": rows})
    model, tokenizer = Tiny().weights(), bytes_alone()
    model, tokenizer = change(model, tokenizer) or (model, tokenizer)
    model.save_pretrained(here.folder / "base")
    tokenizer.save_pretrained(here.folder / "base")
    return here


def prepared(tmp_path, *examples):
    """The examples of a side, on disk."""
    np.concatenate([[0], np.cumsum([len(ids) for ids in examples])]).astype(np.int64).tofile(
        tmp_path / "train.offsets"
    )
    np.array([token for ids in examples for token in ids], np.int32).tofile(tmp_path / "train.ids")
    np.ones(sum(map(len, examples)), np.uint8).tofile(tmp_path / "train.mask")
    return PreparedExamples(tmp_path, "train")


# --- Tokens -------------------------------------------------------------------------------------


def test_ids_from_a_number_on(tmp_path, monkeypatch):
    side = prepared(tmp_path, [1, 2, 9], [3, 9, 7], [1], [8])
    for at_once in (2, 3, 1000):
        monkeypatch.setattr("pitchpipe_stages.prepare.examples.AT_ONCE", at_once)
        assert side.ids_from(7) == {9: 0, 7: 1, 8: 3}
        assert side.ids_from(10) == {}


@pytest.mark.slow
def test_a_token_without_a_row_in_the_model(project):
    def strange(model, tokenizer):
        tokenizer.add_tokens(["Bravo"])  # a word of its own, for which nobody grew the model

    rows = [*ROWS, {"instruction": "Sing.", "output": "Bravo!"}]
    here = project_of(project, strange, rows=rows)
    outcome = here.run("run", "recipe.yaml")
    outcome.assert_failed(
        "rows.jsonl:9: the token 'Bravo' has the id 264, and the model has rows for 264 tokens",
        "model.resize_token_embeddings(265)",
    )
    assert "Trained" not in outcome.out


@pytest.mark.slow
def test_the_same_before_the_base_is_evaluated(project):
    def strange(model, tokenizer):
        tokenizer.add_tokens(["Say"])

    here = project_of(project, strange, more="evaluators: [perplexity]\n")
    text = (here.folder / "recipe.yaml").read_text().replace("train: 1.0", "train: 0.5, test: 0.5")
    (here.folder / "recipe.yaml").write_text(
        text.replace("trainer:\n  sft: {batch_size: 4, max_steps: 1}\n", "")
    )
    here.run("run", "recipe.yaml").assert_failed("the token 'Say' has the id 264")


def test_tokens_that_the_data_does_not_hold_are_told(tmp_path):
    tokenizer = bytes_alone()
    tokenizer.add_tokens(["<image>", "<sound>", "<smell>", "<touch>"])
    side = prepared(tmp_path, [1, 2])
    fits.must_fit(TINY, tokenizer, [], [side])
    (note,) = fits.warnings(TINY, tokenizer, [], [side])
    assert "has 4 tokens for which the model has no row: <image>, <sound>, <smell>, ..." in note
    assert fits.warnings(TINY, tokenizer, [264, 265, 266, 267], [side]) == []  # the model grows for them


@pytest.mark.slow
def test_padding_beyond_the_rows(project):
    def strange(model, tokenizer):
        tokenizer.add_special_tokens({"pad_token": "<|nothing|>"})

    here = project_of(project, strange)
    here.run("run", "recipe.yaml").assert_failed(
        "the padding token '<|nothing|>' has the id 264, and the model has rows for 264 tokens",
        "`pad_token`",
    )


# --- Positions ----------------------------------------------------------------------------------

SMALL = {"vocab_size": 64, "max_position_embeddings": 32}


def llama(**more):
    return LlamaForCausalLM(
        LlamaConfig(
            hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2, **SMALL, **more
        )
    )  # fmt: skip


def test_what_a_model_was(tmp_path):
    assert Before.of(llama()) == Before(64, 32, learned=False, rotary="default")
    yarn = {"rope_type": "yarn", "factor": 4.0, "rope_theta": 10000.0}
    assert Before.of(llama(rope_parameters=yarn)).rotary == "yarn, factor 4.0"
    gpt = GPT2LMHeadModel(GPT2Config(n_embd=16, n_layer=1, n_head=2, vocab_size=64, n_positions=32))
    assert Before.of(gpt) == Before(64, 32, learned=True)


def test_more_than_the_learned_positions_is_an_error(tmp_path):
    side, tokenizer = prepared(tmp_path, [1] * 33, [2]), bytes_alone()
    with pytest.raises(PitchpipeError, match="33 tokens, and the model has learned 32 positions") as error:
        fits.must_fit(Before(264, 32, learned=True), tokenizer, [], [side])
    assert "`length: 32`" in str(error.value)
    fits.must_fit(Before(264, 33, learned=True), tokenizer, [], [side])
    fits.must_fit(Before(264, 32, learned=False), tokenizer, [], [side])


def test_more_than_the_rotary_positions_is_told(tmp_path):
    side, tokenizer = prepared(tmp_path, [1] * 33, [2]), bytes_alone()
    (note,) = fits.warnings(Before(264, 32, False, "yarn, factor 4.0"), tokenizer, [], [side])
    assert (
        "has 33 tokens" in note
        and "32 positions (rotary: yarn, factor 4.0)" in note
        and "`length: 32`" in note
    )
    assert fits.warnings(Before(264, 33, False, "default"), tokenizer, [], [side]) == []
    assert fits.warnings(Before(264, None, False), tokenizer, [], [side]) == []
    assert "(computed)" in fits.warnings(Before(264, 32, False), tokenizer, [], [side])[0]


@pytest.mark.slow
def test_a_run_says_so_before_it_trains(project):
    rows = [*ROWS, {"instruction": "Say a lot.", "output": "a" * 600}]
    here = project_of(project, lambda model, tokenizer: None, rows=rows)
    out = here.run("run", "recipe.yaml").assert_success().out
    assert out.index("the model was made for 512 positions (rotary: default)") < out.index("Trained")
