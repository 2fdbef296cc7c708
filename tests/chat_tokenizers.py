"""Tokenizers of the families that templates meet, each with the control tokens of every template."""

from functools import cache
from random import Random
from typing import Any

from pitchpipe_components.models.tiny.skills import ask, document
from pitchpipe_components.templates import DATA
from tests.tokenizers import LLAMA3_SPLIT

END, PAD, UNKNOWN = "</s>", "<pad>", "<unk>"
EMBEDDED = " ".join(
    ["é", "ß", "日本", "👩‍🚀", "Ω", "\t", "\n", "\n\n", "  ", "'", '"', "\\", "{{ x }}", "{% x %}"]
)


def control() -> list[str]:
    """Every control token that a template names, and the ends."""
    named = [token for template in DATA.values() for token in (*template.tokens, template.stop)]
    return list(dict.fromkeys([UNKNOWN, PAD, END, *(token for token in named if "{" not in token)]))


@cache
def _texts() -> list[str]:
    random = Random(3)
    pages = [document(random) for _ in range(300)] + [ask(random).instruction for _ in range(300)]
    return [*pages, EMBEDDED]


def _whole(core: Any, bos: str | None) -> Any:
    from tokenizers import processors
    from transformers import PreTrainedTokenizerFast

    core.add_special_tokens(control())
    if bos:
        core.add_special_tokens([bos])
        named = [(bos, core.token_to_id(bos))]
        core.post_processor = processors.TemplateProcessing(
            single=f"{bos} $A", pair=f"{bos} $A $B", special_tokens=named
        )
    return PreTrainedTokenizerFast(
        tokenizer_object=core, bos_token=bos, eos_token=END, pad_token=PAD, unk_token=UNKNOWN,
        clean_up_tokenization_spaces=False,
    )  # fmt: skip


def _byte_level(merged: bool, bos: str | None) -> Any:
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

    core = Tokenizer(models.BPE())
    split = pre_tokenizers.Split(Regex(LLAMA3_SPLIT), "isolated")
    core.pre_tokenizer = pre_tokenizers.Sequence(
        [split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    core.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=900 if merged else 256 + len(control()), special_tokens=control(),
        initial_alphabet=alphabet, show_progress=False,
    )  # fmt: skip
    core.train_from_iterator(_texts(), trainer)
    return _whole(core, bos)


def _sentence_pieces(kind: str, bos: str | None) -> Any:
    """Spaces are letters; unknown letters fall back on their bytes."""
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

    bytes_ = [f"<0x{value:02X}>" for value in range(256)]
    core = Tokenizer(models.BPE(byte_fallback=True, unk_token=UNKNOWN, fuse_unk=True))
    if kind == "legacy":  # Llama 2: every stretch between control tokens begins with a space
        core.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
        core.pre_tokenizer = pre_tokenizers.Split("\x00", "isolated")
    else:  # Gemma ("never") and Mistral ("first")
        core.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme=kind, split=False)
    strip = [] if kind == "never" else [decoders.Strip(" ", 1, 0)]
    core.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), *strip]
    )
    trainer = trainers.BpeTrainer(
        vocab_size=900, special_tokens=control() + bytes_, show_progress=False, limit_alphabet=80
    )
    core.train_from_iterator(_texts(), trainer)
    return _whole(_bytes_are_plain(core, bytes_), bos)


def _bytes_are_plain(core: Any, bytes_: list[str]) -> Any:
    """Byte tokens belong to the vocabulary and are no control tokens."""
    import json

    from tokenizers import Tokenizer

    written = json.loads(core.to_str())
    written["added_tokens"] = [token for token in written["added_tokens"] if token["content"] not in bytes_]
    return Tokenizer.from_str(json.dumps(written))


@cache
def kinds() -> dict[str, Any]:
    return {
        "bytes": _byte_level(merged=False, bos=None),
        "byte pairs": _byte_level(merged=True, bos="<s>"),
        "sentence pieces, first": _sentence_pieces("first", "<s>"),
        "sentence pieces, never": _sentence_pieces("never", "<bos>"),
        "sentence pieces, legacy": _sentence_pieces("legacy", "<s>"),
    }
