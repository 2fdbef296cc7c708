"""The stage `card`: it comes after `train` and writes runs/NAME/card.md."""

from collections.abc import Mapping

import pitchpipe as pp
from pitchpipe_card.facts import facts
from pitchpipe_card.page import page
from pitchpipe_card.section import CARD

FILE = "card.md"


class Card(pp.Stage[str]):
    """Writes the model card, where the recipe has a section `card`."""

    name = "card"
    after = ("train",)
    sections = (CARD,)
    makes = (FILE,)

    def key(self, run: pp.Run) -> Mapping[str, object]:
        return facts(run)

    def work(self, run: pp.Run) -> str:
        new = run.path / f"{FILE}.new"
        new.write_text(page(facts(run)), "utf-8")
        new.replace(run.path / FILE)  # so that a kill leaves no half of a card
        return FILE

    def tell(self, run: pp.Run, result: str) -> None:
        path = str(run.path / result).replace("[", r"\[")  # the console reads [ as markup
        run.console.say(f"[bold]Model card[/]  {path}\n")
