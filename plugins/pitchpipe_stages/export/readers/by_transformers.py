"""Answers prompts with an exported folder, by Transformers alone. A script: it imports nothing of ours.

python by_transformers.py ORDER ANSWER reads and writes JSON. Other readers give `main` a way to load.
"""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Order = dict[str, Any]


def loaded(order: Order) -> tuple[Any, Any]:
    """The tokenizer and the model of a folder, as anyone loads them."""
    from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoTokenizer

    folder = order["folder"]
    apart = AutoConfig.from_pretrained(folder).is_encoder_decoder
    kind = AutoModelForSeq2SeqLM if apart else AutoModelForCausalLM
    return AutoTokenizer.from_pretrained(folder), kind.from_pretrained(folder, **placed(order))


def placed(order: Order) -> dict[str, Any]:
    """In which type and where a model is loaded: as the one that it is compared with."""
    import torch

    place = {"device_map": {"": 0}} if torch.cuda.is_available() else {}
    return {"dtype": getattr(torch, order["dtype"]), **place}


def prompt_ids(tokenizer: Any, prompt: Order) -> list[int] | None:
    """The ids that a server gives a model for messages; nothing where no template was saved."""
    if prompt["messages"] is None or not tokenizer.chat_template:
        return None
    given = tokenizer.apply_chat_template(
        prompt["messages"],
        tools=prompt["tools"],
        add_generation_prompt=True,
        return_dict=True,
        **prompt["variables"],
    )
    return list(given["input_ids"])


def reply(model: Any, ids: list[int], most: int) -> list[int]:
    """The likeliest tokens, up to where the folder's own settings end a reply."""
    import torch
    from transformers import GenerationConfig

    own, given = model.generation_config, torch.tensor([ids], device=model.device)
    plain = GenerationConfig(
        do_sample=False, max_new_tokens=most, eos_token_id=own.eos_token_id, pad_token_id=own.pad_token_id,
        bos_token_id=own.bos_token_id, decoder_start_token_id=own.decoder_start_token_id,
    )  # fmt: skip
    model.generation_config = plain  # else what a call leaves open comes from the folder: beams, penalties
    written = model.generate(given, attention_mask=torch.ones_like(given))[0].tolist()
    model.generation_config = own
    return written[1:] if model.config.is_encoder_decoder else written[len(ids) :]


def main(load: Callable[[Order], tuple[Any, Any]], notes: Sequence[str] = ()) -> None:
    """Read the order, load, answer."""
    import transformers

    order, answer = json.loads(Path(sys.argv[1]).read_text("utf-8")), Path(sys.argv[2])
    transformers.logging.set_verbosity_error()
    tokenizer, model = load(order)
    model.eval()
    prompts = [prompt_ids(tokenizer, prompt) for prompt in order["prompts"]]
    asked = [ids or prompt["ids"] for ids, prompt in zip(prompts, order["prompts"], strict=True)]
    replies = [reply(model, ids, order["max_new_tokens"]) for ids in asked]
    assert not any(name.startswith("pitchpipe") for name in sys.modules)
    by = f"transformers {transformers.__version__}"
    found = {"by": by, "prompts": prompts, "replies": replies, "notes": notes}
    answer.write_text(json.dumps(found), "utf-8")


if __name__ == "__main__":
    main(loaded)
