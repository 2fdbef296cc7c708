"""What a server's answer means: a reply, a refusal, a reason to try again, or one to stop."""

import json
from datetime import UTC, datetime
from typing import Any

import pitchpipe as pp
from pitchpipe_components.teachers.secret import Secret
from pitchpipe_components.teachers.wire import Response

AGAIN = (408, 409, 425, 429)  # and 500 and above
FREE = (409, 425, 429, 503)  # the server turned the question away and has not worked on it
NO_MONEY = ("insufficient_quota", "billing_hard_limit_reached")
FILTERED = ("content_filter", "content_policy_violation")
CUT = ("length", "max_tokens", "model_length")
MOST = 300  # characters of a server's words in an error
NOTHING = pp.Usage(0, 0)

Said = dict[str, Any]


def reply_of(response: Response, secret: Secret, asked: str, url: str) -> pp.Reply:
    """The reply, or an exception."""
    data = _json(response.body)
    if response.status != 200:
        return _refused(response.status, response, data, secret, asked, url)
    if not isinstance(data, dict):
        raise _no_json(response.body, url)
    if data.get("error") and not data.get("choices"):
        status = _code(data["error"])
        return _refused(status if isinstance(status, int) else 500, response, data, secret, asked, url)
    choices = data.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise pp.AskAgain("the server gave no choices")
    return _choice(choices[0], _text(data.get("model")), _usage(data.get("usage")))


def _choice(choice: Said, model: str, usage: pp.Usage | None) -> pp.Reply:
    message, why = choice.get("message") or {}, choice.get("finish_reason")
    text = _content(message.get("content"))
    if message.get("refusal") or why == "content_filter":
        return pp.Reply(text, "refused", model, _text(message.get("refusal")) or "content_filter", usage)
    if why in CUT:
        return pp.Reply(text, "cut", model, "max_tokens was too few", usage)
    if why == "error":
        raise pp.AskAgain("the server broke off")
    if message.get("tool_calls") or message.get("function_call"):
        return pp.Reply(text, "failed", model, "it calls a tool, and none was offered", usage)
    if not text.strip():
        return pp.Reply("", "failed", model, "the reply is empty", usage)
    return pp.Reply(text, "stop", model, usage=usage)


def _refused(status: int, response: Response, data: Any, secret: Secret, asked: str, url: str) -> pp.Reply:
    """A question that was turned away."""
    words, code = _words(data, response.body), _code(data.get("error")) if isinstance(data, dict) else None
    said = f"{status}: {words}"
    if code in NO_MONEY or status == 402:
        raise pp.PitchpipeError(f"{url}: no money is left there ({said})")
    if status in AGAIN or status >= 500:
        raise pp.AskAgain(said, _after(response.headers), status in FREE)
    if code in FILTERED or (status == 403 and "moderation" in words.lower()):
        return pp.Reply("", "refused", problem=said, usage=NOTHING)
    if status in (401, 403):
        cure = (
            f"Is the key in {secret.variable} right?"
            if secret.variable
            else "Name the variable of a key: `key: NAME`"
        )
        raise pp.PitchpipeError(f"{url} lets nobody in ({said}). {cure}")
    if status == 404:
        raise pp.PitchpipeError(
            f"{url} knows no model '{asked}', or the url is wrong: it ends with /v1 mostly ({said})"
        )
    if 300 <= status < 400:
        where = response.headers.get("location", "another place")
        raise pp.PitchpipeError(f"{url} has moved to {where}: write that url")
    return pp.Reply("", "failed", problem=f"{said} (parameters: `body`)", usage=NOTHING)


def _no_json(body: str, url: str) -> pp.AskAgain:
    if body.lstrip()[:1] == "<":
        return pp.AskAgain(f"{url} answers with a web page. Does the url end with /v1?", free=True)
    return pp.AskAgain(f"the reply was cut off, or is no JSON: {_short(body)!r}")


def _json(body: str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _usage(said: Any) -> pp.Usage | None:
    """The tokens that a server counted; nothing where it counted none, or cannot have counted right."""
    if not isinstance(said, dict):
        return None
    read, written = said.get("prompt_tokens"), said.get("completion_tokens")
    if type(read) is not int or type(written) is not int or read < 0 or written < 0:
        return None
    cached = (said.get("prompt_tokens_details") or {}).get("cached_tokens") or 0
    return pp.Usage(read, written, cached if type(cached) is int and 0 <= cached <= read else 0)


def _content(said: Any) -> str:
    """Text, or a list of parts that hold some."""
    if isinstance(said, list):
        return "".join(_text(part.get("text")) for part in said if isinstance(part, dict))
    return _text(said)


def _words(data: Any, body: str) -> str:
    """What a server says of an error."""
    said = data
    for name in ("error", "message", "detail"):
        said = said.get(name, said) if isinstance(said, dict) else said
    return _short(said if isinstance(said, str) else body)


def _code(error: Any) -> Any:
    if not isinstance(error, dict):
        return None
    code = error.get("code") or error.get("type")
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


def _text(said: Any) -> str:
    return said if isinstance(said, str) else ""
