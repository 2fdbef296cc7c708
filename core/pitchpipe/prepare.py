"""The life of one conversation, top to bottom: from a row in a file to ids and labels on disk."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from pitchpipe.conversation import Conversation, Drop, Row, Source, content_id
from pitchpipe.errors import PitchpipeError, Quarantine
from pitchpipe.ledger import Ledger
from pitchpipe.options import bind
from pitchpipe.prepared import SPLITS, Writer
from pitchpipe.recipe import Recipe, SourceUse, Use
from pitchpipe.render import Example, Renderer

LOOKED_AT = 100  # readable rows of a source that detection reads
PROVEN = 64  # conversations whose ids are compared with those of the saved chat template


@dataclass(frozen=True)
class Pipeline:
    """All that rows go through: the recipe, and its template fitted to its model's tokenizer."""

    recipe: Recipe
    renderer: Renderer | None
    tokenizer: Any

    @classmethod
    def of(cls, recipe: Recipe) -> "Pipeline":
        if not (recipe.model and recipe.template):
            return cls(recipe, None, None)
        tokenizer = recipe.model.bound.tokenizer()
        return cls(recipe, Renderer(recipe.template.bound, tokenizer), tokenizer)


def prepare(pipeline: Pipeline, folder: Path, ledger: Ledger, tick: Callable[[], None]) -> dict[str, Any]:
    """Send every row through the pipeline. Returns what the run records: counts of rows and tokens."""
    writers = {split: Writer(folder, split) for split in SPLITS}
    proofs = PROVEN
    for source in pipeline.recipe.loaders:
        counts = ledger.of(source.name)
        for row, conversation in conversations(source, pipeline.recipe, ledger):
            tick()
            counts.read += 1
            kept = conversation and filtered(conversation, pipeline.recipe.filters, ledger)
            rendered = kept and _rendered(kept, row, pipeline, ledger)
            if rendered:
                kept, example = rendered
                writers[source.split or pipeline.recipe.split.side(kept.prompt())].add(kept, example)
                counts.kept += 1
                if example and proofs:
                    proofs -= 1
                    pipeline.renderer.prove_chat_template(pipeline.tokenizer, kept)  # type: ignore[union-attr]
    for writer in writers.values():
        writer.close()
    return {
        "rows": ledger.summary(),
        "splits": {
            name: {"conversations": len(w), "tokens": w.tokens, "learned": w.learned}
            for name, w in writers.items()
        },
    }


def rows(source: SourceUse, recipe: Recipe) -> Iterator[Row]:
    """A loader's rows, their files named as seen from the recipe's folder; plain dicts are numbered."""
    seen_from = recipe.path.parent.resolve()
    names: dict[str, str] = {"": ""}
    for number, row in enumerate(source.loader.bound(), 1):
        if not isinstance(row, Row):
            row = Row(row, "", number)
        if row.file not in names:
            names[row.file] = os.path.relpath(row.file, seen_from)
        row.file = names[row.file]
        yield row


def conversations(
    source: SourceUse, recipe: Recipe, ledger: Ledger
) -> Iterator[tuple[Row, Conversation | None]]:
    """Each row with its conversation, or with None where it went to the ledger instead."""
    stream = rows(source, recipe)
    first, readable = [], []
    for row in stream if source.format is None else ():
        first.append(row)
        if isinstance(row.data, dict) and not row.error:
            readable.append(row)
            if len(readable) == LOOKED_AT:
                break
    chosen = source.format or detect(source, readable, recipe)
    for row in chain(first, stream):
        yield row, understood(row, source, chosen, ledger)


def detect(source: SourceUse, sample: list[Row], recipe: Recipe) -> Use | None:
    """The one format that fits most of a source's first rows. Two that fit equally well are an error."""
    fits: dict[str, int] = {}
    found = {}
    for component in recipe.host.all("format"):
        if hasattr(component.call, "matches") and not any(o.required for o in component.options.values()):
            made = bind(component.call, {})
            fits[component.address] = sum(bool(made.matches(row.data)) for row in sample)
            found[component.address] = Use(component, {}, made, source.loader.place, component.name)
    if not sample:
        return None
    best = [address for address, rows_fit in fits.items() if rows_fit and rows_fit == max(fits.values())]
    if len(best) == 1:
        return found[best[0]]
    keys = sorted(sample[0].data)
    if best:
        bare = [found[address].name for address in best]
        names = bare if len(set(bare)) == len(bare) else best
        raise PitchpipeError(
            f"{source.loader.place}: formats {' and '.join(names)} both fit. Write format: {names[0]}"
        )
    known = ", ".join(component.name for component in recipe.host.all("format"))
    raise PitchpipeError(
        f"{source.loader.place}: no format fits the rows of '{source.name}', which hold {keys}."
        f" Write format: one of {known}"
    )


def understood(row: Row, source: SourceUse, chosen: Use | None, ledger: Ledger) -> Conversation | None:
    """A row as a conversation. A row in bad shape is quarantined, whole."""
    place = Source(source.name, row.file, row.line)
    reason = row.error or (
        "" if isinstance(row.data, dict) else f"a row is an object, not {type(row.data).__name__}"
    )
    if reason or chosen is None:
        ledger.quarantine(place, "load", reason, row)
        return None
    result = call(chosen, row.data, place)
    if isinstance(result, Drop):
        ledger.quarantine(place, f"format {chosen.name}", result.reason, row)
        return None
    if not isinstance(result, Conversation):
        raise _wrong(chosen, result, "a Conversation or pp.drop(reason)")
    if not all(_writable(message.content + message.context) for message in result.messages):
        ledger.quarantine(place, f"format {chosen.name}", "a lone surrogate in the text", row)
        return None
    return replace(result, source=place, id=result.id or content_id(result))


def _writable(text: str) -> bool:
    """Half a character of UTF-16 cannot be written, nor tokenised."""
    try:
        return text.isascii() or bool(text.encode())
    except UnicodeEncodeError:
        return False


def filtered(conversation: Conversation, filters: Iterable[Use], ledger: Ledger) -> Conversation | None:
    """What the filters leave of a conversation, in their order."""
    for use in filters:
        result = call(use, conversation, conversation.source)
        if isinstance(result, Drop):
            ledger.drop(conversation, f"filter {use.label}", result)
            return None
        if not isinstance(result, Conversation):
            raise _wrong(use, result, "the conversation or pp.drop(reason)")
        if result is not conversation:
            ledger.change(conversation, f"filter {use.label}", "edited")
        conversation = result
    return conversation


def _rendered(
    conversation: Conversation, row: Row, pipeline: Pipeline, ledger: Ledger
) -> tuple[Conversation, Example | None] | None:
    """Ids and labels, with the over-long dealt with as the collator says."""
    renderer = pipeline.renderer
    if renderer is None:
        return conversation, None
    try:
        example = renderer.example(conversation)
        collator = pipeline.recipe.collator.bound  # type: ignore[union-attr]
        length = getattr(collator, "length", None)
        if length is None or len(example.ids) <= length:
            return conversation, example
        return _shortened(conversation, example, collator, renderer, ledger)
    except Quarantine as reason:
        ledger.quarantine(conversation.source, "render", str(reason) or "refused by the template", row)
        return None


def _shortened(
    conversation: Conversation, example: Example, collator: Any, renderer: Renderer, ledger: Ledger
) -> tuple[Conversation, Example] | None:
    """Too many tokens: drop it, stop, or cut whole turns from its end until it fits."""
    tokens, length = len(example.ids), collator.length
    if collator.too_long == "stop":
        raise PitchpipeError(
            f"{conversation.source}: {tokens} tokens, more than the collator's length of {length}"
        )
    cut = conversation
    while collator.too_long == "cut" and len(example.ids) > length:
        cut = replace(cut, messages=_without_last_reply(cut))
        if not any(message.role == "assistant" and message.learn is not False for message in cut.messages):
            break
        example = renderer.example(cut)
    if len(example.ids) > length:
        ledger.drop(conversation, "length", Drop("too many tokens", tokens, length))
        return None
    ledger.change(
        conversation, "length", f"turns cut from its end: {tokens - len(example.ids)} of {tokens} tokens"
    )
    return cut, example


def _without_last_reply(conversation: Conversation) -> tuple[Any, ...]:
    """The conversation up to the reply before the last one."""
    replies = [i for i, message in enumerate(conversation.messages) if message.role == "assistant"]
    return conversation.messages[: replies[-2] + 1] if len(replies) > 1 else ()


def call(use: Use, data: Any, place: Source) -> Any:
    """Call a format or a filter; what it raises is told with its name and the row's place."""
    try:
        return use.bound(data)
    except Quarantine as reason:
        return Drop(str(reason) or "refused")
    except Exception as error:
        error.add_note(f"in {use.component}, at {place}")
        raise


def _wrong(use: Use, result: Any, expected: str) -> PitchpipeError:
    return PitchpipeError(f"{use.component} returned {result!r:.80}; it must return {expected}")
