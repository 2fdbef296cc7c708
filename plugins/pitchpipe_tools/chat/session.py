"""A chat from its first line to its last."""

from pitchpipe.errors import PitchpipeError
from pitchpipe_stages.console import RichConsole
from pitchpipe_stages.generate.opened import ContextFull
from pitchpipe_tools.asked_model import described
from pitchpipe_tools.chat.lines import TypedLines
from pitchpipe_tools.chat.screen import Screen
from pitchpipe_tools.chat.slash import Leave, SlashCommands
from pitchpipe_tools.chat.talk import Exchange, Talk


class Session:
    """Reads a message, shows the answer, and so on."""

    def __init__(self, talk: Talk, place: str, asks_base: bool, console: RichConsole):
        self.talk, self.console, self.lines = talk, console, TypedLines()
        self.commands, self.screen = SlashCommands(talk, place, asks_base, console), Screen(console)
        self.head = described(talk.model, place, asks_base)

    def run(self) -> None:
        """Until the person has had enough."""
        self._greet()
        while True:
            line = self._next()
            if line is None:
                return
            try:
                self._do(line)
            except Leave:
                return
            except KeyboardInterrupt:
                self.screen.note("(stopped)")

    def _greet(self) -> None:
        model, settings = self.talk.model, self.talk.settings
        reads = f"; it reads {model.context:,} tokens" if model.context else ""
        ends = ", ".join(map(str, model.tokenizer.convert_ids_to_tokens(model.ends.every)))
        self.screen.note(self.head + reads)
        self.screen.note(
            f"template {model.template}, answers end with {ends}; {settings},"
            f" at most {settings.max_new_tokens:,} tokens"
        )
        self.screen.note("/help lists the commands; Ctrl-C stops an answer, Ctrl-D ends")

    def _next(self) -> str | None:
        """What the person says. Ctrl-C clears the line; a second one, of an empty line, leaves."""
        again = False
        while True:
            try:
                return self.lines.read()
            except KeyboardInterrupt:
                self.console.rich.out("")
                if again and not self.lines.begun():
                    return None
                self.screen.note("(Ctrl-C again, or Ctrl-D, to leave)")
                again = True

    def _do(self, line: str) -> None:
        if not line.strip():
            return
        if line.startswith("/") and not line.startswith("//"):
            self.commands.run(line.rstrip())
            return
        question = line[1:] if line.startswith(("//", " /")) else line
        try:
            speech = self.talk.ask(question)
        except ContextFull as full:
            self.screen.note(
                f"{full}: no room for an answer. Your message was not sent and nothing was left out: /undo"
                " takes the last exchange back, /clear begins anew."
            )
        except PitchpipeError as refusal:
            self.screen.note(f"not sent: {refusal}")
        else:
            self.screen.show(speech)
            self.talk.exchanges.append(Exchange(question, speech))
