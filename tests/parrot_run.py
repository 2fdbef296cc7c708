"""A run whose model has learned one reply by heart, for tests that ask it in processes of their own."""

import json

QUESTION, REPLY = "Say it.", "Grüße, 日本 👩\u200d🚀!"
RECIPE = """\
model: tiny
template: chatml
loaders:
  - files: {path: rows.jsonl}
split: {train: 1.0}
trainer:
  sft: {max_steps: 70, batch_size: 1, learning_rate: 2e-3, warmup: 0.1, samples: 0}
"""
ROWS = [{"instruction": QUESTION, "output": REPLY}] * 80


def trained(processes, folder):
    """The folder, with the run `one` in it."""
    (folder / "recipe.yaml").write_text(RECIPE)
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    child = processes.start(folder, "run", "recipe.yaml", "--processes", "1", "--name", "one")
    assert child.wait() == 0, child.said
    return folder
