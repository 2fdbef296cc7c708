"""Mends the order of turns: one system turn, then prompts and replies by turns, a reply at the end."""

from itertools import takewhile
from typing import Literal

from pitchpipe import Message, replace
from pitchpipe_components.repair.unmendable import Unmendable

Turns = list[Message]
FirstReply = Literal["trim", "keep", "drop"]
SameRole = Literal["merge", "drop"]
Systems = Literal["merge", "keep_first", "drop"]
Unanswered = Literal["cut", "keep"]

# Notes on a conversation whose end was cut off.
CUT_EMPTY, CUT_UNANSWERED = "cut at an empty turn", "turns after the last reply cut"


def one_system(turns: Turns, rule: Systems, notes: list[str]) -> tuple[Turns, Turns]:
    """Returns the system turn, if there is one, and all other turns."""
    talk = [turn for turn in turns if turn.role != "system"]
    system_turns = [turn for turn in turns if turn.role == "system"]
    systems = [turn for turn in system_turns if not _is_empty(turn)]
    if len(systems) < len(system_turns):
        notes.append("empty system turn removed")
    early = list(takewhile(lambda turn: turn.role == "system", turns))
    if not systems or (len(systems) == 1 and systems[0] in early):
        return systems, talk
    if rule == "drop":
        raise Unmendable("a system turn after the first turn")
    if len(systems) == 1:
        notes.append("system turn moved to the start")
    else:
        notes.append("system turns merged" if rule == "merge" else "later system turns removed")
    return [_merged(systems) if rule == "merge" else systems[0]], talk


def from_the_first_prompt(talk: Turns, rule: FirstReply, notes: list[str]) -> Turns:
    """Cuts the turns before the first prompt, or keeps them unlearned."""
    first = next((place for place, turn in enumerate(talk) if turn.role == "user"), None)
    if first is None:
        raise Unmendable("no prompt")
    if not first:
        return talk
    if rule == "drop":
        raise Unmendable("begins with a reply")
    if rule == "trim":
        notes.append("turns before the first prompt cut")
        return talk[first:]
    early = [replace(t, learn=False) if _is_learned(t) else t for t in talk[:first]]
    if early != talk[:first]:
        notes.append("a reply before the first prompt is not learned")
    return early + talk[first:]


def without_empty(talk: Turns, rule: Unanswered, notes: list[str]) -> Turns:
    """Removes empty turns that can be spared; any other ends the conversation before it.

    An empty turn can be spared beside a turn of its role, and an empty reply before any prompt.
    """
    kept: Turns = []
    for place, turn in enumerate(talk):
        if not _is_empty(turn):
            kept.append(turn)
        elif _has_neighbour(talk, place) or (turn.role == "assistant" and not _prompts(kept)):
            notes.append("empty turn removed")
        else:
            notes.append(CUT_EMPTY)
            if rule == "keep" and _prompts(kept):
                return kept
            return _to_the_last_reply(kept, f"empty {'reply' if turn.role == 'assistant' else 'prompt'}")
    return kept


def to_the_last_reply(talk: Turns, rule: Unanswered, notes: list[str]) -> Turns:
    if rule == "keep" and _prompts(talk):
        return talk
    kept = _to_the_last_reply(talk, "no reply")
    if len(kept) < len(talk):
        notes.append(CUT_UNANSWERED)
    return kept


def one_turn_each(talk: Turns, rule: SameRole, notes: list[str]) -> Turns:
    """Merges neighbouring turns of one role."""
    kept: Turns = []
    for turn in talk:
        if not kept or not _is_repeated(kept[-1], turn):
            kept.append(turn)
        elif rule == "drop":
            raise Unmendable(f"one role twice in a row: {turn.role}")
        elif _is_mergeable(kept[-1], turn):
            notes.append("turns of one role merged")
            kept[-1] = _merged([kept[-1], turn])
        else:
            kept.append(turn)
    return kept


def _to_the_last_reply(talk: Turns, reason: str) -> Turns:
    """Returns the turns up to the last reply; a prompt must come before it."""
    end = len(talk)
    while end and talk[end - 1].role != "assistant":
        end -= 1
    if not _prompts(talk[:end]):
        raise Unmendable(reason)
    return talk[:end]


def _prompts(turns: Turns) -> bool:
    return any(turn.role == "user" for turn in turns)


def _is_learned(turn: Message) -> bool:
    return turn.role == "assistant" and turn.learn is not False


def _is_empty(turn: Message) -> bool:
    """Whether a turn says nothing; a tool's answer may be empty, and a tool call needs no words."""
    if turn.role == "tool" or (turn.role == "assistant" and turn.tool_calls):
        return False
    return not turn.content.strip() and not turn.context.strip()


def _has_neighbour(talk: Turns, place: int) -> bool:
    """Whether the neighbouring turns of the same role include one that is not empty."""
    role = talk[place].role
    for step in (-1, 1):
        neighbour = place + step
        while 0 <= neighbour < len(talk) and talk[neighbour].role == role:
            if not _is_empty(talk[neighbour]):
                return True
            neighbour += step
    return False


def _is_repeated(first: Message, second: Message) -> bool:
    """Whether two turns repeat a role; tool answers and tool calls may follow a turn of their role."""
    return (
        first.role == second.role
        and first.role in ("user", "assistant")
        and not (first.tool_calls or second.tool_calls)
    )


def _is_mergeable(first: Message, second: Message) -> bool:
    return (first.learn, first.name, first.tool_call_id) == (second.learn, second.name, second.tool_call_id)


def _merged(turns: Turns) -> Message:
    """Joins turns into one; texts that are equal are written once."""
    return replace(
        turns[0],
        content=_joined([turn.content for turn in turns]),
        context=_joined([turn.context for turn in turns]),
        reasoning=_joined([turn.reasoning for turn in turns]),
    )


def _joined(texts: list[str]) -> str:
    return "\n\n".join(dict.fromkeys(text for text in texts if text.strip()))
