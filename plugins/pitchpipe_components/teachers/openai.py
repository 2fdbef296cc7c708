"""The teacher `openai`: any server with OpenAI's chat completions: vLLM, llama.cpp, most providers."""

from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import pitchpipe as pp
from pitchpipe_components.teachers.price import Price
from pitchpipe_components.teachers.read_reply import reply_of
from pitchpipe_components.teachers.secret import Secret
from pitchpipe_components.teachers.wire import Wire

Schema = Literal["json_schema", "json_object", "none"]
PATH = "/chat/completions"


class OpenAICompatible:
    """Ask a model behind a URL by OpenAI's protocol."""

    can = frozenset({"schema"})

    def __init__(
        self,
        *,
        url: Annotated[str, pp.Meta(description="up to /v1, as in http://localhost:8000/v1")],
        model: Annotated[str, pp.Meta(min_length=1, description="the model's name, as the server calls it")],
        key: Annotated[
            str | None,
            pp.Meta(description="the variable of the environment that holds the key, never the key"),
        ] = None,
        concurrency: Annotated[int, pp.Meta(ge=1, description="questions in flight, at most")] = 32,
        timeout: Annotated[
            float, pp.Meta(gt=0, description="seconds for a question, the reply included")
        ] = 120,
        dollars_per_million: Annotated[
            dict[str, float] | None,
            pp.Meta(
                description="price of tokens: input, output, and cached where those that are known cost less"
            ),
        ] = None,
        schema: Annotated[
            Schema, pp.Meta(description="how a server is told the form of a reply; it is checked in any case")
        ] = "json_schema",
        body: Annotated[
            dict[str, Any] | None,
            pp.Meta(
                description="parameters of the request to add; null takes one out, as in {temperature: null}"
            ),
        ] = None,
    ):
        self.model, self.concurrency, self.timeout = model, concurrency, timeout
        self.url, self.schema, self.body = _address(url), schema, body or {}
        self.secret = Secret(key)
        self.price = Price.of(dollars_per_million) if dollars_per_million is not None else None
        if clash := self.body.keys() & {"messages", "model", "stream", "n"}:
            raise ValueError(f"body: {min(clash)} cannot be set here")
        self._wire: Wire | None = None

    def variable(self) -> str:
        return self.secret.variable

    def dollars(self, usage: pp.Usage) -> float | None:
        return self.price.of_tokens(usage) if self.price else None

    def request(self, ask: pp.Ask) -> dict[str, Any]:
        """All that decides a reply; another address of the same model changes nothing."""
        asked = {"api": "chat", "model": self.model, "messages": list(ask.messages), "schema": ask.schema}
        how = {"max_tokens": ask.max_tokens, "temperature": ask.temperature, "top_p": ask.top_p}
        told = {"schema_as": self.schema} if ask.schema and self.schema != "json_schema" else {}
        return asked | how | told | ({"body": self.body} if self.body else {})

    async def __call__(self, ask: pp.Ask) -> pp.Reply:
        if self._wire is None:
            self._wire = Wire(self.url + PATH, self.secret, self.timeout)
        return reply_of(await self._wire.post(self._parameters(ask)), self.secret, self.model, self.url)

    async def close(self) -> None:
        wire, self._wire = self._wire, None
        if wire:
            await wire.close()

    def _parameters(self, ask: pp.Ask) -> dict[str, Any]:
        """The request as it is sent."""
        # OpenAI refuses max_tokens for models that think; not all other servers know the new name.
        most = "max_completion_tokens" if urlsplit(self.url).hostname == "api.openai.com" else "max_tokens"
        said: dict[str, Any] = {"model": self.model, "messages": list(ask.messages), most: ask.max_tokens}
        said |= {"temperature": ask.temperature} | ({"top_p": ask.top_p} if ask.top_p != 1 else {})
        if ask.schema and self.schema != "none":
            said["response_format"] = _format(ask.schema, self.schema)
        return {name: value for name, value in (said | self.body).items() if value is not None}


def _format(schema: dict[str, Any], how: Schema) -> dict[str, Any]:
    if how == "json_object":
        return {"type": "json_object"}
    return {"type": "json_schema", "json_schema": {"name": "reply", "strict": True, "schema": schema}}


def _address(url: str) -> str:
    """A URL without what belongs to each request."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("url: expected http://... or https://..., up to /v1")
    if parts.username or parts.password or parts.query or parts.fragment:
        words = (
            "url: expected no name, password or query: a recipe is kept with its run, so a key has no place"
        )
        raise ValueError(f"{words} in it. Name the variable that holds the key: `key: NAME`")
    return url.rstrip("/").removesuffix(PATH)
