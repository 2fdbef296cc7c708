"""Turns as the source of a Jinja chat template, which any server can run."""

from dataclasses import dataclass

from pitchpipe.records.template import BOS, EOS, Around, Turns, jinja_text

_CALLS = "message.get('tool_calls')"
_REFUSE = "{{ raise_exception('no place for a message of role ' + message['role']) }}"


@dataclass(frozen=True)
class JinjaSource:
    """Writes the source part by part, for one tokenizer's bos and eos."""

    turns: Turns
    reasoning: str
    bos: str
    eos: str
    markers: bool = False

    def source(self) -> str:
        turns = self.turns
        roles = {"user": self._user(), "assistant": self._assistant()}
        if turns.system or turns.fold:
            roles["system"] = self._system()
        if turns.calls:
            roles["tool"] = self._own(turns.calls.result)
        cases = "{% el".join(f"if message['role'] == '{role}' %}}{turn}" for role, turn in roles.items())
        ending = f"{{% if add_generation_prompt %}}{self._write(turns.assistant[0])}{{% endif %}}"
        loop = f"{{% for message in messages %}}{{% {cases}{{% else %}}{_REFUSE}{{% endif %}}{{% endfor %}}"
        return self._state() + self._write(turns.begin) + self._opening() + loop + ending

    # --- Turns -----------------------------------------------------------------------------------

    def _system(self) -> str:
        turns = self.turns
        if turns.fold:
            keep = "{% if not loop.first %}" + _REFUSE + "{% endif %}{% set ns.system = message['content'] %}"
            return keep + "{% set ns.held = true %}"
        if turns.calls and turns.calls.where == "system":
            return "{% if not (loop.first and tools) %}" + self._turn(turns.system) + "{% endif %}"
        return self._turn(turns.system)

    def _user(self) -> str:
        calls, (before, after) = self.turns.calls, self.turns.user
        ahead, within = "", ""
        if calls and calls.where != "system":
            once = f"{{% if tools and not ns.declared %}}{self._own(calls.declare)}"
            once += "{% set ns.declared = true %}{% endif %}"
            ahead, within = (once, "") if calls.where == "ahead" else ("", once)
        words = self._folded() + within + self._words("content") + self._context()
        return ahead + self._write(before) + words + self._write(after)

    def _assistant(self) -> str:
        turns = self.turns
        before, after = turns.assistant
        cut = after.index(turns.stop) + len(turns.stop)
        said = self._write(turns.lead) + self._words("content") + self._context()
        if turns.calls:
            said = f"{{% if {_CALLS} %}}{self._own(turns.calls.call)}{{% else %}}{said}{{% endif %}}"
        said = self._thought() + said + self._write(after[:cut])
        if self.markers:
            said = "{% generation %}" + said + "{% endgeneration %}"
        return self._write(before) + said + self._write(after[cut:])

    def _turn(self, around: Around | None) -> str:
        before, after = around or ("", "")
        return self._write(before) + self._words("content") + self._context() + self._write(after)

    # --- Parts of turns --------------------------------------------------------------------------

    def _words(self, key: str) -> str:
        return "{{ message['" + key + "']" + self._trimmed() + " }}"

    def _trimmed(self) -> str:
        return " | trim" if self.turns.trim else ""

    def _context(self) -> str:
        before, after = self.turns.context
        context = self._write(before) + self._words("context") + self._write(after)
        return "{% if message.get('context') %}" + context + "{% endif %}"

    def _folded(self) -> str:
        if not self.turns.fold:
            return ""
        before, after = self.turns.fold
        system = self._write(before) + "{{ ns.system" + self._trimmed() + " }}" + self._write(after)
        return "{% if ns.held %}" + system + "{% set ns.held = false %}{% endif %}"

    def _thought(self) -> str:
        """A reply's reasoning: of the replies after the last user turn, or of all."""
        if not self.turns.think or self.reasoning == "strip":
            return ""
        before, after = self.turns.think
        thought = self._write(before) + "{{ message['reasoning_content'] }}" + self._write(after)
        late = " and loop.index0 > ns.last" if self.reasoning == "last" else ""
        return "{% if message.get('reasoning_content')" + late + " %}" + thought + "{% endif %}"

    # --- What comes first ------------------------------------------------------------------------

    def _state(self) -> str:
        """What the loop has to remember."""
        turns, state, found = self.turns, [], ""
        if turns.fold:
            state += ["system=''", "held=false"]
        if turns.calls:
            state += ["declared=false"]
        if turns.think and self.reasoning == "last":
            state += ["last=-1"]
            found = "{% for message in messages %}{% if message['role'] == 'user' %}"
            found += "{% set ns.last = loop.index0 %}{% endif %}{% endfor %}"
        return "{% set ns = namespace(" + ", ".join(state) + ") %}" + found if state else ""

    def _opening(self) -> str:
        turns = self.turns
        opening = ""
        if turns.preamble:
            preamble = self._write(turns.preamble)
            if turns.preamble_with_context != turns.preamble:
                other = self._write(turns.preamble_with_context)
                preamble = f"{{% if messages[0].get('context') %}}{other}{{% else %}}{preamble}{{% endif %}}"
            opening += "{% if messages and messages[0]['role'] != 'system' %}" + preamble + "{% endif %}"
        if turns.calls and turns.calls.where == "system" and turns.system:
            before, after = map(self._write, turns.system)
            opening += "{% if tools %}" + before + "{% if messages and messages[0]['role'] == 'system' %}"
            opening += "{{ messages[0]['content'] }}" + jinja_text("\n\n") + "{% endif %}"
            opening += self._own(turns.calls.declare) + after + "{% endif %}"
        return opening

    def _write(self, text: str) -> str:
        return jinja_text(self._own(text))

    def _own(self, text: str) -> str:
        return text.replace(BOS, self.bos).replace(EOS, self.eos)
