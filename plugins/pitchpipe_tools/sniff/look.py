"""Looks at the first rows of a file: reads them as a run would, counts the mess, and tries the filters."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.host import Host
from pitchpipe.host.protocols import Detects, Part
from pitchpipe.recipe.recipe import Recipe, Use
from pitchpipe.records.conversation import Json, Row
from pitchpipe_stages.data.judge import Judge, compares, judge
from pitchpipe_stages.data.read import Reader
from pitchpipe_stages.data.sections import FILTERS, SourceUse
from pitchpipe_stages.data.shards import Base
from pitchpipe_stages.data.source import RowBatch, fits, numbered, settle
from pitchpipe_tools.ledger_entry import LedgerEntry
from pitchpipe_tools.sniff.choose_format import Choice, choose, format_name
from pitchpipe_tools.sniff.count_tokens import CountTokens
from pitchpipe_tools.sniff.findings import Finding, Findings
from pitchpipe_tools.sniff.first_rows import FirstRows, other_content
from pitchpipe_tools.sniff.guess_columns import what_is_there
from pitchpipe_tools.sniff.measure import measure
from pitchpipe_tools.sniff.propose import proposed_recipe

Tick = Callable[[int], None]


def look(
    host: Host, loader: Use, most: int, forced: str | None, count: CountTokens | None, tick: Tick
) -> Findings:
    """Looks at the first `most` rows of a loader, or at all its rows if `most` is 0."""
    first = FirstRows(loader.bound, most)
    recipe = proposed_recipe(loader, Choice([]), host)
    sample = _sample(first, loader.place)
    choice = choose(sample, host, forced, recipe)
    proposed_recipe(loader, choice, host)  # stops at a recipe that is not sound
    findings = Findings(choice, list(dict.fromkeys(str(key) for row in sample for key in row)))
    if choice.used or not sample:
        source = SourceUse(replace(loader, bound=first), loader.place, choice.used, columns=choice.columns)
        _Pass(source, recipe, findings, count).read(tick)
    else:
        findings.there = what_is_there(sample)
    findings.more = first.more
    return findings


def _sample(first: FirstRows, file: str) -> list[Json]:
    """The first readable rows. If there are none, an error says what the file holds instead."""
    other = other_content(Path(file))
    try:
        sample, passed = first.sample()
    except PitchpipeError as error:
        how = " (here: --option kind=...)" if "kind:" in str(error) else ""
        raise PitchpipeError(f"{file} is {other}: no rows" if other else f"{error}{how}") from None
    if sample or (passed and not other):
        return sample
    raise PitchpipeError(f"{file} is {other}: no rows" if other else f"{file} is empty: it holds no rows")


@dataclass
class _Pass:
    """One pass over the rows of a source."""

    source: SourceUse
    recipe: Recipe
    findings: Findings
    count: CountTokens | None

    def read(self, tick: Tick) -> None:
        """Adds all rows to the findings."""
        used, parts, judged = settle(self.source, self.recipe.host)
        self.findings.doubts = judged.doubts
        reader = Reader(self.source, used, self.recipe, judged)
        filters = [use for use in self.recipe[FILTERS] if not compares(use) and not use.component.missing()]
        self.findings.tried = [use.label for use in filters]
        self.findings.left_out = [use.label for use in self.recipe[FILTERS] if use not in filters]
        for part in parts:
            base = reader.base(part)
            if used:
                self._count_formats(part, used, reader)
            self._count_mess(base)
            measure(list(base.alive().values()), self.findings, self.count)
            self._try_filters(base, filters)
            tick(base.read)

    def _count_formats(self, part: Part, used: Use, reader: Reader) -> None:
        """Counts the rows by format. If the format in use does not read a row, the row counts for the format
        that reads most of the row's keys."""
        if not isinstance(used.bound, Detects) or (isinstance(part, RowBatch) and part.renamed):
            return
        for row in numbered(part.rows()):
            if isinstance(row.data, dict) and not row.error:
                name = used.label if used.bound.matches(row.data) else self._best_format(row)
                self.findings.formats.add(name, f"{reader.seen_from_recipe(row.file)}:{row.line}")

    def _best_format(self, row: Row) -> str:
        host = self.recipe.host
        fitting = fits([row.data], host)
        return format_name(fitting[0][2], host) if fitting else ""

    def _count_mess(self, base: Base) -> None:
        """Counts the rows that were repaired or refused."""
        self.findings.rows += base.read
        self.findings.refused += len(base.refused)
        self.findings.unread.update(base.unread)
        for index, notes in base.notes.items():
            conversation = base.conversations[index]
            for step, words in notes:
                place = str(conversation.source) if conversation else ""
                detail = words.partition(":")[2].strip()
                self.findings.mess.add(Finding.of("noted", step, words), place, detail)
        for refused in base.refused.values():
            finding = Finding.of(refused.fate, refused.step, refused.reason)
            self.findings.mess.add(finding, LedgerEntry.of(refused.line).place)

    def _try_filters(self, base: Base, filters: list[Use]) -> None:
        """Counts the conversations that each filter drops or tags, one filter after the other."""
        alive = base.alive()
        judges = [Judge(use, "", len(base.conversations)) for use in filters]
        self.findings.kept += len(judge(judges, alive))
        for judging in judges:
            decided = (("dropped", judging.judgement.drops), ("tagged", judging.judgement.tags))
            for fate, decisions in decided:
                for index, drop in decisions.items():
                    finding = Finding.of(fate, judging.use.label, drop.reason)
                    self.findings.dropped.add(finding, str(alive[index].source))
