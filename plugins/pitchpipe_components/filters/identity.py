"""Finds replies in which the model that wrote the data names itself, its maker or its knowledge cutoff."""
# ruff: noqa: RUF001 non-ASCII characters are meant

import re
from typing import Annotated, Literal

from pitchpipe import Conversation, Meta, Verdict, judged
from pitchpipe_components.text.phrases import among
from pitchpipe_components.text.rewrite import rewrite_replies
from pitchpipe_components.text.spoken import replies

# Only replies with one of these names are searched for claims: this check is most of a clean reply's cost.
TEACHERS = (
    "openai", "gpt", "anthropic", "claude", "google", "gemini", "deepseek", "qwen", "llama", "mistral",
)  # fmt: skip
_WORDS = ("chatgpt", "gpt-3", "gpt-3.5", "gpt-4", "gpt-4o", *TEACHERS)

_SURE = r"(?:chat ?gpt|gpt-?[345][\w.-]*|deepseek|qwen)"
# People, animals and stars have these names too: they count only beside a word such as "assistant".
_MAYBE = r"(?:claude|gemini|llama|mistral)"
_MAKER = (
    r"(?:openai|anthropic|google(?: deepmind)?|meta(?: ai)?|mistral(?: ai)?|deepseek|alibaba(?: cloud)?)\b"
)
_MADE = r"(?:trained|developed|created|made|built|designed)(?: and (?:trained|maintained|developed))?"
_MACHINE = r"(?:ai|assistant|chatbot|(?:language )?model|" + _MAKER + ")"
_I_AM = r"\b(?:i am|i'm|my name is)(?: called| named| actually| just)?"
_CLAIMS = re.compile(
    rf"{_I_AM} {_SURE}\b"
    rf"|{_I_AM} {_MAYBE}\b[^.!?\n]{{0,60}}\b{_MACHINE}"
    rf"|{_I_AM} an? (?:[\w-]+ ){{0,5}}?{_MACHINE}\b[^.!?\n]{{0,40}}"
    rf"\b(?:by|called|named|from|at) (?:{_SURE}|{_MAYBE}|{_MAKER})"
    rf"|\bi(?: was| am|'m| have been|'ve been) {_MADE} (?:by|at) {_MAKER}"
    rf"|(?:^|[.!?\n] *)as {_SURE},"
    rf"|\bas an? (?:[\w-]+ ){{0,5}}?(?:ai|assistant|model)\b[^.!?\n]{{0,20}} {_MADE} by {_MAKER}"
    rf"|\bmy (?:developers|creators|makers|team) (?:at|from) {_MAKER}"
)
_NAMES = re.compile(rf"\b(?:{_SURE}|{_MAYBE})\b", re.IGNORECASE)
_MAKERS = re.compile(rf"\b{_MAKER}", re.IGNORECASE)
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

    A model tuned on such replies would call itself by another model's name. Talk about ChatGPT, about a
    painter called Claude or a sign called Gemini is no claim. With `name`, the filter rewrites claims with
    `name` and `maker`, and drops only conversations that still hold claims.
    """
    text, low = replies(conversation)
    if level == "word":
        return judged(conversation, claims=(among(words).count(text, low), None, max_claims))
    claims = _claims(low) if _suspected(low) else 0
    if not (claims and name):
        return judged(conversation, claims=(claims, None, max_claims))
    edited = rewrite_replies(conversation, lambda content: _renamed(content, name, maker))
    remaining = _claims(replies(edited)[1])
    return Verdict(edited, {"claims": (remaining, None, max_claims)}, ("teacher renamed",))


def knowledge_cutoff(
    conversation: Conversation,
    *,
    max_cutoffs: Annotated[int, Meta(ge=0, description="the most mentions in all replies together")] = 0,
) -> Verdict:
    """Drops conversations whose replies mention a last update or knowledge cutoff: it is another model's."""
    low = replies(conversation)[1]
    found = len(_CUTOFFS.findall(low)) if "my " in low or "cutoff" in low or "cut-off" in low else 0
    return judged(conversation, cutoffs=(found, None, max_cutoffs))


def _suspected(low: str) -> bool:
    for teacher in TEACHERS:  # noqa: SIM110 a generator would cost as much as the search
        if teacher in low:
            return True
    return False


def _claims(low: str) -> int:
    return len(_CLAIMS.findall(low.replace("’", "'")))


def _renamed(text: str, name: str, maker: str) -> str:
    """Puts the new names into the lines that hold claims."""
    lines = text.split("\n")
    for index, line in enumerate(lines):
        if _claims(line.lower()):
            line = _NAMES.sub(lambda _: name, line)
            lines[index] = _MAKERS.sub(lambda _: maker, line) if maker else line
    return "\n".join(lines)
