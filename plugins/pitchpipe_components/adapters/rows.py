"""Rows of tokens that the model has never seen: nothing but training can give them a meaning."""

from typing import Any


def is_tied(model: Any) -> bool:
    """Whether the output layer shares the embeddings' weights."""
    head = model.get_output_embeddings()
    return head is not None and head.weight is model.get_input_embeddings().weight


def as_embeddings(model: Any, whole: list[str]) -> list[str]:
    """Of tied weights PEFT is told the embeddings: it looks for the output layer by itself."""
    named = {module: name for name, module in model.named_modules()}
    head, tokens = named.get(model.get_output_embeddings()), named.get(model.get_input_embeddings())
    if not (is_tied(model) and head and tokens):
        return whole
    return sorted({tokens if name == head else name for name in whole})


def new_rows(model: Any, new: list[int], whole: list[str]) -> dict[str, list[int]] | None:
    """What PEFT trains row by row; modules that are trained as a `whole` need no rows."""
    layers, tied = [model.get_input_embeddings(), model.get_output_embeddings()], is_tied(model)
    names = [name for name, module in model.named_modules() if any(module is layer for layer in layers)]
    ends = [name.rpartition(".")[2] for name in names]
    learned = [name in whole for name in names]
    if tied:  # PEFT trains tied weights together, row by row or whole
        ends, learned = ends[:1], [any(learned)]
    found = {end: new for end, is_whole in zip(ends, learned, strict=True) if not is_whole}
    return found if new and found else None
