"""A template in a few lines of the recipe, and several templates mixed."""

from hashlib import blake2b
from typing import Annotated, Any

import pitchpipe as pp

Around = tuple[str, str]


def _meta(description: str) -> Any:
    return pp.Meta(description=description)


class InRecipe(pp.Turns):
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
        super().__init__(
            user=user, assistant=assistant, system=system, fold=fold, context=context, begin=begin, stop=stop,
            tokens=tuple(tokens or ()), preamble=preamble, trim=trim, lead=lead, think=think,
        )  # fmt: skip


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

    def chosen(self, conversation: pp.Conversation) -> int:
        hashed = blake2b(f"{self.seed} {conversation.id}".encode(), digest_size=8).digest()
        return int.from_bytes(hashed, "big") % len(self.templates)
