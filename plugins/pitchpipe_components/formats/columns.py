"""Reads rows whose columns each hold a part of the conversation; such a format is a list of column names."""

from typing import Any, ClassVar

from pitchpipe import Drop, Message, drop, replace
from pitchpipe_components.formats.assemble import Made, Rest, Result, conversation, filled, first
from pitchpipe_components.formats.tools import decoded
from pitchpipe_components.formats.turns import NOTHING, Spoken, is_turn, read, said

Names = tuple[str, ...]


# What any format of columns reads beside its own names. It does not count in detection.
CONTEXTS: Names = ("input", "context")
SYSTEMS: Names = ("system", "system_prompt", "system_message")
COPIED = 30  # characters of a context: so long a text stands in a prompt by no accident


class Columns:
    """Names the columns that hold each part. Of several names, the first that a row has counts.

    A context and a system message may also be under a usual name that is none of the format's own; of several
    such, the first that is not empty counts. A row with a key in `without` belongs to another format. `strip`
    removes white space around texts.
    """

    prompt: ClassVar[Names] = ()
    reply: ClassVar[Names] = ()
    context: ClassVar[Names] = ()
    system: ClassVar[Names] = ()
    history: ClassVar[Names] = ()
    rejected: ClassVar[Names] = ()
    category: ClassVar[Names] = ()
    known: ClassVar[Names] = ()
    without: ClassVar[Names] = ()
    strip: ClassVar[bool] = False

    def matches(self, row: dict[str, Any]) -> int:
        if not (first(row, self.prompt) and first(row, self.reply)) or first(row, self.without):
            return 0
        parts = (
            self.prompt,
            self.reply,
            self.context,
            self.system,
            self.history,
            self.rejected,
            self.category,
        )
        return sum(bool(first(row, names)) for names in parts) + sum(name in row for name in self.known)

    def __call__(self, row: dict[str, Any]) -> Result:
        prompt, reply = first(row, self.prompt), first(row, self.reply)
        for name, names in ((prompt, self.prompt), (reply, self.reply)):
            if not name:
                return drop(f"{names[0]} is missing")
        rejected = first(row, self.rejected)
        if isinstance(row.get(rejected), bool):  # it judges the reply, and is none itself
            rejected = ""
        used = {prompt, reply, rejected}
        context = self._about(row, used)
        used.add(context)
        before = self._before(row, used)
        if isinstance(before, Drop):
            return before
        used.discard("")
        about = self._text(row[context]) if context else ""
        if isinstance(row[prompt], list) or isinstance(row[reply], list):
            apart = {rejected, context} if isinstance(row[prompt], list) else {rejected}
            return self._listed(row, prompt, reply, before, about, used - apart)
        question = Message("user", self._text(row[prompt]), "" if about is None else about)
        messages = [*before, question, Message("assistant", self._text(row[reply]))]
        worse = Message("assistant", row[rejected]) if rejected else None
        return self._whole(messages, row, used, worse)

    def is_cot(self, row: dict[str, Any]) -> bool:
        """Whether the format knows that the row reasons step by step."""
        return False

    def _about(self, row: dict[str, Any], used: set[str]) -> str:
        """Returns the column of the context; none if its words are in the prompt already."""
        name = filled(row, [*self.context, *(other for other in CONTEXTS if other not in used)])
        if name in self.context or not isinstance(row.get(name), str):
            return name if name in self.context else ""
        text, prompt = row[name].strip(), row[first(row, self.prompt)]
        copied = len(text) >= COPIED and isinstance(prompt, str) and text in prompt
        return "" if copied else name

    def _before(self, row: dict[str, Any], used: set[str]) -> list[Message] | Drop:
        """Returns the system message and the earlier turns."""
        messages = []
        system = filled(row, [*self.system, *(other for other in SYSTEMS if other not in used)])
        history = first(row, self.history)
        used.update((system, history))
        if system and row[system] not in (None, ""):
            messages.append(Message("system", row[system]))
        pairs = decoded(row[history]) if history else None
        if pairs in (None, ""):
            return messages
        if not isinstance(pairs, list):
            return drop(f"{history} is not a list")
        if pairs and all(map(is_turn, pairs)):
            earlier = read(pairs, history)
            return earlier if isinstance(earlier, Drop) else [*messages, *earlier.messages]
        for pair in pairs:
            if not (isinstance(pair, list | tuple) and len(pair) == 2):
                return drop(f"a turn of {history} is not a pair")
            messages += [Message("user", pair[0]), Message("assistant", pair[1])]
        return messages

    def _listed(
        self, row: dict[str, Any], prompt: str, reply: str, before: list[Message], about: Any, used: set[str]
    ) -> Result:
        """Reads a prompt or a reply that is a list: of turns, or of the parts of one message. Turns have
        no place for a context. Two lists of as many texts are the questions of a chat and their answers."""
        if _are_exchanges(row[prompt], row[reply]):
            for question, answer in zip(row[prompt], row[reply], strict=True):
                before += [Message("user", self._text(question)), Message("assistant", self._text(answer))]
            return self._whole(before, row, used, None)
        whole = Spoken(before, [NOTHING] * len(before))
        for name, role in ((prompt, "user"), (reply, "assistant")):
            spoken = said(row[name], role, name)
            if isinstance(spoken, Drop):
                return spoken
            if role == "user" and about and not isinstance(row[name], list):
                spoken.messages[0] = replace(spoken.messages[0], context=about)
            whole.messages.extend(spoken.messages)
            whole.turns.extend(spoken.turns)
        return self._whole(whole.messages, row, used, None, whole.turns)

    def _whole(
        self,
        messages: list[Message],
        row: dict[str, Any],
        used: set[str],
        rejected: Message | None,
        rests: list[Rest] | None = None,
    ) -> Made:
        category = ""
        if self.category and isinstance(row.get(name := first(row, self.category)), str):
            category = row[name]
            used = used | {name}
        known = {"cot": True} if self.is_cot(row) else {}
        return conversation(
            messages, row, used, category=category, rejected=rejected, turns=rests or (), known=known
        )

    def _text(self, value: Any) -> Any:
        return value.strip() if self.strip and isinstance(value, str) else value


def _are_exchanges(asked: Any, said: Any) -> bool:
    """Whether two columns hold as many texts each."""
    both = isinstance(asked, list) and isinstance(said, list) and len(asked) == len(said) > 0
    return both and all(isinstance(text, str) for text in (*asked, *said))
