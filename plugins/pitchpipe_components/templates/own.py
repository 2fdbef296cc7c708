"""Templates that are written in Jinja: the model's own, and a file's."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import pitchpipe as pp

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

Variables = Annotated[
    dict[str, Any] | None,
    pp.Meta(description="values that the chat template knows by these names, as in {enable_thinking: false}"),
]


class OfTokenizer:
    """The chat template that comes with the model's tokenizer. It is saved with the tuned model as it is.

    It is found out which of its text is its own and which is the data's, what ends a reply, and where a
    server's prompt ends; a row for which this cannot be proven is quarantined.
    """

    def __init__(self, *, variables: Variables = None):
        self.variables = variables or {}

    def fit(self, tokenizer: "PreTrainedTokenizerFast") -> pp.JinjaTemplate:
        source = tokenizer.chat_template
        if not isinstance(source, str):
            named = isinstance(source, dict) and source.get("default")
            if not named:
                raise pp.PitchpipeError(
                    "the model's tokenizer has no chat template. Name the one that it was tuned with, or any"
                    " for a base model: `template: chatml`. `pitchpipe show template` lists them."
                )
            source = named
        return pp.chat_template(source, variables=self.variables)


class OfFile:
    """A chat template in a file, as models have it. It is saved with the tuned model as it is."""

    def __init__(
        self,
        *,
        path: Annotated[Path, pp.Meta(description="the file with the Jinja source")],
        stop: Annotated[
            str | None,
            pp.Meta(description="the token that ends a reply; left out: the first token that follows one"),
        ] = None,
        variables: Variables = None,
    ):
        self.path, self.stop, self.variables = path, stop, variables or {}
        if not path.is_file():
            raise ValueError(f"there is no file {path.name}")

    def fit(self, tokenizer: "PreTrainedTokenizerFast") -> pp.JinjaTemplate:
        source = self.path.read_text("utf-8")
        return pp.chat_template(source, stop=self.stop or "", variables=self.variables)
