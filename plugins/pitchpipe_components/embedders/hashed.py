"""Makes vectors of hashed character n-grams: no model, no download, the same on every machine."""

from typing import Annotated, Any

from msgspec import Meta

from pitchpipe import PitchpipeError
from pitchpipe_components.text.words import plain

_BASE = 0x9E3779B97F4A7C15
_AT_ONCE = 1 << 18  # characters to work on at a time


def hashed(
    texts: list[str],
    *,
    size: Annotated[int, Meta(ge=16, le=65536, description="numbers in a vector")] = 512,
    shortest: Annotated[int, Meta(ge=1, le=16, description="characters of the shortest n-gram")] = 3,
    longest: Annotated[int, Meta(ge=1, le=16, description="characters of the longest n-gram")] = 5,
) -> Any:
    """Embeds texts by spelling, not by meaning: texts are close if they share most words or parts of words.

    An n-gram weighs 1 + log(its count); its hash decides the sign and the place (signed feature hashing,
    Weinberger et al. 2009, arXiv 0902.2206).
    """
    import numpy as np

    if shortest > longest:
        raise PitchpipeError(f"embedder hashed: shortest ({shortest}) is above longest ({longest})")
    normalised = [b" " + b" ".join(plain(text).split()) + b" " for text in texts]
    parts = [_vectors(part, size, range(shortest, longest + 1)) for part in _batches(normalised)]
    return np.concatenate([np.zeros((0, size), np.float32), *parts])


def _vectors(texts: list[bytes], size: int, lengths: range) -> Any:
    import numpy as np

    data = np.frombuffer(b"".join(texts), np.uint8)
    text = np.repeat(np.arange(len(texts), dtype=np.uint64), [len(text) for text in texts])
    grams, times = np.unique(np.concatenate(_grams(data, text, lengths)), return_counts=True)
    weights = (1 + np.log(np.arange(1, times.max(initial=1) + 1)))[times - 1]
    place = (grams >> 32) * np.uint64(size) + ((grams & 0x7FFFFFFF) * np.uint64(size) >> 31)
    signed = np.where(grams & 0x80000000, -weights, weights)
    vectors = np.bincount(place.astype(np.int64), signed, len(texts) * size).reshape(len(texts), size)
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors[:, :1][norms == 0] = norms[norms == 0] = 1  # a text without words gets length 1 too
    return (vectors / norms).astype(np.float32)


def _grams(data: Any, text: Any, lengths: range) -> list[Any]:
    """Returns for each character n-gram the text's number in the upper 32 bits and its hash in the lower."""
    import numpy as np

    from pitchpipe_components.text.shingles import mixed

    grams, rolled = [np.zeros(0, np.uint64)], np.zeros(len(data), np.uint64)
    for length in range(1, min(lengths.stop, len(data) + 1)):
        rolled = rolled[: len(data) - length + 1] * np.uint64(_BASE) + data[length - 1 :]
        if length in lengths:
            within = text[: len(rolled)] == text[length - 1 :]
            grams.append((text[: len(rolled)][within] << 32) | (mixed(rolled[within]) >> 32))
    return grams


def _batches(texts: list[bytes]) -> Any:
    batch: list[bytes] = []
    size = 0
    for text in texts:
        if batch and size + len(text) > _AT_ONCE:
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += len(text)
    if batch:
        yield batch
