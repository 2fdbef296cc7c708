"""A recipe that trains a model of a folder, `base`, for one step."""

RECIPE = """\
model:
  transformers: {folder: base}
template: chatml
loaders:
  - files: {path: rows.jsonl}
split: {train: 1.0}
trainer:
  sft: {batch_size: 4, max_steps: 1}
"""
