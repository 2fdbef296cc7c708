"""Proves at the start that requests become the ids of training: those of its rows, and those that the saved
chat template gives Transformers, which other servers use."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pitchpipe.errors import PitchpipeError, Quarantine
from pitchpipe.host.serving import Declined
from pitchpipe.records.conversation import Conversation
from pitchpipe.records.example import IGNORED, Example
from pitchpipe_stages.generate.opened import OpenedModel
from pitchpipe_stages.prepare.examples import PreparedExamples
from pitchpipe_stages.render.messages import Serving, as_served, texts_in
from pitchpipe_stages.render.source_facts import SourceFacts
from pitchpipe_stages.serve.words.body import body_of
from pitchpipe_stages.serve.words.messages import conversation_of
from pitchpipe_stages.serve.words.prompt_reader import PromptReader

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

ROWS = 8  # of training
_HI, _HELLO, _AGAIN = (
    ("user", "Hi, Ω 日本 👩‍🚀!"),
    ("assistant", "Hello  there."),
    ("user", "Fine.\n\tAnd?"),
)
_SHAPES = ((_HI,), (_HI, _HELLO, _AGAIN), (("system", "Be brief."), _HI))


def proven(reader: PromptReader) -> str:
    """What was proven, in words; a PitchpipeError where training and serving would part ways."""
    opened = reader.opened
    if not opened.chats:
        return "it goes on with texts alone, for it has no chat template: there is nothing to prove"
    rows = list(_rows(opened.run)) if opened.run else []
    saved = _as_transformers(reader, [*_shapes(), *(asked for asked, _ in rows)])
    seen = [_as_trained(reader, asked, example) for asked, example in rows]
    if seen and not any(seen):
        raise PitchpipeError(
            f"{opened.run}: none of {len(seen)} prompts of its training would have the ids of training. Its"
            " rows were prepared by another version of its template: prepare and train it again."
        )
    told = [f"{saved} prompts have the ids that the saved chat template gives Transformers"] if saved else []
    told += [f"{sum(seen)} of {len(seen)} rows have those of its training"] if seen else []
    return ", and ".join(told) or "no prompt could be compared: it has no chat template that others could use"


def _shapes() -> list[Conversation]:
    return [conversation_of([{"role": r, "content": c} for r, c in shape]) for shape in _SHAPES]


def _as_transformers(reader: PromptReader, asked: Sequence[Conversation]) -> int:
    """How many of the prompts could be compared with what Transformers makes of the saved chat template."""
    opened = reader.opened
    tokenizer, source = _saved(opened)
    compared = 0
    for conversation in asked if source else ():
        messages, tools = as_served(conversation.messages, Serving()), list(conversation.tools) or None
        if any(map(opened.renderer.cutting.search, texts_in([messages, tools]))):
            continue  # Transformers does turn such words into control tokens
        try:
            ids = reader.chat(conversation)
            served: Any = tokenizer.apply_chat_template(
                messages, tools=cast(Any, tools), chat_template=source, add_generation_prompt=True,
                return_dict=True, **opened.variables,
            )  # fmt: skip
        except Exception:  # either refuses this shape, in whatever way a chat template fails
            continue
        if ids != served["input_ids"]:
            raise PitchpipeError(
                "the chat template that is saved with the model would not give the ids of training.\n"
                f"training: {tokenizer.decode(ids)!r}\nserving:  {tokenizer.decode(served['input_ids'])!r}"
            )
        compared += 1
    return compared


def _saved(opened: OpenedModel) -> "tuple[PreTrainedTokenizerFast, str]":
    """The tokenizer that others load with the model, and the chat template that they use."""
    saved = opened.renderer.saved(opened.variables)
    source = saved.get("default", "") if isinstance(saved, dict) else saved or ""
    folder = opened.run / "model" if opened.run else None
    if not folder or not (folder / "tokenizer_config.json").exists():
        return opened.tokenizer, source
    from transformers import AutoTokenizer

    tokenizer = cast("PreTrainedTokenizerFast", AutoTokenizer.from_pretrained(folder))
    own = tokenizer.chat_template
    return tokenizer, own if isinstance(own, str) else source


def _rows(run: Path) -> Iterator[tuple[Conversation, Example]]:
    """Prompts of a run's training, as a client would send them, and the examples that they became."""
    prepared = run / "prepared"
    if not (prepared / "train.offsets").exists():
        return
    examples = PreparedExamples(prepared, "train")
    step = max(1, len(examples) // ROWS)
    for at in islice(range(0, len(examples), step), ROWS):
        (conversation,) = examples.taken([at])
        reply = conversation.last_reply()
        if not reply or any(message.context for message in conversation.messages):
            continue  # a client has no place for a context of its own
        try:
            yield conversation_of(**body_of(conversation, reply)), examples[at]
        except Declined:  # a row's calls may lack the ids that clients send
            continue


def _as_trained(reader: PromptReader, asked: Conversation, example: Example) -> bool:
    """Whether training had the prompt's ids before the reply, as it is or with a switch of reasoning."""
    sources = reader.opened.renderer.chat_template
    source = sources.get("default", "") if isinstance(sources, dict) else sources or ""
    switches = SourceFacts.of(source).switches
    for switch in ({}, *({name: value} for name in switches for value in (True, False))):
        try:
            ids = reader.opened.renderer.next_prompt(asked, {**reader.opened.variables, **switch})
        except Quarantine:
            continue
        behind = list(example.labels[len(ids) : len(ids) + 1])
        if list(example.ids[: len(ids)]) == ids and behind != [IGNORED]:
            return True
    return False
