"""Tokens of a template that the tokenizer knows and the base has never read.

Their rows in the embeddings are as they were at the beginning, all alike. An adapter that leaves them so
tells them apart badly or not at all: the loss falls, and the model does not learn to end a reply.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedModel

ALIKE = (
    0.2  # of a row's length: the distance to the nearest other row. Rows that were trained are further apart
)
AT_ONCE = 8192  # rows that are compared together


def untrained(model: "PreTrainedModel", ids: list[int]) -> list[int]:
    """Those of these tokens whose row is the same as another's, or nearly."""
    import torch

    head = model.get_output_embeddings() or model.get_input_embeddings()
    rows = next(head.parameters()).detach()
    ids = [token for token in ids if token < len(rows)]
    if not ids or not rows.is_floating_point():  # rows that are quantised cannot be compared
        return []
    asked = rows[ids].float()
    nearest = torch.full((len(ids),), torch.inf, device=rows.device)
    for start in range(0, len(rows), AT_ONCE):
        apart = torch.cdist(asked, rows[start : start + AT_ONCE].float())
        for at, token in enumerate(ids):
            if start <= token < start + AT_ONCE:
                apart[at, token - start] = torch.inf
        nearest = torch.minimum(nearest, apart.amin(1))
    length = asked.norm(dim=1)
    alike = (nearest <= ALIKE * length) | (length == 0)
    return [token for token, found in zip(ids, alike.tolist(), strict=True) if found]
