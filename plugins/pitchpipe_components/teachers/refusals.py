"""A question that a server turned away: one to ask again, to give up, or a reason to stop, with the cure."""

from dataclasses import dataclass
from typing import Any

import pitchpipe as pp
from pitchpipe_components.teachers.secret import Secret
from pitchpipe_components.teachers.waiting import after
from pitchpipe_components.teachers.wire import Response

AGAIN = (408, 409, 424, 425, 429)  # and 500 and above; 424: TGI broke off
FREE = (409, 425, 429, 503, 529)  # the server turned the question away and has not worked on it
LOADING = 5.0  # seconds after which to ask a server again that loads its model
NO_MONEY = ("insufficient_quota", "billing_hard_limit_reached")
FILTERED = ("content_filter", "content_policy_violation")
UNSUPPORTED = ("unsupported_parameter", "unsupported_value")
NO_PATH = (404, 405, 501)
MOST = 300  # characters of a server's words in an error
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
    words, code = _words(data, response.body), code_of(data)
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
    if code in UNSUPPORTED and isinstance(name := _error(data).get("param"), str):
        raise pp.PitchpipeError(f"{asked.url} does not take what it was sent ({said}). {_without(name)}")
    return pp.Reply("", "failed", problem=f"{said} (parameters: `body`)", usage=NOTHING)


def code_of(data: Any) -> Any:
    """The code of an error, or its type where it has none."""
    said = _error(data)
    code = said.get("code") or said.get("type")
    return int(code) if isinstance(code, str) and code.isdecimal() else code


def short(text: str) -> str:
    """Words of a server for a line on the screen: nothing of them moves the cursor."""
    text = "".join(letter if letter.isprintable() else " " for letter in text)
    text = " ".join(text.split())
    return text if len(text) <= MOST else text[: MOST - 3] + "..."


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


def _words(data: Any, body: str) -> str:
    """What a server says of an error."""
    said = data
    for name in ("error", "message", "detail"):
        said = said.get(name, said) if isinstance(said, dict) else said
    return short(said if isinstance(said, str) else body)


def _error(data: Any) -> dict[str, Any]:
    """The error, which some servers give without an `error` around it."""
    said = data.get("error") if isinstance(data, dict) else None
    return said if isinstance(said, dict) else data if isinstance(data, dict) else {}
