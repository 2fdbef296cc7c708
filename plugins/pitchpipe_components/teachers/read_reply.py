"""What a server's answer means: a reply, a refusal, a reason to try again, or one to stop."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pitchpipe as pp
from pitchpipe_components.teachers.choice import of_llama, reply_in, usage_in
from pitchpipe_components.teachers.secret import Secret
from pitchpipe_components.teachers.wire import Response

AGAIN = (408, 409, 424, 425, 429)  # and 500 and above; 424: TGI broke off
FREE = (409, 425, 429, 503, 529)  # the server turned the question away and has not worked on it
LOADING = 5.0  # seconds after which to ask a server again that loads its model
NO_MONEY = ("insufficient_quota", "billing_hard_limit_reached")
FILTERED = ("content_filter", "content_policy_violation")
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


def reply_of(response: Response, asked: Whom) -> pp.Reply:
    """The reply, or an exception."""
    data = _json(response.body)
    if response.status != 200:
        return _refused(response.status, response, data, asked)
    if not isinstance(data, dict):
        raise _no_json(response.body, asked.url)
    if asked.raw and "choices" not in data and isinstance(data.get("content"), str):
        data = of_llama(data)
    choices, usage, model = data.get("choices"), usage_in(data), data.get("model")
    if not choices and (data.get("error") or data.get("object") == "error"):
        status = _code(data)
        return _refused(status if isinstance(status, int) else 500, response, data, asked)
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise pp.AskAgain("the server gave no choices")
    return reply_in(choices[0], model if isinstance(model, str) else "", usage)


def _refused(status: int, response: Response, data: Any, asked: Whom) -> pp.Reply:
    """A question that was turned away."""
    words, code = _words(data, response.body), _code(data)
    said = f"{status}: {words}"
    if code in NO_MONEY or status == 402:
        raise pp.PitchpipeError(f"{asked.url}: no money is left there ({said})")
    if status in AGAIN or status >= 500:
        loads = LOADING if status == 503 and "loading" in words.lower() else None
        raise pp.AskAgain(said, _after(response.headers) or loads, status in FREE)
    if code in FILTERED or (status == 403 and "moderation" in words.lower()):
        return pp.Reply("", "refused", problem=said, usage=NOTHING)
    if cure := _cure(status, response, asked):
        raise pp.PitchpipeError(cure.replace("SAID", said))
    return pp.Reply("", "failed", problem=f"{said} (parameters: `body`)", usage=NOTHING)


def _cure(status: int, response: Response, asked: Whom) -> str:
    """What cures a refusal that no other try would."""
    url, variable = asked.url, asked.secret.variable
    if status in (401, 403):
        cure = f"Is the key in {variable} right?" if variable else "Name the variable of a key: `key: NAME`"
        return f"{url} lets nobody in (SAID). {cure}"
    if asked.raw and status in NO_PATH:
        return f"{url} does not go on with a text by model '{asked.model}': /completions (SAID)"
    if status == 404:
        return f"{url} knows no model '{asked.model}', or the url is wrong: it ends with /v1 mostly (SAID)"
    if 300 <= status < 400:
        return f"{url} has moved to {response.headers.get('location', 'another place')}: write that url"
    return ""


def _no_json(body: str, url: str) -> pp.AskAgain:
    if body.lstrip()[:1] == "<":
        return pp.AskAgain(f"{url} answers with a web page. Does the url end with /v1?", free=True)
    return pp.AskAgain(f"the reply was cut off, or is no JSON: {_short(body)!r}")


def _json(body: str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _words(data: Any, body: str) -> str:
    """What a server says of an error."""
    said = data
    for name in ("error", "message", "detail"):
        said = said.get(name, said) if isinstance(said, dict) else said
    return _short(said if isinstance(said, str) else body)


def _code(data: Any) -> Any:
    """The code of an error, which some servers give without an `error` around it."""
    said = data.get("error") if isinstance(data, dict) else None
    said = said if isinstance(said, dict) else data if isinstance(data, dict) else {}
    code = said.get("code") or said.get("type")
    return int(code) if isinstance(code, str) and code.isdecimal() else code


def _after(headers: dict[str, str]) -> float | None:
    """Seconds to wait, from a number or a date."""
    from email.utils import parsedate_to_datetime

    milliseconds, said = headers.get("retry-after-ms", ""), headers.get("retry-after", "")
    try:
        return max(0.0, float(milliseconds) / 1000 if milliseconds else float(said))
    except ValueError:
        pass
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= MOST else text[: MOST - 3] + "..."
