"""Answers prompts with an adapter on its base, by PEFT alone. A script: it imports nothing of ours.

The base is the one that the adapter was trained on, where it lies: its name on the hub may be a new one.
"""

import json
from pathlib import Path
from typing import Any

from by_transformers import Order, main, placed


def loaded(order: Order) -> tuple[Any, Any]:
    """The tokenizer, and the adapter on its base."""
    from peft import PeftModel
    from transformers import (
        AutoConfig,
        AutoModelForCausalLM,
        AutoModelForSeq2SeqLM,
        AutoTokenizer,
        GenerationConfig,
    )

    folder = order["folder"]
    made = json.loads((Path(order["source"]) / "adapter_config.json").read_text("utf-8"))
    where = {"revision": made.get("revision") or "main"}
    name, tokenizer = made["base_model_name_or_path"], AutoTokenizer.from_pretrained(folder)
    apart = AutoConfig.from_pretrained(name, **where).is_encoder_decoder
    kind = AutoModelForSeq2SeqLM if apart else AutoModelForCausalLM
    base: Any = kind.from_pretrained(name, **where, **placed(order))
    if (rows := rows_of(made)) > base.get_input_embeddings().num_embeddings:
        base.resize_token_embeddings(rows, mean_resizing=False)  # its card says so
    model: Any = PeftModel.from_pretrained(base, folder)
    model.generation_config = GenerationConfig.from_pretrained(folder)
    return tokenizer, model


def rows_of(made: dict[str, Any]) -> int:
    """The rows that the base must have for the adapter's new tokens."""
    found = made.get("trainable_token_indices") or []
    lists = found.values() if isinstance(found, dict) else [found]
    return max((max(ids, default=-1) for ids in lists), default=-1) + 1


if __name__ == "__main__":
    main(loaded)
