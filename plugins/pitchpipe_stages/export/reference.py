"""The tokens that a model answers, the likeliest each time, and those that rounding could put there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from pitchpipe.host.contracts import Console
from pitchpipe_stages.export.probes import ClientPrompt
from pitchpipe_stages.generate import asking

if TYPE_CHECKING:
    from transformers import PreTrainedModel

MOST_TOKENS = 24  # of a reply
# How far below the best a logit may be and still be a tie, as a share of the largest logit: the rounding of
# some thousand sums in each type.
TIE = {"float32": 1e-4, "float16": 4e-3, "bfloat16": 3e-2}


@dataclass(frozen=True)
class LikelyReply:
    """A reply's tokens; `ties` holds, for each, the tokens that are as likely but for rounding."""

    ids: list[int]
    ties: list[set[int]]


def replies(
    model: "PreTrainedModel",
    probes: Sequence[ClientPrompt],
    stops: list[int],
    pad: int,
    console: Console,
    label: str,
) -> list[LikelyReply]:
    """What a model answers. One prompt at a time: no padding, no other row changes a sum."""
    limit = TIE.get(str(model.dtype).removeprefix("torch."), TIE["bfloat16"])
    found = []
    with (
        asking.ready(model) as model,
        console.bar(label, len(probes)) as tick,
        asking.plain_settings(model, stops, pad) as settings,
    ):
        settings.max_new_tokens = MOST_TOKENS
        for probe in probes:
            found.append(_reply(model, probe.ids, limit))
            tick()
    return found


def _reply(model: Any, ids: list[int], limit: float) -> LikelyReply:
    import torch

    prompt = torch.tensor([ids], device=model.device)
    made = cast(Any, model.generate)(
        input_ids=prompt,
        attention_mask=torch.ones_like(prompt),
        output_logits=True,
        return_dict_in_generate=True,
    )
    logits = [step[0].float() for step in made.logits]
    written = made.sequences[0][-len(logits) :].tolist()
    return LikelyReply(written, [_ties(step, limit) for step in logits])


def _ties(logits: Any, limit: float) -> set[int]:
    least = logits.max() - limit * logits.abs().max()
    return set((logits >= least).nonzero().flatten().tolist())
