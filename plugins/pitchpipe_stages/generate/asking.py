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
