"""The template of encoder-decoder models: a prompt and a reply as the tokenizer writes any two texts."""

from typing import TYPE_CHECKING, Annotated

import pitchpipe as pp

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast


class PromptAndReply:
    """For encoder-decoder models, such as T5 and FLAN-T5: the user's words alone, ended by the end token.

    There are no headings: the encoder reads the prompt, the decoder writes the reply. What was said before
    stands before the prompt, each part with an end of its own.
    """

    def __init__(
        self,
        *,
        prefix: Annotated[
            str, pp.Meta(description="what every conversation begins with, as in 'summarize: '")
        ] = "",
    ):
        self.prefix = prefix

    def fit(self, tokenizer: "PreTrainedTokenizerFast") -> pp.Turns:
        return pp.turns(
            begin="{bos}" + self.prefix,
            system=("", "\n\n"),
            user=("", "{eos}"),
            assistant=("", "{eos}"),
            lead=_beginning(tokenizer),
        )


def _beginning(tokenizer: "PreTrainedTokenizerFast") -> str:
    """What the tokenizer itself begins a text with: T5's a space, BART's its bos token."""
    if tokenizer.bos_token_id in tokenizer("a")["input_ids"][:1]:
        return "{bos}"
    core, eos = tokenizer.backend_tokenizer, tokenizer.eos_token or ""
    text: str = core.decode(core.encode(f"a{eos}a", add_special_tokens=False).ids, skip_special_tokens=False)
    return " " if text.endswith(f"{eos} a") else ""
