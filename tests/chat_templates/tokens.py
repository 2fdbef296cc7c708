"""Tokenizers for chat templates: one byte-level BPE of our own, with the control tokens of a template."""

import re
from functools import cache
from itertools import product
from random import Random
from typing import Any

from pitchpipe_components.models.tiny.skills import ask, document
from tests.chat_templates.talks import LOOK
from tests.tokenizers import LLAMA3_SPLIT

# Control tokens by their shape, as models have them. What is written like an XML tag is text to most
# tokenizers, but for those in PLAIN.
_SHAPES = (
    r"<\|[^|<>\s]{1,40}\|>",
    "<\uff5c[^\uff5c<>]{1,40}\uff5c>",  # DeepSeek's
    r"<\|[a-z_\"]{1,30}>|<[a-z_\"]{1,30}\|>|<\|\"\|>",
    r"</?s>|<(?:bos|eos|sop|pad|unk|extra_id_\d+)>",
    r"<(?:start|end)_of_[a-z_]+>|<seed:[a-z_]+>|</seed:[a-z_]+>|<end_of_utterance>",
    r"\[/?(?:INST|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|SYSTEM_PROMPT|MODEL_SETTINGS|THINK|ARGS|CALL_ID)\]",
    r"\[gMASK\]|\]~!b\[|\]~b\]|\[e~\[",
    r"<SPECIAL_\d+>|<sep>|\[\|[a-z]{1,20}\|\]",
)
_CONTROL = re.compile("|".join(_SHAPES))
_PLAIN = re.compile(r"</?(?:think|tool_call|tool_response|tool_calls|arg_key|arg_value)>")
PAD = "<|pad|>"


def control_in(text: str) -> tuple[str, ...]:
    """What looks like a control token, in the order in which it stands there."""
    return tuple(dict.fromkeys(_CONTROL.findall(text)))


def plain_in(text: str) -> tuple[str, ...]:
    """Tags that are tokens of their own in models that reason or call, though no control tokens."""
    return tuple(dict.fromkeys(_PLAIN.findall(text)))


@cache
def _trained() -> str:
    """A vocabulary with merges, without any token of its own."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

    core = Tokenizer(models.BPE())
    split = pre_tokenizers.Split(Regex(LLAMA3_SPLIT), "isolated")
    core.pre_tokenizer = pre_tokenizers.Sequence(
        [split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    core.decoder = decoders.ByteLevel()
    random = Random(5)
    pages = [document(random) for _ in range(300)] + [ask(random).instruction for _ in range(300)]
    trainer = trainers.BpeTrainer(
        vocab_size=900, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    core.train_from_iterator([*pages, 'user\nassistant\nsystem\n\n\n{}": "\n' * 20], trainer)
    return core.to_str()


def tokenizer(
    source: Any, special: tuple[str, ...], plain: tuple[str, ...] = (), bos: str = "", eos: str = "</s>"
) -> Any:
    """A tokenizer with this chat template. Its bos begins every text, as Llama's and Gemma's do."""
    from tokenizers import AddedToken, Tokenizer, processors
    from transformers import PreTrainedTokenizerFast

    core = Tokenizer.from_str(_trained())
    names = dict.fromkeys(name for name in (PAD, bos, eos, *special) if name)
    core.add_special_tokens([AddedToken(name, special=True, normalized=False) for name in names])
    core.add_tokens([AddedToken(name, normalized=False) for name in plain if name not in names])
    if bos and ":" not in bos:  # which has a meaning of its own there
        core.post_processor = processors.TemplateProcessing(
            single=f"{bos} $A", pair=f"{bos} $A $B", special_tokens=[(bos, core.token_to_id(bos))]
        )
    made = PreTrainedTokenizerFast(
        tokenizer_object=core, bos_token=bos or None, eos_token=eos, pad_token=PAD,
        clean_up_tokenization_spaces=False,
    )  # fmt: skip
    made.chat_template = source
    return made


_QUESTION = {"role": "user", "content": "One?"}
_CALLED = {"id": "abcdefghi", "type": "function", "function": {"name": "look", "arguments": {}}}
_RESULT = {"role": "tool", "content": "Four.", "name": "look", "tool_call_id": "abcdefghi"}


def ends(tokenizer: Any) -> tuple[str, ...]:
    """The tokens that may end a reply: those that follow words, and the last ones behind a call."""
    special = [str(token) for token in tokenizer.added_tokens_decoder.values() if token.special]
    special.sort(key=len, reverse=True)
    any_of = re.compile("|".join(map(re.escape, special)))
    said, called = {"role": "assistant", "content": "Two."}, {"role": "assistant", "content": ""}
    if "Two." not in _render(tokenizer, [_QUESTION, said]):  # some know no content but parts
        said = {**said, "content": [{"type": "text", "text": "Two."}]}
    found = []
    for messages in ([_QUESTION, said], [_QUESTION, said, _QUESTION]):
        before, _, behind = _render(tokenizer, messages).rpartition("Two.")
        run = re.match(rf"(?:\s*(?:{any_of.pattern}))+", behind) if before and messages[-1] == said else None
        found += any_of.findall(run[0]) if run else any_of.findall(behind)[: bool(before)]
    for arguments in ({}, "{}"):
        call = {**_CALLED, "function": {"name": "look", "arguments": arguments}}
        asked = _render(tokenizer, [_QUESTION, {**called, "tool_calls": [call]}])
        behind = asked.rpartition("look")[2]
        found += any_of.findall(behind)[-1:]
        if asked and not any_of.search(behind):
            shown = _render(tokenizer, [_QUESTION, {**called, "tool_calls": [call]}, _RESULT])
            found += any_of.findall(shown.removeprefix(asked))[:1]
    return tuple(dict.fromkeys(found))


def _render(tokenizer: Any, messages: list[Any]) -> str:
    """A render; content is text, or parts for a template that writes no text. Some must have tools."""
    parts = [{**one, "content": [{"type": "text", "text": one["content"]}]} for one in messages]
    for said, tools in product((messages, parts), (None, [LOOK])):
        try:
            text = tokenizer.apply_chat_template(said, tools=tools, tokenize=False)
        except Exception:
            continue
        if "One?" in text:
            return text
    return ""
