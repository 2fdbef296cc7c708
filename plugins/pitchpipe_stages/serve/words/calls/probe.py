"""Finds out how a chat template writes calls: it is given some whose words are known."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from pitchpipe.errors import PitchpipeError, Quarantine
from pitchpipe.records.conversation import Conversation, Json, Message
from pitchpipe_stages.generate.thoughts import Thoughts
from pitchpipe_stages.render.asked import THOUGHT
from pitchpipe_stages.render.renderer import Renderer
from pitchpipe_stages.serve.words.calls.form import CallForm
from pitchpipe_stages.serve.words.calls.json_calls import NamedCall, ObjectCall, Path, decoded_at
from pitchpipe_stages.serve.words.calls.loosely import ID
from pitchpipe_stages.serve.words.calls.notation import OwnNotation
from pitchpipe_stages.serve.words.calls.pair_calls import PairsCall
from pitchpipe_stages.serve.words.calls.python_calls import PythonCall

LOOK, BOOK, PLACE, WHICH = "zqlook", "zqbook", "zqplace", "zqwhich"
GHENT, DISH = "zqghent", "zqdish"
TWO = {PLACE: GHENT, WHICH: DISH}  # in the order of letters: some sort keys
_CLOSED = re.compile(rf"\A\s*{THOUGHT.pattern}\s*", re.I)  # reasoning that nobody has opened
_SYSTEMS = ((), (Message("system", "Be brief."),))


def _tool(name: str) -> Json:
    properties = {key: {"type": "string", "description": "Which one."} for key in TWO}
    parameters = {"type": "object", "properties": properties, "required": []}
    function = {"name": name, "description": "Looks for a place.", "parameters": parameters}
    return {"type": "function", "function": function}


TOOLS = (_tool(LOOK), _tool(BOOK))


def form_of(renderer: Renderer) -> CallForm | None:
    """How a renderer's template writes calls; nothing where it writes none, or none that can be read back."""
    try:
        return _form(_Probed(renderer))
    except (PitchpipeError, Quarantine):
        return None


class _Probed:
    """What a template writes for calls."""

    def __init__(self, renderer: Renderer):
        self.renderer = renderer

    def text(self, *calls: tuple[str, Json]) -> str:
        """A reply that makes these calls, without what closes reasoning, and without what ends it."""
        refusal: Quarantine | None = None
        made = tuple(_made(name, arguments) for name, arguments in calls)
        for system in _SYSTEMS:
            talk = Conversation(
                (*system, Message("user", "Where?"), Message("assistant", "", tool_calls=made)), tools=TOOLS
            )
            try:
                pieces = self.renderer.written(talk).examples[-1].pieces
            except Quarantine as reason:
                refusal = refusal or reason
                continue
            prompt, reply = ("".join(p.text for p in pieces if p.learn is kind) for kind in (False, True))
            said = Thoughts(prompt[-40:]).add(reply, last=True)
            words = self._ended("".join(one.text for one in said if not one.thought))
            return _CLOSED.sub("", words)
        raise refusal or Quarantine("no calls")

    def maybe(self, *calls: tuple[str, Json]) -> str:
        """The same, or nothing where the template cannot write it."""
        try:
            return self.text(*calls)
        except Quarantine:
            return ""

    def _ended(self, text: str) -> str:
        return next((text.removesuffix(stop) for stop in self.renderer.stops if text.endswith(stop)), text)


def _made(name: str, arguments: Json) -> Json:
    return {"id": ID, "type": "function", "function": {"name": name, "arguments": arguments}}


def _form(probed: _Probed) -> CallForm | None:
    one, two = probed.text((LOOK, TWO)), probed.maybe((LOOK, TWO), (BOOK, TWO))
    if LOOK not in one or PLACE not in one:
        return None
    found = _objects(one, two) or _named(one, two) or _python(one, two) or _noted(one, two)
    found = found or _pairs(probed, one, two)
    return replace(found, written=one + two) if found else None


def _objects(one: str, two: str) -> CallForm | None:
    found = _object_with(one, LOOK, 0)
    if not found:
        return None
    start, end, call = found
    second = _object_with(two, BOOK, end) if two else None
    between = two[end : second[0]] if second else None
    first = "" if one[:start].strip() else one[start : one.index('"', start) + 1]
    return CallForm(one[:start], between, one[end:], call, first)


def _object_with(text: str, name: str, since: int) -> tuple[int, int, ObjectCall] | None:
    """The outermost object from a place on that names the function and its arguments."""
    for at in _places(text, "{", since):
        if at > text.find(name, since):
            return None
        if (decoded := decoded_at(text, at)) and isinstance(decoded[0], dict):
            path, arguments = _path(decoded[0], name), _path(decoded[0], TWO)
            if path and arguments:
                return at, decoded[1], ObjectCall(path, arguments)
    return None


def _path(value: Any, wanted: object) -> Path | None:
    """The keys that lead to a value; arguments may be JSON text there."""
    if not isinstance(value, dict):
        return None
    for key, entry in value.items():
        same = entry == wanted
        if isinstance(entry, str) and isinstance(wanted, dict):
            decoded = decoded_at(entry, 0)
            same = bool(decoded and decoded[0] == wanted)
        if same:
            return (key,)
        if deeper := _path(entry, wanted):
            return (key, *deeper)
    return None


def _named(one: str, two: str) -> CallForm | None:
    at = one.index(LOOK)
    behind = at + len(LOOK)
    for brace in _places(one, "{", behind):
        decoded = decoded_at(one, brace)
        if decoded and decoded[0] == TWO:
            end = decoded[1]
            second = two.find(BOOK, end)
            between = two[end:second] if second > 0 else None
            return CallForm(one[:at], between, one[end:], NamedCall(one[behind:brace]))
    return None


def _python(one: str, two: str) -> CallForm | None:
    at = one.index(LOOK)
    call = PythonCall()(one, at, ())
    if not call or call.arguments != TWO:
        return None
    second = two.find(BOOK, call.end)
    return CallForm(one[:at], two[call.end : second] if second > 0 else None, one[call.end :], PythonCall())


def _noted(one: str, two: str) -> CallForm | None:
    at = one.index(LOOK)
    behind = at + len(LOOK)
    around = _around(one, two, behind)
    if not around or not around.before.startswith(":"):
        return None
    notation = OwnNotation(around.before[1:], around.more.rstrip(", "))
    decoded = notation(one, behind)
    if not around.before[1:] or not decoded or decoded[0] != TWO:
        return None
    second = two.find(BOOK, decoded[1])
    between = two[decoded[1] : second] if second > 0 else None
    return CallForm(one[:at], between, one[decoded[1] :], NamedCall("", notation))


def _pairs(probed: _Probed, one: str, two: str) -> CallForm | None:
    head = one[: one.index(LOOK)]
    at = len(head) + len(LOOK)
    around = _around(one, two, at)
    none, then = probed.text((LOOK, {})), probed.maybe((LOOK, {}), (BOOK, TWO))
    if not around or none[:at] != one[:at]:
        return None
    empty = (none[at:], then[at : then.find(BOOK)] if BOOK in then else "")
    return CallForm(head, None, "", PairsCall(around.start, around.before, around.more, around.ends, empty))


class _Around(NamedTuple):
    """What stands before the first key, before a value, before the next key, and behind the last value."""

    start: str
    before: str
    more: str
    ends: tuple[str, str]


def _around(one: str, two: str, at: int) -> _Around | None:
    places = [one.find(words, at) for words in (PLACE, GHENT, WHICH, DISH)]
    if sorted(places) != places or places[0] < 0:
        return None
    key, value, other, last = places
    before, more = one[key + len(PLACE) : value], one[value + len(GHENT) : other]
    if one[other + len(WHICH) : last] != before:
        return None
    since = two.find(DISH, at) + len(DISH) if two else 0
    following = two[since : two.find(BOOK, since)] if since and BOOK in two[since:] else ""
    return _Around(one[at:key], before, more, (one[last + len(DISH) :], following))


def _places(text: str, letter: str, since: int) -> Sequence[int]:
    return [at for at in range(since, len(text)) if text[at] == letter]
