"""Shows an answer while it is given."""

import unicodedata

from pitchpipe_stages.console import RichConsole
from pitchpipe_stages.generate.speaking import Speech
from pitchpipe_stages.generate.thoughts import Stretch

THINKS = "thinking: "
CURES = {  # of an answer that was stopped; that had no more room; that had as many tokens as it may have
    (True, False): "; what was said stays, /undo takes it back",
    (False, True): "; /undo or /clear makes room",
    (False, False): "",
}


class Screen:
    """A terminal, or a file in which there are no colours."""

    def __init__(self, console: RichConsole):
        self.console = console

    def show(self, speech: Speech, kept: bool = True) -> None:
        """Shows an answer as it comes. Ctrl-C stops it; of one that is `kept`, what was said stays."""
        with speech:
            self._stretches(speech)
        self._put("\n")
        if note := ending(speech):
            self.note(f"({note}{CURES[speech.cut, speech.full] if kept and speech.end is None else ''})")

    def _stretches(self, speech: Speech) -> None:
        thinking = False
        try:
            for one in speech:
                thinking = self._stretch(one, thinking)
        except KeyboardInterrupt:
            for one in _cancelled(speech):
                thinking = self._stretch(one, thinking)

    def note(self, text: str) -> None:
        """A remark of ours, which the model did not say."""
        self.console.rich.print(text, style="dim", markup=False, emoji=False)

    def _stretch(self, one: Stretch, thinking: bool) -> bool:
        if one.thought and not thinking:
            self._put(THINKS, "dim")
        if thinking and not one.thought:
            self._put("\n\n")
        self._put(one.text, "dim" if one.thought else None)
        return one.thought

    def _put(self, text: str, style: str | None = None) -> None:
        self.console.rich.out(harmless(text), style=style, end="", highlight=False)


def _cancelled(speech: Speech) -> list[Stretch]:
    """The rest of an answer that is stopped; the model ends its step, however often Ctrl-C is pressed."""
    while True:
        try:
            return speech.cancel()
        except KeyboardInterrupt:
            continue


def harmless(text: str) -> str:
    """Text without characters that a terminal obeys."""
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    obeyed = unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\t"
    return f"<U+{ord(character):04X}>" if obeyed else character


def ending(speech: Speech) -> str:
    """What there is to say of the end of an answer; nothing of one that the model ended with words."""
    if speech.cut:
        return f"stopped after {len(speech.ids):,} tokens"
    if speech.full:
        return f"cut: the model reads {len(speech.prompt) + len(speech.ids):,} tokens, and they are used up"
    if speech.end is None:
        return f"cut at {len(speech.ids):,} tokens, the most of an answer: --max-new-tokens"
    return "" if any(one.text.strip() for one in speech.said) else "the model ended its answer without a word"
