"""Variables of the chat template that a client may set, such as whether the model thinks before it speaks."""

import re
from collections.abc import Mapping
from typing import Any

from pitchpipe.errors import suggest
from pitchpipe.records.conversation import Json
from pitchpipe_stages.render.source_facts import SourceFacts
from pitchpipe_stages.render.writing import ChatTemplates
from pitchpipe_stages.serve.words.values import must_be, wrong

PARAM, EFFORT = "chat_template_kwargs", "reasoning_effort"
_HARMLESS = re.compile(r"[\w .,:/-]{0,64}")  # the chat template writes them as words of its own
# What servers give every chat template, and what Jinja knows by itself.
_GIVEN = {"messages", "tools", "add_generation_prompt", "documents", "raise_exception", "strftime_now"}
_GIVEN |= {"namespace", "range", "dict", "cycler", "joiner", "lipsum"}


def variables_of(kwargs: Any, effort: Any = None) -> dict[str, Any]:
    """The variables that a request names: `chat_template_kwargs`, and `reasoning_effort` as one of them."""
    found: Json = dict(must_be(kwargs, dict, PARAM)) if kwargs is not None else {}
    if effort is not None:
        if EFFORT in found and found[EFFORT] != effort:
            raise wrong(f"'{EFFORT}' and '{PARAM}.{EFFORT}' differ", EFFORT)
        found[EFFORT] = must_be(effort, str, EFFORT)
    for name, value in found.items():
        _plain(value, _param(name))
    return found


def must_know(template: ChatTemplates, variables: Mapping[str, Any]) -> None:
    """The chat template asks for each of these names."""
    if not variables:
        return
    sources = template.values() if isinstance(template, dict) else [template or ""]
    known = {name for source in sources for name in SourceFacts.of(source).asks} - _GIVEN
    known = {name for name in known if not name.endswith("_token")}
    for name in variables:
        if name not in known:
            words = f"this model's chat template has no variable '{name}'.{suggest(name, known)}"
            raise wrong(words, _param(name), "unsupported_parameter")


def _param(name: str) -> str:
    return name if name == EFFORT else f"{PARAM}.{name}"


def _plain(value: Any, param: str) -> None:
    if value is None or isinstance(value, bool | int | float):
        return
    if not isinstance(value, str) or not _HARMLESS.fullmatch(value):
        raise wrong(f"'{param}' must be a number, true or false, or a few plain words", param)
