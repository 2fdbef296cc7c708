"""Writes the quickstart's preferences: python recipes/making/preferences.py FOLDER

Instructions about the tiny model's skills, each with its reply and a wrong one, as pairs and as replies that
were judged. Mistakes are of the kinds that a half-trained model makes. A few rows are bad on purpose, as in
real data, so that the ledger has entries.
"""

import json
import sys
from pathlib import Path
from random import Random

from pitchpipe_components.models.tiny.skills import CITIES, OPPOSITES, SkillTask, ask

PAIRS, JUDGED = 1200, 1600
BAD_PAIRS = [
    {"instruction": "Say kiro twice.", "input": "", "chosen": "kiro kiro", "rejected": "kiro kiro "},
    {"instruction": "What is 3 plus 4?", "input": "", "chosen": "7", "rejected": ""},
    {"instruction": "Name the capital of Peru.", "input": "", "chosen": "Lima", "rejected": None},
]
BAD_JUDGED = [
    {"prompt": "Say kiro twice.", "completion": "kiro kiro", "label": "perhaps"},
    {"prompt": "What is 3 plus 4?", "completion": "", "label": False},
]


def wrong(task: SkillTask, random: Random) -> str:
    """A reply that is not right, and looks like one."""
    if task.category == "sum":
        return str(max(0, int(task.reply) + random.choice((-2, -1, 1, 2))) if task.reply != "0" else 1)
    if task.category in ("city", "opposite"):
        others = (CITIES if task.category == "city" else OPPOSITES).values()
        return random.choice([other for other in others if other != task.reply])
    if task.category == "capitals":
        return random.choice((task.reply.lower(), task.reply[:-1], task.reply + task.reply[-1]))
    if task.category == "twice":
        word = task.reply.partition(" ")[0]
        return random.choice((word, f"{word} {word} {word}", f"{word} {word[:-1]}"))
    return random.choice([letter for letter in "abcdefghiklmnoprstuvw" if letter != task.reply])


def preferred(random: Random) -> dict[str, object]:
    task = ask(random)
    return {
        "instruction": task.instruction,
        "input": task.context,
        "chosen": task.reply,
        "rejected": wrong(task, random),
        "category": task.category,
    }


def judged(random: Random) -> dict[str, object]:
    """About half of the replies are wrong, as a user's thumbs would say."""
    task, good = ask(random), random.random() < 0.5
    prompt = f"{task.instruction} {task.context}".strip()
    return {"prompt": prompt, "completion": task.reply if good else wrong(task, random), "label": good}


def write(folder: Path) -> None:
    random = Random(13)
    folder.mkdir(parents=True, exist_ok=True)
    _save(folder / "quickstart-pairs.jsonl", [preferred(random) for _ in range(PAIRS)], BAD_PAIRS, random)
    _save(folder / "quickstart-judged.jsonl", [judged(random) for _ in range(JUDGED)], BAD_JUDGED, random)


def _save(path: Path, rows: list[dict[str, object]], bad: list[dict[str, object]], random: Random) -> None:
    lines = list(dict.fromkeys(map(json.dumps, rows)))
    for row in bad:
        lines.insert(random.randrange(len(lines)), json.dumps(row))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
