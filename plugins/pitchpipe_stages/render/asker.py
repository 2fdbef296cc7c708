"""Asks for a reply as a server would, in each form of messages, and finds what the chat template answers."""

import re
from collections.abc import Iterable, Iterator, Sequence

from pitchpipe.errors import Quarantine
from pitchpipe.records.conversation import Conversation, Json, Message
from pitchpipe_stages.render.asked import CLEAN, THOUGHT, WORDY, Asked, belongs
from pitchpipe_stages.render.chat_template import ChatTemplate, Passed, Rendered, check_complete
from pitchpipe_stages.render.compose import OPEN, compose, think_aloud
from pitchpipe_stages.render.marking import TaggedText, cut
from pitchpipe_stages.render.messages import ASKED_WITH, IN_WORDS, Serving


class Asker:
    """Finds how a server would ask for a reply: it tries each form of messages and each of the switches."""

    def __init__(
        self,
        template: ChatTemplate,
        ends: tuple[str, ...],
        tokens: re.Pattern[str],
        servings: Sequence[Serving] = (Serving(),),
        switches: tuple[str, ...] = (),
    ):
        self.template, self.ends, self.tokens = template, ends, tokens
        self.servings, self.switches = servings, switches
        self.knows_thoughts = bool(THOUGHT.search(template.source))

    def ask(self, conversation: Conversation, reply: int) -> Asked:
        """The reply in its prompt. A Quarantine says why there is none."""
        best: Asked | None = None
        refusal: Quarantine | None = None
        if not reply:
            raise Quarantine("no server is asked for a reply that comes first")
        thinks = bool(conversation.messages[reply].reasoning and conversation.meta.get(IN_WORDS))
        for serving in self.forms(conversation.messages[: reply + 1], thinks):
            for variables in self._variables(conversation, reply):
                try:
                    found = self._asked(conversation, reply, Passed(serving, variables))
                except Quarantine as reason:
                    refusal = refusal or reason
                    continue
                best = found if best is None or found.fit < best.fit else best
                if best.fit == CLEAN:
                    return best
            if best:
                return best
        raise refusal or Quarantine("nobody can ask for this reply")

    def forms(self, messages: Sequence[Message], thinks: bool = False) -> Iterator[Serving]:
        """The forms of messages that differ for these, in the order in which they are tried."""
        calls = any(message.tool_calls for message in messages)
        for serving in self.servings if thinks else self.servings[:1]:
            yield serving
            if calls:
                yield serving._replace(silent=True)
                yield serving._replace(arguments_as_text=True)
                yield serving._replace(arguments_as_text=True, silent=True)

    def _variables(self, conversation: Conversation, reply: int) -> Iterator[dict[str, object]]:
        """The chat template's own switch of reasoning: as it is, then as the reply needs it."""
        if (given := conversation.meta.get(ASKED_WITH)) is not None:
            yield given
            return
        yield {}
        reasons = bool(conversation.messages[reply].reasoning)
        for wanted in (reasons, not reasons):
            for name in self.switches:
                yield {name: wanted}

    def _asked(self, conversation: Conversation, reply: int, request: Passed) -> Asked:
        messages, tools = conversation.messages, conversation.tools
        prompt = self.template.prompt(messages[:reply], tools, request)
        whole = self.template.written(messages[: reply + 1], tools, request)
        check_complete(whole, conversation, reply + 1)
        whole, end, stop = self._ended(whole, messages, reply, tools, request)
        found = Asked(reply, whole.text, whole.parts, len(prompt), end, stop, request, CLEAN)
        silent = messages[reply].reasoning and f"{reply}r" not in {tag for _, tag in whole.parts}
        opens = silent and OPEN.search(prompt)
        if not whole.text.startswith(prompt) or len(prompt) > end or opens:
            before = self.template.written(messages[:reply], tools, request, True)
            bare = self.template.written(messages[:reply], tools, request).text
            compose(found, prompt, before, bare, messages)
        if silent and not opens and conversation.meta.get(IN_WORDS):
            think_aloud(found, messages[reply])
        self._judge(found, messages[reply])
        return found

    # --- The end of a reply ----------------------------------------------------------------------

    def _ended(
        self,
        whole: Rendered,
        messages: Sequence[Message],
        reply: int,
        tools: Sequence[Json],
        request: Passed,
    ) -> tuple[Rendered, int, str]:
        """The render, the place behind the token that ends its reply, and that token.

        Where a chat template ends no reply, the next turn does: its first token is what a server waits for.
        """
        since = _last_place(whole.parts, reply)
        found = self._stop(whole.text, since, bool(messages[reply].tool_calls))
        if found:
            return whole, found.end(), found[0]
        behind = self._next_turn(messages, reply, tools, request)
        found = self.tokens.search(behind)
        if not found:
            raise Quarantine("the chat template ends this reply with no control token")
        text = whole.text[:since] + behind[: found.end()]
        return Rendered(text, [*cut(whole.parts, 0, since), (behind[: found.end()], "")]), len(text), found[0]

    def _stop(self, text: str, since: int, calls: bool) -> re.Match[str] | None:
        """What ends a reply: the first control token, or one of the ends that follows at once.

        A call is written with control tokens too: its end is the first of the ends, or the last token.
        """
        found = list(self.tokens.finditer(text, since))
        if not calls:
            found = [one for at, one in enumerate(found) if not at or one.start() == found[at - 1].end()]
        ends = [one for one in found if one[0] in self.ends]
        return ends[0] if ends else found[-1 if calls else 0] if found else None

    def _next_turn(
        self, messages: Sequence[Message], reply: int, tools: Sequence[Json], request: Passed
    ) -> str:
        """What the chat template writes between this reply and the next turn's words."""
        calls = messages[reply].tool_calls
        identity = calls[0].get("id") if calls else ""
        tool = Message("tool", "So be it.", tool_call_id=identity if isinstance(identity, str) else "")
        turn = tool if calls else Message("user", "So be it.")
        parts = self.template.written([*messages[: reply + 1], turn], tools, request).parts
        places = [at for at, (_, tag) in enumerate(parts) if belongs(tag, reply)]
        if not places or places[-1] + 1 == len(parts):
            raise Quarantine("the chat template ends this reply with no control token")
        text, tag = parts[places[-1] + 1]
        return "" if tag else text

    def _judge(self, asked: Asked, reply: Message) -> None:
        """The reply is learned with its reasoning and no other words; at best, without empty reasoning."""
        learned = cut(asked.parts, asked.start, asked.end)
        for text, tag in learned:
            if text and tag and not belongs(tag, asked.reply) and tag != "t":
                raise Quarantine("the chat template writes other words within this reply")
        if reply.reasoning and not any(tag == f"{asked.reply}r" for _, tag in learned):
            raise Quarantine("the chat template writes no reasoning: `reasoning: strip` leaves it out")
        if (
            asked.fit == CLEAN
            and not reply.reasoning
            and any(THOUGHT.search(t) for t, tag in learned if not tag)
        ):
            asked.fit = WORDY


def _last_place(parts: Iterable[TaggedText], index: int) -> int:
    """The place behind the last words of a message."""
    at = last = 0
    for text, tag in parts:
        at += len(text)
        last = at if belongs(tag, index) else last
    return last
