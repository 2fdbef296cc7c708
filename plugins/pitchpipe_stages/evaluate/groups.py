"""The groups that held-out conversations belong to: their categories, and the sources that they are from."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct, field

from pitchpipe.records.conversation import Source
from pitchpipe_stages.evaluate.held_out import own_ids

MOST = 100  # categories or sources that stand alone
OTHERS = "all others"


class _Grouped(Struct):
    """What is read of a conversation."""

    id: str = ""
    category: str = ""
    source: Source = field(default_factory=Source)


def groups_of(prepared: Path) -> dict[str, list[str]]:
    """The ids of held-out conversations by category and by source, where there are several."""
    found: dict[str, dict[str, list[str]]] = {"category": {}, "source": {}}
    ids = own_ids(one.id for one in _lines(prepared))
    for id, one in zip(ids, _lines(prepared), strict=True):
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


def _lines(prepared: Path) -> Iterator[_Grouped]:
    decode, file = msgspec.json.Decoder(_Grouped).decode, prepared / "test.jsonl"
    if file.exists():
        with open(file, "rb") as lines:
            yield from map(decode, lines)
