"""Writes the quickstart's data: python -m pitchpipe_components.models.tiny.data FOLDER

The data is Alpaca rows and ShareGPT chats about the tiny model's skills. A few rows are bad on purpose, as in
real data, so that the ledger has entries.
"""

import json
import sys
from pathlib import Path
from random import Random

from pitchpipe_components.models.tiny.skills import SkillTask, ask

BAD_ROWS = [
    '{"instruction": "Say kiro twice.", "input": "", "output": ""}',
    '{"instruction": "What is 3 plus 4?", "input": "", "output": 7}',
    '{"instruction": "Name the capital of Peru.", "input": "", "output": "Lima"',
]
BAD_CHATS = [
    '{"conversations": [{"from": "human", "value": "Hello"}, {"from": "narrator", "value": "tobe"}]}',
    '{"conversations": [{"from": "gpt", "value": "How can I help?"}]}',
]


def alpaca_row(task: SkillTask) -> str:
    row = {
        "instruction": task.instruction,
        "input": task.context,
        "output": task.reply,
        "category": task.category,
    }
    return json.dumps(row)


def chat(tasks: list[SkillTask]) -> str:
    turns = []
    for task in tasks:
        prompt = f"{task.instruction} {task.context}".strip()
        turns += [{"from": "human", "value": prompt}, {"from": "gpt", "value": task.reply}]
    return json.dumps({"conversations": turns, "category": tasks[0].category})


def write(folder: Path, rows: int = 4000, chats: int = 300) -> None:
    random = Random(7)
    folder.mkdir(parents=True, exist_ok=True)
    unique = list(dict.fromkeys(alpaca_row(ask(random)) for _ in range(rows * 2)))[:rows]
    _save(folder / "quickstart-alpaca.jsonl", [*unique, *unique[:12]], BAD_ROWS, random)
    talks = [chat([ask(random) for _ in range(random.randint(1, 2))]) for _ in range(chats)]
    _save(folder / "quickstart-chats.jsonl", talks, BAD_CHATS, random)


def _save(path: Path, lines: list[str], bad: list[str], random: Random) -> None:
    for line in bad:
        lines.insert(random.randrange(len(lines)), line)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
