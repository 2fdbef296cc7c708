"""The result of the stage `prepare`, as run.json keeps it."""

import msgspec
from msgspec import Struct, field

from pitchpipe.records.conversation import Json
from pitchpipe_stages.data.ledger import SourceRows
from pitchpipe_stages.learns import Learns

SPLITS = ("train", "validation", "test")


class SplitSize(Struct):
    """The size of one side of the split."""

    conversations: int
    tokens: int
    learned: int
    replies: int = 0
    stops: int = 0  # learned tokens that end a reply
    rejected: int = 0  # examples with a worse reply


class Lost(Struct):
    """Tokens of conversations that were too long, and are in none that is kept."""

    tokens: int
    learned: int


class SeveralExamples(Struct):
    """Conversations that needed more than one example, and their examples."""

    conversations: int = 0
    examples: int = 0
    repeated: int = 0  # tokens that are in more than one of them


class MixLine(Struct):
    """A source's part of one epoch of training; `epochs` says how often its rows are seen."""

    source: str
    available: int
    conversations: int
    tokens: int
    share: float
    epochs: float


class Trained(Struct):
    """Conversations of a held-out side, and those whose question stands in train as well."""

    conversations: int
    in_train: int


class RepeatCounts(Struct):
    """What comes again but for case, punctuation and white space: within train, and between the sides."""

    train: int = 0  # conversations
    repeated: int = 0  # of them, those that say what one before them says
    to_the_letter: int = 0
    held_out: dict[str, Trained] = field(default_factory=dict)
    families: int = 0  # of all that is kept: what a split does not part, by prompt or by group


class TokenizerFacts(Struct, rename={"encoded_by": "encoded by"}, omit_defaults=True):
    """Who encoded the text, the tokens that the tokenizer lacked, and what else there is to know."""

    encoded_by: str = ""
    added: list[str] | None = None
    notes: list[str] = field(default_factory=list)
    digest: str = ""  # of all that decides ids


class Prepared(Struct):
    """What became of all rows, and what there is to train on."""

    rows: dict[str, SourceRows]
    splits: dict[str, SplitSize]
    too_long: Lost
    mix: list[MixLine]
    learns: Learns = "replies"
    formats: dict[str, str] = field(default_factory=dict)
    tokenizer: TokenizerFacts = field(default_factory=TokenizerFacts)
    missed_replies: int = 0  # that should be learned and are not
    bare_stops: int = 0  # ends of replies, learned with nothing before them
    several: SeveralExamples = field(default_factory=SeveralExamples)
    variables: dict[str, int] = field(default_factory=dict)  # replies by what their chat template was told
    files: dict[str, str] = field(default_factory=dict)  # of each side a digest
    repeats: RepeatCounts = field(default_factory=RepeatCounts)
    warnings: list[str] = field(default_factory=list)  # what a user should look at before training

    @property
    def replies(self) -> int:
        return sum(side.replies for side in self.splits.values())

    @property
    def stops(self) -> int:
        return sum(side.stops for side in self.splits.values())

    def defaults(self) -> Json:
        """What servers tell the chat template where a client says nothing: as most replies were told."""
        most = max(self.variables, key=lambda known: self.variables[known], default="{}")
        return msgspec.json.decode(most, type=Json)
