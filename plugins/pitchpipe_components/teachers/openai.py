"""The teacher `openai`: any server with OpenAI's chat completions: vLLM, llama.cpp, most providers."""

from typing import Annotated, Any

import pitchpipe as pp
from pitchpipe_components.teachers.body import Schema, parameters, path_of
from pitchpipe_components.teachers.decides import decides
from pitchpipe_components.teachers.price import Price
from pitchpipe_components.teachers.read_reply import reply_of
from pitchpipe_components.teachers.refusals import Whom
from pitchpipe_components.teachers.wire import Wire
from pitchpipe_components.wire.address import address, is_openai
from pitchpipe_components.wire.secret import Secret, must_hold_none

CONTINUES = ("gpt-3.5-turbo-instruct", "davinci-002", "babbage-002")  # models there that go on with a text


class OpenAICompatible:
    """Ask a model behind a URL by OpenAI's protocol."""

    can = frozenset({"schema", "raw", "logprobs"})

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
        thinking: Annotated[
            int,
            pp.Meta(ge=0, description="tokens that the model may think, beside those of the reply"),
        ] = 0,
    ):
        self.model, self.concurrency, self.timeout = model, concurrency, timeout
        self.url, self.schema, self.body = address(url), schema, body or {}
        self.secret = Secret(key)
        self.price = Price.of(dollars_per_million) if dollars_per_million is not None else None
        self.thinking = thinking
        for option, said in (("url", url), ("body", self.body), ("model", model)):
            must_hold_none(option, said)
        if clash := self.body.keys() & {"messages", "prompt", "model", "stream", "n"}:
            raise ValueError(f"body: {min(clash)} cannot be set here")
        if is_openai(self.url) and model not in CONTINUES:
            self.can = self.can - {"raw"}
        self._wire: Wire | None = None

    def variable(self) -> str:
        return self.secret.variable

    def dollars(self, usage: pp.Usage) -> float | None:
        return self.price.of_tokens(usage) if self.price else None

    def request(self, ask: pp.Ask) -> dict[str, Any]:
        """All that decides a reply; another address of the same model changes nothing."""
        told = {"schema_as": self.schema} if ask.schema and self.schema != "json_schema" else {}
        more = {name: value for name in ("body", "thinking") if (value := getattr(self, name))}
        return {"api": "chat", "model": self.model, **decides(ask), **told, **more}

    async def __call__(self, ask: pp.Ask) -> pp.Reply:
        if self._wire is None:
            self._wire = Wire(self.url, self.secret, self.timeout)
        response = await self._wire.post(path_of(ask), self._parameters(ask))
        reply = reply_of(response, Whom(self.url, self.model, self.secret, bool(ask.raw)))
        if ask.logprobs and reply.end == "stop" and not reply.logprobs:
            return pp.replace(reply, end="failed", problem="the server gives no log-probabilities")
        return reply

    async def close(self) -> None:
        wire, self._wire = self._wire, None
        if wire:
            await wire.close()

    def _parameters(self, ask: pp.Ask) -> dict[str, Any]:
        """The request as it is sent."""
        # OpenAI refuses max_tokens for models that think; not all other servers know the new name.
        most = "max_completion_tokens" if is_openai(self.url) else "max_tokens"
        said = parameters(ask, self.model, most, self.thinking, self.schema) | self.body
        return {name: value for name, value in said.items() if value is not None}
