"""What is proven of every row before anything is learned from it, and of the chat template that is saved."""

from typing import TYPE_CHECKING, Any
from unicodedata import normalize

from pitchpipe.conversation import Conversation, replace
from pitchpipe.errors import PitchpipeError, Quarantine
from pitchpipe.masks import serving
from pitchpipe.served import said, strings

if TYPE_CHECKING:
    from pitchpipe.render import Renderer

MANY = 1000  # endings of prompts that are remembered
OTHER_PROMPT = "a server would give the model other tokens before the reply than training does"


class Proofs:
    """Proofs by a tokenizer. A row that fails one is refused: a Quarantine says why."""

    def __init__(self, core: Any):
        self.core = core
        self._known: dict[str, list[int]] = {}

    def says(self, text: str, ids: list[int], first: int) -> None:
        """What is learned, from the token `first` on, decodes to the words that were meant."""
        before, whole = self._decode(ids[:first]), self._decode(ids)
        said = whole[len(before) :]
        if said != text and normalize("NFC", said) != normalize("NFC", text):
            raise Quarantine(f"learned tokens would say other words: {said[:60]!r}, not {text[:60]!r}")

    def asked(self, text: str, ids: list[int]) -> None:
        """What stands before a reply has the same tokens where no reply follows, as in a server's prompt.

        It is enough to look back to the control token before: tokenizers cut there first.
        """
        alone = self._known.get(text)
        if alone is None:
            alone = self.core.encode(text, add_special_tokens=False).ids
            if len(self._known) < MANY:
                self._known[text] = alone
        if alone != ids:
            raise Quarantine(OTHER_PROMPT)

    def _decode(self, ids: list[int]) -> str:
        return self.core.decode(ids, skip_special_tokens=False)


def prove_served(renderer: "Renderer", tokenizer: Any, conversation: Conversation) -> bool:
    """A server that uses the saved chat template must see the very ids that training saw.

    False where it would not, and rightly: there is nothing to compare.
    """
    source, reply = renderer.chat_template, conversation.last_reply()
    if source is None or reply is None:
        return False
    try:
        ids, _ = renderer.prompt(conversation, reply)
    except Quarantine:
        return False  # nobody can ask for this reply: training learned others of the conversation
    asked = replace(conversation, messages=conversation.messages[:reply])
    template = serving(renderer.template)
    spoken, tools = said(asked, getattr(template, "context_apart", True)), list(conversation.tools) or None
    if any(map(renderer.cutting.search, strings([spoken, tools]))):
        return False  # a server does turn such words into control tokens; training never does
    try:
        served = tokenizer.apply_chat_template(
            spoken,
            tools=tools,
            chat_template=source,
            add_generation_prompt=True,
            return_dict=True,
            **getattr(template, "variables", {}),
        )["input_ids"]
    except Exception as error:
        raise PitchpipeError(f"{conversation.source}: the saved chat template fails: {error}") from error
    if served != ids:
        raise PitchpipeError(
            f"{conversation.source}: the saved chat template would not give the ids of training.\n"
            f"training: {tokenizer.decode(ids)!r}\nserving:  {tokenizer.decode(served)!r}"
        )
    return True


def shape(conversation: Conversation) -> tuple[object, ...]:
    """What a chat template decides by: who speaks when, and who has more to say than words."""
    messages = conversation.messages
    more = [
        n
        for n, m in enumerate(messages)
        if m.context or m.reasoning or m.tool_calls or m.name or not m.content
    ]
    return (bool(conversation.tools), *[message.role for message in messages], *more)
