"""Text becomes ids, by the quickest tokenizer at hand that gives the ids of the model's own tokenizer."""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

import numpy as np

from pitchpipe.errors import PitchpipeError
from pitchpipe_stages.render.spelling import Ids, Offsets, Spelling

if TYPE_CHECKING:
    from tokenizers import Tokenizer

# Where tokenizers that should agree part ways: spaces, line ends, digits, scripts, marks, broken words.
PROBES = (
    "", " ", "  ", "\n", "\n\n", " \n ", "\t\tx", "a", " a", "a ", "Hello, world!", "don't I'LL we've",
    "x=1;\ny=22;  z=333", "1234567890", "3.14e-10", "http://a.example/b?c=d&e=%20f", "na\xefve caf\xe9",
    "Cafe\u0301", "\u65e5\u672c\u8a9e\u306e\u30c6\u30ad\u30b9\u30c8", "\u4f60\u597d\uff0c\u4e16\u754c",
    "\u041f\u0440\u0438\u0432\u0435\u0442", "\u0645\u0631\u062d\u0628\u0627",
    "\u0928\u092e\u0938\u094d\u0924\u0947", "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35",
    "\U0001f469\u200d\U0001f467 \U0001f1e9\U0001f1ea \U0001f44d\U0001f3fd", "\u200b\xa0\u2028",
    "\ufeffx", "\x00\x01\x7f", "\u017ftra\xdfe \ufb01 \u01c5", "def f(x):\n    return x ** 2\n",
    '{"a": [1, 2, {"b": null}]}', "<|im_start|>user\n", "<|endoftext|>", "</s><s>", "[INST] x [/INST]",
    "a" * 48, "\r\n\r\n", "a\x00b", "\u2026\u2014\u2013\u201c\u201d", "\U0001d518\U0001d52b",
    "\ud7ff\ue000",
)  # fmt: skip


class FastTokenizer(Protocol):
    """What is used of fastokens."""

    def encode_batch_flat(self, texts: list[str], add_special_tokens: bool) -> tuple[bytes, bytes]: ...


class Encoder:
    """The model's tokenizer for many texts at once."""

    def __init__(self, core: "Tokenizer"):
        self.core = core
        self.fast, self.why_not = _fastokens(core)
        self.spelling = Spelling.of(core)

    @property
    def name(self) -> str:
        """What encodes, for people."""
        return "fastokens" if self.fast else f"tokenizers ({self.why_not})"

    def flat(self, texts: list[str]) -> tuple[Ids, Offsets]:
        """The ids of all texts in one array, and where each text's ids begin. One text is checked."""
        if self.fast:
            ids, offsets = _flat(self.fast, texts)
            at = len(texts) // 2
            if ids[offsets[at] : offsets[at + 1]].tolist() != self._by_core(texts[at]):
                raise PitchpipeError(
                    "fastokens gives other ids than the model's own tokenizer for a text that begins"
                    f" {texts[at][:60]!r}.\nTo go on without it: pip uninstall fastokens"
                )
            return ids, offsets
        lists = [encoding.ids for encoding in self.core.encode_batch_fast(texts, add_special_tokens=False)]
        offsets = np.cumsum([0, *map(len, lists)], dtype=np.int64)
        return np.array([token for ids in lists for token in ids], np.int32), offsets

    def _by_core(self, text: str) -> list[int]:
        return self.core.encode(text, add_special_tokens=False).ids


def _flat(fast: FastTokenizer, texts: list[str]) -> tuple[Ids, Offsets]:
    ids, offsets = fast.encode_batch_flat(texts, add_special_tokens=False)
    return np.frombuffer(ids, np.int32), np.frombuffer(offsets, np.int64)


def _fastokens(core: "Tokenizer") -> tuple[FastTokenizer | None, str]:
    """fastokens, proven on the probes; or why it is not used."""
    try:
        import fastokens
    except ImportError:
        return None, "fastokens is not installed"
    try:
        fast = fastokens.Tokenizer.from_json_str(core.to_str())
        fast.no_padding()
        fast.no_truncation()
        return (
            (fast, "")
            if _apart(lambda: agree(fast, core, list(PROBES)))
            else (None, "fastokens gives other ids")
        )
    except Exception as error:  # it knows fewer kinds of tokenizer, and says so in many ways
        return None, f"fastokens cannot read this tokenizer: {str(error)[:80]}"


def _apart(check: Callable[[], bool]) -> bool:
    """Whether a check holds, in a process of its own where there can be one.

    fastokens starts a thread when it first encodes. Workers that are forked while this thread ends its work
    may wait for it for ever, so there must be none yet.
    """
    if not hasattr(os, "fork"):
        return check()
    child = os.fork()
    if not child:
        failed = True
        try:
            failed = not check()
        finally:
            os._exit(failed)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def agree(fast: FastTokenizer, core: "Tokenizer", texts: list[str]) -> bool:
    """Do both give the same ids for these texts?"""
    ids, offsets = _flat(fast, texts)
    for number, encoding in enumerate(core.encode_batch(texts, add_special_tokens=False)):
        if ids[offsets[number] : offsets[number + 1]].tolist() != encoding.ids:
            return False
    return True
