"""Models whose rows cannot join a batch write each answer in passes of its own, in turns."""

import pytest
import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM

from tests.families import SIZES
from tests.seq2seq import bart, t5
from tests.stages.serve.engine.running import END, Told, engine_of, generated, loud, louder, prompts


def said_by(model, asked, most=8, **settings):
    with engine_of(model, rows=3) as engine:
        told = Told(engine)
        for ids in asked:
            told.ask(ids, most)
        told.wait()
    for at, ids in enumerate(asked):
        assert told.tokens(at) == generated(model, ids, most, **settings), at
    return engine.how


@pytest.mark.parametrize("make", [t5, bart])
def test_encoders_and_decoders(make, tmp_path):
    model = louder(AutoModelForSeq2SeqLM.from_pretrained(make(tmp_path)), torch)
    how = said_by(model, prompts(5, lengths=(3, 9, 20)))
    assert how == "3 answers in turns, each in passes of its own: an encoder reads its prompts; threads: 1"


def test_a_state_that_no_cache_holds():
    config = AutoConfig.for_model("rwkv", vocab_size=128, attention_hidden_size=32, **SIZES)
    model = louder(AutoModelForCausalLM.from_config(config), torch)
    assert "it says other things in company" in said_by(model, prompts(5))


def test_a_state_in_the_layers_themselves():
    config = AutoConfig.for_model(
        "recurrent_gemma", vocab_size=128, lru_width=32, attention_window_size=8,
        **SIZES | {"num_hidden_layers": 3},
    )  # fmt: skip
    model = louder(AutoModelForCausalLM.from_config(config), torch)
    assert said_by(model, prompts(4)).startswith("one answer after the other")


@pytest.mark.parametrize("kind", ["PrefixTuningConfig", "PromptTuningConfig", "PromptEncoderConfig"])
def test_adapters_before_the_prompt(kind):
    import peft

    how = getattr(peft, kind)(task_type="CAUSAL_LM", num_virtual_tokens=4)
    model = louder(peft.get_peft_model(loud("llama"), how), torch)
    asked = prompts(5)
    with engine_of(model, rows=3) as engine:
        told = Told(engine)
        for at, ids in enumerate(asked):
            told.ask(ids, 8, adapter="default" if at % 2 else "")
        told.wait()
    for at, ids in enumerate(asked):
        if at % 2:
            assert told.tokens(at) == generated(model, ids, 8), at
        else:
            with model.disable_adapter():
                assert told.tokens(at) == generated(model, ids, 8), at


def test_one_that_left_ends_at_once_and_others_go_on(tmp_path):
    model = louder(AutoModelForSeq2SeqLM.from_pretrained(t5(tmp_path)), torch)
    with engine_of(model, rows=2) as engine:
        told = Told(engine)
        gone = told.ask([5, 6, 7], 100_000)
        while not told.steps[0]:
            pass
        gone.left = True
        told.ask([8, 9], 3)
        told.wait(1)
        assert len(told.tokens(1)) == 3 or told.tokens(1)[-1] == END
        count = len(told.steps[0])
    assert len(told.steps[0]) == count
