"""A run: one recipe, from data to scores. Each stage is done once and continued after a kill."""

import os
from contextlib import closing
from pathlib import Path

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.contracts import Console
from pitchpipe.recipe.recipe import Recipe
from pitchpipe.run.atomic import write_json
from pitchpipe.run.directory import Run
from pitchpipe.run.keys import as_parts, own_parts
from pitchpipe.run.stage import in_order, up_to


def run(recipe: Recipe, folder: Path, console: Console, until: str = "", workers: int = 0) -> Run | None:
    """Runs a recipe in its directory, up to the stage `until`. `workers` prepare the data: 0 means one for
    each core. Only the first process of a launch returns a run; the others join its stages."""
    if missing := recipe.missing():
        raise PitchpipeError("\n".join(missing))
    stages = in_order(recipe.host.stages())
    wanted = [stage for stage in up_to(until, stages) if stage.wanted(recipe)]
    run = Run(folder, recipe, console, workers)
    if os.environ.get("RANK", "0") != "0":  # a launcher's other processes
        for stage in wanted:
            stage.join(run)
        return None
    with closing(run):
        run.open()
        run.note(recipe=os.path.abspath(recipe.path))
        write_json(folder / "recipe.json", recipe.data)
        for stage in wanted:
            parts = own_parts(stage, recipe) | as_parts(stage.key(run))
            stage.begins(run, run.done(stage, parts))
            stage.tell(run, run.do(stage, parts))
            for later in (later for later in stages if stage.name in later.after):
                later.foretell(run)
    return run
