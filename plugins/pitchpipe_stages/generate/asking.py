"""Asks a model: puts it on its device, gives it prompts, reads its answers."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, cast

from pitchpipe.errors import PitchpipeError, Quarantine
from pitchpipe.host.contracts import Answer, Prompt, Sampling
from pitchpipe.records.conversation import Conversation, Message
from pitchpipe_stages.generate.until import Until, before_any
from pitchpipe_stages.model.before import Before
from pitchpipe_stages.render.renderer import Renderer

if TYPE_CHECKING:
    from transformers import GenerationConfig, PreTrainedModel, PreTrainedTokenizerFast

GREEDY = Sampling()


@contextmanager
def ready(model: "PreTrainedModel") -> "Iterator[PreTrainedModel]":
    """The model on its device, in evaluation mode, without gradients."""
    import torch
    from accelerate import PartialState

    if not getattr(model, "is_quantized", False):
        model = model.to(PartialState().device)
    with torch.inference_mode():
        yield model.eval()


@contextmanager
def undisturbed(model: Any, attention: str) -> Iterator[None]:
    """A model in training as one to ask, with its own attention; afterwards everything is as it was."""
    import torch

    inner, own = _inner(model), attention_of(model)
    modes = [module.training for module in model.modules()]
    devices = [torch.cuda.current_device()] if torch.cuda.is_available() else []
    other = attention not in ("", own)
    with torch.random.fork_rng(devices), torch.no_grad():
        try:
            if other:
                inner.set_attn_implementation(attention)
            model.eval()
            yield
        finally:
            if other:
                inner.set_attn_implementation(own)
            for module, mode in zip(model.modules(), modes, strict=True):
                module.training = mode


def attention_of(model: Any) -> str:
    """The name of the attention that is in use."""
    return getattr(_inner(model).config, "_attn_implementation", None) or ""


def _inner(model: Any) -> Any:
    return model.get_base_model() if hasattr(model, "get_base_model") else model


def prompt_of(conversation: Conversation, renderer: Renderer) -> Prompt | None:
    """A conversation cut before its last learned reply; nothing where nobody asks for one."""
    reply = conversation.last_reply()
    judged_bad = conversation.rejected and conversation.messages[-1].role != "assistant"
    if not reply or judged_bad:
        return None
    ids, expected = renderer.prompt(conversation, reply)
    words = words_of(conversation.messages[reply - 1])
    return Prompt(conversation.id, ids, words, expected, conversation)


def next_prompt_of(conversation: Conversation, renderer: Renderer) -> Prompt:
    """A conversation that awaits a reply, as a server writes it: nothing is known of what to expect."""
    try:
        ids = renderer.next_prompt(conversation)
    except Quarantine as refusal:
        words = f"the template cannot write the question {conversation.id}: {refusal}"
        raise PitchpipeError(words) from None
    return Prompt(conversation.id, ids, words_of(conversation.messages[-1]), "", conversation)


def words_of(message: Message) -> str:
    """What a message asks, with its context."""
    return f"{message.content} {message.context}".strip()


def answers(
    model: "PreTrainedModel",
    tokenizer: "PreTrainedTokenizerFast",
    stops: list[int],
    prompts: Sequence[Prompt],
    batch_size: int,
    max_new_tokens: int,
    tick: Callable[[int], None] = lambda count: None,
    how: Sampling = GREEDY,
) -> Iterator[Answer]:
    """The model's answer to each prompt; `tick` hears how many were given."""
    found: dict[int, Answer] = {}
    for some in batches(model, tokenizer, stops, prompts, batch_size, max_new_tokens, how):
        found |= some
        tick(len(some))
    yield from (found[number] for number in range(len(prompts)))


def batches(
    model: "PreTrainedModel",
    tokenizer: "PreTrainedTokenizerFast",
    stops: list[int],
    prompts: Sequence[Prompt],
    batch_size: int,
    max_new_tokens: int,
    how: Sampling = GREEDY,
    until: Sequence[str] = (),
) -> Iterator[dict[int, Answer]]:
    """The answers of one batch after the other, by the numbers of their prompts.

    Prompts of like length are asked together, the longest first: too little memory shows at once. An answer
    also ends where it says one of `until`, which is no part of its text.
    """
    order = sorted(range(len(prompts)), key=lambda number: -len(prompts[number].ids))
    apart = model.config.is_encoder_decoder
    before = Before.of(model)
    with plain_settings(model, stops, cast(int, tokenizer.pad_token_id), how) as settings:
        for start in range(0, len(order), batch_size):
            numbers = order[start : start + batch_size]
            ids = [prompts[number].ids for number in numbers]
            settings.max_new_tokens = min(max_new_tokens, _room(before, 1 if apart else len(ids[0])))
            heard = Until(tokenizer, until, 1 if apart else len(ids[0])) if until else None
            tokens = written(model, ids, tokenizer.pad_token_id, heard)
            yield {n: answer(tokenizer, ids, stops, until) for n, ids in zip(numbers, tokens, strict=True)}


def _room(before: Before, taken: int) -> int:
    """How many tokens a model can write: learned positions end, and some are taken."""
    if not (before.positions and before.learned):
        return sys.maxsize
    return max(1, before.positions - taken)


def written(
    model: "PreTrainedModel",
    prompts: list[list[int]],
    pad: Any,
    heard: Until | None,
    processors: Sequence[Any] = (),
) -> list[list[int]]:
    """What the model writes: behind the prompt, or in its decoder behind the token that it starts with."""
    import torch
    from transformers import LogitsProcessorList

    width, apart = max(map(len, prompts)), model.config.is_encoder_decoder
    rows, seen = list[list[int]](), list[list[int]]()
    for ids in prompts:
        gap = width - len(ids)
        # An encoder counts places from the left; a decoder goes on at the right.
        rows.append([*ids, *[pad] * gap] if apart else [*[pad] * gap, *ids])
        seen.append([*[1] * len(ids), *[0] * gap] if apart else [*[0] * gap, *[1] * len(ids)])
    tokens = cast(Callable[..., Any], model.generate)(
        input_ids=torch.tensor(rows, device=model.device),
        attention_mask=torch.tensor(seen, device=model.device),
        stopping_criteria=[heard] if heard else None,
        logits_processor=LogitsProcessorList(processors) if processors else None,
    )
    found: list[list[int]] = tokens[:, 1 if apart else width :].tolist()
    return found


@contextmanager
def plain_settings(
    model: "PreTrainedModel", stops: list[int], pad: int, how: Sampling = GREEDY
) -> "Iterator[GenerationConfig]":
    """Generation by the likeliest token, or by chance as it is asked for, and by nothing else.

    The base's own beams, penalties, least lengths and forced tokens would decide what an evaluator sees, and
    Transformers takes from them whatever a call leaves open. So they are put aside meanwhile.
    """
    from transformers import GenerationConfig

    inner = _inner(model)
    own = inner.generation_config
    drawn = {"do_sample": True, **asdict(how), "min_p": how.min_p or None} if how.temperature else {}
    plain = GenerationConfig(
        num_beams=1, eos_token_id=stops, pad_token_id=pad, bos_token_id=own.bos_token_id,
        decoder_start_token_id=own.decoder_start_token_id, **(drawn or {"do_sample": False}),
    )  # fmt: skip
    inner.generation_config = plain
    try:
        yield plain
    finally:
        inner.generation_config = own


def answer(
    tokenizer: "PreTrainedTokenizerFast", ids: list[int], stops: list[int], until: Sequence[str] = ()
) -> Answer:
    """What tokens say up to the one that ends them, or to words that do."""
    end = next((at for at, token in enumerate(ids) if token in stops), len(ids))
    text = str(tokenizer.decode(ids[:end], skip_special_tokens=True))
    said = before_any(text, until)
    return Answer(said, end < len(ids) or said != text, ids[: end + 1])
