"""Keeps what came of each draft and source, for estimates of the whole."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from pitchpipe.host.protocols import Drafts
from pitchpipe.recipe.recipe import Use
from pitchpipe.records.conversation import Conversation
from pitchpipe_stages.generate.making.drafting import ENOUGH
from pitchpipe_stages.generate.making.progress import FinishedOne, PosedQuestion
from pitchpipe_stages.generate.requests.sender import Sender
from pitchpipe_tools.generate.forecast import Took, Tried


class Sampled:
    """Looks on, and remembers every draft and source."""

    def __init__(self) -> None:
        self.units: dict[str, list[FinishedOne]] = defaultdict(list)
        self.wanted: dict[str, int | None] = {}  # of a generator that drafts
        self.origins: dict[str, Counter[str]] = {}  # of its sources: the generator that made them
        self._admitted: dict[tuple[str, str], int] = {}
        self._maker: dict[str, str] = {}  # of a conversation by its id

    def opened(self, senders: Mapping[str, Sender]) -> None:
        pass

    def begins(self, use: Use, sources: Sequence[Conversation], wants: int) -> None:
        drafts = isinstance(use.bound, Drafts)
        self.wanted[use.label] = use.bound.wanted if drafts else None
        self.origins[use.label] = Counter(self._maker.get(source.id, "") for source in sources)

    def finished(self, use: Use, one: FinishedOne, accepted: int) -> None:
        self.units[use.label].append(one)
        if one.unit == "draft":  # what gives no row later was admitted all the same
            self._admitted[use.label, one.id] = sum(each.fate == "kept" for each in one.candidates)
        for candidate in one.candidates:
            if candidate.made and candidate.fate == "kept":
                self._maker[candidate.made.id] = use.label

    def ends(self, use: Use) -> None:
        pass

    def tried(self, label: str) -> Tried:
        """What is known of a generator, now."""
        done = [one for one in self.units[label] if is_done(one)]
        drafts = [took(one, self._admitted[label, one.id]) for one in done if one.unit == "draft"]
        sources = [took(one) for one in done if one.unit == "source"]
        return Tried(label, self.wanted.get(label), drafts, sources, self.origins.get(label, {}))

    def questions(self, label: str) -> list[PosedQuestion]:
        return [question for one in self.units[label] for question in one.questions]


def is_done(one: FinishedOne) -> bool:
    """Whether every question of it came to an end."""
    return all(question.end != "unsent" for question in one.questions)


def took(one: FinishedOne, admitted: int | None = None) -> Took:
    """What a draft or a source took, and gave. What is only more than was wanted is counted as good."""
    good = [each for each in one.candidates if each.fate == "kept" or each.reason == ENOUGH]
    rows = sum(each.made is not None and each.made.conversation.last_reply() is not None for each in good)
    usages = [question.usage for question in one.questions if question.usage]
    return Took(
        len(one.questions), sum(usage.read for usage in usages), sum(usage.written for usage in usages),
        sum(question.dollars for question in one.questions),
        len(good) if admitted is None else admitted, rows, float(rows > 0),
    )  # fmt: skip
