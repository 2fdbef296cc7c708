"""How much a reply repeats itself: whether it ends in a loop, and its longest repeated stretch."""

from collections.abc import Sequence

TIMES = 4  # that something must come in a row to be a loop
LEAST = 24  # characters that all of them take together
LOOKED_AT = 2000  # characters of the end


def ends_in_loop(text: str) -> bool:
    """Whether a text ends with the same characters, four times or more: "no no no no no no no no"."""
    end = text.rstrip()[-LOOKED_AT:][::-1]
    # `border[n]`: of the first n characters, how many stand at both their ends; n - border is their period.
    border = [0, 0]
    for at in range(1, len(end)):
        many = border[at]
        while many and end[many] != end[at]:
            many = border[many]
        border.append(many + (end[many] == end[at]))
        length = at + 1
        if length >= LEAST and length >= TIMES * (length - border[length]):
            return True
    return False


def longest_repeat(words: Sequence[str]) -> int:
    """How many words the longest stretch has that comes again, also where the two overlap.

    Stretches are compared by hashes of 64 bits. Those of 1, 2, 4 ... words are put together: a bit of the
    length after the other, the highest first.
    """
    import numpy as np

    from pitchpipe_components.text.shingles import mixed

    numbers: dict[str, int] = {}
    of_words = np.array([numbers.setdefault(word, len(numbers)) + 1 for word in words], np.uint64)
    levels, factors = [mixed(of_words)], [np.array([0x9E3779B97F4A7C15], np.uint64)]
    while 2 << (len(levels) - 1) < len(words):
        half = 1 << (len(levels) - 1)
        levels.append(levels[-1][:-half] * factors[-1] + levels[-1][half:])
        factors.append(factors[-1] * factors[-1])
    size, hashes = 0, np.zeros(len(words) + 1, np.uint64)
    for power in reversed(range(len(levels))):
        count = len(words) - size - (1 << power) + 1
        if count > 1:
            longer = hashes[:count] * factors[power] + levels[power][size : size + count]
            if len(np.unique(longer)) < count:
                size, hashes = size + (1 << power), longer
    return size
