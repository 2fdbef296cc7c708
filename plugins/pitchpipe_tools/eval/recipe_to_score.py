"""The recipe that scores what a person names: a run, a model or an adapter in a folder, a name on the hub."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.host import Host
from pitchpipe.recipe.document import Document
from pitchpipe.records.conversation import Json
from pitchpipe_stages.generate.adapter_folder import AdapterFolder
from pitchpipe_stages.generate.places import recipe_for, run_of
from pitchpipe_tools.eval.asked_for import AskedFor, named, without_data

TRAINING = ("trainer", "adapter", "rewards", "trackers", "launch", "export")
DATA = ("loaders", "repair", "filters", "split", "mix", "data")


@dataclass(frozen=True)
class ToScore:
    """A recipe without a trainer, and the name of its run."""

    document: Document
    name: str


def to_score(place: str, asked: AskedFor, host: Host) -> ToScore:
    """What to run for a model that no recipe names."""
    path = Path(place)
    if run := run_of(path, speaks=False):
        if asked.template or asked.base:
            raise PitchpipeError(
                f"{place} is a run, which has a template and a base: leave out --template and --base"
            )
        return of_run(run, asked, host)
    adapter = AdapterFolder.at(path)
    if adapter and asked.base:
        raise PitchpipeError(f"{place} is an adapter, and names its base itself: leave out --base")
    name = f"{path.resolve().name if path.exists() else place.rpartition('/')[2]}-eval"
    tuned = bool(adapter or asked.base)
    model, first = (adapter.base if adapter else {}), asked.base or place
    template = asked.template or (_template_beside(path) if tuned else "")
    recipe = recipe_for(model, first, template, adapter.tokenizer if adapter else None)
    data = dict(recipe.data) | ({"tuned": {"model": _seen(place)}} if tuned else {})
    return ToScore(Document(Path.cwd() / f"{name}.yaml", with_questions(data, asked, host)), name)


def of_run(run: Path, asked: AskedFor, host: Host) -> ToScore:
    """The run's recipe with its model as it was tuned, in the place of training."""
    said: Json = msgspec.json.decode((run / "recipe.json").read_bytes())
    data = {name: value for name, value in said.items() if name not in TRAINING}
    data["tuned"] = {"model": str(run.resolve())}
    if (learned := _learned(said, host)) != "replies":
        data["data"] = {**(said.get("data") or {}), "learns": learned}
    known = msgspec.json.decode((run / "run.json").read_bytes(), type=Json)
    return ToScore(
        Document(Path(known["recipe"]), with_questions(data, asked, host)), f"{run.resolve().name}-eval"
    )


def with_questions(data: Json, asked: AskedFor, host: Host) -> Json:
    """Evaluators, and the data that they ask about: none, where they bring their own questions."""
    own: list[Any] = data.get("evaluators") or []
    entries = asked.entries(own, bool(asked.data or data.get("loaders")))
    _must_have_questions(host, entries, bool(asked.data or data.get("loaders")))
    if asked.data or without_data(host, entries):
        learned = {"data": {"learns": said}} if (said := (data.get("data") or {}).get("learns")) else {}
        data = {name: value for name, value in data.items() if name not in DATA} | learned
    if asked.data and not without_data(host, entries):
        data["loaders"] = asked.loaders()
    return data | {"evaluators": asked.limited(host, entries)}


def _learned(recipe: Json, host: Host) -> str:
    """What the trainer of a run has learned: its rows are read so again."""
    entry = recipe["trainer"]
    name = next(iter(entry)) if isinstance(entry, dict) else entry
    return str(getattr(host.find("trainer", name).call, "learns", "replies"))


def _must_have_questions(host: Host, entries: list[Any], has_data: bool) -> None:
    asking = [named(entry) for entry in entries if not without_data(host, [entry])]
    if asking and not has_data:
        known = [one.name for one in host.all("evaluator") if getattr(one.call, "own_items", False)]
        raise PitchpipeError(
            f"{', '.join(asking)}: scored on held-out conversations, and there are none. Name some with"
            f" --data FILE, or evaluators that bring their own questions: --evaluators {','.join(known)}"
        )


def _template_beside(folder: Path) -> str | Json:
    """The chat template that a tuned model was saved with: its base is asked with the same."""
    file = folder / "chat_template.jinja"
    return {"jinja": {"path": str(file.resolve())}} if file.exists() else ""


def _seen(place: str) -> str:
    path = Path(place).expanduser()
    return str(path.resolve()) if path.exists() else place
