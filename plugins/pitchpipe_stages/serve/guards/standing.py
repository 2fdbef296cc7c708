"""One guard of a recipe: it is asked about a message, its answer is checked and counted."""

import inspect
import sys
from typing import Any

from pitchpipe.host.serving import Declined, Refusal, Service
from pitchpipe.recipe.recipe import Use
from pitchpipe.records.conversation import Conversation, Message
from pitchpipe_stages.serve.guards.options import GuardOptions, Side

_WINDOW = 80  # characters, of a guard that says nothing else
WHOLE = sys.maxsize


class StandingGuard:
    """A guard with what it says of itself and what the recipe says of it."""

    def __init__(self, use: Use, service: Service):
        self.use, self.name, self.service = use, use.label, service
        self.options = GuardOptions(**use.shared)
        own = self._trait("window", _WINDOW)
        given = self.options.window
        self.window = (WHOLE if own is None else own) if given is None else given
        self.every, self.once = self._trait("every", 1), self._trait("once", False)
        self.on = self.options.on or self._trait("on", ("input", "output"))

    def _trait(self, name: str, default: Any) -> Any:
        """What the guard says of itself; a function with options is bound, and says it unbound."""
        return getattr(self.use.bound, name, getattr(self.use.component.call, name, default))

    async def judge(self, conversation: Conversation, side: Side) -> Message | Refusal:
        """The last message as the guard lets it pass, or its refusal. Nothing passes one that fails."""
        try:
            found = self.use.bound(conversation)
            if inspect.isawaitable(found):
                found = await found
            return self._checked(found, conversation)
        except Declined:
            raise
        except Exception as error:
            self.service.count("guard_errors", "Messages at which one failed.", guard=self.name, side=side)
            self.service.say(f"the guard '{self.name}' failed: {type(error).__name__}: {error}")
            words = f"the guard '{self.name}' failed, and nothing passes without it"
            raise Declined(500, words, code="guard_failed") from error

    def _checked(self, found: object, conversation: Conversation) -> Message | Refusal:
        if isinstance(found, Refusal):
            return found
        if not isinstance(found, Conversation) or len(found.messages) != len(conversation.messages):
            got = type(found).__name__
            raise TypeError(f"a guard returns the conversation or pp.refuse(reason), not a {got}")
        return found.messages[-1]

    def told(self, refusal: Refusal) -> str:
        """What a client is told who is refused."""
        return refusal.answer or self.options.answer

    def reason(self, refusal: Refusal) -> str:
        return f"{self.name}: {refusal.reason}"

    def refused(self, side: Side) -> None:
        self.service.count(
            "guard_refusals", "Requests and answers that a guard refused.", guard=self.name, side=side
        )

    def edited(self, side: Side) -> None:
        self.service.count("guard_edits", "Messages that a guard edited.", guard=self.name, side=side)
