"""Rows of tokens that the model has never seen: nothing but training can give them a meaning."""

from typing import Any


def new_rows(model: Any, new: list[int], whole: list[str]) -> dict[str, list[int]] | None:
    """What PEFT trains row by row; modules that are trained as a `whole` need no rows."""
    layers = [model.get_input_embeddings(), model.get_output_embeddings()]
    tied = layers[1] is not None and layers[1].weight is layers[0].weight
    names = [name for name, module in model.named_modules() if any(module is layer for layer in layers)]
    ends = [name.rpartition(".")[2] for name in names]
    learned = [end in {one.rpartition(".")[2] for one in whole} for end in ends]
    if tied:  # PEFT trains tied weights together, row by row or whole
        ends, learned = ends[:1], [any(learned)]
    found = {end: new for end, is_whole in zip(ends, learned, strict=True) if not is_whole}
    return found if new and found else None
