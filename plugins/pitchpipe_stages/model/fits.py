"""Whether data and tokenizer fit the model: a token without a row crashes in the middle of training, and a
conversation longer than the model's positions crashes, or is learned badly in silence."""

from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING

from pitchpipe.errors import PitchpipeError
from pitchpipe_stages.model.before import Before
from pitchpipe_stages.prepare.examples import PreparedExamples

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

SHOWN = 3  # tokens in a warning


def must_fit(
    before: Before, tokenizer: "PreTrainedTokenizerFast", new: list[int], sides: Sequence[PreparedExamples]
) -> None:
    """Stop where the model cannot read what it will be given: a token, the padding, a position."""
    _padding(before.rows, tokenizer, new)
    for side in sides:
        _tokens(before.rows, tokenizer, new, side)
    longest = _longest(sides)
    if before.positions and before.learned and longest > before.positions:
        raise PitchpipeError(
            f"the longest conversation has {longest:,} tokens, and the model has learned"
            f" {before.positions:,} positions: it cannot read the rest. Say so to the collator:"
            f" `length: {before.positions}`"
        )


def warnings(
    before: Before, tokenizer: "PreTrainedTokenizerFast", new: list[int], sides: Sequence[PreparedExamples]
) -> list[str]:
    """What a model can be trained on, and what may go wrong with it."""
    return [note for note in (_strangers(before, tokenizer, new), _stretched(before, sides)) if note]


def _padding(rows: int, tokenizer: "PreTrainedTokenizerFast", new: list[int]) -> None:
    pad = tokenizer.pad_token_id
    if pad >= rows and pad not in new:
        raise PitchpipeError(
            f"the padding token {tokenizer.pad_token!r} has the id {pad:,}, and the model has rows for"
            f" {rows:,} tokens. Name a token that it has as the model's `pad_token`."
        )


def _tokens(rows: int, tokenizer: "PreTrainedTokenizerFast", new: list[int], side: PreparedExamples) -> None:
    found = {token: at for token, at in side.ids_from(rows).items() if token not in new}
    if not found:
        return
    token, at = next(iter(found.items()))
    where = next(islice(side.conversations(), at, None)).source
    raise PitchpipeError(
        f"{where}: the token {tokenizer.convert_ids_to_tokens(token)!r} has the id {token:,}, and the model"
        f" has rows for {rows:,} tokens.\nUse the tokenizer that belongs to the model. If such tokens are"
        f" meant to be new, give the model rows first: model.resize_token_embeddings({len(tokenizer)})"
    )


def _strangers(before: Before, tokenizer: "PreTrainedTokenizerFast", new: list[int]) -> str:
    """Tokens that no example holds, and that the model cannot read all the same."""
    beyond = [token for token in range(before.rows, len(tokenizer)) if token not in new]
    if not beyond:
        return ""
    names = [str(name) for name in tokenizer.convert_ids_to_tokens(beyond[:SHOWN])]
    return (
        f"the tokenizer has {len(beyond):,} tokens for which the model has no row:"
        f" {', '.join(names)}{', ...' if len(beyond) > SHOWN else ''}."
        " The data holds none; a server fails at a text that does."
    )


def _stretched(before: Before, sides: Sequence[PreparedExamples]) -> str:
    longest, known = _longest(sides), before.positions
    if not known or before.learned or longest <= known:
        return ""
    kind = f"rotary: {before.rotary}" if before.rotary else "computed"
    return (
        f"the longest conversation has {longest:,} tokens, and the model was made for {known:,} positions"
        f" ({kind}). It reads on, and badly, unless training teaches it. Either give the collator"
        f" `length: {known}`, or stretch the positions in the model's config.json (rope_parameters)."
    )


def _longest(sides: Sequence[PreparedExamples]) -> int:
    return max((int(side.lengths().max()) for side in sides if len(side)), default=0)
