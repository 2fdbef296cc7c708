"""Build the tiny base model from scratch: python -m pitchpipe_components.models.tiny.build FOLDER

It reads only the plain sentences of `skills`; the same seed gives the same model on one machine.
"""

import math
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

from pitchpipe_components.models.tiny import skills

END, PAD = "<|end|>", "<|pad|>"
# Room for the templates that ship: their control tokens exist, but the base has never seen them.
CHAT = [
    "<|im_start|>", "<|im_end|>",
    "<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>",
]  # fmt: skip


def tokenizer() -> Any:
    """One token a byte, so that any text can be written and letters can be seen."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    special = [END, PAD, *CHAT]
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: index for index, token in enumerate([*special, *alphabet])}
    core = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    core.decoder = decoders.ByteLevel()
    core.add_special_tokens(special)
    return PreTrainedTokenizerFast(
        tokenizer_object=core,
        eos_token=END,
        pad_token=PAD,
        clean_up_tokenization_spaces=False,
        model_max_length=512,
    )


def empty_model(vocabulary_size: int) -> Any:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=vocabulary_size, hidden_size=192, intermediate_size=512, num_hidden_layers=4,
            num_attention_heads=6, num_key_value_heads=6, max_position_embeddings=512,
            eos_token_id=0, pad_token_id=1, bos_token_id=None, tie_word_embeddings=True,
        )
    )  # fmt: skip


def batch(tokens: Any, random: Random, rows: int) -> tuple[Any, Any]:
    """Plain pages, each ended; what pads them is neither seen nor learned."""
    import torch

    pages = [[*tokens.encode(skills.document(random), add_special_tokens=False), 0] for _ in range(rows)]
    width = max(map(len, pages))
    ids = torch.tensor([page + [1] * (width - len(page)) for page in pages])
    return ids, ids.masked_fill(ids == 1, -100)


def build(folder: Path, steps: int = 3000, rows: int = 32, peak: float = 1.5e-3) -> None:
    import torch

    tokens, random = tokenizer(), Random(0)
    model = empty_model(len(tokens)).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=peak, weight_decay=0.01, betas=(0.9, 0.98))
    began = time.time()
    for step in range(steps):
        rate = peak * min(1, (step + 1) / 100) * (0.5 + 0.5 * math.cos(math.pi * step / steps))
        for group in optimizer.param_groups:
            group["lr"] = rate
        ids, labels = batch(tokens, random, rows)
        loss = model(input_ids=ids, attention_mask=(ids != 1).long(), labels=labels).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        if step % 100 == 0:
            print(f"step {step} of {steps}, loss {loss.item():.3f}, {time.time() - began:.0f} s", flush=True)
    model.to(torch.bfloat16).save_pretrained(folder)
    tokens.save_pretrained(folder)


if __name__ == "__main__":
    build(Path(sys.argv[1]), *map(int, sys.argv[2:3]))
