"""Small models, small documents, and a recipe that packs them."""

import torch
import transformers

from pitchpipe.records.example import IGNORED, Example

SMALL = {
    "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
    "vocab_size": 96, "initializer_range": 0.3, "pad_token_id": 0, "head_dim": 8,
}  # fmt: skip


def small(name, attention="sdpa", **options):
    """A model of this architecture, of two layers with random weights."""
    torch.manual_seed(0)
    config = getattr(transformers, f"{name}Config")(**{**SMALL, **options})
    return transformers.AutoModelForCausalLM.from_config(config, attn_implementation=attention)


def some(*lengths, seed=0):
    """Documents of which the second half is learned."""
    made = torch.Generator().manual_seed(seed)
    documents = [torch.randint(1, 96, (length,), generator=made).tolist() for length in lengths]
    return [Example(ids, [IGNORED] * (len(ids) // 2) + ids[len(ids) // 2 :]) for ids in documents]


WINDOW = {"sliding_window": 4}
RECIPE = """\
model: tiny
template: chatml
loaders:
  - files: {path: rows.jsonl}
split: {train: 0.7, validation: 0.1, test: 0.2}
collator: padded
trainer:
  sft: {max_steps: 2, learning_rate: 1e-3, batch_size: 64, warmup: 0, schedule: constant, log_every: 1}
evaluators: [perplexity]
"""


def copies(count):
    return [
        {"instruction": f"Say {n}.", "input": "", "output": "so " * (1 + n % 9) + str(n)}
        for n in range(count)
    ]


LONGER = (
    RECIPE.replace("padded", "{packed: {length: 128}}").partition("trainer:")[0]
    + """\
trainer:
  sft: {epochs: 4, learning_rate: 1e-3, batch_size: 2, log_every: 1, checkpoint_every: 3}
"""
)
