"""Encoder-decoder models and their tokenizers, made in a moment: T5's own tokenizer class, and BART's form."""

from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from pitchpipe_components.models.tiny.skills import ask, document


@cache
def pieces() -> list[tuple[str, float]]:
    """A vocabulary of a Unigram model, learned from text of our own; T5's begins with these three."""
    import json

    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    core, random = Tokenizer(models.Unigram()), Random(1)
    core.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(prepend_scheme="always")]
    )
    asked = [ask(random) for _ in range(400)]
    texts = [word for one in asked for word in (one.instruction, one.context, one.reply)]
    letters = [chr(code) for code in range(33, 127) if chr(code) not in "{}~"]  # T5 knows no curly brackets
    trainer = trainers.UnigramTrainer(
        vocab_size=400, special_tokens=["<pad>", "</s>", "<unk>"], unk_token="<unk>", show_progress=False,
        initial_alphabet=letters,
    )  # fmt: skip
    core.train_from_iterator(texts + [document(random) for _ in range(200)], trainer)
    return [(piece, score) for piece, score in json.loads(core.to_str())["model"]["vocab"]]


def t5_tokenizer() -> Any:
    """Transformers' own class for T5, with the normalizer's effect that matters: compatible characters."""
    from tokenizers import normalizers
    from transformers import T5Tokenizer

    tokenizer = T5Tokenizer(
        vocab=[*pieces(), *[(f"<extra_id_{n}>", 0.0) for n in range(9, -1, -1)]], extra_ids=10
    )
    tokenizer.backend_tokenizer.normalizer = normalizers.NFKC()
    return tokenizer


def t5(folder: Path, **settings: Any) -> Path:
    """A tiny T5 with random weights, saved as a base."""
    from transformers import T5Config, T5ForConditionalGeneration

    return _saved(folder, t5_tokenizer(), T5ForConditionalGeneration, T5Config, {
        "d_model": 64, "d_kv": 16, "d_ff": 128, "num_layers": 2, "num_heads": 4, "dropout_rate": 0.0,
        "feed_forward_proj": "gated-gelu", "decoder_start_token_id": 0, "pad_token_id": 0, "eos_token_id": 1,
        **settings,
    })  # fmt: skip


def bart(folder: Path, **settings: Any) -> Path:
    """A tiny BART, with byte-level tokens between <s> and </s>."""
    from transformers import BartConfig, BartForConditionalGeneration

    return _saved(folder, bart_tokenizer(), BartForConditionalGeneration, BartConfig, {
        "d_model": 64, "encoder_layers": 2, "decoder_layers": 2, "encoder_attention_heads": 4,
        "decoder_attention_heads": 4, "encoder_ffn_dim": 128, "decoder_ffn_dim": 128, "dropout": 0.0,
        "max_position_embeddings": 256, "bos_token_id": 0, "pad_token_id": 1, "eos_token_id": 2,
        "decoder_start_token_id": 2, **settings,
    })  # fmt: skip


def bart_tokenizer() -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    special = ["<s>", "<pad>", "</s>", "<unk>"]
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    core = Tokenizer(
        models.BPE(vocab={token: at for at, token in enumerate([*special, *alphabet])}, merges=[])
    )
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = decoders.ByteLevel()
    core.add_special_tokens(special)
    core.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
    return PreTrainedTokenizerFast(
        tokenizer_object=core, bos_token="<s>", eos_token="</s>", pad_token="<pad>", unk_token="<unk>"
    )


def _saved(folder: Path, tokenizer: Any, kind: Any, config: Any, settings: dict[str, Any]) -> Path:
    import torch

    torch.manual_seed(0)
    kind(config(vocab_size=len(tokenizer), **settings)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
