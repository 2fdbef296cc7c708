"""Writes the seeds of quickstart-generate: python recipes/making/seeds.py FOLDER

Thirty tasks in the shape of Self-Instruct's, of the few skills that the tiny model has.
"""

import json
import sys
from pathlib import Path
from random import Random

from pitchpipe_components.models.tiny.skills import FORMS, ask

SEEDS = 30


def write(folder: Path) -> None:
    random, tasks = Random(5), dict[str, str]()
    while len(tasks) < SEEDS:
        task = ask(random)
        if sum(f'"name": "{task.category}"' in line for line in tasks.values()) < -(-SEEDS // len(FORMS)):
            number = len(tasks) + 1
            tasks.setdefault(task.instruction, json.dumps({
                "id": f"seed_{number}", "name": task.category, "instruction": task.instruction,
                "instances": [{"input": task.context, "output": task.reply}], "is_classification": False,
            }))  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "quickstart-seeds.jsonl").write_text("\n".join(tasks.values()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
