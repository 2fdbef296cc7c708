"""The stage `prepare`."""

import os

from pitchpipe.recipe.recipe import Recipe
from pitchpipe.run.directory import Run
from pitchpipe.run.keys import KeyParts, digest_files, own_parts
from pitchpipe.run.stage import Stage
from pitchpipe_stages.data.sections import DATA, FILTERS, LOADERS, REPAIR
from pitchpipe_stages.prepare.requires import REQUIRES
from pitchpipe_stages.prepare.result import Prepared
from pitchpipe_stages.prepare.sections import MIX, SPLIT
from pitchpipe_stages.render.sections import COLLATOR, MODEL, TEMPLATE


class Prepare(Stage[Prepared]):
    """Sends every row through the recipe, to what training reads."""

    name = "prepare"
    after = ("generate",)
    sections = (REQUIRES, LOADERS, REPAIR, FILTERS, DATA, SPLIT, MIX, MODEL, TEMPLATE, COLLATOR)
    makes = ("rows", "prepared", "ledger.jsonl")
    rooms = (
        "pitchpipe_stages.held_out",
        "pitchpipe_stages.learns",
        "pitchpipe_stages.data",
        "pitchpipe_stages.render",
        "pitchpipe_stages.prepare",
    )
    result = Prepared

    def wanted(self, recipe: Recipe) -> bool:
        return True

    def key(self, run: Run) -> KeyParts:
        from pitchpipe_stages.prepare.keys import Inputs

        return Inputs(run.recipe, own_parts(self, run.recipe)).parts()

    def work(self, run: Run) -> Prepared:
        from pitchpipe_stages.data.processors import available
        from pitchpipe_stages.prepare.keys import Inputs
        from pitchpipe_stages.prepare.prepare import prepare
        from pitchpipe_stages.prepare.warnings import warnings

        folder = run.fresh("prepared")
        (run.path / "report.html").unlink(missing_ok=True)  # it was about other data
        inputs = Inputs(run.recipe, own_parts(self, run.recipe))
        workers = run.workers or available()
        result = prepare(run.recipe, run.path / "rows", folder, workers, run.console.bar, inputs)
        os.replace(folder / "ledger.jsonl", run.path / "ledger.jsonl")
        result.warnings += warnings(run.recipe, result, str(run.path))
        sides = result.splits
        result.files = {side: digest_files(*sorted(folder.glob(f"{side}.*"))) for side in sides}
        run.keep("prepared")
        return result

    def tell(self, run: Run, result: Prepared) -> None:
        from pitchpipe_stages.prepare.emptiness import stop_if_empty
        from pitchpipe_stages.prepare.made_with import made_with
        from pitchpipe_stages.prepare.summary import show_rows

        run.note(**made_with(run.recipe))
        show_rows(result, run.console)
        stop_if_empty(run.recipe, result, str(run.path / "ledger.jsonl"))  # the run is there to be asked why


PREPARE = Prepare()
