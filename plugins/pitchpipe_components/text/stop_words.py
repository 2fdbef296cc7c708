"""Words of English that say nothing by themselves."""

import re

_ENGLISH = """
a about above after again all also am an and any are as at be because been before being below
between both but by can could did do does doing don done down during each few for from further had
has have having he her here hers him his how i if in into is it its itself just may me might more
most must my no nor not now of off on once only or other ought our ours out over own same shall she
should so some such than that the their theirs them then there these they this those through to too
under until up us very was we were what when where which while who whom why will with would yes you
your yours
"""
STOP_WORDS = frozenset(_ENGLISH.split())
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")


def says_nothing(text: str) -> bool:
    """Whether it is made of punctuation and stop words."""
    words = [word.lower().partition("'")[0] for word in _WORD.findall(text.replace("\u2019", "'"))]
    return all(word in STOP_WORDS for word in words)
