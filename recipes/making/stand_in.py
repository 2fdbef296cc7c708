"""A stand-in for a large model. It answers what generators ask, about the few skills of the tiny model.

    python recipes/making/stand_in.py 8000

serves it as OpenAI's chat completions: a recipe is tried with `url: http://127.0.0.1:8000/v1`, without a key.
The words of a question alone decide what it says.
"""

import json
import re
import sys
from collections.abc import Callable
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any

from pitchpipe_components.models.tiny.skills import CITIES, FORMS, OPPOSITES, ask, word

Body = dict[str, Any]
THIS = "this word"
OF_A_WORD: dict[str, Callable[[str], str]] = {
    "capitals": str.upper,
    "first letter": lambda made_up: made_up[0],
    "last letter": lambda made_up: made_up[-1],
    "twice": lambda made_up: f"{made_up} {made_up}",
}
# How an answer is changed by what evolving adds to its instruction.
ADDED: dict[str, Callable[[str], str]] = {
    "Say the answer twice.": lambda said: f"{said} {said}",
    "Write the answer in capitals.": str.upper,
    "End the answer with a full stop.": lambda said: f"{said}.",
    "Put the answer in quotes.": lambda said: f'"{said}"',
}
FORM = {
    re.compile(re.escape(form).replace(r"\{\}", r"([\w ]+?)")): category
    for category, forms in FORMS.items()
    for form in forms
}
_MORE = "(?: (?:Say|Write|End|Put) the answer [^.\n]+[.])*"
TASK = re.compile(f"(?:{'|'.join(form.pattern for form in FORM)}){_MORE}")
LISTED = re.compile(r"(?im)^\s*(?:task\s*)?(\d+)\s*[.:]")


def answer(body: Body) -> str:
    """The reply to a request."""
    words = "\n\n".join(str(message["content"]) for message in body["messages"])
    random = Random(sha256(words.encode()).hexdigest())
    if schema := _schema(body):
        return json.dumps(_by_schema(schema, words, random))
    for mark, reply in KINDS.items():
        if re.search(mark, words, re.I | re.S):
            return reply(words, random)
    return solved(words)


# --- The kinds of question ---------------------------------------------------------------------------


def more_tasks(words: str, random: Random) -> str:
    """Tasks that go on where the question's list ends, numbered as it wants them."""
    numbers = [int(found) for found in LISTED.findall(words)]
    wanted = re.search(r"numbered (\d+) to (\d+)", words)
    begun = re.search(r"\d+\s*[.:]\s*$", words) is not None
    first, last = (
        map(int, wanted.groups()) if wanted else (max(numbers, default=1), max(numbers, default=1) + 7)
    )
    lines = [f"{number}. {_task(random)}" for number in range(first, last + 1)]
    return "\n".join(lines)[len(f"{first}. ") if begun else 0 :]


def one_task(words: str, random: Random) -> str:
    """A task that says all that it needs."""
    return next(task for task in iter(lambda: _task(random), "") if THIS not in task)


def whole_examples(words: str, random: Random) -> str:
    rows = [ask(random) for _ in range(8)]
    return json.dumps([{"instruction": r.instruction, "input": r.context, "output": r.reply} for r in rows])


def examples(words: str, random: Random) -> str:
    """Inputs of a task with their outputs, or its output where it needs no input."""
    task = _last_task(words)
    if THIS not in task:
        return f"Example 1\nInput: none\nOutput: {solved(task)}"
    made_up = enumerate(dict.fromkeys(word(random) for _ in range(4)), 1)
    return "\n".join(f"Example {n}\nInput: {one}\nOutput: {solved(task, one)}" for n, one in made_up)


def harder(words: str, random: Random) -> str:
    """The task with one more thing to do, and what it works on."""
    task = _last_task(words)
    left = [added for added in ADDED if added not in task]
    given = (GIVEN.findall(words) or [task])[-1]
    return given.replace(task, f"{task} {random.choice(left)}") if left and task else given


def not_equal(words: str, random: Random) -> str:
    return "Not Equal"


def no(words: str, random: Random) -> str:
    return "No"


GIVEN = re.compile(r"(?s)(?:<instruction>\n|Original instruction: )(.+?)(?:\n</instruction>|\n\n)")
# What a question is about, by words that stand in it. The first that fits is the kind.
KINDS: dict[str, Callable[[str, Random], str]] = {
    r"not equal": not_equal,
    r"whether it is classification": no,
    r"continue the list|a series of \d+ tasks": more_tasks,
    r"examples in json": whole_examples,
    r"example of a domain|new task instruction:\s*$": one_task,
    r"harder to carry out|more complex|more concrete|multi-step": harder,
    r"input\b.*\boutput": examples,
}


def solved(words: str, context: str = "") -> str:
    """What a good model says to the last task of a text."""
    task = _last_task(words)
    if not task:
        return "I have thought about it, and this is what I can say."
    for form, category in FORM.items():
        if found := form.match(task):
            said = _reply(category, found.groups(), context or words.rpartition(task)[2].strip())
            for added, change in ADDED.items():
                said = change(said) if added in task else said
            return said
    raise ValueError(task)


def _reply(category: str, parts: tuple[str, ...], context: str) -> str:
    if category == "sum":
        return str(int(parts[0]) + int(parts[1]))
    if category in ("city", "opposite"):
        return {**CITIES, **OPPOSITES}[parts[0]]
    made_up = context if parts[0] == THIS else parts[0]
    return OF_A_WORD[category](made_up) if made_up else "Which word do you mean?"


def _last_task(words: str) -> str:
    return next(reversed([found[0] for found in TASK.finditer(words)]), "")


def _task(random: Random) -> str:
    return ask(random).instruction


def _schema(body: Body) -> Body | None:
    form = body.get("response_format") or {}
    return form.get("json_schema", {}).get("schema")


def _by_schema(schema: Body, words: str, random: Random) -> Any:
    """A value of a schema: its text is a task, or what solves the last one."""
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        return {name: _by_schema(one, words, random) for name, one in schema["properties"].items()}
    if kind == "array":
        return [_by_schema(schema["items"], words, random) for _ in range(8)]
    if kind in ("integer", "number"):
        return schema.get("maximum", schema.get("minimum", 1))
    return kind == "boolean" or _task(random)


# --- The server --------------------------------------------------------------------------------------


class Server(ThreadingHTTPServer):
    request_queue_size = 256  # connections that come at once


class StandIn(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        said, read = answer(body), sum(len(str(one["content"]).split()) for one in body["messages"])
        message = {"role": "assistant", "content": said}
        reply = {
            "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": body["model"],
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": read, "completion_tokens": len(said.split())},
        }  # fmt: skip
        content = json.dumps(reply).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


def server(port: int = 0) -> Server:
    """The server, at any free port where none is named."""
    return Server(("127.0.0.1", port), StandIn)


if __name__ == "__main__":
    with server(int(sys.argv[1]) if len(sys.argv) > 1 else 8000) as stand_in:
        print(f"url: http://127.0.0.1:{stand_in.server_address[1]}/v1   Ctrl-C ends it.", flush=True)
        stand_in.serve_forever()
