"""One conversation at every hop, made with the very functions that prepare all of them."""

from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from pitchpipe.console import Console, escape
from pitchpipe.conversation import Conversation, Drop, Row
from pitchpipe.errors import PitchpipeError, Quarantine, suggest
from pitchpipe.ledger import Ledger
from pitchpipe.prepare import Pipeline, call, conversations
from pitchpipe.recipe import Recipe
from pitchpipe.render import IGNORED, Renderer
from pitchpipe.template import Piece

SHOWN = 60  # tokens


def show(recipe: Recipe, console: Console, count: int, skip: int, only: str | None) -> None:
    names = [source.name for source in recipe.loaders]
    if only and only not in names:
        raise PitchpipeError(f"no source '{only}'.{suggest(only, names)}")
    missing = recipe.missing()
    pipeline = Pipeline(recipe, None, None) if missing else Pipeline.of(recipe)
    with TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder) / "ledger.jsonl")
        for source in recipe.loaders:
            if not only or source.name == only:
                for row, conversation in islice(conversations(source, recipe, ledger), skip, skip + count):
                    _row(row, source.name, console)
                    if conversation is None:
                        console.say(f"[red]quarantined[/]  {escape(ledger.last)}\n")
                    else:
                        _hops(conversation, pipeline, console)
    for line in missing:
        console.say(f"[yellow]no tokens to show:[/] {line}")


def _row(row: Row, source: str, console: Console) -> None:
    _head(console, "row", escape(f"{source}, {row.file}:{row.line}" if row.file else f"{source} {row.line}"))
    console.plain(row.data if isinstance(row.data, str) else msgspec.json.encode(row.data).decode())


def _hops(conversation: Conversation, pipeline: Pipeline, console: Console) -> None:
    _head(
        console,
        "conversation",
        conversation.id + f", category {escape(conversation.category)}" * bool(conversation.category),
    )
    _messages(conversation, console)
    for use in pipeline.recipe.filters:
        result = call(use, conversation, conversation.source)
        if isinstance(result, Drop):
            limit = f" ({result.score} against {result.limit})" if result.limit is not None else ""
            _head(console, f"filter {use.label}", f"[red]dropped: {escape(result.reason)}{limit}[/]\n")
            return
        edited = result is not conversation
        _head(console, f"filter {use.label}", "edited" if edited else "kept")
        if edited:
            _messages(result, console)
        conversation = result
    if pipeline.recipe.template:
        _text(conversation, pipeline, console)
    console.say()


def _text(conversation: Conversation, pipeline: Pipeline, console: Console) -> None:
    renderer, template = pipeline.renderer, pipeline.recipe.template
    try:
        pieces = renderer.pieces(conversation) if renderer else list(template.bound(conversation))  # type: ignore[union-attr]
        _head(console, f"template {template.name}", "learned text is marked")  # type: ignore[union-attr]
        _pieces(pieces, console)
        if renderer:
            _tokens(renderer, pipeline.tokenizer, conversation, console)
    except Quarantine as reason:
        _head(console, "quarantined", escape(reason))


def _pieces(pieces: list[Piece], console: Console) -> None:
    from rich.text import Text

    text = Text()
    for piece in pieces:
        words = (
            f">{piece.text}<" if piece.learn and piece.text and not console.rich.is_terminal else piece.text
        )
        text.append(words, "bold black on green" if piece.learn else "dim" if piece.control else "")
    console.rich.print(text)


def _tokens(renderer: Renderer, tokenizer: Any, conversation: Conversation, console: Console) -> None:
    from rich.text import Text

    example = renderer.example(conversation)
    _head(console, "tokens", f"{len(example.ids)}, of which {example.learned} are learned")
    text = Text()
    shown = list(zip(example.ids, example.labels, strict=True))
    for index, label in shown[-SHOWN:]:
        word = f"{tokenizer.convert_ids_to_tokens(index)} {index}"
        learned = label != IGNORED
        text.append(
            f">{word}<" if learned and not console.rich.is_terminal else word, "green" if learned else "dim"
        )
        text.append("  ")
    if len(shown) > SHOWN:
        console.say(f"[dim]the last {SHOWN}:[/]")
    console.rich.print(text)


def _messages(conversation: Conversation, console: Console) -> None:
    for message in conversation.messages:
        console.plain(f"{message.role}: {message.content}")
        if message.context:
            console.plain(f"  context: {message.context}")


def _head(console: Console, hop: str, what: str) -> None:
    console.say(f"[bold cyan]{hop}[/]  {what}")
