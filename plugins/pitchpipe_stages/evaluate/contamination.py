"""Which items stand in the training data: what a model has read says little of what it can do.

The plugin that drops such rows from training finds them here: `decontaminate`, with its coverage of 8-grams.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol
from warnings import catch_warnings, simplefilter

import msgspec
from msgspec import Struct

from pitchpipe.host.options import bind
from pitchpipe.host.plugin import Component
from pitchpipe.recipe.recipe import Recipe
from pitchpipe.records.conversation import Conversation
from pitchpipe.run.atomic import write
from pitchpipe.run.directory import Run
from pitchpipe_stages.evaluate.evaluated import FOUND
from pitchpipe_stages.evaluate.measures import Measure
from pitchpipe_stages.prepare.examples import PreparedExamples

ENOUGH = 8  # words of a question that is asked by chance no more
LEAST = 4  # words of a question and its reply: fewer stand anywhere by chance
OF_A_TASK = 10  # rows that hold a part of an item: more have the frame of its task
NEARLY_ALL = 0.8  # of an item's words are no frame
LABEL = "items in training data"
EVERY = 256  # rows between two ticks of the bar
# Some scripts put no space between words: each character stands for one.
_WORD = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u9fff]|[^\W_]+")


class Finds(Protocol):
    """A filter that finds items in conversations: their lines in a file, and how much of each."""

    def items_in(self, conversation: Conversation, /) -> Iterable[tuple[int, float]]: ...


class Contaminated(Struct):
    """An item that stands in the training data, and the first place where it does."""

    id: str
    place: str


class _Words(Struct):
    """What is searched for: the question, and the question with its reply."""

    asked: str
    both: str


def finder(recipe: Recipe) -> Component | None:
    """The component that finds items in training data."""
    found = recipe.host.default("filter", LABEL)
    return found if found and not found.missing() else None


def find_contaminated(
    run: Run, trained: Path | None, held_out: Iterable[Conversation], measures: Iterable[Measure]
) -> None:
    """Writes which items of an evaluation stand in the data that a run, this or another, has trained on."""
    items = dict(_held_out(held_out))
    for measure in measures:
        items |= {id: _words(item.words, item.expected) for id, item in measure.own.items()}
    component = finder(run.recipe)
    searched = {id: words for id, words in items.items() if len(_WORD.findall(words.both)) >= LEAST}
    known = trained is not None and (trained / "prepared" / "train.jsonl").exists()
    if known and component is None:
        run.console.say(
            "[yellow]warning:[/] no plugin finds items in training data (duplicates): none is found"
        )
    train = PreparedExamples(trained / "prepared", "train") if trained and known else None
    found = _found(run, component, searched, train) if component and searched and train else {}
    lines = [msgspec.json.encode(Contaminated(id, place)) + b"\n" for id, place in sorted(found.items())]
    write(run.path / FOUND, b"".join(lines))


def contaminated(run: Path) -> dict[str, str]:
    """The items that stand in the training data, each with a place."""
    file = run / FOUND
    lines = file.read_bytes().splitlines() if file.exists() else []
    found = (msgspec.json.decode(line, type=Contaminated) for line in lines)
    return {one.id: one.place for one in found}


def _found(
    run: Run, component: Component, items: Mapping[str, _Words], train: PreparedExamples
) -> dict[str, str]:
    ids, wholly, partly = list(items), dict[str, str](), dict[str, list[str]]()
    with _searching(component, items.values()) as search, run.console.bar(LABEL, len(train)) as tick:
        for number, conversation in enumerate(train.conversations(), 1):
            for line, covered in search(conversation):
                place = str(conversation.source)
                if covered > NEARLY_ALL:
                    wholly.setdefault(ids[line - 1], place)
                partly.setdefault(ids[line - 1], []).append(place)
            if number % EVERY == 0:
                tick(EVERY)
    return {id: places[0] for id, places in partly.items() if len(places) <= OF_A_TASK} | wholly


@contextmanager
def _searching(
    component: Component, items: Iterable[_Words]
) -> Iterator[Callable[[Conversation], Iterable[tuple[int, float]]]]:
    """The lines of items in a conversation. Of items too short to be looked for, nobody need hear: the split
    has parted equal prompts."""
    with catch_warnings(), TemporaryDirectory() as folder:
        simplefilter("ignore")
        file = Path(folder) / "items.jsonl"
        file.write_bytes(msgspec.json.Encoder().encode_lines(items))
        options: dict[str, object] = {"sets": {"items": file}, "fields": ("asked", "both"), "max_run": None}
        finds: Finds = bind(component.call, options)
        yield finds.items_in


def _held_out(conversations: Iterable[Conversation]) -> Iterator[tuple[str, _Words]]:
    """The last question of each conversation, and the reply that is expected."""
    for conversation in conversations:
        if at := conversation.last_reply():
            before, reply = conversation.messages[at - 1 : at + 1]
            yield conversation.id, _words(f"{before.content} {before.context}", reply.content)


def _words(asked: str, expected: str) -> _Words:
    """A question of few words is searched for with its reply alone: many ask it."""
    return _Words(asked if len(_WORD.findall(asked)) >= ENOUGH else "", f"{asked} {expected}")
