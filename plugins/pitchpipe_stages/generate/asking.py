"""Asks a model: puts it on its device, gives it prompts, reads its answers."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from pitchpipe.host.contracts import Answer, Prompt
from pitchpipe.records.conversation import Conversation
from pitchpipe_stages.render.renderer import Renderer

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast


@contextmanager
def ready(model: "PreTrainedModel") -> "Iterator[PreTrainedModel]":
    """The model on its device, in evaluation mode, without gradients."""
    import torch
    from accelerate import PartialState

    if not getattr(model, "is_quantized", False):
        model = model.to(PartialState().device)
    with torch.inference_mode():
        yield model.eval()


def prompt_of(conversation: Conversation, renderer: Renderer) -> Prompt | None:
    """A conversation cut before its last learned reply; nothing where nobody asks for one."""
    reply = conversation.last_reply()
    if not reply:
        return None
    ids, expected = renderer.prompt(conversation, reply)
    before = conversation.messages[reply - 1]
    return Prompt(conversation.id, ids, f"{before.content} {before.context}".strip(), expected)


def answers(
    model: "PreTrainedModel",
    tokenizer: "PreTrainedTokenizerFast",
    stops: list[int],
    prompts: Sequence[Prompt],
    batch_size: int,
    max_new_tokens: int,
) -> Iterator[Answer]:
    """The model's answer to each prompt, always the likeliest token."""
    import torch

    pad, generate = tokenizer.pad_token_id, cast(Callable[..., Any], model.generate)
    for start in range(0, len(prompts), batch_size):
        batch = [prompt.ids for prompt in prompts[start : start + batch_size]]
        width = max(map(len, batch))
        ids = torch.tensor([[pad] * (width - len(p)) + p for p in batch], device=model.device)
        mask = torch.tensor([[0] * (width - len(p)) + [1] * len(p) for p in batch], device=model.device)
        written = generate(
            input_ids=ids, attention_mask=mask, max_new_tokens=max_new_tokens, do_sample=False,
            eos_token_id=stops, pad_token_id=pad, temperature=None, top_p=None, top_k=None,
        )  # fmt: skip
        for row in written[:, width:].tolist():
            yield _answer(tokenizer, row, stops)


def _answer(tokenizer: "PreTrainedTokenizerFast", ids: list[int], stops: list[int]) -> Answer:
    end = next((at for at, token in enumerate(ids) if token in stops), len(ids))
    text = tokenizer.decode(ids[:end], skip_special_tokens=True)
    return Answer(str(text), end < len(ids))
