"""Adapters on one base: each answer is what its adapter says alone, whoever else is asked meanwhile."""

import pytest
import torch
from peft import LoraConfig, get_peft_model

from tests.stages.serve.engine.running import Told, engine_of, generated, loud, prompts


def lora(**more):
    return LoraConfig(
        task_type="CAUSAL_LM", r=4, target_modules="all-linear", init_lora_weights=False, **more
    )


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    found = get_peft_model(loud("qwen2"), lora())
    found.add_adapter("second", lora(use_dora=True))
    return found.eval()


def test_each_says_what_it_says_alone(model):
    asked, names = prompts(9), ["default", "second", ""]
    with engine_of(model, rows=6) as engine:
        told = Told(engine)
        for at, ids in enumerate(asked):
            told.ask(ids, 10, adapter=names[at % 3])
        told.wait()
    for at, ids in enumerate(asked):
        if name := names[at % 3]:
            model.set_adapter(name)
            assert told.tokens(at) == generated(model, ids, 10), at
        else:
            with model.disable_adapter():
                assert told.tokens(at) == generated(model, ids, 10), at
    assert len({tuple(told.tokens(at)) for at in range(9)}) == 9
