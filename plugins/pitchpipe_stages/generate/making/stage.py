"""The stage `generate`: a run takes what `pitchpipe generate` made. It asks nobody."""

from pitchpipe.errors import PitchpipeError
from pitchpipe.recipe.recipe import Recipe
from pitchpipe.run.directory import Run
from pitchpipe.run.keys import KeyParts, digest_files
from pitchpipe.run.stage import Stage
from pitchpipe_stages.console import escape
from pitchpipe_stages.generate.making.place import ROWS, ReadsMade, folder_of
from pitchpipe_stages.generate.making.sections import GENERATE, GENERATORS
from pitchpipe_stages.prepare.stage import PREPARE


class TakeGenerated(Stage[dict[str, int]]):
    """Looks whether the rows are there that the recipe's loader reads."""

    name = "generate"
    sections = (GENERATORS, GENERATE)
    rooms = (*PREPARE.rooms, "pitchpipe_stages.model", "pitchpipe_stages.generate")

    def wanted(self, recipe: Recipe) -> bool:
        own = folder_of(recipe, recipe[GENERATE].folder)
        readers = [use.bound for use in recipe.uses() if isinstance(use.bound, ReadsMade)]
        return GENERATORS in recipe and any(reader.folder == own for reader in readers)

    def key(self, run: Run) -> KeyParts:
        rows = folder_of(run.recipe, run.recipe[GENERATE].folder) / ROWS
        if not rows.exists():
            raise PitchpipeError(f"{rows} is not there yet: pitchpipe generate {run.recipe.path}")
        return {"generated rows": digest_files(rows)}

    def work(self, run: Run) -> dict[str, int]:
        rows = folder_of(run.recipe, run.recipe[GENERATE].folder) / ROWS
        with open(rows, "rb") as lines:
            return {"rows": sum(1 for _ in lines)}

    def tell(self, run: Run, result: dict[str, int]) -> None:
        """Whose rows they are and what they cost; what is not as it was when they were made."""
        from pitchpipe_stages.generate.making.made import changes, known
        from pitchpipe_stages.generate.requests.spending import in_dollars

        recipe = run.recipe
        made = known(folder_of(recipe, recipe[GENERATE].folder))
        names = ", ".join(use.label for use in recipe[GENERATORS])
        dollars = sum(one.dollars or 0 for one in made.teachers.values()) if made else 0
        cost = f", {in_dollars(dollars)}" if dollars else ""
        run.console.say(f"{result['rows']:,} rows of {names}{cost}")
        if made and made.problem:
            run.console.say(f"[yellow]warning:[/] not all was made: {escape(made.problem)}")
        if made and (changed := changes(made, recipe)):
            cure = f"pitchpipe generate {recipe.path} makes them anew, and asks only what is new"
            run.console.say(
                f"[yellow]warning:[/] since these were made, {', '.join(changed)} changed: {cure}"
            )


GENERATED = TakeGenerated()
