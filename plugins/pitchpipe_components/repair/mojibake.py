"""Undoes mojibake, UTF-8 that was read as Windows-1252 or Latin-1: "cafÃ©" for "café".

Some correct texts decode too: the French "é »", with a no-break space, would become a Chinese character.
So only texts with a sequence that no language writes are changed. If the whole text decodes and nothing else
in it is doubtful, the whole text is decoded; otherwise only those sequences are.
"""

import re

# A conversation about encodings shows such sequences on purpose.
ABOUT = re.compile(
    r"mojibake|encod|utf-?8|unicode|latin-?1|charset|character set|code ?page|1252|8859", re.IGNORECASE
)

_SHOWN = bytes(range(0x80, 0xA0)).decode("cp1252", "replace")  # how Windows-1252 shows these bytes
_TO_LATIN = {ord(char): byte for byte, char in enumerate(_SHOWN, 0x80) if char != "\ufffd"}
_CONTROLS = "".join(map(chr, range(0x80, 0xA0)))
_NEXT = _CONTROLS + "".join(map(chr, range(0xA0, 0xC0))) + _SHOWN.replace("\ufffd", "")
# Characters that may follow a letter in a correct text: quotes, dashes, a no-break space.
_DOUBTFUL = "\xa0«»·–—‘’“”…‹›"  # noqa: RUF001


def _class(chars: str, without: str = "") -> str:
    return "[" + "".join(char for char in chars if char not in without) + "]"


_ANY, _ODD = _class(_NEXT), _class(_NEXT, _DOUBTFUL)
_UNITS = "²³¹°±®¯"  # Å² is an area, Å±0.2 a length
_SURE = re.compile(
    "|".join(
        (
            f"[ÃÄ]{_ODD}",
            f"Å{_class(_NEXT, _DOUBTFUL + _UNITS)}",
            f"Â[{_CONTROLS}¡¢£¤¥¦§¨©ª¬®´µ¶º¼½¾¿]",  # noqa: RUF001
            "(?<=[a-z0-9.,;:!?)])Â\xa0|(?<=m)Â[²³]|(?<=[0-9])Â°",
            f"â[{_CONTROLS}€‚„†‡ˆ‰ŠŒ•˜™šœžŸ]{_ANY}",  # noqa: RUF001
            f"ð[Ÿ\x9f]{_ANY}{{2}}",  # emoji
            f"ï(?:¸\x8f|»¿|[¼½]{_ANY}|¿½)",  # noqa: RUF001
            f"á[º»]{_ODD}",  # Vietnamese
            f"(?:[ÐÑ]{_ANY}){{2,}}|(?:[ÎÏ]{_ANY}){{2,}}",  # Cyrillic, Greek
            f"(?:[ØÙÚÛ]{_ANY}){{3,}}|(?:×{_ANY}){{4,}}",  # Arabic, Hebrew  # noqa: RUF001
            f"(?:[à-ï]{_ANY}{{2}}){{2,}}",  # Indic, Thai, Chinese, Japanese, Korean
        )
    )
)

# Sequences that decode but are more likely the end of a word in a language with that letter: « é », CAFÉ».
_RISKY = re.compile(f"[à-ï][{_DOUBTFUL}]{{2}}|[Ç-ÍÒ-ÖÜ-ß][{_DOUBTFUL}]")
_PAIR = re.compile(f"[Â-ð]{_ANY}")  # every sequence of _SURE begins with such a pair


def is_sure(text: str) -> bool:
    """Whether a text holds a sequence that no language writes."""
    return any(_SURE.match(text, pair.start()) for pair in _PAIR.finditer(text))


def undone(text: str) -> str:
    """Returns the text as it was before it was misread, once or several times."""
    while is_sure(text):
        risky = _RISKY.search(_SURE.sub(" ", text))
        before, text = text, (not risky and _decoded(text)) or _SURE.sub(_sure, text)
        if text == before:
            break
    return text


def _sure(match: re.Match[str]) -> str:
    return _decoded(match[0]) or match[0]


def _decoded(text: str) -> str:
    """Reads the text's bytes as UTF-8; an empty text if they are not UTF-8."""
    try:
        return text.translate(_TO_LATIN).encode("latin-1").decode("utf-8")
    except UnicodeError:
        return ""
