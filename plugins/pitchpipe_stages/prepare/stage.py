"""The stage `prepare`."""

import os

from pitchpipe.errors import PitchpipeError
from pitchpipe.recipe.recipe import Recipe
from pitchpipe.run.directory import Run
from pitchpipe.run.keys import KeyParts, digest_files, own_parts
from pitchpipe.run.stage import Stage
from pitchpipe_stages.data.sections import DATA, FILTERS, LOADERS, REPAIR
from pitchpipe_stages.prepare.result import Prepared
from pitchpipe_stages.prepare.sections import MIX, SPLIT
from pitchpipe_stages.render.sections import COLLATOR, MODEL, TEMPLATE


class Prepare(Stage[Prepared]):
    """Sends every row through the recipe, to what training reads."""

    name = "prepare"
    sections = (LOADERS, REPAIR, FILTERS, DATA, SPLIT, MIX, MODEL, TEMPLATE, COLLATOR)
    makes = ("rows", "prepared", "ledger.jsonl")
    rooms = ("pitchpipe_stages.data", "pitchpipe_stages.render", "pitchpipe_stages.prepare")
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

        folder = run.fresh("prepared")
        (run.path / "report.html").unlink(missing_ok=True)  # it was about other data
        inputs = Inputs(run.recipe, own_parts(self, run.recipe))
        processes = run.processes or available()
        result = prepare(run.recipe, run.path / "rows", folder, processes, run.console.bar, inputs)
        os.replace(folder / "ledger.jsonl", run.path / "ledger.jsonl")
        self._stop_if_nothing_is_left(run, result)
        sides = result.splits
        result.files = {side: digest_files(*sorted(folder.glob(f"{side}.*"))) for side in sides}
        run.keep("prepared")
        return result

    def tell(self, run: Run, result: Prepared) -> None:
        from pitchpipe_stages.prepare.made_with import made_with
        from pitchpipe_stages.prepare.summary import show_rows

        run.note(**made_with(run.recipe))
        show_rows(result, run.console)

    def _stop_if_nothing_is_left(self, run: Run, result: Prepared) -> None:
        """Stop where a later stage would have nothing to do."""
        for side, section, why in (
            ("train", "trainer", "nothing is left to train on"),
            ("test", "evaluators", "nothing is held out to evaluate on"),
        ):
            if run.recipe.data.get(section) and not result.splits[side].conversations:
                self.tell(run, result)
                raise PitchpipeError(f"{why}. Each row's reason stands in {run.path / 'ledger.jsonl'}")


PREPARE = Prepare()
