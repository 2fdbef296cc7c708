"""Where a text that grows may be cut, so that nothing a guard could still find stands across the cut."""

_SPACED = 0x0E00  # scripts from here on are written without spaces, or with few
_LONGEST_WORD = 512  # characters; a longer one is cut


def settled(text: str, window: int) -> str:
    """What comes before the last `window` characters, and before the word that stands across their start."""
    end = max(0, len(text) - window)
    at = end
    while 0 < at < len(text) and _of_a_word(text[at - 1]) and _of_a_word(text[at]):
        at -= 1
        if end - at > _LONGEST_WORD:
            return text[:end]
    return text[:at]


def common(one: str, other: str) -> str:
    """How far two texts are the same."""
    if one.startswith(other):
        return other
    differs = (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    return one[: next(differs, len(one))]


def _of_a_word(character: str) -> bool:
    return not character.isspace() and ord(character) < _SPACED
