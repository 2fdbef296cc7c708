"""Good rows in every shape that a format can carry: calls alone, calls beside words, reasoning, parts, pairs."""

from typing import Any

LOOK = {"name": "weather", "arguments": '{"city": "Ghent", "day": "tomorrow"}'}
CALL = {"id": "c1", "type": "function", "function": LOOK}
TOOLS = [
    {"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}}}
]
ASKED = "What will the weather in Ghent be tomorrow?"
FOUND = '{"city": "Ghent", "rain": 0.2, "high": 17}'
TOLD = "Tomorrow the weather in Ghent will be mild: 17 degrees, and little rain."
THOUGHT = "The user asks for the weather in Ghent. I have its forecast."
WRONG = "Nobody can know what the weather in Ghent will be."


def turn(role: str, content: Any, **more: Any) -> dict[str, Any]:
    return {"role": role, "content": content, **more}


def parts(*texts: str) -> list[dict[str, str]]:
    return [{"type": "text", "text": text} for text in texts]


USER, ANSWER = turn("user", ASKED), turn("assistant", TOLD)
RESULT = turn("tool", FOUND, tool_call_id="c1")
XLAM = '[{"name": "weather", "arguments": {"city": "Ghent", "day": "tomorrow"}}]'
GLAIVE_CALL = '<functioncall> {"name": "weather", "arguments": \'{"city": "Ghent", "day": "tomorrow"}\'}'

GOOD: list[tuple[str, dict[str, Any]]] = [
    ("messages", {"tools": TOOLS, "messages": [USER, turn("assistant", None, tool_calls=[CALL])]}),
    ("messages", {"tools": TOOLS, "messages": [USER, turn("assistant", "", tool_calls=[CALL]), RESULT, ANSWER]}),
    ("messages", {"messages": [USER, turn("assistant", "I look for it.", tool_calls=[CALL, CALL]), RESULT, RESULT, ANSWER]}),
    ("messages", {"messages": [USER, turn("assistant", None, function_call=LOOK), turn("function", FOUND, name="weather"), ANSWER]}),
    ("messages", {"messages": [USER, turn("assistant", TOLD, reasoning_content=THOUGHT)]}),
    ("messages", {"messages": [USER, turn("assistant", None, reasoning_content=THOUGHT, tool_calls=[CALL]), RESULT, ANSWER]}),
    ("messages", {"messages": [USER, turn("assistant", f"<think>\n{THOUGHT}\n</think>\n\n{TOLD}")]}),
    ("messages", {"messages": [turn("user", parts("Tell me:", ASKED)), turn("assistant", parts(TOLD))]}),
    ("messages", {"messages": [turn("system", "You know the weather."), USER, ANSWER, turn("user", "Thanks, and in Ghent the day after?"), ANSWER]}),
    ("sharegpt", {"tools": "[]", "conversations": [
        {"from": "human", "value": ASKED}, {"from": "function_call", "value": '{"name": "weather", "arguments": {"city": "Ghent", "day": "tomorrow"}}'},
        {"from": "observation", "value": FOUND}, {"from": "gpt", "value": TOLD}]}),
    ("sharegpt", {"conversations": [{"from": "human", "value": ASKED}, {"from": "gpt", "value": f"<think>\n{THOUGHT}\n</think>\n\n{TOLD}"}]}),
    ("glaive", {"system": 'SYSTEM: Use these: {"name": "weather"}', "chat": f"USER: {ASKED}\n\n\nASSISTANT: {GLAIVE_CALL} <|endoftext|>\n\n\nFUNCTION RESPONSE: {FOUND}\n\n\nASSISTANT: {TOLD} <|endoftext|>"}),
    ("glaive", {"system": 'SYSTEM: Use these: {"name": "weather"}', "chat": f"USER: {ASKED}\n\n\nASSISTANT: {GLAIVE_CALL} <|endoftext|>"}),
    ("xlam", {"query": ASKED, "tools": '[{"name": "weather"}]', "answers": XLAM}),
    ("openai_preference", {
        "input": {"messages": [USER], "tools": TOOLS},
        "preferred_output": [turn("assistant", None, tool_calls=[CALL])], "non_preferred_output": [turn("assistant", WRONG)]}),
    ("openai_preference", {
        "input": {"messages": [USER]}, "preferred_output": [ANSWER], "non_preferred_output": [turn("assistant", None, tool_calls=[CALL])]}),
    ("preference", {"chosen": [USER, turn("assistant", None, tool_calls=[CALL])], "rejected": [USER, turn("assistant", WRONG)]}),
    ("alpaca", {"instruction": ASKED, "input": FOUND, "output": TOLD}),
    ("dolly", {"instruction": ASKED, "context": FOUND, "response": TOLD, "category": "closed_qa"}),
    ("text", {"text": f"{TOLD} {THOUGHT}"}),
]  # fmt: skip
