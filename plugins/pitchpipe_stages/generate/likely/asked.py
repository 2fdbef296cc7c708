"""What is asked: continuations behind contexts, those of one context together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

Ids = tuple[int, ...]
Asked = tuple[Ids, Ids]  # a context, and what follows it


@dataclass
class Context:
    """A context, and all that is asked behind it. The last token of what follows is never read."""

    ids: Ids
    followers: list[Ids] = field(default_factory=list)

    @property
    def read(self) -> list[Ids]:
        """What has to be read behind the context, each once."""
        return list(dict.fromkeys(one[:-1] for one in self.followers if len(one) > 1))

    @property
    def longest(self) -> int:
        return len(self.ids) + max(map(len, self.followers)) - 1

    @property
    def alone(self) -> int:
        """Tokens to read where each text is read from its beginning."""
        return sum(len(self.ids) + len(one) for one in self.read or [()])

    @property
    def together(self) -> int:
        """Tokens to read where the context is read once."""
        return len(self.ids) + sum(map(len, self.read))


def fitting(context: Sequence[int], follower: Sequence[int], most: int | None, apart: bool = False) -> Asked:
    """Both, with the context cut at the left to what a model reads: `most` tokens, the last one of all apart.
    An encoder reads the context `apart`."""
    room = len(context) if most is None else most if apart else max(0, most + 1 - len(follower))
    return tuple(context[max(0, len(context) - room) :]), tuple(follower)


def contexts_of(asked: Sequence[Asked], most: int) -> list[Context]:
    """Contexts with all that follows them; `most` followers at once, so that a batch can hold them."""
    found: dict[Ids, list[Context]] = {}
    for ids, follower in dict.fromkeys(asked):
        parts = found.setdefault(ids, [Context(ids)])
        if len(parts[-1].followers) == most:
            parts.append(Context(ids))
        parts[-1].followers.append(follower)
    return [part for parts in found.values() for part in parts]


def batches(contexts: Sequence[Context], tokens: int) -> Iterator[list[Context]]:
    """Contexts that are read together, the longest first: rows times their width are at most `tokens`."""
    batch: list[Context] = []
    width = rows = 0
    for one in sorted(contexts, key=lambda one: (-one.longest, one.ids)):
        added = max(1, len(one.read))
        if batch and max(width, one.longest) * (rows + added) > tokens:
            yield batch
            batch, width, rows = [], 0, 0
        batch.append(one)
        width, rows = max(width, one.longest), rows + added
    if batch:
        yield batch
