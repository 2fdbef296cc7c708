"""What made.json says: what generators have made, what it cost, whether it is all, and what decided it."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct, field

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.protocols import Drafts
from pitchpipe.recipe.recipe import Recipe
from pitchpipe.run.keys import KeyParts
from pitchpipe_stages.generate.making.changed import decided_by_sections, unlike
from pitchpipe_stages.generate.making.counts import MadeCounts, by_operator
from pitchpipe_stages.generate.making.place import MADE
from pitchpipe_stages.generate.making.sections import GENERATE, GENERATORS
from pitchpipe_stages.generate.making.working import Worked
from pitchpipe_stages.generate.requests.sections import TEACHERS
from pitchpipe_stages.generate.requests.spending import Spending

NO_ROW = "no row was made"


class GeneratorMade(Struct):
    """What a generator has made. Of one that drafts, `wanted` are the drafts that shall give rows, and `done`
    those that did; of any other, its sources and those that it is done with."""

    label: str
    teacher: str
    wanted: int
    done: int
    stopped: str  # why it ended before it had all
    operators: dict[str, MadeCounts]


class MadeFile(Struct):
    """made.json."""

    recipe: str
    finished: bool
    problem: str  # why it is not finished
    rows: int
    generators: list[GeneratorMade]
    passed_over: dict[str, str] = field(default_factory=dict)  # drafts' questions that failed: key and why
    teachers: dict[str, Spending] = field(default_factory=dict)
    decided_by: KeyParts = field(default_factory=dict)


def generated(worked: Worked) -> GeneratorMade:
    return GeneratorMade(
        worked.use.label, str(worked.use.shared["teacher"]), worked.wants, worked.accepted, worked.stopped,
        by_operator(one for _, one in worked.done),
    )  # fmt: skip


def whole(recipe: Recipe, parts: Sequence[Worked], rows: int, error: PitchpipeError | None) -> MadeFile:
    """What is written of all generators, and whether they are done."""
    generators = [generated(worked) for worked in parts]
    problems = [_problem(one) or _lost(worked) for one, worked in zip(generators, parts, strict=True)]
    problem = str(error or "") or next(filter(None, problems), "" if rows else NO_ROW)
    failed = {key: why for worked in parts for key, why in _passed_over(worked).items()}
    return MadeFile(str(recipe.path.resolve()), not problem, problem, rows, generators, failed)


def _passed_over(worked: Worked) -> dict[str, str]:
    drafts = [one for _, one in worked.done if one.unit == "draft"]
    return {question.key: question.why for one in drafts for question in one.questions if question.lost}


def _problem(one: GeneratorMade) -> str:
    """Why there is less than was wanted."""
    unsent = sum(counts.unsent for counts in one.operators.values())
    if unsent:
        reasons = [reason for counts in one.operators.values() for reason in counts.why.get("unsent", {})]
        return f"generator '{one.label}': {unsent:,} questions were not sent: {reasons[0]}"
    return f"generator '{one.label}': {one.stopped}" if one.stopped else ""


def _lost(worked: Worked) -> str:
    """Of questions without any reply. Where drafts are passed over, others take their place."""
    if isinstance(worked.use.bound, Drafts):
        return ""
    lost = [question for _, one in worked.done for question in one.questions if question.lost]
    if not lost:
        return ""
    count = f"{len(lost):,} question{'s' * (len(lost) > 1)}"
    return f"generator '{worked.use.label}': {count} got no reply: {lost[0].why}"


def known(folder: Path) -> MadeFile | None:
    """What a folder's made.json says, if there is one."""
    file = folder / MADE
    if not file.exists():
        return None
    try:
        return msgspec.json.decode(file.read_bytes(), type=MadeFile)
    except msgspec.DecodeError as error:
        cure = "Remove it, and generate again: nothing is asked twice"
        raise PitchpipeError(f"{file} is damaged: {error}. {cure}") from None


def decided_by(recipe: Recipe) -> KeyParts:
    """All that decides what is made, by names that people know."""
    seed = recipe[GENERATE].seed
    return decided_by_sections(recipe, recipe[GENERATORS], seed, recipe[TEACHERS])


def changes(made: MadeFile, recipe: Recipe) -> list[str]:
    """What of the recipe is not as it was when this was made."""
    return unlike(decided_by(recipe), made.decided_by)
