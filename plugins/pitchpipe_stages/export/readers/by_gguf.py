"""Answers prompts with a GGUF file: by llama.cpp where its Python package is installed, else by Transformers.

A script: it imports nothing of ours.
"""

import json
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from by_transformers import Order, main, placed

NOT_PROVEN = (
    "Transformers read weights, tokenizer and template of the file; llama.cpp itself was not asked, since its"
    " Python package is not installed: pip install llama-cpp-python"
)


def loaded(order: Order) -> tuple[Any, Any]:
    """The tokenizer and the weights of the file. Its shape is the source's: Transformers makes nothing of
    stretched positions, nor of the width of Qwen3's heads."""
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

    file, shape = {"gguf_file": _file(order).name}, AutoConfig.from_pretrained(order["source"])
    known = {} if shape.model_type == "mistral" else {"config": shape}  # in GGUF it is a Llama
    tokenizer = AutoTokenizer.from_pretrained(order["folder"], **file)
    model = AutoModelForCausalLM.from_pretrained(order["folder"], **known, **file, **placed(order))
    model.generation_config.eos_token_id = order["stops"]
    return tokenizer, model


def _file(order: Order) -> Path:
    (file,) = Path(order["folder"]).glob("*.gguf")
    return file


def by_llama_cpp(order: Order, answer: Path) -> None:
    """Asks llama.cpp, from messages to tokens, with the file's own chat template and tokenizer."""
    import llama_cpp

    longest = max(len(prompt["ids"]) for prompt in order["prompts"]) + order["max_new_tokens"]
    model = llama_cpp.Llama(str(_file(order)), n_ctx=longest + 8, n_gpu_layers=0, verbose=False, seed=0)
    prompts = [_prompt_ids(model, prompt) for prompt in order["prompts"]]
    asked = [ids or prompt["ids"] for ids, prompt in zip(prompts, order["prompts"], strict=True)]
    replies = [_reply(model, ids, order) for ids in asked]
    assert not any(name.startswith("pitchpipe") for name in sys.modules)
    by = f"llama.cpp, llama-cpp-python {llama_cpp.__version__}"
    answer.write_text(json.dumps({"by": by, "prompts": prompts, "replies": replies}), "utf-8")


def _prompt_ids(model: Any, prompt: Order) -> list[int] | None:
    from llama_cpp.llama_chat_format import Jinja2ChatFormatter

    template = model.metadata.get("tokenizer.chat_template")
    if prompt["messages"] is None or not template:
        return None
    bos, eos = (
        model._model.token_get_text(token) if token >= 0 else ""
        for token in (model.token_bos(), model.token_eos())
    )
    written = Jinja2ChatFormatter(template, eos, bos)(
        messages=prompt["messages"], tools=prompt["tools"], **prompt["variables"]
    )
    return list(model.tokenize(written.prompt.encode(), add_bos=False, special=True))


def _reply(model: Any, ids: list[int], order: Order) -> list[int]:
    """The likeliest tokens, up to one that ends a reply for llama.cpp."""
    import llama_cpp

    found: list[int] = []
    vocabulary = llama_cpp.llama_model_get_vocab(model._model.model)
    model.reset()
    for token in model.generate(ids, temp=0.0, repeat_penalty=1.0):
        found.append(int(token))
        if len(found) == order["max_new_tokens"] or llama_cpp.llama_vocab_is_eog(vocabulary, token):
            break
    return found


if __name__ == "__main__":
    if find_spec("llama_cpp"):
        by_llama_cpp(json.loads(Path(sys.argv[1]).read_text("utf-8")), Path(sys.argv[2]))
    else:
        main(loaded, [NOT_PROVEN])
