"""Log-probabilities of texts behind others, batch by batch, in the quickest way that a model can be read.

What many contexts begin with, such as the examples before each question of a test, is read once; then each
context; then each answer to it. The way is proven on the first batch of its kind: a model that gives other
numbers by it, or cannot do it, has each text read from its beginning.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from math import isclose
from typing import Any

from pitchpipe_stages.generate.likely.asked import Asked, Context, batches, contexts_of
from pitchpipe_stages.generate.likely.logits import Found
from pitchpipe_stages.generate.likely.prefixes import Alike, clusters
from pitchpipe_stages.generate.likely.reading import DecoderReader, EncoderReader

Way = Callable[[list[Context]], Found]
WORTH = 1.2  # times as many tokens: reading in parts has a price
NEAR = {4: (1e-4, 1e-3), 2: (2e-2, 2e-1)}  # relative and absolute, by the bytes of a weight


def likelihoods(
    model: Any,
    asked: Sequence[Asked],
    batch_size: int,
    say: Callable[[str], None] = lambda words: None,
) -> Iterator[Found]:
    """Of one batch after the other, for what was asked: the log-probability, and whether each token is the
    likeliest. `batch_size` of the longest are read at once, and as many tokens of others."""
    if not asked:
        return
    contexts = contexts_of(asked, batch_size)
    tokens = batch_size * max(one.longest for one in contexts)
    if model.config.is_encoder_decoder:
        encoder = EncoderReader(model)
        yield from (encoder.together(batch) for batch in batches(contexts, tokens))
        return
    yield from _Ways(DecoderReader(model), tokens, say).read(contexts)


class _Ways:
    """Chooses how contexts are read."""

    def __init__(self, reader: DecoderReader, tokens: int, say: Callable[[str], None]):
        self.reader, self.tokens, self.say = reader, tokens, say
        self._proven: dict[bool, bool] = {}  # with a shared beginning, and without
        self._told = False

    def read(self, contexts: list[Context]) -> Iterator[Found]:
        plain = list[Context]()
        # The longest first: too little memory shows at once, and so does a window that is too short.
        for cluster in sorted(clusters(contexts), key=lambda one: -one.longest):
            way = self._way(cluster)
            if way:
                yield from map(way, batches(cluster.contexts, self.tokens))
            else:
                plain += cluster.contexts
        yield from map(self.reader.alone, batches(plain, self.tokens))

    def _way(self, cluster: Alike) -> Way | None:
        """The quickest way for some contexts that gives right numbers, if there is one beside the plain."""
        for one in (cluster, Alike(cluster.contexts, 0))[not cluster.shared :]:
            if WORTH * one.tokens < sum(context.alone for context in one.contexts) and self._is_right(one):
                return self._reads(one)
        return None

    def _reads(self, cluster: Alike) -> Way:
        if not cluster.shared:
            return self.reader.together
        beginning = self.reader.beginning(cluster.contexts[0].ids[: cluster.shared], cluster.longest)
        return partial(self.reader.together, shared=cluster.shared, beginning=beginning)

    def _is_right(self, cluster: Alike) -> bool:
        """Whether reading in parts gives the same numbers: tried on the longest context and a shorter one."""
        kind = bool(cluster.shared)
        if kind not in self._proven:
            first = next(batches(cluster.contexts, self.tokens))
            tried = [Context(one.ids, one.followers[:2]) for one in (first[0], first[-1])]
            self._proven[kind] = self._tried(cluster, tried)
        return self._proven[kind]

    def _tried(self, cluster: Alike, contexts: list[Context]) -> bool:
        import torch

        try:
            found = self._reads(cluster)(contexts)
        except torch.OutOfMemoryError:
            raise
        except Exception as reason:  # whatever a model does that cannot go on from a cache
            self._tell(f"it cannot go on from a cache: {reason}")
            return False
        relative, absolute = NEAR.get(self.reader.model.dtype.itemsize, NEAR[2])
        right = self.reader.alone(contexts)
        if all(isclose(found[one][0], right[one][0], rel_tol=relative, abs_tol=absolute) for one in right):
            return True
        self._tell("it gives other numbers where it goes on from a cache")
        return False

    def _tell(self, reason: str) -> None:
        if not self._told:
            words = f"what texts have in common is read for each of them, which takes longer: {reason}"
            self.say(words)
        self._told = True
