"""A question that a server turned away: one to ask again, to give up, or a reason to stop, with the cure."""

from dataclasses import dataclass
from typing import Any

import pitchpipe as pp
from pitchpipe_components.teachers.wire import Response
from pitchpipe_components.wire.errors import code_of, error_of, short, words_of
from pitchpipe_components.wire.secret import Secret
from pitchpipe_components.wire.waiting import after

AGAIN = (408, 409, 424, 425, 429)  # and 500 and above; 424: TGI broke off
FREE = (409, 425, 429, 503, 529)  # the server turned the question away and has not worked on it
LOADING = 5.0  # seconds after which to ask a server again that loads its model
NO_MONEY = ("insufficient_quota", "billing_hard_limit_reached")
FILTERED = ("content_filter", "content_policy_violation")
UNSUPPORTED = ("unsupported_parameter", "unsupported_value")
NO_PATH = (404, 405, 501)
NOTHING = pp.Usage(0, 0)


@dataclass(frozen=True)
class Whom:
    """Who was asked, and for what: a reply, or to go on with a text."""

    url: str
    model: str
    secret: Secret
    raw: bool = False


def refused(status: int, response: Response, data: Any, asked: Whom) -> pp.Reply:
    """What becomes of the question, or an exception."""
    words, code = words_of(data, response.body), code_of(data)
    said = f"{status}: {words}"
    if code in NO_MONEY or status == 402:
        raise pp.PitchpipeError(f"{asked.url}: no money is left there ({said})")
    if status in AGAIN or status >= 500:
        loads = LOADING if status == 503 and "loading" in words.lower() else None
        raise pp.AskAgain(said, after(response.headers) or loads, status in FREE)
    if code in FILTERED or (status == 403 and "moderation" in words.lower()):
        return pp.Reply("", "refused", problem=said, usage=NOTHING)
    if cured := _cured(status, response, said, asked):
        raise pp.PitchpipeError(cured)
    if code in UNSUPPORTED and isinstance(name := error_of(data).get("param"), str):
        raise pp.PitchpipeError(f"{asked.url} does not take what it was sent ({said}). {_without(name)}")
    return pp.Reply("", "failed", problem=f"{said} (parameters: `body`)", usage=NOTHING)


def _cured(status: int, response: Response, said: str, asked: Whom) -> str:
    """What is wrong for every question, and what cures it."""
    url, variable = asked.url, asked.secret.variable
    if status in (401, 403):
        cure = f"Is the key in {variable} right?" if variable else "Name the variable of a key: `key: NAME`"
        return f"{url} lets nobody in ({said}). {cure}"
    if asked.raw and status in NO_PATH:
        return f"{url} does not go on with a text by model '{asked.model}': /completions ({said})"
    if status == 404:
        return f"{url} knows no model '{asked.model}', or the url is wrong: it ends with /v1 mostly ({said})"
    if 300 <= status < 400:
        where = short(response.headers.get("location", "another place"))
        return f"{url} has moved to {where}: write that url"
    return ""


def _without(name: str) -> str:
    """How a recipe does without a parameter."""
    if name == "max_tokens":
        return "Say the most tokens by its name: `body: {max_tokens: null, max_completion_tokens: 4096}`"
    if name.startswith("response_format"):
        return "Say the form of replies in another way: `schema: json_object`, or none"
    return f"Leave it out: `body: {{{name}: null}}`"
