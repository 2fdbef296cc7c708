"""pitchpipe ask: one answer, or one for each line, for scripts. Nothing else stands on standard output."""

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from pitchpipe.errors import PitchpipeError
from pitchpipe.records.conversation import Conversation, Json, Message
from pitchpipe_tools.asked_model import of_a_model, settings_of
from pitchpipe_tools.cures import cured

if TYPE_CHECKING:
    from pitchpipe_stages.console import RichConsole
    from pitchpipe_stages.generate.opened import OpenedModel
    from pitchpipe_stages.generate.speaking import Settings

STDIN = "-"
ROLES = ("system", "user", "assistant")


@click.command()
@of_a_model
@click.argument("prompt", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print an object of JSON for each answer.")
@click.option(
    "-n", "--count", type=click.IntRange(1), default=1, help="So many answers, each with a seed of its own."
)
@click.option("--lines", is_flag=True, help="Each line of standard input is a prompt; the answers are JSON.")
@click.option(
    "--messages",
    is_flag=True,
    help='Standard input is JSON: [{"role": "user", "content": "Hi"}], or such lines.',
)
@click.option(
    "--batch-size",
    type=click.IntRange(1),
    default=8,
    show_default=True,
    help="Lines that are asked together.",
)
@cured()
def ask(
    model: str,
    prompt: tuple[str, ...],
    system: str,
    as_json: bool,
    count: int,
    lines: bool,
    messages: bool,
    batch_size: int,
    base: bool,
    template: str,
    **how: Any,
) -> None:
    """Ask RUN_OR_MODEL once: a run's directory, a folder with a model or an adapter, or a name on the hub.

    Without PROMPT, standard input is the prompt; a PROMPT of - stands for it among others. The answer goes to
    standard output, all else to standard error. Exit codes: 0, 1 if a line has no answer, 2 for a mistake.

    \b
      pitchpipe ask runs/quickstart "Say kiro twice."
      pitchpipe ask runs/quickstart "Summarize:" - < letter.txt
      pitchpipe ask runs/quickstart --lines < prompts.txt > answers.jsonl
      pitchpipe ask runs/quickstart "Name a color." --temperature 0.9 -n 5 --json
    """
    from pitchpipe_stages.console import RichConsole

    if count > 1 and not (as_json or lines):
        raise PitchpipeError(f"-n {count}: several answers are told apart as JSON: add --json")
    if lines and prompt:
        raise PitchpipeError("--lines: the prompts are the lines of standard input; leave PROMPT out")
    console = RichConsole(stderr=True)
    try:
        asked = _lines(messages, system) if lines else iter([(1, _asked(prompt, messages, system))])
        first = next(asked, None)
        if first is None:
            raise PitchpipeError("standard input is empty: there is no prompt")
        from pitchpipe_stages.generate.opened import opened

        one = opened(model, console, tuned=not base, template=template)
        settings = settings_of(one, **how)
        if count > 1 and not settings.sampling.temperature:
            raise PitchpipeError(f"-n {count}: a greedy model always answers the same: add --temperature 0.7")
        if lines:
            sys.exit(_answer_lines(one, _again(first, asked), settings, batch_size, count, console))
        _answer(one, _conversation(first[1]), settings, count, as_json, console)
    except KeyboardInterrupt:
        sys.exit(130)


# --- Prompts ------------------------------------------------------------------------------------------

Prompts = Iterator[tuple[int, Conversation | str]]  # the number of a line, and why it cannot be asked


def _asked(prompt: tuple[str, ...], messages: bool, system: str) -> Conversation:
    if messages:
        if prompt:
            raise PitchpipeError("--messages: the conversation comes from standard input; leave PROMPT out")
        return _of_messages(_stdin(), system)
    if not prompt and sys.stdin is not None and sys.stdin.isatty():
        raise PitchpipeError('no prompt: pitchpipe ask MODEL "a prompt", or give it on standard input')
    parts = [_stdin().rstrip("\n") if part == STDIN else part for part in prompt or (STDIN,)]
    words = "\n\n".join(parts)
    if not words.strip():
        raise PitchpipeError("the prompt is empty")
    return _talk(words, system)


def _stdin() -> str:
    if sys.stdin is None:
        raise PitchpipeError(
            'standard input is closed, and there is no other prompt: pitchpipe ask MODEL "a prompt"'
        )
    return sys.stdin.buffer.read().decode("utf-8-sig", "replace")


def _lines(messages: bool, system: str) -> Prompts:
    """Each line of standard input that holds something."""
    if sys.stdin is None:
        raise PitchpipeError("--lines: standard input is closed")
    for number, raw in enumerate(sys.stdin.buffer, 1):
        text = raw.decode("utf-8-sig" if number == 1 else "utf-8", "replace").rstrip("\r\n")
        if not text.strip():
            continue
        try:
            yield number, _of_messages(text, system) if messages else _talk(text, system)
        except PitchpipeError as error:
            yield number, str(error)


def _talk(words: str, system: str) -> Conversation:
    before = [Message("system", system)] if system else []
    return Conversation((*before, Message("user", words)))


def _of_messages(text: str, system: str) -> Conversation:
    """The conversation of a list of messages, or of an object that holds one."""
    try:
        said = json.loads(text)
    except ValueError as error:
        raise PitchpipeError(f"--messages: this is no JSON: {error}") from None
    said = said.get("messages") if isinstance(said, dict) else said
    if not isinstance(said, list) or not said:
        raise PitchpipeError('--messages: a list is needed, as [{"role": "user", "content": "Hi"}]')
    found = [_message(one, number) for number, one in enumerate(said, 1)]
    if found[-1].role != "user":
        raise PitchpipeError(f"--messages: the last message is the {found[-1].role}'s: nothing is asked")
    if system:
        if found[0].role == "system":
            raise PitchpipeError("--system: the messages begin with a system message of their own")
        found.insert(0, Message("system", system))
    return Conversation(tuple(found))


def _message(one: Any, number: int) -> Message:
    role, content = (one.get("role"), one.get("content")) if isinstance(one, dict) else (None, None)
    if role not in ROLES or not isinstance(content, str):
        raise PitchpipeError(
            f"--messages: message {number} needs a role of {', '.join(ROLES)} and a text as content"
        )
    return Message(role, content)


def _conversation(asked: Conversation | str) -> Conversation:
    assert isinstance(asked, Conversation)
    return asked


def _again(first: tuple[int, Conversation | str], rest: Prompts) -> Prompts:
    yield first
    yield from rest


# --- Answers ------------------------------------------------------------------------------------------


def _answer(
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
        speech = stream(one, asked, settings.reseeded(settings.seed + number))
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


def _answer_lines(
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
