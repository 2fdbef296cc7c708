"""A recipe of filters that drop and tag."""

RECIPE = """
loaders:
  - files: {path: rows.jsonl}
filters:
  - length: {min_reply_chars: 5}
  - exact_duplicates
  - length: {max_reply_chars: 30, action: tag}
split: {train: 0.5, test: 0.5}
"""
ROWS = [
    {"instruction": "Say something.", "output": "x" * 4},
    *({"instruction": f"Say {n}.", "output": "x" * n} for n in range(5, 45)),
    {"instruction": "Say 7.", "output": "x" * 7},
    {"instruction": "Look.", "output": [{"type": "file"}]},
]


def kept(here, run="recipe"):
    return [row["source"]["line"] for row in here.rows(f"runs/{run}/prepared/train.jsonl")]
