"""Asking a model: put it on its device, give it prompts, read what it says."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pitchpipe import Subject


@dataclass(frozen=True)
class Prompt:
    """The ids up to the last reply of a conversation, the words asked, the reply that is expected."""

    id: str
    ids: list[int]
    asked: str
    expected: str


@dataclass(frozen=True)
class Answer:
    """What a model said to a prompt, and whether it ended by itself."""

    text: str
    ended: bool


@contextmanager
def ready(subject: Subject) -> Iterator[Any]:
    """The model on its device, in evaluation mode, without gradients."""
    import torch
    from accelerate import PartialState

    model = subject.model
    if not getattr(model, "is_quantized", False):
        model = model.to(PartialState().device)
    with torch.inference_mode():
        yield model.eval()


def prompts(subject: Subject, limit: int | None) -> list[Prompt]:
    """The held-out conversations, each cut before its last learned reply."""
    found: list[Prompt] = []
    for conversation in subject.test.conversations():
        reply = conversation.last_reply()
        if reply is None:
            continue
        if limit is not None and len(found) == limit:
            break
        ids, expected = subject.renderer.prompt(conversation, reply)
        before = conversation.messages[reply - 1] if reply else conversation.messages[0]
        found.append(Prompt(conversation.id, ids, f"{before.content} {before.context}".strip(), expected))
    return found


def answers(
    subject: Subject, asked: list[Prompt], label: str, batch_size: int, max_new_tokens: int
) -> list[Answer]:
    """What the model says to each prompt, always taking the likeliest token."""
    import torch

    stop = subject.tokenizer.convert_tokens_to_ids(subject.renderer.stop)
    pad = subject.tokenizer.pad_token_id
    said = []
    with ready(subject) as model, subject.console.bar(label, len(asked)) as tick:
        for start in range(0, len(asked), batch_size):
            batch = [prompt.ids for prompt in asked[start : start + batch_size]]
            width = max(map(len, batch))
            ids = torch.tensor(
                [[pad] * (width - len(prompt)) + prompt for prompt in batch], device=model.device
            )
            mask = torch.tensor([[0] * (width - len(p)) + [1] * len(p) for p in batch], device=model.device)
            written = model.generate(
                input_ids=ids, attention_mask=mask, max_new_tokens=max_new_tokens, do_sample=False,
                eos_token_id=stop, pad_token_id=pad, temperature=None, top_p=None, top_k=None,
            )  # fmt: skip
            said += [_answer(subject.tokenizer, row, stop) for row in written[:, width:].tolist()]
            tick(len(batch))
    return said


def _answer(tokenizer: Any, ids: list[int], stop: int) -> Answer:
    ended = stop in ids
    return Answer(tokenizer.decode(ids[: ids.index(stop)] if ended else ids, skip_special_tokens=True), ended)
