"""A template's own text as a pattern: models leave out or add white space, and number their calls."""

import re

ID = "zqcall01a"  # stands for ids where a template is probed: 9 letters, as Mistral wants them
_PARTS = re.compile(rf"({ID})|(\d+)|(\s+)")


def loosely(text: str, inner: str = "") -> str:
    """The pattern of a text. At a side that `inner` names, "<" or ">", it stands beside a value: white space
    there is the template's or the value's own, so at most the template's is taken."""
    pattern, at = "", 0
    for found in _PARTS.finditer(text):
        pattern += re.escape(text[at : found.start()])
        edge = (found.start() == 0 and "<" in inner) or (found.end() == len(text) and ">" in inner)
        if found[1]:
            pattern += r"[\w.:-]*"
        elif found[2]:
            pattern += r"\d+"
        else:
            pattern += f"(?:{re.escape(found[3])})?" if edge else r"\s*"
        at = found.end()
    return pattern + re.escape(text[at:])
