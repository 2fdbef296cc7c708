"""The facts of a card: what the recipe says, and what run.json says of the stages before the card."""

import json
from typing import Any

import pitchpipe as pp
from pitchpipe_card.section import CARD

Facts = dict[str, Any]
COUNTS = ("read", "kept", "dropped", "quarantined")


def facts(run: pp.Run) -> Facts:
    """All that the card shows, by name. These facts are the key of the stage too."""
    header, recipe = run.recipe[CARD], run.recipe.data
    record = json.loads((run.path / "run.json").read_bytes())
    return {
        "title": header.title or run.path.name,
        "language": header.language,
        "license": header.license,
        "tags": header.tags,
        "base model": component(recipe.get("model")),
        "template": component(recipe.get("template")),
        **_prepared(record["stages"]["prepare"]["result"]),
        "training": _training(recipe, record["stages"]),
        "versions": {"pitchpipe": record["pitchpipe"], "Python": record["python"], **record["packages"]},
        "recipe": {name: value for name, value in recipe.items() if name != CARD.name},
    }


def component(entry: Any) -> str:
    """The name of a component in a recipe; of a model, its name on the hub or its folder."""
    if not isinstance(entry, dict):
        return entry or ""
    name, options = next(iter(entry.items()))
    return str((options or {}).get("name") or (options or {}).get("folder") or name)


def _prepared(result: Facts) -> Facts:
    """The counts of each source's rows, and the sides of the split that hold anything."""
    return {
        "rows": {name: {count: rows[count] for count in COUNTS} for name, rows in result["rows"].items()},
        "splits": {name: side for name, side in result["splits"].items() if side["conversations"]},
    }


def _training(recipe: Facts, stages: Facts) -> Facts:
    """The trainer's report. run.json also keeps the report of a trainer that the recipe has no more."""
    return stages["train"]["result"] if recipe.get("trainer") else {}
