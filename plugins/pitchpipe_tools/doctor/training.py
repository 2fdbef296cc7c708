"""A look at the training of a recipe: all that `pitchpipe run` does before its first step, and no more.

The same code does it, on the same data. What is written lies in a folder beside the runs, which is removed.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from pitchpipe.host.protocols import Rehearses
from pitchpipe.recipe.recipe import Recipe
from pitchpipe.run.directory import Run
from pitchpipe.run.keys import as_parts, own_parts
from pitchpipe_stages.console import RichConsole
from pitchpipe_stages.prepare.stage import PREPARE
from pitchpipe_stages.render.sections import COLLATOR
from pitchpipe_stages.train.device import training_device
from pitchpipe_stages.train.launch import LAUNCH
from pitchpipe_stages.train.places import words
from pitchpipe_stages.train.sections import TRAINER
from pitchpipe_tools.doctor.machine import Facts


def training_facts(recipe: Recipe, run: Path, console: RichConsole) -> Facts:
    """What the recipe's training does before its first step: proofs, memory, a rehearsal."""
    from pitchpipe_stages.train.stage import begin

    facts = Facts(f"{recipe.path.name}: before the first step", ["", ""])
    trainer, collator = recipe[TRAINER], recipe[COLLATOR]
    assert trainer and collator
    facts.rows.append(["device", str(training_device())])
    facts.rows.append(["launch", words(recipe[LAUNCH])])
    with _prepared(recipe, run, console) as (looked, said):
        facts.rows.append(["data", said])
        training = begin(looked, console, None).training
        if isinstance(trainer.bound, Rehearses):
            shown = trainer.bound.rehearsal(training)
        else:
            shown = {
                "rehearsal": f"trainer {trainer.name} offers none: only the model and the data were tried"
            }
        facts.rows += _rows(training.facts, collator.name)
        facts.rows += _rows(shown, "")
    return facts


def _rows(found: dict[str, str], collator: str) -> list[list[str]]:
    rows = [[name, text] for name, text in found.items()]
    if collator and "in the collator's own batches" not in found:
        rows.insert(
            0, ["rows", f"of {collator}: each holds one conversation, so there is nothing to keep apart"]
        )
    return rows


@contextmanager
def _prepared(recipe: Recipe, path: Path, console: RichConsole) -> Iterator[tuple[Run, str]]:
    """A run in a folder that does not last, with data as the run would train on."""
    known, parent = Run(path, recipe, console), next(p for p in path.absolute().parents if p.is_dir())
    with (
        TemporaryDirectory(prefix=".pitchpipe-doctor-", dir=parent) as folder,
        closing(Run(Path(folder) / "run", recipe, console)) as run,
    ):
        run.open()
        if (path / "run.json").exists():
            known.read()
        parts = own_parts(PREPARE, recipe) | as_parts(PREPARE.key(run))
        if known.done(PREPARE, parts):
            run.stages[PREPARE.name] = known.stages[PREPARE.name]
            (run.path / "prepared").symlink_to(path.absolute() / "prepared")
            yield run, f"as {path} has it"
        else:
            PREPARE.tell(run, run.do(PREPARE, parts))
            yield run, f"prepared for this look alone: {path} has none that is the same"
