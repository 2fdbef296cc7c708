"""What instructions that a model made up must not say, for filters of rows and for those who make them."""

from pitchpipe_components.text.phrases import among

# The words up to "go to" come from the code of Self-Instruct (Wang et al. 2022, arXiv 2212.10560), and so
# does the opening; the code of Stanford Alpaca (2023) adds the other words.
BLACKLIST = (
    "image", "images", "graph", "graphs", "picture", "pictures", "file", "files", "map", "maps",
    "draw", "plot", "go to", "video", "audio", "music", "flowchart", "diagram",
)  # fmt: skip
PAPERS = BLACKLIST[: BLACKLIST.index("go to") + 1]
OPENINGS = ("write a program",)
_ODD = tuple("!%&)*+,-.:;<=>?@\\]^_|}~")


def blacklisted(
    text: str,
    words: tuple[str, ...] = BLACKLIST,
    extra: tuple[str, ...] = (),
    openings: tuple[str, ...] = OPENINGS,
) -> int:
    """How many of these words and openings an instruction holds: what text cannot give."""
    low = text.lower()
    opens = low.lstrip().startswith(tuple(map(str.lower, openings)))
    return among(words, extra).count(text, low) + opens


def blacklisted_words(text: str, words: tuple[str, ...] = BLACKLIST, extra: tuple[str, ...] = ()) -> str:
    """The first such words of an instruction that holds some, with those around them."""
    return among(words, extra).quote(text) or text.lstrip()[:40]


def odd_opening(text: str, punctuation: bool = True, non_ascii: bool = False) -> str:
    """What is odd about how an instruction opens, if anything is."""
    first = text.lstrip()[:1]
    if punctuation and first in _ODD:
        return f"prompt opens with punctuation: {first}"
    return "prompt opens outside ASCII" if non_ascii and not first.isascii() else ""
