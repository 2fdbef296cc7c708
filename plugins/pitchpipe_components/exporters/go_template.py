"""A template of turns as the Go template that Ollama runs.

Ollama passes `.Messages`, each with a `.Role` and a `.Content`, and `.System`. The last message may be a
reply that the model is to go on with: nothing is written behind it then.
"""

import json
from typing import TYPE_CHECKING

import pitchpipe as pp

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

BOS, EOS = "{bos}", "{eos}"
CONTENT = "{{ .Content }}"


def go_template(turns: pp.Turns, tokenizer: "PreTrainedTokenizerFast", stops: list[str]) -> str:
    """The whole template. What begins every text is left to Ollama where the tokenizer puts it there."""
    return _GoSource(turns, tokenizer, stops).source()


def left_out(turns: pp.Turns) -> list[str]:
    """What a template of turns can write and a Go template of Ollama's cannot."""
    found = []
    if turns.calls:
        found.append("tools are not in Ollama's template; llama-server --jinja has them")
    if turns.think:
        found.append("reasoning of earlier replies is not in Ollama's template")
    if turns.trim:
        found.append("Ollama does not remove white space around people's words, as training did")
    if not (turns.system or turns.fold):
        found.append("the template has no place for a system message: Ollama leaves it out")
    return found


class _GoSource:
    """Writes the source part by part."""

    def __init__(self, turns: pp.Turns, tokenizer: "PreTrainedTokenizerFast", stops: list[str]):
        self.turns = turns
        begins = tokenizer.bos_token_id in tokenizer("a")["input_ids"][:1]
        self.bos = str(tokenizer.bos_token or "") if begins else ""
        self.eos = stops[0] if turns.stop == EOS else str(tokenizer.eos_token or "")

    def source(self) -> str:
        turns, state = self.turns, "{{ $held := .System }}" if self.turns.fold else ""
        state += '{{ $bos := "" }}' if self._begins_turns else ""
        cases = {"user": self._user(), "assistant": self._assistant()}
        if turns.system:
            cases["system"] = self._text(turns.system[0]) + CONTENT + self._text(turns.system[1])
        chosen = "{{ else ".join(f'if eq .Role "{role}" }}}}{text}' for role, text in cases.items())
        last = '{{ if and $last (ne .Role "assistant") }}' + self._text(turns.assistant[0]) + "{{ end }}"
        each = "{{ $last := eq (len (slice $.Messages $i)) 1 }}{{ " + chosen + "{{ end }}" + last
        return (
            self._begin() + self._preamble() + state + "{{ range $i, $_ := .Messages }}" + each + "{{ end }}"
        )

    def _begin(self) -> str:
        """What stands before all, without the token that llama.cpp puts there itself."""
        return self._text(self._own(self.turns.begin).removeprefix(self.bos))

    def _preamble(self) -> str:
        if not self.turns.preamble:
            return ""
        return "{{ if not .System }}" + self._text(self.turns.preamble) + "{{ end }}"

    def _user(self) -> str:
        before, after = self.turns.user
        folded = ""
        if self.turns.fold:
            around = [self._text(text) for text in self.turns.fold]
            folded = "{{ if $held }}" + "{{ $held }}".join(around) + '{{ $held = "" }}{{ end }}'
        if self._begins_turns:
            before = before.removeprefix(BOS)
            folded = "{{ $bos }}" + self._text(before) + folded + "{{ $bos = " + json.dumps(self.bos) + " }}"
            before = ""
        return self._text(before) + folded + CONTENT + self._text(after)

    @property
    def _begins_turns(self) -> bool:
        """Whether the token that begins a text begins each user's turn: Ollama puts the first one there."""
        return bool(self.bos) and not self.turns.begin and self.turns.user[0].startswith(BOS)

    def _assistant(self) -> str:
        before, after = self.turns.assistant
        end = "{{ if not $last }}" + self._text(after) + "{{ end }}"
        return self._text(before) + self._text(self.turns.lead) + CONTENT + end

    def _own(self, text: str) -> str:
        return text.replace(BOS, self.bos).replace(EOS, self.eos)

    def _text(self, text: str) -> str:
        """Text as it is. What Go or the Modelfile would read as its own stands in quotes."""
        text = self._own(text)
        if "{{" in text or "}}" in text or '"""' in text:
            return "{{ " + json.dumps(text, ensure_ascii=False).replace('"""', '\\"\\"\\"') + " }}"
        return text
