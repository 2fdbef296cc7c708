"""Looks at a file: counts its mess, measures its conversations, tries the filters."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.host import Host
from pitchpipe.host.protocols import Detects, Part
from pitchpipe.recipe.recipe import Recipe, Use
from pitchpipe.records.conversation import Conversation, content_id
from pitchpipe_stages.data.judge import Judge, compares, judge
from pitchpipe_stages.data.read import Reader
from pitchpipe_stages.data.sections import FILTERS, SourceUse
from pitchpipe_stages.data.shards import Base
from pitchpipe_stages.data.source import RowBatch, fits, numbered, settle
from pitchpipe_tools.sniff.first_rows import FirstRows
from pitchpipe_tools.sniff.first_rows import junk as junk_in
from pitchpipe_tools.sniff.guess import Choice, called, chosen
from pitchpipe_tools.sniff.propose import checked

CountTokens = Callable[[list[str]], list[int]]


@dataclass
class Findings:
    """Everything that was counted. Places are file:line of the first row that has a finding."""

    choice: Choice
    keys: list[str] = field(default_factory=list)  # of the first rows
    more: bool = False
    rows: int = 0
    quarantined: int = 0
    mess: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    formats: Counter[str] = field(default_factory=Counter)
    dropped: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    places: dict[Any, str] = field(default_factory=dict)
    has: Counter[str] = field(default_factory=Counter)
    categories: Counter[str] = field(default_factory=Counter)
    sizes: dict[str, list[int]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    repeated: int = 0
    kept: int = 0
    tried: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)  # filters that could not be tried

    @property
    def conversations(self) -> int:
        return len(self.sizes.get("turns", ()))

    def note(self, counter: Counter[Any], key: Any, place: str) -> None:
        counter[key] += 1
        self.places.setdefault(key, place)


def look(
    host: Host,
    loader: Use,
    most: int,
    forced: str | None,
    count: CountTokens | None,
    tick: Callable[[int], None],
) -> Findings:
    """Look at a loader's first rows."""
    first = FirstRows(loader.bound, most)
    recipe = checked(loader, Choice([]), host)
    sample = _sample(first, loader.place)
    choice = chosen(sample, host, forced, recipe)
    keys = dict.fromkeys(str(key) for row in sample for key in row)
    checked(loader, choice, host)
    found = Findings(choice, list(keys))
    tapped = replace(loader, bound=first)
    source = SourceUse(tapped, loader.place, choice.used, columns=choice.columns)
    if choice.used or not sample:
        _read(source, recipe, found, count, tick)
    found.more = first.more
    return found


def _sample(first: FirstRows, file: str) -> list[Any]:
    """The first readable rows. Where there are none, an error says what the file holds instead."""
    junk = junk_in(Path(file))
    try:
        sample, passed = first.sample()
    except PitchpipeError as error:
        how = " (here: --option kind=...)" if "kind:" in str(error) else ""
        raise PitchpipeError(f"{file} is {junk}: no rows" if junk else f"{error}{how}") from None
    if sample or (passed and not junk):
        return sample
    raise PitchpipeError(f"{file} is {junk}: no rows" if junk else f"{file} is empty: it holds no rows")


def _read(
    source: SourceUse,
    recipe: Recipe,
    found: Findings,
    count: CountTokens | None,
    tick: Callable[[int], None],
) -> None:
    used, stream = settle(source, recipe.host)
    reader = Reader(source, used, recipe)
    filters = [use for use in recipe[FILTERS] if not compares(use) and not use.component.missing()]
    found.tried = [use.label for use in filters]
    found.left_out = [use.label for use in recipe[FILTERS] if use not in filters]
    for part in stream:
        base = reader.base(part)
        if used:
            _formats(part, used, recipe.host, found, reader)
        _mess(base, found)
        _measured(list(base.alive().values()), found, count)
        _judged(base, filters, found)
        tick(base.read)


def _formats(part: Part, used: Use, host: Host, found: Findings, reader: Reader) -> None:
    """Which format each row is of: the one in use, or else the one that reads most of its keys."""
    own = used.bound.matches if isinstance(used.bound, Detects) else None
    if own is None or (isinstance(part, RowBatch) and part.renamed):
        return
    for row in numbered(part.rows()):
        if isinstance(row.data, dict) and not row.error:
            others = () if own(row.data) else fits([row.data], host)
            name = used.label if own(row.data) else called(others[0][2], host) if others else ""
            found.note(found.formats, name, f"{reader.seen_from_recipe(row.file)}:{row.line}")


def _mess(base: Base, found: Findings) -> None:
    """What had to be mended and what was refused."""
    found.rows += base.read
    found.quarantined += len(base.refused)
    for index, notes in base.notes.items():
        conversation = base.conversations[index]
        for step, words in notes:
            key = ("mended", str(step), words.partition(":")[0])
            found.note(found.mess, key, str(conversation.source) if conversation else "")
    for refused in base.refused.values():
        entry = msgspec.json.decode(refused.line)
        place = f"{entry.get('file') or entry.get('dataset', '')}:{entry.get('line', 0)}"
        found.note(found.mess, ("quarantined", str(refused.step), refused.reason.partition(":")[0]), place)


def _measured(conversations: list[Conversation], found: Findings, count: CountTokens | None) -> None:
    for conversation in conversations:
        said: dict[str, list[str]] = {"user": [], "assistant": []}
        for message in conversation.messages:
            said.setdefault(message.role, []).append(message.content + message.context + message.reasoning)
        turns = sum(message.role != "system" for message in conversation.messages)
        sizes = {
            "turns": turns,
            "characters of prompts": sum(map(len, said["user"])),
            "characters of replies": sum(map(len, said["assistant"])),
        }
        whole = sum(len(text) for texts in said.values() for text in texts)
        if count is None:
            sizes["tokens (estimate)"] = -(-whole // 4)
        _kept(sizes, found)
        _has(conversation, said, found)
    if count:
        texts = ["".join(m.content + m.context + m.reasoning for m in c.messages) for c in conversations]
        found.sizes.setdefault("tokens", []).extend(count(texts))


def _kept(sizes: dict[str, int], found: Findings) -> None:
    for name, size in sizes.items():
        found.sizes.setdefault(name, []).append(size)


def _has(conversation: Conversation, said: dict[str, list[str]], found: Findings) -> None:
    """What not every conversation has, and whether it was there before."""
    calls = conversation.tools or any(message.tool_calls for message in conversation.messages)
    found.has["a system prompt"] += "system" in said
    found.has["tools"] += bool(calls) or "tool" in said
    found.has["reasoning"] += any(message.reasoning for message in conversation.messages)
    found.has["a rejected reply"] += conversation.rejected is not None
    if conversation.category:
        found.categories[conversation.category] += 1
    known = content_id(conversation)
    found.repeated += known in found.seen
    found.seen.add(known)


def _judged(base: Base, filters: list[Use], found: Findings) -> None:
    """What the profile would drop, filter after filter."""
    alive = base.alive()
    judges = [Judge(use, "", len(base.conversations)) for use in filters]
    found.kept += len(judge(judges, alive))
    for one in judges:
        for fate, decided in (("dropped", one.judgement.drops), ("tagged", one.judgement.tags)):
            for index, drop in decided.items():
                key = (fate, one.use.label, drop.reason.partition(":")[0])
                found.note(found.dropped, key, str(alive[index].source))
