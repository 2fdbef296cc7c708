"""Finds prompts whose material is not there: a link that nobody can follow, a picture that nobody sees."""

import re
from typing import Annotated

from pitchpipe import Conversation, Meta, Verdict, judged
from pitchpipe_components.text.quote import quoting
from pitchpipe_components.text.spoken import prompts

_URL = r"<?(?:https?://|www\.)[^\s<>]+>?"
_LABEL = r"(?:\w[\w ]{0,23}: *)?"
_LINKS = re.compile(rf"\W{{0,3}}{_LABEL}{_URL}(?:\s+(?:and )?{_LABEL}{_URL})*\W{{0,3}}", re.IGNORECASE)
_ATTACHED = re.compile(
    r"[<\[(] ?(?:an? |the )?(?:attached )?(?:picture|image|photo|photograph|video|audio|audio file|file"
    r"|attachment|pdf|graph"
    r"|chart|diagram|painting|screenshot)(?: (?:of|attached|here|file|provided|link|url"
    r"|upload\w*)\b[^<>\[\]()\n]{0,60})? ?[>\])]\W?",
    re.IGNORECASE,
)
# A task about the address itself, or for a program, needs no page.
_OF_ADDRESSES = re.compile(
    r"\b(?:domains?|sub-?domains?|host ?names?|protocols?|query strings?|parameters?|slugs?|paths?"
    r"|extensions?|regex\w*"
    r"|valid\w*|shorten\w*|pars(?:e|ing)|categor\w+|hyperlinks?|html|markdown|cite|citations?|citing"
    r"|codes?|scripts?"
    r"|functions?|commands?|curl|python|javascript|sql|php|bash|api|scrap\w+|crawl\w*|download\w*"
    r"|https?|requests?|fetch\w*|endpoints?|implement\w*|node|wget)\b|域名|代码",
    re.IGNORECASE,
)
# These words may mean the address or what stands there; what else a task says decides.
_MAYBE = re.compile(
    r"\b(?:ur[li]s?|links?|web ?sites?|sites?|company|brand|addresses)\b|网址|链接|网站", re.IGNORECASE
)
_OF_PAGES = re.compile(
    r"\b(?:articles?|pages?|contents?|summar\w+|read|reviews?|images?|pictures?|photos?|videos?|texts?"
    r"|posts?|blogs?"
    r"|stor(?:y|ies)|headlines?|main (?:idea|point)s?|papers?|documents?|products?|recipes?|tone|sentiment)\b"
    r"|文章|总结|概括|图片",
    re.IGNORECASE,
)


def unseen_input(
    conversation: Conversation,
    *,
    max_unseen_inputs: Annotated[int, Meta(ge=0, description="the most prompts of this kind")] = 0,
) -> Verdict:
    """Drops conversations with a prompt whose material is only a link, or "<picture attached>".

    The reply cannot be known from it: whoever learns it learns to invent. The material is a message's
    context, or its last line below an instruction. Exempt are tasks about the address itself ("Which protocol
    does this URL use?") and conversations with tools, which may fetch what is behind a link.
    """
    finds = []
    text = prompts(conversation)
    if "://" in text or "www." in text or _ATTACHED.search(text):
        finds = [
            material
            for m in conversation.messages
            if m.role == "user"
            if (material := _unseen(m.content, m.context))
        ]
    if conversation.tools or any(m.role == "tool" or m.tool_calls for m in conversation.messages):
        finds = []
    verdict = judged(conversation, unseen_inputs=(len(finds), None, max_unseen_inputs))
    return quoting(verdict, lambda: finds[0])


def _unseen(content: str, context: str) -> str:
    """The material of a message, where it cannot be seen."""
    task, material = content, context
    if not context.strip():
        task, _, material = content.strip().rpartition("\n")
    material = material.strip()
    if not task.strip() or not material:
        return ""
    if _ATTACHED.fullmatch(material):
        return material
    if not _LINKS.fullmatch(material) or _OF_ADDRESSES.search(task):
        return ""
    return material if _OF_PAGES.search(task) or not _MAYBE.search(task) else ""
