"""TopicBins: groups of texts that use the same words. A text is known by the numbers of its words alone."""

from collections import Counter
from collections.abc import Mapping, Sequence
from math import log
from typing import TYPE_CHECKING
from zlib import crc32

from msgspec import Struct

from pitchpipe_components.text.words import plain

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

READ = 2000  # characters of a text
VOCABULARY, TOPICS, ROUNDS, SEED = 1000, 8, 12, 0
ROWS_EACH = 50  # of a topic, on the average, at least
EVERYWHERE = 0.3  # of all texts: a word in more of them tells no topic
TOLD = 3  # words that stand for a topic

Bag = frozenset[int]  # the numbers of a text's words


def bag_of(text: str) -> Bag:
    return frozenset(map(crc32, plain(text[:READ]).split()))


def spelled(texts: Sequence[str]) -> dict[int, str]:
    """The words of texts by their numbers."""
    return {crc32(word): word.decode() for text in texts for word in plain(text[:READ]).split()}


class TopicBins(Struct, tag="topics"):
    """For each known word its number, and how much it speaks for each topic. `words` stand for the topics."""

    weights: dict[int, list[float]]
    words: list[str]

    @classmethod
    def of(cls, bags: Sequence[Bag], spelling: Mapping[int, str] | None = None) -> "TopicBins":
        """The topics of a reference, always the same ones. Without a spelling they have numbers for names."""
        rarity = _vocabulary(bags)
        columns = {word: column for column, word in enumerate(rarity)}
        centres = _centres(_vectors(bags, rarity, columns), max(2, min(TOPICS, len(bags) // ROWS_EACH)))
        weights = {
            word: [round(float(value) * rarity[word], 4) for value in centres[:, column]]
            for word, column in columns.items()
        }
        return cls(weights, [_words(weights, topic, spelling or {}) for topic in range(len(centres))])

    def __len__(self) -> int:
        return len(self.words) + 1

    def place(self, bag: Bag) -> int:
        """The topic that most of the words speak for; the last bin is for texts without a known word."""
        found = [self.weights[word] for word in bag if word in self.weights]
        if not found:
            return len(self.words)
        sums = [sum(column) for column in zip(*found, strict=True)]
        return sums.index(max(sums))

    def label(self, place: int) -> str:
        return self.words[place] if place < len(self.words) else "no known words"


def _vocabulary(bags: Sequence[Bag]) -> dict[int, float]:
    """The words that tell topics apart, each with how rare it is."""
    counts = Counter(word for bag in bags for word in bag)
    telling = [
        (count, word) for word, count in counts.items() if 2 <= count <= max(2, EVERYWHERE * len(bags))
    ]
    kept = sorted(telling, key=lambda pair: (-pair[0], pair[1]))[:VOCABULARY]
    return {word: log(len(bags) / count) for count, word in kept}


def _vectors(bags: Sequence[Bag], rarity: Mapping[int, float], columns: Mapping[int, int]) -> "Vectors":
    """Of length 1, one for each text with a known word."""
    import numpy as np

    vectors = np.zeros((len(bags), max(len(columns), 1)), np.float32)
    for row, bag in enumerate(bags):
        for word in bag & columns.keys():
            vectors[row, columns[word]] = rarity[word]
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.maximum(norms, 1e-9))[norms[:, 0] > 0]


def _centres(vectors: "Vectors", count: int) -> "Vectors":
    """By k-means on the sphere, begun with k-means++ and a fixed seed."""
    import numpy as np

    chance = np.random.default_rng(SEED)
    centres = vectors[:1]
    while 0 < len(centres) < min(count, len(vectors)):
        far = np.clip(1 - (vectors @ centres.T).max(1), 0, None).astype(np.float64)
        if not far.sum():
            break
        centres = np.concatenate([centres, vectors[chance.choice(len(vectors), 1, p=far / far.sum())]])
    for _ in range(ROUNDS if len(centres) else 0):
        nearest = (vectors @ centres.T).argmax(1)
        sums = np.stack([vectors[nearest == at].sum(0) for at in range(len(centres))])
        norms = np.linalg.norm(sums, axis=1, keepdims=True)
        centres = np.where(norms > 0, sums / np.maximum(norms, 1e-9), centres)
    return centres


def _words(weights: Mapping[int, Sequence[float]], topic: int, spelling: Mapping[int, str]) -> str:
    """The words that speak most for a topic."""
    best = sorted(weights, key=lambda word: (-weights[word][topic], word))[:TOLD]
    return ", ".join(spelling[word] for word in best if word in spelling) or f"topic {topic + 1}"
