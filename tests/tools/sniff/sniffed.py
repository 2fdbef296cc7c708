"""Rows to look at, and the recipe that was proposed."""

import json

from pitchpipe.host.host import Host
from pitchpipe_tools.recipe_file.load import load

ASKED = [
    {
        "instruction": f"Name river number {i}.",
        "input": "",
        "output": f"River {i} is the Old Water.",
        "category": f"c{i % 12}",
    }
    for i in range(24)
]
CHATS = [
    {
        "messages": [
            {"role": "system", "content": "Be kind."},
            {"role": "user", "content": f"Hi {i}"},
            {"role": "assistant", "content": f"Hello {i}, how are you?"},
        ]
    }
    for i in range(3)
]


def lines(rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


def proposed(said):
    """The recipe that was shown."""
    return said[said.index("\nloaders:\n") + 1 :].replace("\n- ", "\n  - ")


def checked(text, folder, name="made.yaml"):
    (folder / name).write_text(text)
    return load(folder / name, Host.from_environment(folder))
