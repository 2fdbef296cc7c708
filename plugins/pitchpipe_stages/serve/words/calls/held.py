"""Calls in an answer: from the first letter that may begin one, words are held back until the answer ends."""

import json
from collections.abc import Callable, Sequence

from pitchpipe.records.conversation import Json
from pitchpipe_stages.serve.words.calls.form import CallForm


class HeldCalls:
    """Passes words on up to the first call. What turns out to be no call is words again in the end."""

    def __init__(
        self, form: CallForm, tools: Sequence[Json], id_of: Callable[[int], str], most: int | None = None
    ):
        self.form, self.tools, self.id_of, self.most = form, tools, id_of, most
        self.found: list[Json] = []
        self.held = ""
        self._said = self._holds = False

    def add(self, text: str, last: bool = False) -> str:
        """The words that are known to be no call."""
        self.held += text
        if not self._holds:
            at = self.form.begins(self.held, self._said)
            if at < 0:
                return self._given(0 if last else self.form.may_begin(self.held, self._said), last)
            self._holds = True
            before = self._given(len(self.held) - at, last=False)
            return before + (self._read() if last else "")
        return self._read() if last else ""

    def _given(self, keep: int, last: bool) -> str:
        """All but the last letters; white space may stand before a call, where it is no part of the words."""
        given = self.held[: len(self.held) - keep]
        given = given if last else given.rstrip()
        self.held = self.held[len(given) :]
        self._said = self._said or bool(given.strip())
        return given

    def _read(self) -> str:
        """The calls of what was held, and the words behind them; all of it where it holds no call."""
        text, self.held = self.held, ""
        calls, rest = self.form.read(text.lstrip(), self.tools)
        if not calls:
            return text
        for number, call in enumerate(calls[: self.most]):
            arguments = json.dumps(call.arguments, ensure_ascii=False)
            self.found.append({"id": self.id_of(number), "name": call.name, "arguments": arguments})
        return rest if rest.strip() else ""
