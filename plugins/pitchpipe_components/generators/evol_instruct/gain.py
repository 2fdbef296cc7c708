"""Whether an evolved instruction asks for anything that the old one did not."""

import re
from collections import Counter

import pitchpipe as pp
from pitchpipe_components.generators.asked import reply_to
from pitchpipe_components.text.lcs import longest_common
from pitchpipe_components.text.tokens import tokens

SAME_ABOVE = 0.9  # ROUGE-L from which no teacher is asked
FEW = 5  # words that are new: a long instruction stays alike, whatever it demands now
MAX_TOKENS = 512  # a model that thinks does so within them
COMPARED = """\
Here are two instructions. Are they equal? They are equal where both put the same constraints and \
requirements on an answer, and ask with the same depth and breadth.

<first>
{old}
</first>
<second>
{new}
</second>

Reply with one of these alone: Equal, or Not Equal."""
_VERDICT = re.compile(
    r"\b(not(?:[\s*_-]+\w+){0,2}?[\s*_-]+equal|\w+n['\u2019]t equal|unequal|different|equal)\b",
    re.IGNORECASE,
)


def alike(old: str, new: str) -> float:
    """ROUGE-L of two texts. Texts without a word are alike where they are equal."""
    one, other = tokens(old), tokens(new)
    if not one or not other:
        return float(old.split() == new.split())
    return 2 * longest_common(one, other) / (len(one) + len(other))


def new_words(old: str, new: str) -> int:
    return (Counter(tokens(new)) - Counter(tokens(old))).total()


async def no_gain(old: str, new: str, ask: pp.Asking, ask_from: float) -> pp.Drop | None:
    """Why nothing is gained. The teacher is asked where words alone do not tell."""
    score = alike(old, new)
    if score > SAME_ABOVE and new_words(old, new) < FEW:
        return pp.drop("no gain: hardly a new word", score=round(score, 4), limit=SAME_ABOVE)
    if score < ask_from:
        return None
    question = pp.fill(COMPARED, old=old, new=new)
    reply = await reply_to(ask, question, max_tokens=MAX_TOKENS, temperature=0.0)
    verdicts = _VERDICT.findall(reply.text if reply else "")
    if verdicts and verdicts[-1].lower() != "equal":
        return None
    said = "the teacher calls it equal" if verdicts else "the teacher did not say whether it is equal"
    return pp.drop(f"no gain: {said}", score=round(score, 4), limit=ask_from)
