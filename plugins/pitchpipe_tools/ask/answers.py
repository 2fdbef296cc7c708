"""The answers, on standard output, and nothing else there."""

import json
import sys
from typing import TYPE_CHECKING

from pitchpipe.errors import PitchpipeError
from pitchpipe.records.conversation import Conversation, Json, Message
from pitchpipe_tools.ask.prompts import Prompts

if TYPE_CHECKING:
    from pitchpipe_stages.console import RichConsole
    from pitchpipe_stages.generate.opened import OpenedModel
    from pitchpipe_stages.generate.speaking import Settings


def answer(
    one: "OpenedModel",
    asked: Conversation,
    settings: "Settings",
    count: int,
    as_json: bool,
    console: "RichConsole",
) -> None:
    from pitchpipe_stages.generate.speaking import stream
    from pitchpipe_tools.chat.screen import ending

    for number in range(count):
        with stream(one, asked, settings.reseeded(settings.seed + number)) as speech:
            for said in speech:
                if not as_json and not said.thought:
                    _print(said.text)
        if as_json:
            known: Json = {"tokens": len(speech.ids), "prompt_tokens": len(speech.prompt)}
            known |= {"seed": speech.settings.seed} if settings.sampling.temperature else {}
            _print(_line(speech.message, speech.end is not None, known))
        else:
            _print("\n")
        if speech.end is None:
            console.plain(ending(speech))


def answer_lines(
    one: "OpenedModel", asked: Prompts, settings: "Settings", size: int, count: int, console: "RichConsole"
) -> int:
    """Answers lines in their order, a batch at a time. The exit code."""
    failed, batch = 0, list[tuple[int, Conversation, list[int]]]()
    for number, conversation in asked:
        try:
            if isinstance(conversation, str):
                raise PitchpipeError(conversation)
            ids = one.prompt(conversation)
            one.room(len(ids))
        except PitchpipeError as error:
            _flush(one, batch, settings, count)
            failed += 1
            _print(json.dumps({"line": number, "error": str(error)}, ensure_ascii=False) + "\n")
            continue
        batch.append((number, conversation, ids))
        if len(batch) == size:
            _flush(one, batch, settings, count)
    _flush(one, batch, settings, count)
    if failed:
        console.plain(f"{failed:,} line{'s have' if failed > 1 else ' has'} no answer")
    return 1 if failed else 0


def _flush(
    one: "OpenedModel", batch: list[tuple[int, Conversation, list[int]]], settings: "Settings", count: int
) -> None:
    """Answers what has gathered."""
    from pitchpipe_stages.generate.speaking import together

    if not batch:
        return
    rows = [row for row in batch for _ in range(count)]
    answers = together(one, [ids for *_, ids in rows], settings.reseeded(settings.seed + batch[0][0]))
    for (number, conversation, ids), (message, ended, tokens) in zip(rows, answers, strict=True):
        known: Json = {"line": number, "prompt": conversation.messages[-1].content}
        _print(_line(message, ended, {"tokens": tokens, "prompt_tokens": len(ids)}, known))
    batch.clear()


def _line(message: Message, ended: bool, numbers: Json, known: Json | None = None) -> str:
    said: Json = {**(known or {}), "answer": message.content}
    said |= {"reasoning": message.reasoning} if message.reasoning else {}
    return json.dumps(said | {"ended": ended} | numbers, ensure_ascii=False) + "\n"


def _print(text: str) -> None:
    """In UTF-8, whatever the terminal's encoding: scripts read it."""
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))
    sys.stdout.buffer.flush()
