"""Finds replies in which the model that wrote the data names itself, its maker or its knowledge cutoff."""
# ruff: noqa: RUF001 non-ASCII characters are meant

import re
from typing import Annotated, Literal

from pitchpipe import Conversation, Meta, Verdict, judged
from pitchpipe_components.filters.claims import CLAIMS, MAKERS, NAMES, TEACHERS
from pitchpipe_components.text.phrases import among
from pitchpipe_components.text.quote import first, quoting
from pitchpipe_components.text.rewrite import rewrite_replies
from pitchpipe_components.text.spoken import replies

_WORDS = (
    "chatgpt", "openai", "gpt", "gpt-3", "gpt-3.5", "gpt-4", "gpt-4o", "anthropic", "claude", "google",
    "gemini", "deepseek", "qwen", "llama", "mistral", "alibaba", "meta ai",
)  # fmt: skip
_ENDS = re.compile(r"\n|(?<=[.!?]) |[。！？]")  # of sentences: no claim goes beyond one
_CUTOFFS = re.compile(
    r"\b(?:as of|since|until|up to|after|at the time of) my (?:last|latest|most recent|knowledge|training)\b"
    r"(?! (?:book|visit|job|meeting|letter|message|email|post|trip|course|session))"
    r"|\bmy (?:knowledge|training|training data)(?:'s)? "
    r"(?:cut-?off|only goes|goes up|extends|ends|was last|stops)\b"
    r"|\bknowledge cut-?off\b"
)


def teacher_identity(
    conversation: Conversation,
    *,
    level: Annotated[
        Literal["strict", "word"],
        Meta(description='strict: claims such as "I am ChatGPT, made by OpenAI"; word: any mention'),
    ] = "strict",
    words: Annotated[tuple[str, ...], Meta(description="the whole words that `level: word` counts")] = _WORDS,
    name: Annotated[
        str, Meta(description="your model's name: claims are rewritten with it instead of dropped")
    ] = "",
    maker: Annotated[str, Meta(description="with `name`: the maker's name in rewritten claims")] = "",
    max_claims: Annotated[int, Meta(ge=0, description="the most claims in all replies together")] = 0,
) -> Verdict:
    """Drops conversations whose replies claim to come from another model; the score counts the claims.

    A model tuned on such replies would call itself by another model's name. Claims are known in English,
    Chinese, Japanese, Korean, Russian and languages of western Europe. Talk about ChatGPT, about a
    painter called Claude or a sign called Gemini is no claim. With `name`, the filter rewrites claims with
    `name` and `maker`, and drops only conversations that still hold claims.
    """
    text, low = replies(conversation)
    if level == "word":
        verdict = judged(conversation, claims=(among(words).count(text, low), None, max_claims))
        return quoting(verdict, lambda: among(words).quote(text))
    claims = _claims(low)
    notes: tuple[str, ...] = ()
    if claims and name:
        conversation = rewrite_replies(conversation, lambda content: _renamed(content, name, maker))
        text, low = replies(conversation)
        claims, notes = _claims(low), ("teacher renamed",)
    verdict = Verdict(conversation, {"claims": (claims, None, max_claims)}, notes)
    return quoting(verdict, lambda: first(CLAIMS, _plain(low), text))


def knowledge_cutoff(
    conversation: Conversation,
    *,
    max_cutoffs: Annotated[int, Meta(ge=0, description="the most mentions in all replies together")] = 0,
) -> Verdict:
    """Drops conversations whose replies mention a last update or knowledge cutoff: it is another model's."""
    low = replies(conversation)[1]
    found = len(_CUTOFFS.findall(low)) if "my " in low or "cutoff" in low or "cut-off" in low else 0
    verdict = judged(conversation, cutoffs=(found, None, max_cutoffs))
    return quoting(verdict, lambda: first(_CUTOFFS, low, replies(conversation)[0]))


def _claims(low: str) -> int:
    """How many claims a text in lower case holds. Only sentences that name a teacher are searched."""
    names = [name for name in TEACHERS if name in low]
    if not names:
        return 0
    sentences = _ENDS.split(_plain(low))
    return sum([1 for s in sentences if any([name in s for name in names]) for _ in CLAIMS.finditer(s)])


def _plain(low: str) -> str:
    return low.replace("’", "'")


def _renamed(text: str, name: str, maker: str) -> str:
    """Puts the new names into the lines that hold claims."""
    lines = text.split("\n")
    for index, line in enumerate(lines):
        if _claims(line.lower()):
            line = NAMES.sub(lambda _: name, line)
            lines[index] = MAKERS.sub(lambda _: maker, line) if maker else line
    return "\n".join(lines)
