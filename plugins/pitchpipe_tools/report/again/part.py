"""The last part: what is needed to do the run again, and to see that it was the same."""

import os
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

from pitchpipe_tools.html.markup import Markup, element, table
from pitchpipe_tools.recipe_argument import shipped_recipes
from pitchpipe_tools.report.part import ReportPart, ReportSection
from pitchpipe_tools.report.record import RecordedRun, read_recipe

HASHED = {  # in a stage's key, and what it is
    "prepared train": "prepared training data",
    "prepared validation": "prepared validation data",
    "prepared test": "prepared test data",
    "the model's weights": "weights of the base model",
    "the model's tokenizer": "tokenizer",
    "tokenizer": "tokenizer",
    "template": "template",
    "pitchpipe's code": "pitchpipe's code",
}


def again_part(run: Path, record: RecordedRun) -> ReportPart:
    introduction = "With this recipe, these versions and these inputs the run comes out the same."
    return ReportPart("again", "Repeat it", introduction, _command(run, record), list(_sections(run, record)))


def _command(run: Path, record: RecordedRun) -> Markup | None:
    if not record.recipe:
        return None
    path, name = Path(record.recipe_path), run.resolve().name
    ships = any(
        os.path.realpath(record.recipe) == os.path.realpath(file) for file in shipped_recipes().values()
    )
    named = ["--name", name] if name != path.stem else []
    words = shlex.join(["pitchpipe", "run", path.stem if ships else str(path), *named])
    return copied("command", words)


def copied(id: str, words: str) -> Markup:
    """Text to take away. The page's script shows the button."""
    button = element("button", "Copy", type="button", class_="copy", data_of=id, hidden="")
    return element("div", element("pre", element("code", words, id=id)), button, class_="copied")


def _sections(run: Path, record: RecordedRun) -> Iterator[ReportSection]:
    if recipe := read_recipe(run):
        text = yaml.safe_dump(recipe, sort_keys=False, allow_unicode=True, width=100)
        words = "As it was run: with what it extends, and with what `--set` said."
        yield ReportSection("recipe", "Recipe", words, copied("recipe-text", text))
    if versions := list(_versions(record)):
        yield ReportSection("versions", "Versions", "", table(["of", "version"], versions, words=2))
    if hashes := _hashes(record):
        words = "Of what decides the result: the same hash, the same content."
        rows = [[name, element("code", value)] for name, value in hashes.items()]
        yield ReportSection("hashes", "Hashes", words, table(["of", "hash"], rows, words=2))


def _versions(record: RecordedRun) -> Iterator[list[str]]:
    yield from ([name, version] for name, version in record.packages.items())
    others = {"pitchpipe": record.pitchpipe, "Python": record.python}
    yield from ([name, version] for name, version in others.items() if version)
    if record.git and (commit := record.git.get("commit")):
        yield ["git", f"{commit}{', with changes that are in no commit' * bool(record.git.get('changed'))}"]
    for name, version in record.plugins.items():
        if not version.startswith("pitchpipe "):
            yield [f"plugin {name}", version]


def _hashes(record: RecordedRun) -> dict[str, str]:
    """What the keys of stages hold, each once; data files last."""
    found: dict[str, str] = {}
    for stage in record.stages.values():
        found |= {title: str(stage.parts[name]) for name, title in HASHED.items() if name in stage.parts}
    prepare = record.stages.get("prepare")
    return found | (_inputs(prepare.parts) if prepare else {})


def _inputs(parts: Mapping[str, object]) -> dict[str, str]:
    """The data files of the recipe: their parts are named by their path."""
    paths = {name: str(value) for name, value in parts.items() if "/" in name or name.endswith(".jsonl")}
    return dict(list(paths.items())[:40])
