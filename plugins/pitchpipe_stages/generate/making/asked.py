"""How a generator asks for one source: each question by the record, each reply whole, its keys noted."""

from collections.abc import Sequence
from random import Random

from pitchpipe.host.contracts import Ask, Reply
from pitchpipe.host.making import Unanswered
from pitchpipe.records.conversation import Json
from pitchpipe_stages.generate.requests.desk import followed
from pitchpipe_stages.generate.requests.sender import Sender


class OneSource:
    """Asks for one source of a generator."""

    def __init__(self, sender: Sender, seed: str):
        self.random, self.sender = Random(seed), sender
        self.keys: list[str] = []  # of the questions so far

    async def __call__(
        self, prompt: str | Sequence[Json], /, *, nth: int = 0, max_tokens: int = 1024,
        temperature: float = 0.7, top_p: float = 1.0, schema: Json | None = None,
    ) -> Reply:  # fmt: skip
        messages = [{"role": "user", "content": prompt}] if isinstance(prompt, str) else list(prompt)
        reply = await followed(self.sender.reply, Ask(messages, max_tokens, temperature, top_p, schema, nth))
        self.keys.append(reply.key)
        if reply.end != "stop":
            raise Unanswered(reply)
        return reply
