"""Finds instructions that hold parts of the prompt that made them, as replies that were taken whole."""

import re

from pitchpipe import Conversation
from pitchpipe_components.text.asked import TRAINING
from pitchpipe_components.text.prose import without_code
from pitchpipe_components.text.quote import around
from pitchpipe_components.text.rewritten import wrapping_of

# Tags of prompts that rewrite, and headings of prompts that frame: no instruction needs them.
_TAGS = re.compile(
    r"#+ ?(?:the )?(?:given|new|rewritten|created|original|evolved|final)(?: rewritten)?"
    r" (?:prompt|instruction)\b"
    r"|##(?:input|output|instruction|response)##|</?(?:\w+_)?instruction>"
    r"|^#{2,3} ?(?:instruction|response):|^(?:#+ ?)?\d{1,3}[.)] ?(?:instruction|input) ?:"
    r"|^(?:new |next )?(?:instruction|task) ?\d{1,3} ?:",
    re.MULTILINE,
)
_FIELDS = re.compile(r"(?<![\w}_^$\\{])\{(?:instruction|input|output|prompt|question|response)\}(?!\})")
# Talk of a prompt that stands elsewhere. Where a prompt stands behind it, or as the context, it is given.
_ELSEWHERE = re.compile(
    r"\b(?:given|original) prompt\b|\b(?:rewritten|evolved|created) (?:prompt|instruction)\b"
)
_GIVEN = re.compile(r"\bprompt ?(?:is ?)?[:\"“«`']|:\s*\S|[\"“«`].{12,}[\"”»`]", re.DOTALL)
_COUNTED = re.compile(r"^(?:instruction|task) ?1 ?:", re.MULTILINE)  # parts that the text itself counts


def leaks_of_instruction(conversation: Conversation) -> list[str]:
    """What the first user message leaks, with the words around it."""
    asked = next((message for message in conversation.messages if message.role == "user"), None)
    if asked is None:
        return []
    text = without_code(asked.content)
    low = text.lower()
    found = [] if _COUNTED.search(low) else list(_TAGS.finditer(low))
    if not TRAINING.search(_FIELDS.sub("", low)):
        found += _FIELDS.finditer(low)
    if not asked.context and not _GIVEN.search(low):
        found += _ELSEWHERE.finditer(low)
    said = text if len(text) == len(low) else low
    wrapping = wrapping_of(text)
    return [around(said, *leak.span()) for leak in found] + ([wrapping] if wrapping else [])
