"""Templates that are written in Jinja: the model's own, and a file's."""

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import pitchpipe as pp

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

Variables = Annotated[
    dict[str, Any] | None,
    pp.Meta(description="values that the chat template knows by these names, as in {enable_thinking: false}"),
]
Day = Annotated[str, pp.Meta(description="what the clock says to a chat template that asks for today's date")]


class OfTokenizer:
    """The chat template that comes with the model's tokenizer. It is saved with the tuned model.

    Each reply is learned behind the very prompt that a server would send for it. Where the chat template
    writes a reply otherwise once it is history, a conversation becomes several examples.
    """

    def __init__(self, *, variables: Variables = None, date: Day = "2024-07-26"):
        self.variables, self.date = variables or {}, _day(date)

    def fit(self, tokenizer: "PreTrainedTokenizerFast") -> pp.JinjaTemplate:
        source = tokenizer.chat_template
        if not source or (isinstance(source, dict) and "default" not in source):
            raise pp.PitchpipeError(
                "the model's tokenizer has no chat template. Name the one that it was tuned with, or any"
                " for a base model: `template: chatml`. `pitchpipe show template` lists them."
            )
        return pp.chat_template(source, variables=self.variables, day=self.date)


class OfFile:
    """A chat template in a file, as models have it. It is saved with the tuned model."""

    def __init__(
        self,
        *,
        path: Annotated[Path, pp.Meta(description="the file with the Jinja source")],
        stop: Annotated[
            str | None,
            pp.Meta(description="the token that ends a reply; left out: the first token that follows one"),
        ] = None,
        variables: Variables = None,
        date: Day = "2024-07-26",
    ):
        self.path, self.stop, self.variables, self.date = path, stop, variables or {}, _day(date)
        if not path.is_file():
            raise ValueError(f"there is no file {path.name}")

    def fit(self, tokenizer: "PreTrainedTokenizerFast") -> pp.JinjaTemplate:
        source = self.path.read_text("utf-8")
        return pp.chat_template(source, stop=self.stop or "", variables=self.variables, day=self.date)


def _day(date: str) -> str:
    """A day that is in the calendar, as it is written."""
    try:
        return datetime.date.fromisoformat(date).isoformat()
    except ValueError:
        raise ValueError(f"date: {date!r} is no day, such as 2024-07-26") from None
