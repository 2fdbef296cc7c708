"""Whose words a reply speaks: the model that wrote the data, and the day its knowledge ended."""
# ruff: noqa: RUF001 other marks than those of ASCII

import re
from typing import Annotated, Literal

from pitchpipe import Conversation, Meta, Verdict, judged
from pitchpipe_components.text.phrases import among
from pitchpipe_components.text.rewrite import rewrite_replies
from pitchpipe_components.text.spoken import replies

# Every claim holds one of these; the search for them is most of what a clean reply costs.
TEACHERS = (
    "openai", "gpt", "anthropic", "claude", "google", "gemini", "deepseek", "qwen", "llama", "mistral",
)  # fmt: skip
_WORDS = ("chatgpt", "gpt-3", "gpt-3.5", "gpt-4", "gpt-4o", *TEACHERS)

_SURE = r"(?:chat ?gpt|gpt-?[345][\w.-]*|deepseek|qwen)"
# Also names of people, of animals and of stars: only together with a word on machines are they a claim.
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
    words: Annotated[tuple[str, ...], Meta(description="the words that `word` counts, whole")] = _WORDS,
    name: Annotated[
        str, Meta(description="rewrite claims with this name of your model instead of dropping them")
    ] = "",
    maker: Annotated[str, Meta(description="and with this name of its maker")] = "",
    max_claims: Annotated[int, Meta(ge=0, description="as many there may be in all replies")] = 0,
) -> Verdict:
    """Drop replies in which the model that wrote them says who it is; the score counts its claims.

    A model tuned on them would say that it is another. To speak of ChatGPT, to know a painter called Claude
    or a sign called Gemini is no claim. With `name` and `maker` claims stay and say these names; what still
    claims another maker is dropped.
    """
    text, low = replies(conversation)
    if level == "word":
        return judged(conversation, claims=(among(words).count(text, low), None, max_claims))
    claims = _claims(low) if _suspected(low) else 0
    if not (claims and name):
        return judged(conversation, claims=(claims, None, max_claims))
    edited = rewrite_replies(conversation, lambda said: _renamed(said, name, maker))
    left = _claims(replies(edited)[1])
    return Verdict(edited, {"claims": (left, None, max_claims)}, ("teacher renamed",))


def knowledge_cutoff(
    conversation: Conversation,
    *,
    max_cutoffs: Annotated[int, Meta(ge=0, description="as many there may be in all replies")] = 0,
) -> Verdict:
    """Drop replies that speak of their own last update or knowledge cutoff: that of another model."""
    low = replies(conversation)[1]
    found = len(_CUTOFFS.findall(low)) if "my " in low or "cutoff" in low or "cut-off" in low else 0
    return judged(conversation, cutoffs=(found, None, max_cutoffs))


def _suspected(low: str) -> bool:
    for teacher in TEACHERS:  # noqa: SIM110 a generator would take as long as the search
        if teacher in low:
            return True
    return False


def _claims(low: str) -> int:
    return len(_CLAIMS.findall(low.replace("’", "'")))


def _renamed(text: str, name: str, maker: str) -> str:
    """The lines that hold claims, with other names."""
    lines = text.split("\n")
    for index, line in enumerate(lines):
        if _claims(line.lower()):
            line = _NAMES.sub(lambda _: name, line)
            lines[index] = _MAKERS.sub(lambda _: maker, line) if maker else line
    return "\n".join(lines)
