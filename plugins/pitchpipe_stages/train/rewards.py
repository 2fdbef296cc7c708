"""What the recipe's rewards say of replies. One that fails stops the run with its row and the reply."""

from collections.abc import Sequence
from itertools import islice
from math import isfinite
from numbers import Real
from typing import TYPE_CHECKING, Any

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.contracts import Console
from pitchpipe.host.protocols import RewardsMany
from pitchpipe.recipe.recipe import Use
from pitchpipe.records.conversation import Conversation
from pitchpipe.records.example import Examples
from pitchpipe_stages.console import escape, shortened

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

SHOWN = 200  # characters of a reply in an error
LOOKED_AT = 1000  # prompts whose expected replies are measured


class Rewarder:
    """Asks each reward about replies."""

    def __init__(self, uses: Sequence[Use]):
        self.uses = uses

    @property
    def weights(self) -> dict[str, float]:
        """What the values of each reward count."""
        return {use.label: float(use.shared.get("weight", 1.0)) for use in self.uses}

    def tell(
        self, train: Examples, tokenizer: "PreTrainedTokenizerFast", longest: int | None, console: Console
    ) -> None:
        """Tells of prompts for which a reward has nothing to compare replies with, and of expected replies
        that are longer than those that the model may give."""
        names = [use.label for use in self.uses if getattr(use.component.call, "compares", False)]
        if not names:
            return
        without = [one for one in train.conversations() if one.messages[-1].role != "assistant"]
        if without:
            console.say(
                f"[yellow]warning:[/] {len(without):,} of {len(train):,} prompts have no expected reply, as"
                f" {escape(without[0].source)}: all replies to them are worth 0 to {' and '.join(names)}, and"
                " nothing is learned from that"
            )
        lengths = _lengths(train, tokenizer) if longest else []
        cut = sum(length > (longest or 0) for length in lengths)
        if cut:
            console.say(
                f"[yellow]warning:[/] {cut:,} of {len(lengths):,} expected replies have more tokens than"
                f" max_new_tokens, {longest:,}: {' and '.join(names)} will hardly find a cut reply right"
            )

    def of(self, replies: Sequence[str], conversations: Sequence[Conversation]) -> list[dict[str, float]]:
        """For each reply what each reward says of it."""
        found: list[dict[str, float]] = [{} for _ in replies]
        for use in self.uses:
            ask = _together if isinstance(use.bound, RewardsMany) else _one_by_one
            for values, value in zip(found, ask(use, replies, conversations), strict=True):
                values[use.label] = value
        return found


def _lengths(train: Examples, tokenizer: "PreTrainedTokenizerFast") -> list[int]:
    """The tokens of the first expected replies."""
    lasts = (one.messages[-1] for one in islice(train.conversations(), LOOKED_AT))
    replies = [last.content for last in lasts if last.role == "assistant"]
    return [len(tokenizer.encode(reply, add_special_tokens=False)) for reply in replies]


def _one_by_one(use: Use, replies: Sequence[str], conversations: Sequence[Conversation]) -> list[float]:
    found = []
    for reply, conversation in zip(replies, conversations, strict=True):
        try:
            value = use.bound(reply, conversation)
        except Exception as error:
            raise _failed(use, error, reply, conversation) from error
        found.append(_number(use, value, reply, conversation))
    return found


def _together(use: Use, replies: Sequence[str], conversations: Sequence[Conversation]) -> list[float]:
    try:
        values = list(use.bound.batch(replies, conversations))
    except Exception as error:
        raise _failed(use, error, replies[0], conversations[0], len(replies) - 1) from error
    if len(values) != len(replies):
        raise PitchpipeError(f"{use.component} gave {len(values)} values for {len(replies)} replies")
    return [_number(use, *one) for one in zip(values, replies, conversations, strict=True)]


def _number(use: Use, value: Any, reply: str, conversation: Conversation) -> float:
    value = value.item() if hasattr(value, "item") else value  # of numpy or torch
    if isinstance(value, Real) and isfinite(value):
        return float(value)
    raise PitchpipeError(
        f"{conversation.source}: {use.component} gave {value!r}, which is no finite number, for the reply"
        f" {shortened(reply, SHOWN)!r}"
    )


def _failed(
    use: Use, error: Exception, reply: str, conversation: Conversation, others: int = 0
) -> PitchpipeError:
    """The error of a reward, in words."""
    also = f" and {others} more, given to it at once" if others else ""
    what = str(error) if isinstance(error, PitchpipeError) else f"{type(error).__name__}: {error}"
    said = shortened(reply, SHOWN)
    return PitchpipeError(
        f"{conversation.source}: {use.component} failed: {what}. The reply was {said!r}{also}"
    )
