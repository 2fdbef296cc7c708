"""A subject of which each answer is known."""

from collections.abc import Iterator, Sequence
from typing import Any

import pitchpipe as pp
from pitchpipe_stages.console import RichConsole


class Answering:
    """Gives the answers that it was made with: (answer, expected reply), or with a category behind."""

    def __init__(self, *pairs: tuple[str, ...], ended: bool = True):
        self.console, self.ended = RichConsole(), ended
        self.made = [self._made(at, *pair) for at, pair in enumerate(pairs)]

    def _made(self, at: int, said: str, expected: str, category: str = "") -> tuple[pp.Prompt, str]:
        turns = (pp.Message("user", "?"), pp.Message("assistant", expected))
        conversation = pp.Conversation(turns, category, id=str(at))
        return pp.Prompt(str(at), [1], "?", expected, conversation), said

    def prompts(self, limit: int | None = None) -> list[pp.Prompt]:
        return [prompt for prompt, _ in self.made[:limit]]

    def answers(self, prompts: Sequence[pp.Prompt], *_: Any) -> Iterator[pp.Answer]:
        said = {prompt.id: words for prompt, words in self.made}
        return (pp.Answer(said[prompt.id], self.ended) for prompt in prompts)
