"""Proves an export: asked from outside, it has the prompts of training and gives the model's own tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pitchpipe.errors import PitchpipeError
from pitchpipe_stages.export.probes import ClientPrompt
from pitchpipe_stages.export.reading import Read
from pitchpipe_stages.export.reference import LikelyReply

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast


@dataclass(frozen=True)
class SameTokens:
    """How many of a model's tokens another gives, up to the first that differs in each reply."""

    same: int
    tokens: int
    ties: int = 0  # replies that part where two tokens are equally likely but for rounding

    @property
    def share(self) -> float:
        return self.same / self.tokens if self.tokens else 1.0

    def __str__(self) -> str:
        ties = f", {self.ties} parted by a tie" if self.ties else ""
        return f"{self.same:,} of {self.tokens:,} tokens ({100 * self.share:.1f} %{ties})"


def agreement(wanted: Sequence[LikelyReply], found: Sequence[list[int]]) -> SameTokens:
    """Counts. Behind a tie nothing can be compared, so nothing is counted."""
    same = tokens = ties = 0
    for reply, ids in zip(wanted, found, strict=True):
        at = parting(reply, ids)
        tie = at is not None and at < len(ids) and at < len(reply.ids) and ids[at] in reply.ties[at]
        same += len(reply.ids) if at is None else at
        tokens += at if tie and at is not None else len(reply.ids)
        ties += tie
    return SameTokens(same, tokens, ties)


def parting(reply: LikelyReply, ids: list[int]) -> int | None:
    """Where another reply is no longer the same; nothing where it is the same to its end."""
    if reply.ids == ids:
        return None
    pairs = enumerate(zip(reply.ids, ids, strict=False))
    return next((at for at, (ours, theirs) in pairs if ours != theirs), min(len(reply.ids), len(ids)))


def prove_prompts(probes: Sequence[ClientPrompt], read: Read, tokenizer: "PreTrainedTokenizerFast") -> None:
    """Stop where the exported chat template gives other ids than training saw."""
    for probe, ids in zip(probes, read.prompts, strict=True):
        if probe.messages is not None and ids != probe.ids:
            raise PitchpipeError(
                f"the export gives other ids for a prompt than training saw ({read.by}):\n"
                f"training: {tokenizer.decode(probe.ids)!r}\n"
                f"export:   {'no chat template' if ids is None else repr(tokenizer.decode(ids))}"
            )


def prove_replies(
    wanted: Sequence[LikelyReply], read: Read, least: float, whose: str, tokenizer: "PreTrainedTokenizerFast"
) -> SameTokens:
    """Stop where too few of the model's tokens come from the export."""
    found = agreement(wanted, read.replies)
    if found.share >= least:
        return found
    index = next(i for i, reply in enumerate(wanted) if parting(reply, read.replies[i]) is not None)
    raise PitchpipeError(
        f"the export does not answer as {whose}: {found}, at least {100 * least:.0f} % are needed"
        f" ({read.by}).\n"
        f"{whose}: {tokenizer.decode(wanted[index].ids)!r}\n"
        f"the export: {tokenizer.decode(read.replies[index])!r}"
    )
