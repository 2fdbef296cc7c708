"""Adapters on encoder-decoder models: only they learn, and they come back as they were saved."""

import pytest
import torch

from pitchpipe_components.adapters import Ia3, Lora, PrefixTuning, PromptTuning

READ, SAID = torch.arange(3, 12)[None], torch.arange(20, 45)[None]  # the reply is longer than the prompt
ADAPTERS = {
    "lora": Lora(rank=4), "dora": Lora(rank=4, dora=True), "head": Lora(rank=4, train_also=["lm_head"]),
    "ia3": Ia3(), "prefix": PrefixTuning(tokens=3), "prompt": PromptTuning(tokens=3),
}  # fmt: skip


def t5():
    from transformers import T5Config, T5ForConditionalGeneration

    torch.manual_seed(0)
    sizes = {"d_model": 32, "d_kv": 8, "d_ff": 64, "num_layers": 2, "num_heads": 4, "vocab_size": 128}
    config = T5Config(**sizes, decoder_start_token_id=0, dropout_rate=0.0)
    return T5ForConditionalGeneration(config)


def logits(model):
    with torch.no_grad():
        return model.eval()(input_ids=READ, labels=SAID).logits


@pytest.mark.parametrize("name", ADAPTERS)
def test_they_learn_and_come_back(name, tmp_path):
    adapter = ADAPTERS[name]
    new = [5, 6] if isinstance(adapter, Lora) else []
    model, before = adapter(t5(), new), logits(t5())
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=0.01)
    for _ in range(3):
        model.train()(input_ids=READ, labels=SAID).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    after = logits(model)
    assert after.shape == before.shape and not torch.allclose(after, before, atol=1e-3)
    model.save_pretrained(tmp_path)
    assert torch.allclose(logits(adapter.load(t5(), tmp_path)), after, atol=1e-5)
    if hasattr(adapter, "merged"):
        off = logits(adapter.merged(adapter.load(t5(), tmp_path))) - after
        assert off.abs().max() < 1e-3 * after.abs().max()
