"""The result of the stage `prepare`, as run.json keeps it."""

from msgspec import Struct, field

from pitchpipe_stages.data.ledger import SourceRows

SPLITS = ("train", "validation", "test")


class SplitSize(Struct):
    """The size of one side of the split."""

    conversations: int
    tokens: int
    learned: int


class Lost(Struct):
    """Tokens of conversations that were too long, and are in none that is kept."""

    tokens: int
    learned: int


class MixLine(Struct):
    """A source's part of one epoch of training; `epochs` says how often its rows are seen."""

    source: str
    available: int
    conversations: int
    tokens: int
    share: float
    epochs: float


class TokenizerFacts(Struct, rename={"encoded_by": "encoded by"}, omit_defaults=True):
    """Who encoded the text, and the tokens that the tokenizer lacked."""

    encoded_by: str = ""
    added: list[str] | None = None


class Prepared(Struct):
    """What became of all rows, and what there is to train on."""

    rows: dict[str, SourceRows]
    splits: dict[str, SplitSize]
    too_long: Lost
    mix: list[MixLine]
    formats: dict[str, str] = field(default_factory=dict)
    tokenizer: TokenizerFacts = field(default_factory=TokenizerFacts)
    files: dict[str, str] = field(default_factory=dict)  # of each side a digest
