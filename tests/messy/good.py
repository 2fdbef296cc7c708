"""A good row of each format, and recipes that read it."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from pitchpipe.host.host import Host
from pitchpipe.recipe.recipe import Recipe
from pitchpipe_tools.recipe_file.load import load
from tests.documents import ROOT

# A good row of each format, as the manual shows it.
GOOD: dict[str, dict[str, Any]] = {
    name: json.loads(row)
    for name, row in re.findall(
        r"^\| `(\w+)` \| `(\{.*?\})` \|", (ROOT / "docs" / "formats.md").read_text(), re.MULTILINE
    )
}
GOOD["oasst_messages"] = {"message_id": "a", "parent_id": None, "text": "2+2?", "role": "prompter"}
FILTERS = "filters: [sft_default, near_duplicates]\n"


@cache
def host() -> Host:
    return Host.from_environment()


def recipe(folder: Path, name: str, options: str) -> Recipe:
    path = folder / "recipe.yaml"
    path.write_text(f"loaders:\n  - files: {{path: {name}, name: fuzz, {options}}}\n{FILTERS}")
    return load(path, host())
