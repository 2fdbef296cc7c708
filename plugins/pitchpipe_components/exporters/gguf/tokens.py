"""A tokenizer in the words of GGUF. llama.cpp cuts texts by rules that it knows by name."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pitchpipe_components.exporters.gguf.elsewhere import Elsewhere

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

# Regular expressions that cut a text before pairs are merged, by llama.cpp's name for each (llama-vocab.cpp).
_LLAMA3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
    r"|\s+(?!\S)|\s+"
)
_TEKKEN = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?"
    r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+"
    r"|\s+(?!\S)|\s+"
)
# The expression, whether whole words of the vocabulary go before merges, and the name.
SPLITS = (
    (_LLAMA3, True, "llama-bpe"),
    (_LLAMA3, False, "smaug-bpe"),
    (_LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}"), False, "qwen2"),
    (_TEKKEN, True, "tekken"),
)
MERGES = "tokenizer.ggml.merges"  # llama.cpp wants it of a tokenizer without any, too


@dataclass(frozen=True)
class GgufTokens:
    """All that a file says of a tokenizer."""

    cut: str  # llama.cpp's name for how a text is cut
    texts: list[str]
    kinds: list[int]
    merges: list[str]
    ids: dict[str, int]  # of tokens by their part: bos, eos, eot, pad, unk
    begins: bool  # every text begins with the token bos
    chat_template: Any

    @classmethod
    def of(
        cls, source: Path, tokenizer: "PreTrainedTokenizerFast", stops: list[str], rows: int
    ) -> "GgufTokens":
        said = json.loads((source / "tokenizer.json").read_text("utf-8"))
        model = said["model"]
        if model.get("type") != "BPE" or model.get("byte_fallback"):
            kind = "SentencePiece" if model.get("byte_fallback") else model.get("type")
            raise Elsewhere(f"a tokenizer of the kind {kind} is not written here, only byte pairs")
        merges = [pair if isinstance(pair, str) else " ".join(pair) for pair in model["merges"]]
        texts, kinds = _vocabulary(model["vocab"], said["added_tokens"], rows)
        return cls(
            _cut(said, bool(merges)),
            texts,
            kinds,
            merges,
            _parts(tokenizer, stops),
            tokenizer.bos_token_id in tokenizer("a")["input_ids"][:1],
            tokenizer.chat_template,
        )

    def describe(self, writer: Any) -> None:
        """Tells a writer of GGUF the tokenizer."""
        from gguf import GGUFValueType

        writer.add_tokenizer_model("gpt2")
        writer.add_tokenizer_pre(self.cut)
        writer.add_token_list(self.texts)
        writer.add_token_types(self.kinds)
        writer.add_key_value(MERGES, self.merges, GGUFValueType.ARRAY, GGUFValueType.STRING)
        for part, token in self.ids.items():
            getattr(writer, f"add_{part}_token_id")(token)
        writer.add_add_bos_token(self.begins)
        if self.chat_template is not None:
            writer.add_chat_template(_named(self.chat_template))


def _vocabulary(vocab: dict[str, int], added: list[dict[str, Any]], rows: int) -> tuple[list[str], list[int]]:
    """A text and a kind for each row of the model."""
    from gguf import TokenType

    texts = [f"[PAD{row}]" for row in range(rows)]
    kinds = [int(TokenType.UNUSED)] * rows
    most = max([*vocab.values(), *(token["id"] for token in added)])
    if most >= rows:
        raise Elsewhere(f"the tokenizer has {most + 1:,} tokens and the model {rows:,} rows for them")
    for text, row in vocab.items():
        texts[row], kinds[row] = text, int(TokenType.NORMAL)
    for token in added:
        texts[token["id"]] = token["content"]
        kinds[token["id"]] = int(TokenType.CONTROL if token["special"] else TokenType.USER_DEFINED)
    return texts, kinds


def _cut(said: dict[str, Any], merges: bool) -> str:
    """llama.cpp's name for how a text is cut."""
    steps = said["pre_tokenizer"] or {}
    steps = steps.get("pretokenizers") or [steps]
    kinds = [step.get("type") for step in steps]
    normalizer = (said.get("normalizer") or {}).get("type")
    if normalizer not in (None, "NFC"):
        raise Elsewhere(f"a tokenizer that normalises texts ({normalizer}) is not written here")
    if any(step.get("add_prefix_space") for step in steps):
        raise Elsewhere("a tokenizer that puts a space before each text is not written here")
    if kinds == ["ByteLevel"] and (steps[0].get("use_regex", True) or not merges):
        return "gpt-2"
    if (
        kinds == ["Digits", "ByteLevel"]
        and steps[0].get("individual_digits")
        and steps[1].get("use_regex", True)
    ):
        return "smollm"
    if kinds == ["Split", "ByteLevel"] and not steps[1].get("use_regex", True):
        whole = bool(said["model"].get("ignore_merges"))
        for expression, ignores, name in SPLITS:
            if steps[0]["pattern"].get("Regex") == expression and whole == ignores:
                return name
    raise Elsewhere("llama.cpp's name for how this tokenizer cuts texts is not known here")


def _parts(tokenizer: "PreTrainedTokenizerFast", stops: list[str]) -> dict[str, int]:
    """The ids of tokens with a part to play. Two of them may end a reply: eos and eot."""
    ends = [tokenizer.convert_tokens_to_ids(stop) for stop in stops]
    found = {
        "bos": tokenizer.bos_token_id, "eos": ends[0], "eot": ends[1] if len(ends) > 1 else None,
        "pad": tokenizer.pad_token_id, "unk": tokenizer.unk_token_id,
    }  # fmt: skip
    return {part: token for part, token in found.items() if isinstance(token, int)}


def _named(template: str | dict[str, str]) -> Any:
    """One chat template, or several by name."""
    if isinstance(template, str):
        return template
    return [{"name": name, "template": text} for name, text in template.items()]
