"""Write the data of the recipe flan-mix: python recipes/making/flan.py recipes/data

The tiny model's skills as five collections of tasks, each in the form in which its kind is handed around. As
there, they differ in size, in style and in how many tasks they hold.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from pitchpipe_components.models.tiny.skills import CITIES, OPPOSITES, SkillTask, ask, word

Row = dict[str, Any]

# What the tasks of natural instructions are told to do with their input.
DEFINITIONS = {
    "capitals": "You are given a word. Write it in capitals.",
    "first letter": "You are given a word. Write the letter that it begins with.",
    "last letter": "You are given a word. Write the letter that it ends with.",
    "twice": "You are given a word. Write it twice.",
}

# Templates that end in a prompt's last words, as those of T0 do; the white space is part of the mess.
PROMPTS = {
    "capitals": "The word is {}. In capitals it is: ",
    "first letter": "{}\n\nQ: Which letter does this word begin with?\nA: ",
    "last letter": "{}\n\nQ: Which letter does this word end with?\nA: ",
    "twice": "Repeat after me, and say it twice: {} ",
}


def write(folder: Path) -> None:
    random = Random(5)
    made = folder / "flan"
    (made / "niv2").mkdir(parents=True, exist_ok=True)
    _save(made / "flan2021.jsonl", [_flan(random) for _ in range(1200)])
    _save(made / "t0.jsonl", [_t0(random) for _ in range(900)])
    _save(made / "cot.jsonl", [_steps(random) for _ in range(150)])
    _save(made / "dialog.jsonl", [_dialog(random) for _ in range(120)])
    for number, (skill, definition) in enumerate(DEFINITIONS.items(), 1):
        name = f"task{number:03}_{skill.replace(' ', '_')}"
        task = _task(random, skill, definition, name)
        (made / "niv2" / f"{name}.json").write_text(json.dumps(task, indent=1) + "\n", "utf-8")


def _save(path: Path, rows: list[Row]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def _asked(asked: SkillTask) -> str:
    return f"{asked.instruction} {asked.context}".strip()


def _of(random: Random, skill: str) -> tuple[str, str]:
    """A made-up word, and what this skill makes of it."""
    made_up = word(random)
    found = {"capitals": made_up.upper(), "first letter": made_up[0], "last letter": made_up[-1]}
    return made_up, found.get(skill, f"{made_up} {made_up}")


def _flan(random: Random) -> Row:
    """Zero-shot; where the answer is one of a few, half of the time with options, as FLAN does."""
    one = ask(random)
    known = {"city": CITIES, "opposite": OPPOSITES}.get(one.category)
    inputs, kind = _asked(one), "zs_noopt"
    if known and random.random() < 0.5:
        options = [one.reply, *random.sample(sorted(set(known.values()) - {one.reply}), 2)]
        random.shuffle(options)
        inputs, kind = f"{inputs}\nOPTIONS:\n" + "\n".join(f"- {option}" for option in options), "zs_opt"
    name = one.category.replace(" ", "_")
    return {
        "inputs": inputs, "targets": one.reply, "task_source": "Flan2021", "task_name": name,
        "template_type": kind,
    }  # fmt: skip


def _t0(random: Random) -> Row:
    skill = random.choice(list(PROMPTS))
    made_up, reply = _of(random, skill)
    return {"inputs_pretokenized": PROMPTS[skill].format(made_up), "targets_pretokenized": f"\n{reply}"}


def _task(random: Random, skill: str, definition: str, name: str) -> Row:
    """A file of natural instructions: a definition, examples, and instances with their right outputs."""
    words = dict(_of(random, skill) for _ in range(120))
    words.pop("nan", None)  # alone in a field it stands for nothing
    (shown, right), *rest = words.items()
    return {
        "Categories": ["Text Manipulation"],
        "Definition": [definition],
        "Positive Examples": [{"input": shown, "output": right, "explanation": definition}],
        "Negative Examples": [],
        "Instances": [
            {"id": f"{name}-{number}", "input": given, "output": [reply]}
            for number, (given, reply) in enumerate(rest, 1)
        ],
    }  # fmt: skip


def _steps(random: Random) -> Row:
    """Two skills, one after the other; the reply shows the way."""
    made_up = word(random)
    large, first, second = made_up.upper(), random.randint(0, 9), random.randint(0, 9)
    tasks: list[tuple[str, str, str]] = [
        (
            "cot_ends", f"Which letters does {made_up} begin and end with?",
            f"The word {made_up} begins with {made_up[0]} and ends with {made_up[-1]}.",
        ),
        (
            "cot_capitals_twice", f"Write {made_up} in capitals, twice.",
            f"In capitals the word {made_up} is {large}. So it is {large} {large}.",
        ),
        (
            "cot_sum", f"What is {first} plus {second}?",
            f"The sum of {first} and {second} is {first + second}. So it is {first + second}.",
        ),
    ]  # fmt: skip
    name, asked, reply = random.choice(tasks)
    return {
        "inputs": f"{asked} Think step by step.", "targets": reply, "task_source": "CoT", "task_name": name,
        "template_type": "zs_noopt",
    }  # fmt: skip


def _dialog(random: Random) -> Row:
    """A talk in which the second question leans on the first."""
    talk: Callable[[Random], list[str]] = random.choice((_cities, _again))
    return {"dialog": [
        {"speaker": speaker, "text": said}
        for speaker, said in zip(("user", "assistant") * 2, talk(random), strict=True)
    ]}  # fmt: skip


def _cities(random: Random) -> list[str]:
    one, other = random.sample(list(CITIES), 2)
    return [f"What is the capital of {one}?", CITIES[one], f"And of {other}?", CITIES[other]]


def _again(random: Random) -> list[str]:
    made_up = word(random)
    return [f"Say {made_up} twice.", f"{made_up} {made_up}", f"Write {made_up} in capitals.", made_up.upper()]


if __name__ == "__main__":
    write(Path(sys.argv[1]))
