"""Any filter of data preparation as a guard."""

from typing import Annotated, Any

import pitchpipe as pp

Judging = Annotated[
    Any,
    pp.Meta(
        description="a filter that judges one conversation alone: a name, or `name: {options}`",
        extra_json_schema={"x-component": "filter"},
    ),
]


class FilterGuard:
    """Refuses what a filter of data preparation drops, and edits what it edits.

    The filter sees an answer with the user message before it, whole: a stream waits for its end. It is asked
    about answers alone, where `on` is left out. Of what clients send it sees one message at a time, so say
    what it shall look at, as in `{harmful: {of: prompts}}`: most filters look at replies.
    """

    on = ("output",)
    window = None  # what a filter says of half a reply means little

    def __init__(self, *, use: Judging):
        if not callable(use):
            raise ValueError(
                "`use` takes one filter that judges a conversation alone: no profile, none that compares"
            )
        self._filter = use

    def __call__(self, conversation: pp.Conversation) -> pp.Conversation | pp.Refusal:
        messages = conversation.messages
        since = max((at for at, one in enumerate(messages) if one.role == "user"), default=0)
        found = self._filter(pp.replace(conversation, messages=messages[since:]))
        if isinstance(found, pp.Verdict):
            found = found.drop or found.conversation
        if isinstance(found, pp.Drop):
            return pp.refuse(found.reason.partition(":")[0])  # behind the colon may stand what was said
        return pp.replace(conversation, messages=messages[:since] + found.messages)
