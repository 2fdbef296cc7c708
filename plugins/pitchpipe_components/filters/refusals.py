"""Finds replies that refuse."""
# ruff: noqa: RUF001 non-ASCII characters are meant

from functools import lru_cache
from typing import Annotated

from pitchpipe import Conversation, Meta, Verdict, judged
from pitchpipe_components.text.phrases import among, is_whole
from pitchpipe_components.text.quote import quoting

REFUSALS = (
    # English
    "i'm sorry, but i", "i'm sorry but i", "i am sorry, but i", "i am sorry but i", "sorry, but i",
    "i'm sorry, i can't", "i'm sorry, i cannot", "i'm sorry, as an ai", "sorry, i can't", "sorry, i cannot",
    "i apologize, but i", "unfortunately, i can't", "unfortunately, i cannot", "unfortunately, as an ai",
    "unfortunately, i am unable", "unfortunately, i'm unable", "i cannot", "i can't", "i can not",
    "i am unable to", "i'm unable to", "i am not able to", "i'm not able to", "i won't be able to",
    "i must decline", "as an ai", "as an artificial intelligence", "as a language model",
    "as a large language model",
    # German, French
    "es tut mir leid, aber ich kann", "leider kann ich", "ich kann dir nicht", "ich kann ihnen nicht",
    "als ki", "als sprachmodell", "je suis désolé, mais je", "désolé, mais je ne peux",
    "je ne peux pas", "en tant qu'ia", "en tant que modèle de langage",
    "en tant qu'intelligence artificielle",
    # Spanish, Portuguese, Italian
    "lo siento, pero no puedo", "no puedo", "como modelo de lenguaje", "como ia,",
    "como inteligencia artificial",
    "desculpe, mas não posso", "sinto muito, mas não", "não posso", "como um modelo de linguagem",
    "mi dispiace, ma non posso", "non posso", "come modello linguistico", "come modello di linguaggio",
    # Russian, Chinese, Japanese
    "извините, но я не могу", "к сожалению, я не могу", "я не могу", "как языковая модель",
    "抱歉，我", "很抱歉，我", "对不起，我", "作为一个人工智能", "作为一个ai", "作为ai", "作为人工智能",
    "我无法", "我不能",
    "申し訳ありませんが", "申し訳ございませんが", "aiとして",
)  # fmt: skip


def refusals(
    conversation: Conversation,
    *,
    openings: Annotated[tuple[str, ...], Meta(description="openings of a refusal, in any case")] = REFUSALS,
    extra: Annotated[tuple[str, ...], Meta(description="more openings")] = (),
    anywhere: Annotated[bool, Meta(description="search the whole reply, not only its opening")] = False,
    max_refusals: Annotated[int, Meta(ge=0, description="the most replies that may refuse")] = 0,
) -> Verdict:
    """Drops conversations with replies that refuse, or open with "As an AI"; the score counts such replies.

    The filter reads the opening of every reply, in nine languages. A refusal teaches safety if the request
    deserves one: use `action: tag` to count refusals before you drop them.
    """
    wanted = _lowered(openings, extra)
    refused = []
    for message in conversation.messages:
        if message.role == "assistant":
            text = message.content if anywhere else message.content[:80].lstrip()
            text = text.lower().replace("’", "'")
            if anywhere:
                refused += [among(wanted).quote(text)] if among(wanted).count("", text) else []
            elif text.startswith(wanted) and any(
                text.startswith(opening) and is_whole(text, 0, opening) for opening in wanted
            ):
                refused.append(message.content.strip()[:80])
    verdict = judged(conversation, refusals=(len(refused), None, max_refusals))
    return quoting(verdict, lambda: refused[0])


@lru_cache
def _lowered(openings: tuple[str, ...], extra: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(opening.lower().replace("’", "'") for opening in openings + extra if opening)
