"""The guard `guard_model`: a model behind a URL judges what is asked and what is answered."""

from typing import Annotated, Any, Literal

import pitchpipe as pp
from pitchpipe_components.guards.guard_model.judged import messages_of
from pitchpipe_components.guards.guard_model.server import GuardServer, NoVerdict
from pitchpipe_components.guards.guard_model.verdicts import GuardVerdict, verdict_in
from pitchpipe_components.text.last import words_of
from pitchpipe_components.wire.address import address
from pitchpipe_components.wire.secret import Secret, must_hold_none

_TOKENS = 128  # of a verdict: a label and its categories


class GuardModel:
    """Asks a guard model behind OpenAI's API: Llama Guard, ShieldGemma, Granite Guardian, Qwen3Guard.

    It reads "safe" or "unsafe" with categories on the next line, "Yes" or "No" to whether a policy is
    violated, `<score>yes</score>`, and "Safety: Unsafe" with "Categories:". With a `policy` in words, any
    model that follows instructions will do. It is asked once about what a client sends, and about an answer
    whenever `every` characters more have come; words of a stream leave when it has judged them.
    """

    window, once = 0, True

    def __init__(
        self,
        *,
        url: Annotated[str, pp.Meta(description="up to /v1, as in http://localhost:8001/v1")],
        model: Annotated[str, pp.Meta(min_length=1, description="the model's name, as the server calls it")],
        key: Annotated[
            str | None, pp.Meta(description="the variable of the environment that holds the key")
        ] = None,
        policy: Annotated[
            str | None,
            pp.Meta(description="what is not allowed, for a model that is no guard model by itself"),
        ] = None,
        ignore: Annotated[
            tuple[str, ...], pp.Meta(description="categories to let pass, as the model calls them: [S6, S13]")
        ] = (),
        fails: Annotated[
            Literal["closed", "open"],
            pp.Meta(
                description="where it gives no verdict: closed refuses, open lets pass; both are counted"
            ),
        ] = "closed",
        timeout: Annotated[float, pp.Meta(gt=0, description="seconds for a verdict")] = 10,
        every: Annotated[
            int, pp.Meta(ge=1, description="characters of an answer after which it is asked again")
        ] = 240,
        body: Annotated[
            dict[str, Any] | None, pp.Meta(description="parameters of the request to add")
        ] = None,
    ):
        self.model, self.policy, self.fails, self.every = model, policy, fails, every
        self.ignore, self.body = {name.lower() for name in ignore}, body or {}
        self._secret = Secret(key)
        for option, said in (("url", url), ("body", self.body), ("model", model)):
            must_hold_none(option, said)
        if clash := self.body.keys() & {"messages", "model", "stream", "n"}:
            raise ValueError(f"body: {min(clash)} cannot be set here")
        self._server = GuardServer(address(url), self._secret, timeout)
        self._service: pp.Service | None = None
        self._failing = False

    async def begin(self, service: pp.Service) -> None:
        self._service = service
        self._secret.headers()  # a key that is missing is told now, not at the first request

    async def close(self) -> None:
        await self._server.close()

    async def __call__(self, conversation: pp.Conversation) -> pp.Conversation | pp.Refusal:
        if not words_of(conversation.messages[-1]):
            return conversation
        try:
            verdict = await self._verdict(conversation)
        except NoVerdict as why:
            self._fails(str(why))
            return conversation if self.fails == "open" else pp.refuse("the guard model gave no verdict")
        if verdict.safe:
            return conversation
        minded = [name for name in verdict.categories if name.lower() not in self.ignore]
        if verdict.categories and not minded:
            return conversation
        return pp.refuse(", ".join(minded) or "unsafe")

    async def _verdict(self, conversation: pp.Conversation) -> GuardVerdict:
        messages = messages_of(conversation, self.policy)
        asked = {"model": self.model, "messages": messages, "max_tokens": _TOKENS, "temperature": 0}
        reply = await self._server.reply(asked | self.body)
        verdict = verdict_in(reply)
        if verdict is None:
            raise NoVerdict(f"it said neither safe nor unsafe: {reply[:40]!r}")
        if self._failing:
            self._failing = False
            self._say(f"the guard model {self.model} gives verdicts again")
        return verdict

    def _fails(self, why: str) -> None:
        """Counts it; the log has a line when it begins."""
        if self._service:
            help = "Questions to which a guard model gave no verdict."
            self._service.count("guard_unanswered", help, model=self.model, fails=self.fails)
        if not self._failing:
            meanwhile = "refused" if self.fails == "closed" else "let pass"
            self._say(f"the guard model {self.model} gave no verdict: {why}; messages are {meanwhile}")
        self._failing = True

    def _say(self, line: str) -> None:
        if self._service:
            self._service.say(line)
