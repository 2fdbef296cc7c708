"""The numbers that are looked at first."""

from collections.abc import Iterator, Sequence

from pitchpipe_stages.serve.history import SECONDS, ServedMoment
from pitchpipe_stages.serve.service import ServingService
from pitchpipe_tools.html.markup import Markup, element
from pitchpipe_tools.html.numbers import number
from pitchpipe_tools.serve.dashboard.words import quick

MINUTE = 60 // SECONDS  # moments
LATELY = 5 * MINUTE
NONE = "\u2013"


def tiles(service: ServingService) -> Markup:
    """How much is asked, how fast it is answered, and what went wrong."""
    recent = service.history.moments(LATELY + 1)
    shown = [element("div", element("b", value), element("span", words), class_=f"tile {kind}".strip())
             for value, words, kind in _told(service, recent)]  # fmt: skip
    return element("div", shown, class_="tiles")


def _told(service: ServingService, recent: Sequence[ServedMoment]) -> Iterator[tuple[str, str, str]]:
    total = service.metrics.total
    rate = per_second(recent[-MINUTE - 1 :], "requests")
    yield number(total("requests_accepted")), f"requests; {rate} a second", "kept"
    yield (
        number(total("tokens_written")),
        f"tokens; {per_second(recent[-MINUTE - 1 :], 'tokens')} a second",
        "kept",
    )
    half, most = first(recent, 0.5), first(recent, 0.95)
    yield half or NONE, f"to the first word{most and f'; 19 of 20: {most}'}", "changed"
    yield number(total("live_answers")), f"being written; {number(total('waiting_answers'))} wait", "changed"
    refused, away = total("requests_refused"), total("http_responses", status="429")
    yield number(refused), f"refused; {number(away)} turned away", "tagged" if refused or away else ""
    failed = total("requests_failed")
    yield (
        number(failed),
        f"failed; {number(total('requests_cancelled'))} cancelled",
        "dropped" if failed else "",
    )


def per_second(moments: Sequence[ServedMoment], what: str) -> str:
    """Of the whole moments, without the one that goes on."""
    whole = moments[:-1] or moments
    return number(round(sum(getattr(moment, what) for moment in whole) / (SECONDS * len(whole)), 2))


def first(moments: Sequence[ServedMoment], share: float) -> str:
    """The time within which so many of the answers began, if any did."""
    together = ServedMoment(0)
    for moment in moments:
        together.firsts += moment.firsts
    found = together.first(share)
    return "" if found is None else quick(found)
