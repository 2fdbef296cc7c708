"""Refuses what should neither be asked nor said."""

from typing import Annotated

import pitchpipe as pp
from pitchpipe_components.text.harmful_phrases import HARMFUL
from pitchpipe_components.text.last import last_words
from pitchpipe_components.text.word_list import WordList


class HarmfulGuard:
    """Refuses messages with harmful phrases: those of the filter `harmful`, in any case.

    The list is short: replace it by your own. It finds what is written plainly, also with other forms of
    letters and with signs of no width between them; it does not understand what is meant: `guard_model` does.
    """

    def __init__(
        self,
        *,
        patterns: Annotated[
            tuple[str, ...],
            pp.Meta(description="whole words and phrases; those in capitals match capitals only"),
        ] = HARMFUL,
        extra: Annotated[tuple[str, ...], pp.Meta(description="more words and phrases")] = (),
    ):
        self._list = WordList(patterns + extra)
        self.window = self._list.longest

    def __call__(self, conversation: pp.Conversation) -> pp.Conversation | pp.Refusal:
        harmful = self._list.found(last_words(conversation))
        return pp.refuse("a harmful phrase") if harmful else conversation
