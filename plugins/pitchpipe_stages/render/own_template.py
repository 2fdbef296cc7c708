"""How a recipe's template differs from the chat template that came with the model."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

AROUND = 40  # characters of an excerpt, on each side
TURNS = [
    {"role": "user", "content": "Hi"},
    {"role": "assistant", "content": "Hello."},
    {"role": "user", "content": "Bye"},
]
TALKS = {
    "two turns": TURNS,
    "two turns with a system message": [{"role": "system", "content": "Be brief."}, *TURNS],
}


def difference(tokenizer: "PreTrainedTokenizerFast", source: str, own_source: str) -> str:
    """The first place where two chat templates write a server's prompt differently, in both; else nothing.

    A model that was tuned with one template answers worse in another. `own_source` is the model's own.
    """
    for what, messages in TALKS.items():
        recipe, own = (_written(tokenizer, text, messages) for text in (source, own_source))
        if recipe != own:
            return f"{what}: " + "\n".join(_excerpts(recipe, own))
    return ""


def how_they_differ(tokenizer: "PreTrainedTokenizerFast", source: str, own_source: str) -> str:
    """A hint where a recipe's template is another than the model's own."""
    found = difference(tokenizer, source, own_source)
    hint = "the model comes with a chat template of its own, which the recipe's does not follow"
    return f"{hint} (`template: tokenizer` does): in {found}" if found else ""


def _written(tokenizer: "PreTrainedTokenizerFast", source: str, messages: list[dict[str, str]]) -> str:
    try:
        return str(
            tokenizer.apply_chat_template(
                cast(Any, messages), chat_template=source, add_generation_prompt=True, tokenize=False
            )
        )
    except Exception as error:  # a chat template may raise anything
        return f"(refused: {error})"


def _excerpts(recipe: str, own: str) -> Iterator[str]:
    """Both texts where they part, with what stands before: it is the same in both."""
    pairs = enumerate(zip(recipe, own, strict=False))
    at = next((index for index, (a, b) in pairs if a != b), min(len(recipe), len(own)))
    yield f"they part at character {at:,}"
    for name, text in (("the recipe's template", recipe), ("the model's own", own)):
        start, end = max(at - AROUND, 0), at + AROUND
        yield f"  {name + ':':23}{'...' * (start > 0)}{text[start:end]!r}{'...' * (end < len(text))}"
