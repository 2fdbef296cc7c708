"""A template in a few lines of the recipe, and several templates mixed."""

from collections.abc import Iterable
from hashlib import blake2b
from typing import Annotated, Any, Self

import pitchpipe as pp
from pitchpipe.masks import fitted

Around = tuple[str, str]


def _meta(description: str) -> Any:
    return pp.Meta(description=description)


class Written:
    """A template in a few lines: what stands before and after each role's words.

    `{bos}` and `{eos}` become the tokenizer's own; `{bos}` only where the tokenizer begins texts with it.
    """

    def __init__(
        self,
        *,
        user: Annotated[Around, _meta("what stands before and after a user's words")],
        assistant: Annotated[Around, _meta("the same for a reply; the second must hold `stop`")],
        system: Annotated[
            Around | None, _meta("the same for a system message with a turn of its own")
        ] = None,
        fold: Annotated[
            Around | None, _meta("the same for a system message within the first user's turn")
        ] = None,
        context: Annotated[Around, _meta("the same for a message's context, after its words")] = ("\n\n", ""),
        begin: Annotated[str, _meta("what a conversation begins with")] = "{bos}",
        stop: Annotated[str, _meta("what ends a reply; it is learned")] = "{eos}",
        tokens: Annotated[
            list[str] | None, _meta("the control tokens, added to a tokenizer that lacks them")
        ] = None,
        preamble: Annotated[str, _meta("what is said where there is no system message")] = "",
        trim: Annotated[bool, _meta("take white space from both ends of what people say")] = False,
        lead: Annotated[str, _meta("what every reply begins with; it is learned")] = "",
        think: Annotated[Around | None, _meta("what stands before and after a reply's reasoning")] = None,
    ):
        self.turns = pp.turns(
            user=user, assistant=assistant, system=system, fold=fold, context=context, begin=begin, stop=stop,
            tokens=tuple(tokens or ()), preamble=preamble, trim=trim, lead=lead, think=think,
        )  # fmt: skip

    def __call__(self, conversation: pp.Conversation) -> Iterable[pp.Piece]:
        return self.turns(conversation)

    def __getattr__(self, name: str) -> Any:
        if name in ("turns", "__setstate__"):  # not there yet, while it is being copied
            raise AttributeError(name)
        return getattr(self.turns, name)


class Mixed:
    """Several templates, one for each conversation, so that a tuned model obeys whatever the form.

    A conversation's id decides, so that it stays with its template whatever rows come or go. The first
    template is saved with the model, and is what evaluators ask in.
    """

    def __init__(
        self,
        *,
        templates: Annotated[
            list[Any],
            pp.Meta(
                min_length=1,
                description="templates, each a name or `name: {options}`; the first one serves",
                extra_json_schema={"x-component": "template"},
            ),
        ],
        seed: Annotated[int, _meta("another seed, another choice")] = 0,
    ):
        self.templates, self.seed = templates, seed

    def __call__(self, conversation: pp.Conversation) -> Iterable[pp.Piece]:
        return self._chosen(conversation)(conversation)

    @property
    def serving(self) -> Any:
        return self.templates[0]

    @property
    def stop(self) -> str:
        return getattr(self.serving, "stop", "{eos}")

    @property
    def tokens(self) -> tuple[str, ...]:
        """The control tokens of all, and what ends the replies of each."""
        each = [
            (*getattr(template, "tokens", ()), getattr(template, "stop", "{eos}"))
            for template in self.templates
        ]
        return tuple(dict.fromkeys(token for tokens in each for token in tokens))

    def fit(self, tokenizer: Any) -> Self:
        return type(self)(templates=[fitted(t, tokenizer) for t in self.templates], seed=self.seed)

    def with_reasoning(self, rule: str) -> Self:
        ruled = [t.with_reasoning(rule) if hasattr(t, "with_reasoning") else t for t in self.templates]
        return type(self)(templates=ruled, seed=self.seed)

    def jinja(self, bos: str, eos: str) -> str:
        return self.serving.jinja(bos, eos)

    def _chosen(self, conversation: pp.Conversation) -> Any:
        hashed = blake2b(f"{self.seed} {conversation.id}".encode(), digest_size=8).digest()
        return self.templates[int.from_bytes(hashed, "big") % len(self.templates)]
