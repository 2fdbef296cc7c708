"""What `pitchpipe generate` does: it says what is new and its price, sends, and tells what has come of it."""

import os
from collections.abc import Sequence

from pitchpipe.errors import PitchpipeError
from pitchpipe.recipe.recipe import Recipe
from pitchpipe_stages.console import RichConsole, escape
from pitchpipe_stages.generate.making.made import MadeFile, known
from pitchpipe_stages.generate.making.making import Making
from pitchpipe_stages.generate.making.place import PILOT, ReadsMade
from pitchpipe_stages.generate.making.sections import GENERATORS
from pitchpipe_stages.generate.requests.abilities import NeedsVariable
from pitchpipe_stages.generate.requests.budget import Charge
from pitchpipe_stages.generate.requests.reading import reading
from pitchpipe_stages.generate.requests.record import FILE
from pitchpipe_stages.generate.requests.sections import BUDGET, TEACHERS
from pitchpipe_tools.generate.keeping import keep
from pitchpipe_tools.generate.last_words import show_end, tell_unsent
from pitchpipe_tools.generate.once import SaysOnce
from pitchpipe_tools.generate.pilot import show_pilot
from pitchpipe_tools.generate.plan import LeftToAsk, plan
from pitchpipe_tools.generate.plan_words import in_a_line, nothing_left, show_means, show_table, too_little
from pitchpipe_tools.generate.sampled import Sampled
from pitchpipe_tools.generate.shown import shown
from pitchpipe_tools.generate.summary import show_money, show_summary
from pitchpipe_tools.generate.together import Together
from pitchpipe_tools.generate.words import costs, several, spent

NOTHING = """\
this recipe makes nothing: it has no `generators`. Add some, as in
  teachers:
    writer: {openai: {url: http://localhost:8000/v1, model: NAME}}
  generators:
    - answers: {teacher: writer, seeds: questions.jsonl}"""


class Work:
    """One recipe, `named` as the user did. Each way to work says whether all that was wanted is there."""

    def __init__(self, recipe: Recipe, named: str, console: RichConsole):
        self.recipe, self.named, self.console = recipe, named, console
        if GENERATORS not in recipe:
            raise PitchpipeError(NOTHING)
        self.uses = recipe[GENERATORS]
        asked = {use.shared.get("teacher") for use in self.uses}
        self.asked = [use for use in recipe[TEACHERS] if use.label in asked]
        self.priced = any(map(costs, self.asked))
        self.once = SaysOnce(console)
        self.rehearsal = Making(recipe, self.once)
        self.folder = self.rehearsal.folder

    # --- Ways to work --------------------------------------------------------------------------------

    def plan(self) -> bool:
        """Says what would be asked. Nothing is sent, nothing is written, no key is needed."""
        planned, _ = self._rehearsed()
        show_table(self.console, planned, self.priced, operators=True)
        show_means(self.console, planned)
        self.console.say(f"spent: {spent(self._spent(), self.recipe[BUDGET], self.priced)}")
        self._say_budget(planned)
        return True

    def all(self) -> bool:
        """Makes all that is wanted."""
        planned, made = self._rehearsed()
        self._tell(planned)
        if nothing_left(planned):
            self.rehearsal.write(made)
        else:
            made = self._sent(Making(self.recipe, self.once), [])
        show_summary(self.console, made)
        show_end(self.console, self.folder, made, self._to_run(), offline=False)
        return made.finished

    def offline(self) -> bool:
        """Makes what the replies on record give."""
        planned, made = self._rehearsed()
        self._tell(planned)
        keep(self.rehearsal, made)
        show_summary(self.console, made)
        show_end(self.console, self.folder, made, self._to_run(), offline=True)
        return made.finished

    def pilot(self, limit: int) -> bool:
        """Tries a few drafts or sources of each generator. What finished runs have made stays."""
        self.console.say(f"a pilot: at most {several(limit, 'draft')} or sources of each generator")
        sampled = Sampled()
        made = self._sent(Making(self.recipe, self.once, limit=limit), [sampled])
        show_pilot(self.console, self.uses, sampled, self.priced)
        show_money(self.console, made)
        self.console.say(f"\n[bold]{several(made.rows, 'row')}[/]: {escape(self.folder / PILOT)}")
        self.console.say(
            f"next: [bold]pitchpipe generate {escape(self.named)}[/]  [dim]what is paid is not paid again[/]"
        )
        return not tell_unsent(self.console, made)

    def _to_run(self) -> str:
        """The recipe, if it also reads what it makes."""
        reads = any(isinstance(use.bound, ReadsMade) for use in self.recipe.uses())
        return self.named if reads else ""

    # --- Parts of them -------------------------------------------------------------------------------

    def _rehearsed(self) -> tuple[list[LeftToAsk], MadeFile]:
        """What the record gives, and what it lacks."""
        sampled = Sampled()
        self.rehearsal.watch = sampled
        with self.console.waiting("reading the record"):
            made = self.rehearsal.rehearse()
        return plan(self.uses, self.asked, sampled), made

    def _sent(self, making: Making, watching: Sequence[Sampled]) -> MadeFile:
        """Asks what is new. What stops it is told behind what has come of it so far."""
        if missing := self.recipe.missing([*self.asked, *self.uses]):
            raise PitchpipeError("\n".join(missing))
        self._must_have_keys()
        with shown(self.console, self.uses) as looking:
            making.watch = Together([looking, *watching])
            try:
                return making.run()
            except KeyboardInterrupt:
                raise KeyboardInterrupt(self._kept()) from None
            except PitchpipeError:
                problem = known(self.folder)
                if problem and making.limit is None and problem.generators:
                    show_summary(self.console, problem)
                raise

    def _tell(self, planned: Sequence[LeftToAsk]) -> None:
        so_far = spent(self._spent(), self.recipe[BUDGET], self.priced)
        self.console.say(f"{in_a_line(planned, self.priced)}; spent: {so_far}")
        if len(planned) > 1 and not nothing_left(planned):
            show_table(self.console, planned, self.priced)
        self._say_budget(planned)

    def _spent(self) -> Charge:
        """By all starts so far."""
        file = self.folder / FILE
        if not file.exists():
            return Charge()
        with reading(file) as record:
            return record.spent()

    def _say_budget(self, planned: Sequence[LeftToAsk]) -> None:
        budget, charge = self.recipe[BUDGET], self._spent()
        if words := too_little(planned, budget, charge):
            self.console.say(f"[yellow]{words}[/]")

    def _kept(self) -> str:
        """What the same command goes on from."""
        with reading(self.folder / FILE) as record:
            count, charge = record.replies(), record.spent()
        so_far = spent(charge, self.recipe[BUDGET], self.priced)
        return f"{several(count, 'reply')} on record in {self.folder / FILE}, {so_far} spent"

    def _must_have_keys(self) -> None:
        for use in self.asked:
            name = use.bound.variable() if isinstance(use.bound, NeedsVariable) else ""
            if name and not os.environ.get(name, "").strip():
                words = f"teacher '{use.label}' reads its key from the variable {name}: export {name}=..."
                raise PitchpipeError(words)
