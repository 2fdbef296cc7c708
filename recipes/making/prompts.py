"""Writes the prompts of quickstart-grpo: python recipes/making/prompts.py FOLDER

Three skills that a model is half sure of after one epoch of the quickstart, on words that its rows do not
have: what is learned here was not learned there.
"""

import json
import sys
from pathlib import Path
from random import Random

from pitchpipe_components.models.tiny.skills import SkillTask, ask

PROMPTS = 2000
SKILLS = ("capitals", "last letter", "twice")
READ = ("quickstart-alpaca.jsonl", "quickstart-chats.jsonl")
DATA = Path(__file__).parents[1] / "data"


def row(task: SkillTask) -> str:
    """A line; the output is shown to the reward alone."""
    return json.dumps({"instruction": task.instruction, "input": task.context, "output": task.reply})


def words(text: str) -> set[str]:
    """Those of a text, in small letters."""
    return {word.strip('.?,"') for word in text.lower().split()}


def write(folder: Path) -> None:
    random, known = Random(17), set[str]()
    for name in READ:
        known |= words((DATA / name).read_text(encoding="utf-8").replace('"', " ").replace("\\", " "))
    lines = dict[str, None]()
    while len(lines) < PROMPTS:
        task = ask(random)
        asked = task.context or task.instruction.partition(" ")[2]
        if task.category in SKILLS and words(asked) - known:
            lines[row(task)] = None
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "quickstart-prompts.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
