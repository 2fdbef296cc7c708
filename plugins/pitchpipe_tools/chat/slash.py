"""The commands within a chat. Each is a method of its name; its docstring is its help."""

from collections.abc import Iterator
from pathlib import Path

from pitchpipe.errors import PitchpipeError, suggest
from pitchpipe.host.contracts import Sampling
from pitchpipe.records.example import IGNORED, Example
from pitchpipe_stages.console import RichConsole
from pitchpipe_stages.generate.opened import OpenedModel, base_of
from pitchpipe_stages.generate.sampling import GREEDY
from pitchpipe_stages.generate.speaking import Settings, Speech, stream
from pitchpipe_tools.chat.saving import DEFAULT, append
from pitchpipe_tools.chat.screen import Screen
from pitchpipe_tools.chat.talk import Exchange, Talk
from pitchpipe_tools.peek.styled import styled_tokens
from pitchpipe_tools.peek.tokens import Vocabulary

WARM = Sampling(temperature=0.7)  # of a second try, where the first was greedy


class Leave(Exception):
    """The person wants to go."""


class SlashCommands:
    """What a line that begins with a slash does."""

    def __init__(self, talk: Talk, place: str, asks_base: bool, console: RichConsole):
        self.talk, self.place, self.asks_base = talk, place, asks_base
        self.console, self.screen = console, Screen(console)
        self._base: OpenedModel | None = None
        self._saved = ""

    def run(self, line: str) -> None:
        """Does what a line says: a name, and what follows it."""
        name, _, rest = line[1:].partition(" ")
        if name not in NAMES:
            near = suggest(f"/{name}", [f"/{known}" for known in NAMES]) if name.isalpha() else ""
            self.screen.note(f"no command /{name}.{near} /help lists them; a message begins so with //{name}")
            return
        try:
            getattr(self, f"do_{name}")(rest.strip())
        except PitchpipeError as error:
            self.screen.note(str(error))

    # --- Asking again ------------------------------------------------------------------------------

    def do_base(self, _: str) -> None:
        """Ask the base model the same, and show its answer; the conversation goes on without it."""
        exchange = self._last()
        if self.asks_base:
            raise PitchpipeError("this is the base. Without --base, pitchpipe chat talks to the tuned model.")
        base = self._base = self._base or base_of(self.talk.model, self.place, self.console)
        if base is None:
            raise PitchpipeError(f"{self.place} is one model; a run, or an adapter, has a base beside it")
        self.screen.note("the base:")
        self.screen.show(stream(base, self.talk.before_last(), exchange.speech.settings), kept=False)

    def do_retry(self, seed: str) -> None:
        """[SEED]  Take the last answer back and ask again, with another seed or the one that is named."""
        if seed and not seed.isdecimal():
            raise PitchpipeError(f"/retry {seed}: a seed is a number, as in /retry 7")
        exchange, settings = self._last(), self.talk.next_settings()
        if seed:
            settings = settings.reseeded(int(seed))
        if settings.sampling == GREEDY:
            settings = Settings(WARM, settings.max_new_tokens, settings.seed)
            self.screen.note("greedy answers are always the same: this one is drawn by chance")
        self.screen.note(str(settings))
        speech = stream(self.talk.model, self.talk.before_last(), settings)
        self.talk.asked += 1
        self.screen.show(speech)
        self.talk.exchanges[-1] = Exchange(exchange.question, speech)

    # --- The conversation --------------------------------------------------------------------------

    def do_system(self, text: str) -> None:
        """[TEXT]  Show the system message, or set it for the whole conversation; /system - takes it out."""
        if not text:
            self.screen.note(self.talk.system or "no system message. /system TEXT sets one")
            return
        before, self.talk.system = self.talk.system, "" if text == "-" else text
        try:
            self.talk.model.prompt(self.talk.conversation("Hi"))
        except PitchpipeError:
            self.talk.system = before
            raise
        now = "the system message is set" if self.talk.system else "no system message any more"
        held = ", before all that was said" if self.talk.exchanges and self.talk.system else ""
        self.screen.note(now + held)

    def do_undo(self, _: str) -> None:
        """Take back the last question and its answer."""
        exchange = self._last()
        self.talk.exchanges.pop()
        self.screen.note(f"taken back: {exchange.question.splitlines()[0][:60] if exchange.question else ''}")

    def do_clear(self, _: str) -> None:
        """Begin anew; the system message stays."""
        self.talk.exchanges.clear()
        self.screen.note(
            "the conversation begins anew" + ", with the system message" * bool(self.talk.system)
        )

    def do_save(self, name: str) -> None:
        """[FILE]  Append the conversation to a file of rows that a recipe reads: chat.jsonl, or another."""
        self._last()
        file, conversation = Path(name or DEFAULT).expanduser(), self.talk.conversation()
        if file.suffix != ".jsonl":
            raise PitchpipeError(f"/save {name}: rows of JSON go to a file that ends in .jsonl")
        if self._saved == f"{file} {conversation.messages}":
            raise PitchpipeError(f"{file} holds this conversation already")
        try:
            line = append(file, conversation)
        except OSError as error:
            raise PitchpipeError(f"not saved: {file}: {error.strerror}") from None
        self._saved = f"{file} {conversation.messages}"
        cut = sum(exchange.cut for exchange in self.talk.exchanges)
        self.screen.note(
            f"saved as line {line:,} of {file}"
            + f"; {cut} answer{'s are' if cut > 1 else ' is'} cut short and marked not to be learned"
            * bool(cut)
        )
        self.screen.note(
            f"in a recipe:  loaders: [files: {{path: {file}}}]    to look at it:  pitchpipe sniff {file}"
        )

    # --- Looking -----------------------------------------------------------------------------------

    def do_peek(self, _: str) -> None:
        """Show the very tokens of the last exchange, with their ids; those that the model wrote are green."""
        speech = self._last().speech
        wrote = [*speech.ids, *([speech.end] if speech.end is not None else [])]
        labels = [IGNORED] * len(speech.prompt) + wrote
        model = speech.opened
        tokens = Vocabulary(model.tokenizer, model.renderer).tokens(Example([*speech.prompt, *wrote], labels))
        self.console.rich.print(styled_tokens(tokens, marks=not self.console.rich.color_system))
        self.screen.note(f"{len(speech.prompt):,} tokens of the prompt, {len(wrote):,} that the model wrote")

    def do_stats(self, _: str) -> None:
        """Show tokens, and tokens a second."""
        for line in _numbers(self._last().speech, self.talk):
            self.screen.note(line)

    def do_help(self, _: str) -> None:
        """Show these lines."""
        for name in NAMES:
            options, _, help = (getattr(self, f"do_{name}").__doc__ or "").rpartition("  ")
            self.screen.note(f"  {f'/{name} {options}'.strip():16} {help}")
        self.screen.note(
            'A line that ends with \\ goes on in the next; """ begins and ends a message of many lines. A'
            " message that begins with a slash is sent with a second one before it. Ctrl-C stops an answer,"
            " Ctrl-D ends."
        )

    def do_quit(self, _: str) -> None:
        """End."""
        raise Leave

    def _last(self) -> Exchange:
        if not self.talk.exchanges:
            raise PitchpipeError("nothing was said yet")
        return self.talk.exchanges[-1]


NAMES = tuple(name.removeprefix("do_") for name in vars(SlashCommands) if name.startswith("do_"))


def _numbers(speech: Speech, talk: Talk) -> Iterator[str]:
    count = len(speech.ids) + (speech.end is not None)
    after = speech.seconds - speech.first
    speed = f", then {(count - 1) / after:,.1f} tokens a second" if count > 1 and after else ""
    yield f"the last answer: {count:,} tokens, the first after {speech.first:.2f} s{speed}"
    taken, most = len(speech.prompt) + count, speech.opened.context
    of = f" of {most:,}" if most else ""
    yield f"the conversation: {taken:,}{of} tokens, {len(talk.exchanges):,} answers; {speech.settings}"
