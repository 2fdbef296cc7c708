"""A request that another server turned away: a mistake of the client, or a failure of that server."""

from typing import Any

import pitchpipe as pp
from pitchpipe_components.wire.errors import code_of, error_of, words_of
from pitchpipe_components.wire.secret import Secret
from pitchpipe_components.wire.waiting import after

CLIENTS = (400, 413, 422)  # what a client can put right
BUSY = (408, 409, 425, 503, 529)
NO_MONEY = ("insufficient_quota", "billing_hard_limit_reached")
LOADING = 5  # seconds after which to ask a server again that loads its model


def turned_away(
    status: int, headers: dict[str, str], data: Any, body: str, whom: "RemoteServer"
) -> pp.Declined:
    """What a client is told. The cause, where there is one, is for the log alone."""
    words, code = whom.secret.hidden(words_of(data, body)), code_of(data)
    if status in CLIENTS and code not in NO_MONEY:
        param = error_of(data).get("param")
        named = code if isinstance(code, str) else ""
        return pp.Declined(400 if status == 422 else status, words, str(param or ""), named)
    seconds = after(headers)
    wait = None if seconds is None else max(1, round(seconds))
    said = pp.PitchpipeError(f"{whom.url}: {status}: {words}{whom.cure(status, headers)}")
    if code in NO_MONEY or status == 402:
        return because(500, "the upstream cannot answer", said)
    if status == 429:
        return because(429, "the upstream is busy: ask again later", said, wait)
    if status in BUSY:
        return because(503, "the upstream is not ready: ask again later", said, wait or LOADING)
    if status in (502, 504):
        return because(status, "the upstream did not answer", said, wait)
    return because(500, "the upstream failed" if status >= 500 else "the upstream cannot answer", said)


def because(status: int, words: str, cause: Exception, wait: int | None = None) -> pp.Declined:
    """A failure that a client hears of in general words: urls and keys of this server are none of theirs."""
    failure = pp.Declined(status, words, code="upstream_failed", after=wait)
    failure.__cause__ = cause
    return failure


class RemoteServer:
    """Who was asked."""

    def __init__(self, url: str, model: str, secret: Secret):
        self.url, self.model, self.secret = url, model, secret

    def cure(self, status: int, headers: dict[str, str]) -> str:
        """What the owner of this server can do."""
        variable = self.secret.variable
        if status in (401, 403):
            cure = (
                f"is the key in {variable} right?" if variable else "name the variable of a key: `key: NAME`"
            )
            return f" ({cure})"
        if status == 404:
            return f" (is '{self.model}' its name for the model? does the url end with /v1?)"
        if 300 <= status < 400:
            return f" (it has moved to {headers.get('location', 'another place')}: write that url)"
        return ""
