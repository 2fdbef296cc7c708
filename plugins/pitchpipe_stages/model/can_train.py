"""What a recipe asks its model and its adapter to learn, and whether they can."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.protocols import Packing
from pitchpipe.recipe.recipe import Use

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

    from pitchpipe.recipe.checker import Checker

QUANTISED = (
    "the weights are quantised, and only an adapter can be trained on such: add a section `adapter: lora`, or"
    " take `quantize` out"
)


def check_adapter(checker: "Checker", model: Use | None, adapter: Use | None, collator: Use | None) -> None:
    """What can be known before anything is loaded."""
    quantised = getattr(model.bound, "quantised", False) if model else False
    if quantised and not checker.data.get("adapter") and checker.data.get("trainer"):
        checker.problem(("model",), QUANTISED)
    alone = getattr(adapter.bound, "stands_alone", False) if adapter else False
    if adapter and alone and collator and isinstance(collator.bound, Packing):
        checker.problem(
            ("adapter",),
            f"'{adapter.name}' puts learned tokens before a row, and a row of {collator.name} holds several"
            " conversations: only the first would read them. Use `collator: padded`",
        )


def must_be_trainable(model: "PreTrainedModel") -> None:
    """Stop where all weights are to be trained, and they are quantised: the files of a model may be so."""
    if getattr(model, "is_quantized", False):
        raise PitchpipeError(f"model: {QUANTISED}")


def must_learn(adapter: Use, tokens: Sequence[int], tokenizer: "PreTrainedTokenizerFast") -> None:
    """Stop where an adapter that learns no rows meets tokens that the base has never read."""
    if not tokens or getattr(adapter.bound, "learns_rows", True):
        return
    names = ", ".join(map(str, tokenizer.convert_ids_to_tokens(list(tokens))))
    raise PitchpipeError(
        f"adapter {adapter.name}: it learns no rows of tokens, and the base has never read {names}, which the"
        " template writes: the model would not learn where a reply ends. Use adapter lora, or a template"
        " whose tokens the base knows, such as `template: tokenizer` or `template: alpaca`."
    )
