"""Recipes that begin with each other's runs, small enough to be trained in a test."""

ROWS = [{"instruction": f"Say {n}.", "output": str(n)} for n in range(12)]
MORE = [{"instruction": f"Say {n} twice.", "output": f"{n} {n}"} for n in range(12)]
SFT = """\
model: tiny
adapter:
  lora: {rank: 2, alpha: 4, targets: [q_proj]}
template: alpaca_short
collator:
  padded: {length: 64}
loaders:
  - files: {path: rows.jsonl}
trainer:
  sft: {max_steps: 2, batch_size: 4, learning_rate: 1.0e-2}
"""
# It learns next to nothing, so what it saves is what it began with.
SECOND = """\
from: sft.yaml
loaders:
  - files: {path: more.jsonl}
trainer:
  sft: {max_steps: 1, batch_size: 2, learning_rate: 1.0e-12}
"""
PAIRS = [{"prompt": f"Say {n}.", "chosen": f"{n}", "rejected": f"{n + 1}"} for n in range(12)]
FILES = {
    "rows.jsonl": ROWS,
    "more.jsonl": MORE,
    "sft.yaml": SFT,
    "second.yaml": SECOND,
    "pairs.jsonl": PAIRS,
    "third.yaml": SECOND.replace("sft", "dpo").replace("dpo.yaml", "second.yaml").replace("more", "pairs"),
}
