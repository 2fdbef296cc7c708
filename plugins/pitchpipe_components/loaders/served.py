"""The loader `served`: brings what was served back as training data, with what clients say of it."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated

import msgspec

import pitchpipe as pp
from pitchpipe_components.served.lines import day_of, journals
from pitchpipe_components.served.prompts import prompt_number, prompts_of
from pitchpipe_components.served.rated import RatedAnswer, feedback_in, paired, rated_in

SIDES = {"train": "was tuned on", "validation": "was validated on", "test": "keeps for its test"}
Day = Annotated[
    str | None, pp.Meta(description="a day by UTC, as 2026-11-22: what is of other days stays out")
]
Rating = Annotated[float, pp.Meta(ge=-1, le=1)]


class ServedAnswers:
    """Read answers of a server that clients have rated or bettered, from its journal.

    An answer that is rated well is a reply to learn. One that is bettered gives a pair: the better reply, and
    what was said. So do two answers to one prompt, of which one is rated well and the other badly. Prompts
    that the model was tuned on already are left out, and so is what nobody consented to.
    """

    def __init__(
        self,
        *,
        folder: Annotated[Path, pp.Meta(description="that of the server")] = Path("served"),
        above: Annotated[Rating, pp.Meta(description="ratings above it are good")] = 0,
        below: Annotated[Rating, pp.Meta(description="ratings below it are bad")] = 0,
        but: Annotated[
            tuple[Path, ...],
            pp.Meta(description="runs: the prompts that they were tuned on, or keep for a test, stay out"),
        ] = (),
        again: Annotated[bool, pp.Meta(description="take what the model was tuned on already, too")] = False,
        since: Annotated[
            str | None, pp.Meta(description="the first day that counts, as 2026-11-22 (UTC)")
        ] = None,
        until: Annotated[
            str | None, pp.Meta(description="the last one, so that a run stays as it is while days go on")
        ] = None,
    ):
        if below > above:
            raise ValueError(f"below: {below:g} is more than above ({above:g})")
        self.folder, self.above, self.below, self.again = folder, above, below, again
        self.since, self.until = _day("since", since), _day("until", until) or "9"
        self.runs = {run: _prepared(run) for run in but}
        if not self._journals():
            raise ValueError(_why_none(folder))

    def inputs(self) -> list[Path]:
        return [*self._journals(), *(path for paths in self.runs.values() for path in paths)]

    def __call__(self) -> Iterator[pp.Row]:
        paths, rated = self._journals(), list[RatedAnswer]()
        for one in rated_in(paths, feedback_in(paths), self.above, self.below):
            if isinstance(one, pp.Row):
                yield one
            elif one.data.get("consent"):
                rated.append(one)
        seen = self._seen()
        for one in paired(rated):
            row = one.row()
            row.unwanted = self._unwanted(one, seen)
            yield row

    def _journals(self) -> list[Path]:
        """The files of these days: each holds lines of one day."""
        return [path for path in journals(self.folder) if self.since <= day_of(path) <= self.until]

    def _seen(self) -> dict[int, str]:
        """Prompts by their numbers, and what which run has done with them."""
        seen, decode = dict[int, str](), msgspec.json.Decoder(pp.Conversation).decode
        for run, paths in self.runs.items():
            for path in paths:
                with open(path, "rb") as lines:
                    for line in lines:
                        words = f"{run} {SIDES[path.stem]} this prompt"
                        seen |= dict.fromkeys(prompts_of(decode(line)), words)
        return seen

    def _unwanted(self, one: RatedAnswer, seen: dict[int, str]) -> str:
        """Why a row is not to be learned, for the ledger."""
        if one.good is None:
            return f"rated neither well nor badly: {one.feedback.rating}"
        if one.data.get("learned") and not self.again:
            return "the model was tuned on this prompt"
        try:
            messages = msgspec.convert(one.data.get("messages", ()), tuple[pp.Message, ...])
        except msgspec.ValidationError:
            return ""  # the format says what is wrong
        return seen.get(prompt_number(messages), "")


def _prepared(run: Path) -> list[Path]:
    """The conversations that a run has prepared."""
    paths = [run / "prepared" / f"{side}.jsonl" for side in SIDES]
    if not paths[0].is_file():
        others = [path.name for path in run.parent.glob("*") if path.is_dir()]
        raise ValueError(f"but: {run} is no run that has prepared its data.{pp.suggest(run.name, others)}")
    return [path for path in paths if path.is_file()]


def _day(option: str, said: str | None) -> str:
    try:
        return f"{date.fromisoformat(said)}" if said else ""
    except ValueError:
        raise ValueError(f"{option}: '{said}' is no day, as 2026-11-22") from None


def _why_none(folder: Path) -> str:
    if journals(folder):
        return f"the journal in {folder} has nothing of these days (since, until)"
    cure = "`pitchpipe serve` writes one where the recipe has the middleware `journal`"
    return f"there is no journal in {folder}: {cure}"
