"""Reads contents that are lists of typed parts: text under other keys, reasoning, calls, answers of tools."""

from typing import Any, NamedTuple

from pitchpipe_components.formats.tools import Objects, calls

WORDS = ("text", "value", "content")  # keys of a part that hold its words
THOUGHTS = ("reasoning", "thinking")
CALLS = ("tool_call", "tool_use", "function_call")
RESULT = "tool_result"  # Anthropic's: what a tool answered, within the user's next turn


class ContentParts(NamedTuple):
    """A content without the parts that are reasoning or calls."""

    content: Any
    reasoning: str = ""
    calls: Objects = ()


def parted(content: Any) -> ContentParts:
    """Takes a list of parts apart; whatever is no such list stays as it is."""
    if not isinstance(content, list) or not any(map(_is_odd, content)):
        return ContentParts(content)
    texts: list[Any] = []
    thoughts: list[str] = []
    called: Objects = ()
    for part in content:
        kind = part.get("type") if isinstance(part, dict) else None
        if kind in THOUGHTS and isinstance(words := _words(part, (*WORDS, *THOUGHTS)), str):
            thoughts.append(words)
        elif kind in CALLS and (found := _calls(part)):
            called += found
        elif kind == "text" and isinstance(words := _words(part, WORDS), str):
            texts.append({"type": "text", "text": words} | {k: v for k, v in part.items() if k not in WORDS})
        else:
            texts.append(part)
    return ContentParts(texts or "", "\n".join(thoughts), called)


def answers_apart(turn: dict[str, Any], role_key: str, text_key: str) -> list[dict[str, Any]]:
    """A turn whose content holds answers of tools as turns of the tools, and of who says the rest."""
    turns: list[dict[str, Any]] = []
    for part in turn[text_key]:
        if isinstance(part, dict) and part.get("type") == RESULT:
            answer = {
                key: value for key, value in part.items() if key not in ("type", "tool_use_id", "content")
            }
            called = {"tool_call_id": part["tool_use_id"]} if "tool_use_id" in part else {}
            turns.append(answer | {role_key: "tool", text_key: part.get("content", "")} | called)
        elif turns and turns[-1][role_key] == turn[role_key]:
            turns[-1][text_key].append(part)
        else:
            turns.append(turn | {text_key: [part]})
    return turns


def has_answers(content: Any) -> bool:
    return isinstance(content, list) and any(isinstance(p, dict) and p.get("type") == RESULT for p in content)


def _is_odd(part: Any) -> bool:
    """Whether a part is not what repair reads: {"type": "text", "text": "Hi"}."""
    if not isinstance(part, dict):
        return False
    return part.get("type") in (*THOUGHTS, *CALLS) or (part.get("type") == "text" and "text" not in part)


def _words(part: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((part[name] for name in names if isinstance(part.get(name), str)), None)


def _calls(part: dict[str, Any]) -> Objects | None:
    """Reads {"type": "tool_call", "value": JSON}, or Anthropic's {"type": "tool_use", "name", "input"}."""
    if "name" in part:
        made = {"name": part["name"], "arguments": part.get("arguments", part.get("input", {}))}
        (call,) = calls(made) or ({},)
        return (({"id": part["id"]} if isinstance(part.get("id"), str) else {}) | call,) if call else None
    return calls(next((part[name] for name in WORDS if name in part), None))
