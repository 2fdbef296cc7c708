"""Finds what many contexts begin with: the examples before a question, or a system's words."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from pitchpipe_stages.generate.likely.asked import Context

STEP = 32  # tokens: a shorter beginning saves little
STEPS = 64  # at most


@dataclass
class Alike:
    """Contexts whose first `shared` tokens are the same."""

    contexts: list[Context]
    shared: int

    @property
    def saved(self) -> int:
        return (len(self.contexts) - 1) * self.shared

    @property
    def longest(self) -> int:
        return max(one.longest for one in self.contexts)

    @property
    def tokens(self) -> int:
        """To read, where the beginning is read once, and each context once."""
        return self.shared + sum(one.together - self.shared for one in self.contexts)


def clusters(contexts: Sequence[Context]) -> list[Alike]:
    """Contexts in the clusters that save most; those that share nothing are in one."""
    step = max(STEP, max((len(one.ids) for one in contexts), default=0) // STEPS)
    found = _parted(list(contexts), 0, step)
    apart = [one for cluster in found if not cluster.saved for one in cluster.contexts]
    return [cluster for cluster in found if cluster.saved] + ([Alike(apart, 0)] if apart else [])


def _parted(contexts: list[Context], depth: int, step: int) -> list[Alike]:
    """The best clusters of contexts that are alike up to `depth`. One token of each is left to be read."""
    whole = Alike(contexts, depth)
    if len(contexts) == 1:
        return [whole]
    longer, ended = defaultdict[object, list[Context]](list), list[Context]()
    for one in contexts:
        at = ended if len(one.ids) <= depth + step else longer[one.ids[depth : depth + step]]
        at.append(one)
    parts = [part for some in longer.values() for part in _parted(some, depth + step, step)]
    parts += [Alike(ended, depth)] * bool(ended)
    # A tie goes to the larger cluster: it makes the fuller batches.
    return parts if sum(part.saved for part in parts) > whole.saved else [whole]
