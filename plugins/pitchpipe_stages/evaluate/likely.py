"""How likely a model holds texts, from the record where that was asked before."""

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.contracts import Console
from pitchpipe_stages.console import escape
from pitchpipe_stages.evaluate.memory import AskedBefore, Likelihood, key_of
from pitchpipe_stages.generate import asking
from pitchpipe_stages.generate.likely.asked import Asked, fitting
from pitchpipe_stages.generate.likely.likelihoods import likelihoods
from pitchpipe_stages.model.before import Before

if TYPE_CHECKING:
    from transformers import PreTrainedModel

Pairs = Sequence[tuple[Sequence[int], Sequence[int]]]


def likelihoods_of(
    model: "PreTrainedModel",
    record: AskedBefore[Likelihood],
    asked: Pairs,
    label: str,
    batch_size: int,
    console: Console,
) -> list[tuple[float, bool]]:
    """Of each text behind another. Each batch is on disk before the next one begins."""
    keys = [key_of(*one) for one in asked]
    left = defaultdict[Asked, list[str]](list)
    for key, one in zip(keys, asked, strict=True):
        if not record.get(key):
            left[_fitting(model, one, label)].append(key)

    def say(words: str) -> None:
        console.say(f"[dim]{label}: {escape(words)}[/]")

    if left:
        with asking.ready(model), console.bar(label, sum(map(len, left.values()))) as tick:
            for some in likelihoods(model, list(left), batch_size, say):
                kept = {key: Likelihood(*value) for one, value in some.items() for key in left[one]}
                record.add(kept)
                tick(len(kept))
    found = [record.get(key) for key in keys]
    return [(one.value, one.greedy) for one in found if one]


def _fitting(model: "PreTrainedModel", asked: tuple[Sequence[int], Sequence[int]], label: str) -> Asked:
    """What is asked, as far as the model can read it."""
    most, apart = Before.of(model).positions, model.config.is_encoder_decoder
    context, follower = fitting(*asked, most, apart)
    if not context or not follower:
        lengths = f"a text of {len(asked[1]):,} tokens behind one of {len(asked[0]):,}"
        raise PitchpipeError(f"{label}: {lengths} cannot be read by a model with {most} positions")
    return context, follower
