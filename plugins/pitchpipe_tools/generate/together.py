"""Several look on."""

from collections.abc import Mapping, Sequence

from pitchpipe.recipe.recipe import Use
from pitchpipe.records.conversation import Conversation
from pitchpipe_stages.generate.making.progress import FinishedOne, Watching
from pitchpipe_stages.generate.requests.sender import Sender


class Together:
    """Tells all of them."""

    def __init__(self, watching: Sequence[Watching]):
        self.watching = watching

    def opened(self, senders: Mapping[str, Sender]) -> None:
        for one in self.watching:
            one.opened(senders)

    def begins(self, use: Use, sources: Sequence[Conversation], wants: int) -> None:
        for one in self.watching:
            one.begins(use, sources, wants)

    def finished(self, use: Use, done: FinishedOne, accepted: int) -> None:
        for one in self.watching:
            one.finished(use, done, accepted)

    def ends(self, use: Use) -> None:
        for one in self.watching:
            one.ends(use)
