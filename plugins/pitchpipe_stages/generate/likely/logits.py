"""From logits to log-probabilities: only those of the tokens that are asked for become numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pitchpipe_stages.generate.likely.asked import Asked, Ids

if TYPE_CHECKING:
    from torch import Tensor

AT_ONCE = 1 << 26  # logits that are made float together
Found = dict[Asked, tuple[float, bool]]


@dataclass
class Follower:
    """A text that was asked for, and the logits of its tokens: one row for each."""

    asked: Asked
    logits: "Tensor"


def measured(said: Sequence[Follower]) -> Found:
    """The log-probability of each text, and whether each token of it was the likeliest."""
    found: Found = {}
    some, size = list[Follower](), 0
    for one in said:
        if some and size + one.logits.numel() > AT_ONCE:
            found |= _measured(some)
            some, size = [], 0
        some.append(one)
        size += one.logits.numel()
    return found | (_measured(some) if some else {})


def _measured(said: Sequence[Follower]) -> Found:
    import torch

    logits = torch.cat([one.logits for one in said]).float()
    wanted = torch.tensor([token for one in said for token in one.asked[1]], device=logits.device)
    likeliest = (logits.argmax(1) == wanted).tolist()
    values = (logits.gather(1, wanted[:, None])[:, 0] - logits.logsumexp(1)).double().tolist()
    found, at = Found(), 0
    for one in said:
        end = at + len(one.asked[1])
        found[one.asked] = sum(values[at:end]), all(likeliest[at:end])
        at = end
    return found


def padded(rows: Sequence[Ids], device: Any, left: bool = False) -> tuple["Tensor", "Tensor"]:
    """Ids in a rectangle, and where they are no padding."""
    import torch

    width = max(map(len, rows))
    ids, seen = (torch.zeros(len(rows), width, dtype=torch.long) for _ in range(2))
    for at, row in enumerate(rows):
        place = slice(width - len(row), width) if left else slice(len(row))
        ids[at, place], seen[at, place] = torch.tensor(row, dtype=torch.long), 1
    return ids.to(device), seen.to(device)
