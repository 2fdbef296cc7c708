"""Whether two models say the same to probe prompts, within what rounding explains.

Logits are compared at every position. Their differences are measured by the spread of the logits, the root of
their mean square around the mean of a position: a model with larger logits rounds more. Answers are compared
token by token. Where they part at two tokens that are as likely within rounding, it is a tie and no failure.
"""

from typing import TYPE_CHECKING

from msgspec import Struct

from pitchpipe_stages.merge.probed import Probed

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

# Of the spread. Rounding alone, measured on 22 families (tests/families.py) and on 12 layers that are 1,024
# wide: at most 1e-5, 0.025 and 0.1. Deeper models round more often.
LIMITS = {"float32": 1e-3, "float16": 0.1, "bfloat16": 0.5}


class Parting(Struct, frozen=True):
    """Where an answer parts from the one expected: after so many tokens, at these two."""

    prompt: str
    after: int
    expected: str
    said: str
    apart: float  # their logits in the model that is the measure, as a share of the spread
    tie: bool


class Agreement(Struct, frozen=True):
    """How far two models say the same."""

    dtype: str
    limit: float  # of `largest`
    largest: float  # difference of a logit, as a share of the spread
    difference: float  # the same in logits
    spread: float
    positions: int
    tokens: int  # of the answers
    same: int  # of these, how many are the likeliest in the other model too
    answers: int
    partings: list[Parting]

    @property
    def failures(self) -> list[str]:
        """What differs more than rounding explains."""
        found = []
        if not self.largest <= self.limit:  # not a number is no agreement
            found.append(
                f"a logit differs by {self.difference:.3g}, {self.largest:.2g} of their spread; rounding to"
                f" {self.dtype} explains {self.limit:g}"
            )
        found += [
            f"asked {parting.prompt!r}, it says {parting.said!r} instead of {parting.expected!r} after"
            f" {parting.after} tokens, which is no tie: logits are {parting.apart:.2g} of the spread apart"
            for parting in self.partings
            if not parting.tie
        ][:1]
        return found

    @property
    def lines(self) -> list[str]:
        """What was compared, for people."""
        ties = f", {len(self.partings)} part at a tie within rounding" if self.partings else ""
        return [
            f"  logits: the largest difference is {self.difference:.2g} at {self.positions:,} positions,"
            f" {self.largest:.1g} of their spread (limit for {self.dtype}: {self.limit:g})",
            f"  answers: {self.answers - len(self.partings)} of {self.answers} greedy ones are the same,"
            f" token by token{ties}",
        ]


def agreement(measure: Probed, other: Probed, tokenizer: "PreTrainedTokenizerFast", dtype: str) -> Agreement:
    """Compare what a model says with what the measure says. `dtype` is the coarser type of the two."""
    import torch

    positions, largest, squares, count, same = 0, 0.0, 0.0, 0, 0
    for ours, theirs, answer in zip(measure.logits(), other.logits(), measure.answers, strict=True):
        same += int((theirs[-len(answer) :].argmax(-1) == torch.tensor(answer)).sum())
        difference = (ours - theirs).abs().max().item()
        largest = max(largest, difference) if difference == difference else torch.inf
        squares += (ours - ours.mean(-1, keepdim=True)).square().sum().item()
        positions, count = positions + len(ours), count + ours.numel()
    spread = (squares / count) ** 0.5
    limit, answers, tokens = LIMITS[dtype], len(measure.answers), sum(map(len, measure.answers))
    partings = _partings(measure, other, tokenizer, spread, limit)
    share = largest / spread if spread else torch.inf
    return Agreement(dtype, limit, share, largest, spread, positions, tokens, same, answers, partings)


def _partings(
    measure: Probed, other: Probed, tokenizer: "PreTrainedTokenizerFast", spread: float, limit: float
) -> list[Parting]:
    """The first place of each answer where the other model says another token.

    Two logits that each move by the limit change places where they are less than twice that apart.
    """
    found = []
    for number, logits in enumerate(measure.logits()):
        ours, theirs = measure.answers[number], other.answers[number]
        at = next((at for at, pair in enumerate(zip(ours, theirs, strict=False)) if len({*pair}) > 1), None)
        if at is None:
            continue
        here = logits[len(logits) - len(ours) + at]
        apart = (here[ours[at]] - here[theirs[at]]).abs().item() / spread
        words = [str(tokenizer.decode([token])) for token in (ours[at], theirs[at])]
        prompt = measure.prompts[number].words
        found.append(Parting(prompt, at, words[0], words[1], apart, apart <= 2 * limit))
    return found
