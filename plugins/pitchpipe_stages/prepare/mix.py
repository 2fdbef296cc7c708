"""How much of each source is trained on: shares, budgets, repetition."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pitchpipe.errors import PitchpipeError
from pitchpipe_stages.data.sections import SourceUse
from pitchpipe_stages.prepare.result import MixLine
from pitchpipe_stages.prepare.sections import Mix

OFTEN = 4  # epochs over the same rows, above which a warning is due


@dataclass(frozen=True)
class MixRows:
    """What the mix knows of the rows that may be trained on.

    `names` are hashes that decide which rows of a source are taken, whatever their order.
    """

    lane: NDArray[np.uint16]  # the number of the source
    stepwise: NDArray[np.bool_]
    tokens: NDArray[np.int32]
    names: NDArray[np.uint64]


@dataclass
class Stratum:
    """Rows that share a rate: a source, or its chain-of-thought rows."""

    name: str
    source: SourceUse
    rows: NDArray[np.int64]
    size: float  # conversations, or tokens
    stepwise: bool = False
    target: float = 0.0


def as_it_is(mix: Mix, sources: list[SourceUse]) -> bool:
    """Is every row trained on once?"""
    asked = mix.rates() or mix.total is not None or mix.stepwise is not None
    said = (amount for s in sources for amount in (s.weight, s.fraction, s.count, s.epochs))
    return not asked and all(amount is None for amount in said)


def order(mix: Mix, sources: list[SourceUse], rows: MixRows) -> tuple[NDArray[np.int64], list[MixLine]]:
    """The rows to train on, by number, some of them more than once; and the mix as it came out."""
    tokens = rows.tokens
    sizes = tokens.astype(np.int64) if mix.unit == "tokens" else np.ones(len(tokens), np.int64)
    if mix.unit == "tokens" and not tokens.any():
        raise PitchpipeError(
            "mix.unit: tokens are counted with a model's tokenizer, and the recipe has no model"
        )
    strata = _strata(mix, sources, rows, sizes)
    _aim(mix, strata)
    chosen = [_drawn(stratum, sizes, rows.names, mix.seed) for stratum in strata]
    whole = np.concatenate([drawn for drawn, _ in chosen]) if chosen else np.zeros(0, np.int64)
    total = max(sizes[whole].sum(), 1)
    lines = [
        MixLine(
            source=stratum.name,
            available=len(stratum.rows),
            conversations=len(drawn),
            tokens=int(tokens[drawn].sum()),
            share=round(float(sizes[drawn].sum() / total), 4),
            epochs=round(epochs, 2),
        )
        for stratum, (drawn, epochs) in zip(strata, chosen, strict=True)
    ]
    return np.sort(whole, kind="stable") if all(epochs <= 1 for _, epochs in chosen) else whole, lines


def too_often(mixed: list[MixLine]) -> list[str]:
    """A warning on each source that is repeated more than is good."""
    return [
        f"'{line.source}' is seen {line.epochs:g} times in each epoch of training:"
        f" more than {OFTEN} teaches by heart"
        for line in mixed
        if line.epochs > OFTEN
    ]


def _strata(mix: Mix, sources: list[SourceUse], rows: MixRows, sizes: NDArray[np.int64]) -> list[Stratum]:
    strata = []
    for number, source in enumerate(sources):
        for steps in (False, True) if mix.stepwise is not None else (False,):
            mine = rows.lane == number
            if mix.stepwise is not None:
                mine &= rows.stepwise == steps
            found = np.flatnonzero(mine)
            if len(found):
                name = source.name + (", step by step" if steps else "")
                strata.append(Stratum(name, source, found, float(sizes[found].sum()), steps))
    return strata


def _aim(mix: Mix, strata: list[Stratum]) -> None:
    """How much of each stratum is wanted: what its source says outright, the rest by rates."""
    free = []
    for stratum in strata:
        share = stratum.size / sum(s.size for s in strata if s.source is stratum.source)
        source = stratum.source
        if source.count is not None:
            stratum.target = source.count * share * (stratum.size / len(stratum.rows))
        elif source.fraction is not None or source.epochs is not None:
            stratum.target = stratum.size * (source.fraction or source.epochs or 0)
        else:
            free.append(stratum)
    fixed = sum(stratum.target for stratum in strata)
    total = (mix.total - fixed) if mix.total is not None else sum(stratum.size for stratum in free)
    if not (
        mix.rates() or any(stratum.source.weight is not None for stratum in free) or mix.total is not None
    ):
        for stratum in free:
            stratum.target = stratum.size
    else:
        _by_rates(mix, free, max(total, 0))
    if mix.stepwise is not None:
        _stepwise(mix.stepwise, strata)


def _by_rates(mix: Mix, strata: list[Stratum], total: float) -> None:
    """Rates by weight, or by size, capped and flattened as FLAN does: min(size, cap) ** (1 / T)."""
    rates = [
        stratum.source.weight * stratum.size / sum(s.size for s in strata if s.source is stratum.source)
        if stratum.source.weight is not None
        else min(stratum.size, mix.cap or stratum.size) ** (1 / mix.root)
        for stratum in strata
    ]
    for stratum, rate in zip(strata, rates, strict=True):
        stratum.target = total * rate / sum(rates)


def _stepwise(share: float, strata: list[Stratum]) -> None:
    """Chain of thought gets its share of the whole; the strata on either side keep their proportions."""
    total = sum(stratum.target for stratum in strata)
    for steps, wanted in ((True, share), (False, 1 - share)):
        mine = [stratum for stratum in strata if stratum.stepwise == steps]
        if not mine and wanted:
            kind = "no chain-of-thought row" if steps else "nothing but chain-of-thought rows"
            raise PitchpipeError(f"mix.stepwise: {share}: there is {kind} in the data")
        now = sum(stratum.target for stratum in mine)
        for stratum in mine:
            stratum.target *= total * wanted / now


def _drawn(
    stratum: Stratum, sizes: NDArray[np.int64], names: NDArray[np.uint64], seed: int
) -> tuple[NDArray[np.int64], float]:
    """All rows as often as they fit whole, and of one more round as many as come nearest to the target."""
    epochs = stratum.target / stratum.size
    rounds, rest = divmod(epochs, 1)
    rows = [stratum.rows] * int(rounds)
    if rest > 1e-9:
        ranked = stratum.rows[np.argsort(_shuffled(names[stratum.rows], seed), kind="stable")]
        taken = np.cumsum(sizes[ranked])
        wanted = rest * stratum.size
        most = int(np.searchsorted((taken + np.append(0, taken[:-1])) / 2, wanted - 1e-6, side="right"))
        rows.append(np.sort(ranked[:most]))
    return np.concatenate(rows) if rows else np.zeros(0, np.int64), epochs


def _shuffled(names: NDArray[np.uint64], seed: int) -> NDArray[np.uint64]:
    with np.errstate(over="ignore"):
        x = (names ^ np.uint64(seed % 2**64)) * np.uint64(0x9E3779B97F4A7C15)
        return (x ^ (x >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
