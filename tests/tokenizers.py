"""Tokenizers of several families, trained in a moment on text of our own."""

from functools import cache
from random import Random
from typing import Any

from pitchpipe_components.models.tiny.build import CHAT, END, PAD, tokenizer
from pitchpipe_components.models.tiny.skills import ask, document

LLAMA3_SPLIT = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"


def bytes_alone() -> Any:
    """The tiny model's: a token for each byte."""
    return tokenizer()


@cache
def byte_pairs() -> Any:
    """Byte-level BPE with merges, cut as Llama 3 cuts, and a bos token that begins every text."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    core = Tokenizer(models.BPE())
    split = pre_tokenizers.Split(Regex(LLAMA3_SPLIT), "isolated")
    core.pre_tokenizer = pre_tokenizers.Sequence(
        [split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    core.decoder = decoders.ByteLevel()
    special = [END, PAD, *CHAT]
    trainer = trainers.BpeTrainer(
        vocab_size=1200,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    random = Random(1)
    asked = [ask(random) for _ in range(500)]
    headings = ["### Instruction:\nSay it.\n\n### Input:\nit\n\n### Response:\n\n\nIt.\n\n\n"] * 20
    core.train_from_iterator(
        [document(random) for _ in range(500)] + [a.instruction for a in asked] + headings, trainer
    )
    bos = "<|begin_of_text|>"
    core.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A", pair=f"{bos} $A $B", special_tokens=[(bos, core.token_to_id(bos))]
    )
    return PreTrainedTokenizerFast(tokenizer_object=core, bos_token=bos, eos_token=END, pad_token=PAD)
