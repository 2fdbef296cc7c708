"""A service and answers for tests of the middleware, and a distribution of requests to draw from."""

import asyncio
import random

import pitchpipe as pp
from pitchpipe_stages.serve.service import ServingService
from tests.stages.serve.said import Saying, heard, request, words

THEMES = (
    "please tell me how one cooks a soup of onions and potatoes at home",
    "which bank lends money for a house and what interest does it ask",
    "explain how a telescope shows the moons of a planet far away",
)


def asked(chance, longer=1):
    """What somebody asks."""
    theme = chance.choice(THEMES).split()
    words = " ".join(chance.choices(theme, k=max(12, round(chance.lognormvariate(3, 0.5)))))
    return " ".join([words] * longer)


def replied(chance):
    return " ".join(["It is so."] * chance.randrange(1, 20))


def learned(count=1000, seed=1):
    """What a model was tuned on."""
    chance = random.Random(seed)
    turns = [
        (pp.Message("user", asked(chance)), pp.Message("assistant", replied(chance))) for _ in range(count)
    ]
    return [pp.Conversation(pair, id=str(number)) for number, pair in enumerate(turns)]


class DriftService(ServingService):
    """A service that says in `said` what it would write in its log."""

    def __init__(self, folder, drift, data=()):
        self.said, self.data = [], list(data)
        super().__init__({"m": Saying(*words("fine"))}, folder, middlewares=[drift], say=self.said.append)

    def learned(self, model, most=5000):
        return iter(self.data[:most])


async def serve(service, count, longer=1, seed=2, end="stop", answer=None):
    """Asks so many requests."""
    chance = random.Random(seed)
    for _ in range(count):
        service.upstreams["m"].said = words(answer or replied(chance), end=end)
        await heard(service.answer(service.read(request(asked(chance, longer)))))


def served(service, count, **how):
    """The same, with the server's begin and end around it."""

    async def whole():
        await service.begin()
        await serve(service, count, **how)
        await service.close()

    asyncio.run(whole())
    return service


__all__ = ["DriftService", "asked", "learned", "serve", "served"]
