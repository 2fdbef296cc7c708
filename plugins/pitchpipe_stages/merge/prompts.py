"""Prompts that two models are asked to see whether they say the same: held-out ones, or some of our own."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from pitchpipe.host.contracts import Prompt
from pitchpipe.records.conversation import Conversation, Message
from pitchpipe_stages.generate.asking import prompt_of
from pitchpipe_stages.prepare.examples import PreparedExamples
from pitchpipe_stages.render.renderer import Renderer

COUNT = 8
LONGEST = 256  # tokens of a prompt: each position has as many logits as there are tokens
LOOKED_AT = 200  # conversations of a side that may be too long
HELD_OUT = ("test", "validation", "train")
OWN = (
    "What is the capital of Peru?",
    "Write the numbers from one to five.",
    "Sort these words: pear, apple, fig.",
    "Explain in one sentence why the sky is blue.",
    "Translate to French: Good morning, my friend.",
    "def add(a, b):",
    "3, 6, 9, 12, ...",
    "Please answer with yes or no: is water wet?",
)


def probe_prompts(renderer: Renderer, prepared: Path | None = None, count: int = COUNT) -> list[Prompt]:
    """Prompts of a run's prepared data, those that it never learned first; without such, some of our own."""
    found = list(islice(_of_run(renderer, prepared), count)) if prepared else []
    return found or [prompt for text in OWN[:count] if (prompt := prompt_of(asked(text), renderer))]


def held_out(prepared: Path) -> Iterator[Conversation]:
    """Some conversations of each side, those that a model never learned first."""
    for side in HELD_OUT:
        if (prepared / f"{side}.offsets").exists():
            yield from islice(PreparedExamples(prepared, side).conversations(), LOOKED_AT)


def _of_run(renderer: Renderer, prepared: Path) -> Iterator[Prompt]:
    for conversation in held_out(prepared):
        prompt = prompt_of(conversation, renderer)
        if prompt and len(prompt.ids) <= LONGEST:
            yield prompt


def asked(text: str) -> Conversation:
    """A conversation that asks this, with a reply in whose place the model's comes."""
    return Conversation((Message("user", text), Message("assistant", "Yes.")))
