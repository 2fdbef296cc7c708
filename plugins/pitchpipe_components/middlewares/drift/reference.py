"""What a model is used to: for each feature its bins, and how many rows of the reference are in each."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any

from msgspec import Struct, field, msgpack

import pitchpipe as pp
from pitchpipe_components.middlewares.drift.bins import NameBins, NumberBins
from pitchpipe_components.middlewares.drift.features import Value, of_learned
from pitchpipe_components.middlewares.drift.topics import TopicBins, spelled

VERSION = 1  # of the features and bins: others are another reference


class FeatureReference(Struct):
    """One feature. `learned`: from the training data, not from what was served first."""

    bins: NumberBins | NameBins | TopicBins
    counts: list[int]
    learned: bool

    @classmethod
    def of(
        cls, feature: str, values: Sequence[Any], learned: bool, spelling: Any = None
    ) -> "FeatureReference":
        bins: NumberBins | NameBins | TopicBins
        if feature == "topic":
            bins = TopicBins.of(values, spelling)
        else:
            bins = NameBins.of(values) if isinstance(values[0], str) else NumberBins.of(values)
        counts = [0] * len(bins)
        for value in values:
            counts[bins.place(value)] += 1
        return cls(bins, counts, learned)


class DriftReference(Struct):
    """All features of a model. `digest` says of which data."""

    digest: str = ""
    features: dict[str, FeatureReference] = field(default_factory=dict)

    @classmethod
    def of(cls, conversations: Sequence[pp.Conversation], digest: str) -> "DriftReference":
        """From the data that a model was tuned on. Their words name the topics."""
        rows = [features for one in conversations for features in of_learned(one)]
        spelling = spelled([message.content for one in conversations for message in one.messages])
        names = dict.fromkeys(name for row in rows for name in row)
        return cls(digest, {name: cls._learned(name, rows, spelling) for name in names})

    @staticmethod
    def _learned(name: str, rows: Iterable[dict[str, Value]], spelling: dict[int, str]) -> FeatureReference:
        return FeatureReference.of(name, [row[name] for row in rows if name in row], True, spelling)


def digest_of(conversations: Sequence[pp.Conversation]) -> str:
    """Says whether a reference is still that of these data."""
    told = (VERSION, [(one.id, len(one.messages)) for one in conversations])
    return blake2b(msgpack.encode(told), digest_size=8).hexdigest()
