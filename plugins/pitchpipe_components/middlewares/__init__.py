"""Middleware: what stands around the answers of a server."""

import pitchpipe as pp
from pitchpipe_components.middlewares.cache import AnswerCache
from pitchpipe_components.middlewares.drift.component import Drift
from pitchpipe_components.middlewares.journal import AnswerJournal

ROOMS = ("pitchpipe_components.middlewares", "pitchpipe_components.served", "pitchpipe_components.text")


@pp.hookimpl
def register_middlewares(register: pp.Register) -> None:
    register("cache", AnswerCache)
    register("drift", Drift, needs=("numpy",), extra="data")
    register("journal", AnswerJournal)
