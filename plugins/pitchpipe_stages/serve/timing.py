"""How long answers take, and what they are made of: measured around all that answers a request."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from functools import cache
from time import perf_counter
from typing import cast

from prometheus_client import Counter, Histogram

from pitchpipe.host.serving import Request, Said
from pitchpipe_stages.serve.history import ServedHistory
from pitchpipe_stages.serve.metrics import Metrics


class ModelLines:
    """The lines on /metrics of one model: looked up once, not for each token."""

    def __init__(self, metrics: Metrics, model: str):
        def histogram(name: str, help: str) -> Histogram:
            return metrics.line(Histogram, name, help, model=model)

        def counter(name: str, help: str) -> Counter:
            return metrics.line(Counter, name, help, model=model)

        self.first = histogram("first_token_seconds", "From a request to the first stretch of its answer.")
        self.between = histogram("next_token_seconds", "From a stretch of an answer to the next, by token.")
        self.whole = histogram("answer_seconds", "From a request to the end of all its answers.")
        self.prompt = histogram("prompt_tokens", "Tokens of a request, as the model reads them.")
        self.answer = histogram("answer_tokens", "Tokens of an answer.")
        self.read = counter("tokens_read", "Tokens of prompts.")
        self.written = counter("tokens_written", "Tokens of answers, also of those that nobody awaited.")
        self.cut = counter("answers_cut", "Answers that were cut off by max_tokens or the context.")
        self.refused = counter("answers_withheld", "Answers that a guard refused.")
        self.metrics, self.model = metrics, model

    def end(self, reason: str, tokens: int) -> None:
        """Counts an answer that ended."""
        help = "Answers by the reason of their end."
        self.metrics.count("answers", help, model=self.model, end=reason)
        self.answer.observe(tokens)
        self.cut.inc(reason == "length")
        self.refused.inc(reason == "content_filter")


class AnswerTimer:
    """Measures the answers to one request."""

    def __init__(self, lines: ModelLines, history: ServedHistory, request: Request):
        self.lines, self.history, self.left = lines, history, request.wish.count
        self.began, self.last, self.tokens = perf_counter(), dict[int, float](), dict[int, int]()
        lines.read.inc(len(request.ids))
        if request.ids:
            lines.prompt.observe(len(request.ids))
        history.now().requests += 1

    def hear(self, said: Said) -> None:
        """A stretch of one of the answers."""
        now, last = perf_counter(), self.last.get(said.index)
        if last is not None:
            self.lines.between.observe((now - last) / max(said.tokens, 1))
        elif not self.last:
            self.lines.first.observe(now - self.began)
            self.history.first(now - self.began)
        self.last[said.index] = now
        self.tokens[said.index] = self.tokens.get(said.index, 0) + said.tokens
        self.lines.written.inc(said.tokens)
        if said.read:
            self.lines.read.inc(said.read)
            self.lines.prompt.observe(said.read)
        moment = self.history.now()
        moment.tokens += said.tokens
        if said.end:
            moment.ends[said.end] += 1
            self._end(said, now)

    def _end(self, said: Said, now: float) -> None:
        self.lines.end(said.end, self.tokens[said.index])
        self.left -= 1
        if not self.left:
            self.lines.whole.observe(now - self.began)


class Timing:
    """Measures all answers of a server."""

    def __init__(self, metrics: Metrics, history: ServedHistory):
        self.history = history
        self._lines = cache(lambda model: ModelLines(metrics, model))  # of names that are served: few

    def add(self, model: str) -> None:
        """Makes the lines of a model, so that they are on /metrics before its first request."""
        self._lines(model)

    async def __call__(self, request: Request, answer: AsyncIterator[Said]) -> AsyncIterator[Said]:
        """The same stretches."""
        timer = AnswerTimer(self._lines(request.model), self.history, request)
        async with aclosing(cast(AsyncGenerator[Said], answer)) as stretches:
            async for said in stretches:
                timer.hear(said)
                yield said
