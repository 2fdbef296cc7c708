"""Rows of tokens that the model has never seen: nothing but training can give them a meaning."""

from typing import Any


def new_rows(model: Any, new: list[int], whole: list[str]) -> dict[str, list[int]] | None:
    """What PEFT trains row by row; modules that are trained as a `whole` need no rows."""
    layers = [model.get_input_embeddings(), model.get_output_embeddings()]
    if layers[1] is not None and layers[1].weight is layers[0].weight:
        layers.pop()  # PEFT trains tied rows together
    names = [name for name, module in model.named_modules() if any(module is layer for layer in layers)]
    found = {last: new for name in names if (last := name.rpartition(".")[2]) not in whole}
    return found if new and found else None
