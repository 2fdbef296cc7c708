"""BLEU (Papineni et al. 2002) as sacrebleu computes it: words, counts and signature are sacrebleu's.

Orders of which no reply has a run are left out (its `effective_order`): a set of perfect replies of three
words has 100, not 0. Where any reply has four words this changes nothing.
"""

from collections.abc import Sequence
from typing import Any

import pitchpipe as pp
from pitchpipe_components.evaluators.overlap.ngrams import numbered, shared
from pitchpipe_components.evaluators.overlap.splitting import Words, words_for

ORDERS = 4
Pairs = Sequence[tuple[str, str]]  # what is said, and what is expected


def bleu(ids: Sequence[str], pairs: Pairs, words: Words) -> pp.Measured:
    """Of all replies together."""
    from sacrebleu.metrics.bleu import BLEU

    chosen = words_for([expected for _, expected in pairs]) if words == "auto" else words
    metric = BLEU(tokenize=chosen, effective_order=True)

    def split(text: str) -> list[str]:
        return str(metric.tokenizer(text.rstrip())).split()

    found = shared(numbered([(split(said), split(expected)) for said, expected in pairs]), ORDERS)
    lengths = zip(found.said[:, 0].tolist(), found.expected[:, 0].tolist(), strict=True)
    items = {
        id: (*map(float, (*both_lengths, *both, *said)),)
        for id, both_lengths, both, said in zip(
            ids, lengths, found.both.tolist(), found.said.tolist(), strict=True
        )
    }
    return pp.Measured(items, value, how=_signature(metric), least=0.0, most=100.0)


def _signature(metric: Any) -> str:
    metric.num_refs = 1
    return f"BLEU|{metric.get_signature()}"


def value(sums: Any) -> Any:
    """Of sums: words said and expected; for each order runs that are both, and runs that are said."""
    import numpy as np

    sums = np.asarray(sums, np.float64)
    both, said = sums[..., 2 : 2 + ORDERS], sums[..., 2 + ORDERS :]
    there, none = said > 0, (both == 0) & (said > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        # The first order that shares nothing counts as half a run, the next as a quarter, and so on.
        halves = np.where(none, 0.5 ** np.cumsum(none, axis=-1), both)
        logs = np.where(there, np.log(np.where(there, halves, 1) / np.where(there, said, 1)), 0)
        precision = np.exp(logs.sum(-1) / there.sum(-1))
        short = np.exp(np.minimum(0, 1 - sums[..., 1] / sums[..., 0]))
    return np.where(both.sum(-1) > 0, 100 * short * precision, 0.0)
