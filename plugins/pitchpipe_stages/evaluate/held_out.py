"""The held-out conversations by names that no two share, and the groups that each belongs to."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct, field

from pitchpipe.records.conversation import Conversation, Source, replace
from pitchpipe_stages.prepare.examples import PreparedExamples

MOST = 100  # categories or sources that stand alone
OTHERS = "all others"


class HeldOut(PreparedExamples):
    """The test side. A conversation that stands in it again is another one of that name: "12ab.2"."""

    def __init__(self, folder: Path):
        super().__init__(folder, "test")

    def conversations(self) -> Iterator[Conversation]:
        for conversation, id in zip(super().conversations(), _named(self.folder), strict=True):
            yield conversation if conversation.id == id else replace(conversation, id=id)

    def taken(self, numbers: Sequence[int]) -> list[Conversation]:
        ids = list(_named(self.folder))
        found = zip(super().taken(numbers), numbers, strict=True)
        return [replace(conversation, id=ids[number]) for conversation, number in found]


class _Placed(Struct):
    id: str = ""
    category: str = ""
    source: Source = field(default_factory=Source)


def groups_of(prepared: Path) -> dict[str, list[str]]:
    """The ids of held-out conversations by category and by source, where there are several."""
    found: dict[str, dict[str, list[str]]] = {"category": {}, "source": {}}
    for id, one in zip(_named(prepared), _lines(prepared), strict=True):
        for kind, name in (("category", one.category), ("source", one.source.dataset or one.source.file)):
            found[kind].setdefault(name, []).append(id)
    return {f"{kind}: {name or 'none'}": ids for kind in found for name, ids in _largest(found[kind]).items()}


def _largest(groups: dict[str, list[str]]) -> dict[str, list[str]]:
    """The largest groups by name; of too many, the small ones together. One alone is no group."""
    if len(groups) < 2:
        return {}
    names = sorted(groups, key=lambda name: -len(groups[name]))
    kept = {name: groups[name] for name in sorted(names[:MOST])}
    others = [id for name in names[MOST:] for id in groups[name]]
    return kept | ({OTHERS: others} if others else {})


def _named(prepared: Path) -> Iterator[str]:
    """A name for each held-out conversation, in their order."""
    seen: Counter[str] = Counter()
    for one in _lines(prepared):
        seen[one.id] += 1
        yield one.id if seen[one.id] == 1 else f"{one.id}.{seen[one.id]}"


def _lines(prepared: Path) -> Iterator[_Placed]:
    decode, file = msgspec.json.Decoder(_Placed).decode, prepared / "test.jsonl"
    if file.exists():
        with open(file, "rb") as lines:
            yield from map(decode, lines)
