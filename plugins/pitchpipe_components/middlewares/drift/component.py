"""Watches whether what a server is asked, and what it answers, is still like the data of training."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from typing import Annotated, cast

import pitchpipe as pp
from pitchpipe_components.middlewares.drift.features import (
    JUDGED,
    NAMES,
    Value,
    detects,
    of_answer,
    of_prompt,
)
from pitchpipe_components.middlewares.drift.panel import panel_of
from pitchpipe_components.middlewares.drift.watched import WatchedModel
from pitchpipe_components.middlewares.drift.window import DriftScore, PastWindow

LEAST = 500


class Drift:
    """Compares windows of requests and answers with the model's own training data, by PSI."""

    def __init__(
        self,
        *,
        window: Annotated[
            int, pp.Meta(ge=1, description="requests that are judged together, 500 or more")
        ] = LEAST,
        shifts: Annotated[float, pp.Meta(gt=0, description="the PSI that is worth a line in the log")] = 0.1,
        alert: Annotated[float, pp.Meta(gt=0, description="the PSI that is an alert")] = 0.25,
        sample: Annotated[int, pp.Meta(ge=100, description="conversations of the training data")] = 5000,
    ):
        if window < LEAST:
            raise ValueError(
                f"a window of {window} tells nothing: with nothing changed, PSI is above 0.1 in a third"
                f" of all windows of 100 requests, and in none of {LEAST}. Take {LEAST} or more"
            )
        if alert < shifts:
            raise ValueError(f"`alert` ({alert}) is below `shifts` ({shifts}): an alert is the higher one")
        self.window, self.limits, self.sample = window, (shifts, alert), sample
        self._watched = dict[str, WatchedModel]()
        self._is_failing = False

    async def begin(self, service: pp.Service) -> None:
        """Learns what each model is used to; a model without data learns it from its first window."""
        self._service, self._folder = service, service.folder / "drift"
        self._folder.mkdir(parents=True, exist_ok=True)
        if not detects():
            service.say("drift: languages are not watched: pip install 'pitchpipe[data]'")
        for name in service.names:
            await asyncio.to_thread(self._begin, name)

    def _begin(self, name: str) -> None:
        if learned := list(self._service.learned(name, self.sample)):
            self._watch(name, learned)

    async def close(self) -> None:
        for watched in self._watched.values():
            self._save(watched)

    def panels(self) -> Sequence[pp.Panel]:
        return [panel_of(watched) for watched in self._watched.values()]

    async def __call__(self, request: pp.Request, answer: pp.Answering) -> AsyncIterator[pp.Said]:
        """The same stretches. Only a first answer that came to its end counts."""
        text, length, last = "", 0, pp.Said()
        try:
            async with aclosing(cast(AsyncGenerator[pp.Said], answer(request))) as stretches:
                async for said in stretches:
                    if not said.index:
                        text, length, last = (
                            text + said.text[: JUDGED - len(text)],
                            length + len(said.text),
                            said,
                        )
                    yield said
        finally:
            if last.end:
                self._count(request, text, length, last)

    def _count(self, request: pp.Request, text: str, length: int, last: pp.Said) -> None:
        name = last.by or next(iter(request.upstreams), request.model)
        features: dict[str, Value] = {"end": last.end}
        features |= of_prompt(request.conversation.messages, request.text)
        if last.end != "content_filter":
            features |= of_answer(text, length)
        watched = self._watched.get(name) or self._watch(name, [])
        if done := watched.add(features):
            self._tell(name, done)
        if watched.is_due:
            self._save(watched)

    def _save(self, watched: WatchedModel) -> None:
        """A disk that is full costs no answer. It is told once."""
        try:
            watched.save()
            self._is_failing = False
        except OSError as error:
            if not self._is_failing:
                self._service.say(f"drift: what was counted cannot be kept: {error}")
            self._is_failing = True

    def _watch(self, name: str, learned: Sequence[pp.Conversation]) -> WatchedModel:
        watched = WatchedModel(name, self._folder, self.window, self.limits)
        watched.begin(learned)
        self._watched[name] = watched
        for past in watched.window.past[-1:]:
            self._show(name, past)
        return watched

    def _tell(self, name: str, done: PastWindow) -> None:
        self._service.count("drift_windows", "Windows of requests that were judged.", model=name)
        self._show(name, done)
        for feature, score in done.scores.items():
            if score.level:
                self._service.say(_line(name, feature, score, done.requests))
            if score.level == "alert":
                help = "Windows in which a feature was above the limit of an alert."
                self._service.count("drift_alerts", help, model=name, feature=feature)

    def _show(self, name: str, done: PastWindow) -> None:
        help = "PSI of the last full window against what a model is used to."
        for feature, score in done.scores.items():
            self._service.gauge("drift_psi", help, round(score.psi, 4), model=name, feature=feature)


def _line(name: str, feature: str, score: DriftScore, requests: int) -> str:
    """One line for the log."""
    mark = "drift ALERT" if score.level == "alert" else "drift"
    return f"{mark}: {name}: {NAMES[feature]}: PSI {score.psi:.2f} over {requests} requests. {score.moved}"
