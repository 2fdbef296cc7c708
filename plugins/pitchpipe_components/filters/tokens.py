"""Measures length in tokens of a tokenizer that the recipe names."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pitchpipe import Conversation, Meta, PitchpipeError, Scored, Verdict
from pitchpipe_components.filters.length import Count, Most, worst
from pitchpipe_components.hub import commit_of, record
from pitchpipe_components.text.spoken import called


@dataclass(frozen=True)
class Tokens:
    """Keeps conversations whose messages have neither too few nor too many tokens.

    The filter counts content, context, reasoning and calls, but not the few tokens that a template adds to
    each message. To fit conversations into rows of a batch, use the collator's `length`, which counts those
    too.
    """

    tokenizer: Annotated[
        Path | None, Meta(description="a tokenizer.json file, or a folder that holds one")
    ] = None
    name: Annotated[str | None, Meta(description="a model's name on the hub, instead of `tokenizer`")] = None
    min_reply_tokens: Annotated[Count, Meta(description="the fewest tokens of a reply")] = 0
    max_reply_tokens: Annotated[Most, Meta(description="the most tokens of a reply")] = None
    min_prompt_tokens: Annotated[Count, Meta(description="the fewest tokens of a user message")] = 0
    max_prompt_tokens: Annotated[Most, Meta(description="the most tokens of a user message")] = None
    min_conversation_tokens: Annotated[
        Count, Meta(description="the fewest tokens of all messages together")
    ] = 0
    max_conversation_tokens: Annotated[Most, Meta(description="the most tokens of all messages together")] = (
        None
    )

    def __post_init__(self) -> None:
        if (self.tokenizer is None) == (self.name is None):
            raise ValueError("say either a 'tokenizer' (a file) or a 'name' on the hub")

    def commits(self) -> dict[str, str]:
        """The commit that the tokenizer's name on the hub means now."""
        return record(self.name, None, "model") if self.name else {}

    def __call__(self, conversation: Conversation) -> Verdict:
        count = _counter(self.tokenizer, self.name)
        sizes = [count(f"{m.content}{m.context}{m.reasoning}{called(m)}") for m in conversation.messages]
        roles = [message.role for message in conversation.messages]
        replies = [size for size, role in zip(sizes, roles, strict=True) if role == "assistant"]
        prompts = [size for size, role in zip(sizes, roles, strict=True) if role == "user"]
        scores: dict[str, Scored] = {
            "conversation_tokens": (sum(sizes), self.min_conversation_tokens, self.max_conversation_tokens)
        }
        if replies:
            scores["reply_tokens"] = worst(replies, self.min_reply_tokens, self.max_reply_tokens)
        if prompts:
            scores["prompt_tokens"] = worst(prompts, self.min_prompt_tokens, self.max_prompt_tokens)
        return Verdict(conversation, scores)


@cache
def _counter(path: Path | None, name: str | None) -> Any:
    """Returns a function that counts the tokens of a text; each process loads the tokenizer once."""
    loaded = _load(path, name)
    loaded.no_truncation()
    loaded.no_padding()

    def count(text: str) -> int:
        readable = text.encode("utf-8", "replace").decode()  # a lone surrogate has no UTF-8
        return len(loaded.encode(readable, add_special_tokens=False).ids)

    return count


def _load(path: Path | None, name: str | None) -> Any:
    from tokenizers import Tokenizer

    if path is None:
        assert name
        return _on_hub(name)
    file = path / "tokenizer.json" if path.is_dir() else path
    if not file.is_file():
        raise PitchpipeError(f"filter 'tokens': no tokenizer in {path}; save one with save_pretrained")
    try:
        return Tokenizer.from_file(str(file))
    except Exception as error:  # the library raises nothing narrower
        raise PitchpipeError(f"filter 'tokens': {file} is no tokenizer.json: {error}") from None


def _on_hub(name: str) -> Any:
    from tokenizers import Tokenizer

    try:
        return Tokenizer.from_pretrained(name, revision=commit_of(name, None, "model") or "main")
    except Exception as error:  # the library raises nothing narrower
        raise PitchpipeError(f"filter 'tokens': cannot load the tokenizer of {name}: {error}") from error
