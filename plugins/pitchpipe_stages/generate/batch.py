"""Questions that are asked alike, in one batch: each gets what it would get alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from pitchpipe.host.contracts import Sampling
from pitchpipe.records.conversation import Message
from pitchpipe_stages.generate import asking
from pitchpipe_stages.generate.drawing import Draws, Halts, LikelyTokens
from pitchpipe_stages.generate.opened import OpenedModel
from pitchpipe_stages.generate.speaking import spoken_message
from pitchpipe_stages.generate.until import Until, before_any


@dataclass(frozen=True)
class Manner:
    """How questions are asked, all of a batch alike. `raw`: a text goes on, and no part of it is thought."""

    sampling: Sampling
    most: int  # tokens
    until: tuple[str, ...] = ()
    raw: bool = False
    logprobs: bool = False


@dataclass(frozen=True)
class BatchReply:
    """What a model said, whether it ended it, and its tokens without the end."""

    message: Message
    ended: bool
    ids: Sequence[int]
    logprobs: list[tuple[str, float]]


def spoken(
    opened: OpenedModel, prompts: Sequence[list[int]], seeds: Sequence[str], manner: Manner, halts: Halts
) -> list[BatchReply]:
    """An answer to each prompt, drawn by its own seed."""
    tokenizer, apart = opened.tokenizer, opened.model.config.is_encoder_decoder
    start, pad = 1 if apart else max(map(len, prompts)), cast(int, tokenizer.pad_token_id)
    heard = Until(tokenizer, manner.until, start) if manner.until else None
    likely = LikelyTokens() if manner.logprobs else None
    draws = Draws(manner.sampling, seeds) if manner.sampling.temperature else None
    with opened.ready() as model, asking.plain_settings(model, opened.ends.every, pad) as settings:
        settings.max_new_tokens = manner.most
        processors = [halts, *(one for one in (likely, draws) if one)]
        written = asking.written(model, list(prompts), pad, heard, processors)
        values = likely.rows(written) if likely else [[] for _ in written]
    return [
        _said(opened, prompt, ids, manner, row)
        for prompt, ids, row in zip(prompts, written, values, strict=True)
    ]


def _said(
    opened: OpenedModel, prompt: list[int], written: list[int], manner: Manner, values: list[float]
) -> BatchReply:
    answer = asking.answer(opened.tokenizer, written, opened.ends.every, manner.until)
    ids = answer.ids[:-1] if answer.ended and answer.ids[-1] in opened.ends.every else answer.ids
    message = Message("assistant", answer.text) if manner.raw else spoken_message(opened, prompt, ids)
    text = before_any(message.content, manner.until)
    words = [str(opened.tokenizer.decode([token])) for token in ids] if values else []
    pairs = list(zip(words, values, strict=False))
    return BatchReply(Message("assistant", text, reasoning=message.reasoning), answer.ended, ids, pairs)
