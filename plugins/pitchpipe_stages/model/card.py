"""The card of an adapter that needs a word to be loaded: it lies beside the adapter as README.md."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pitchpipe_stages.model.ends import Ends

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

PAGE = """\
---
{data}---

# How to load this adapter

{why}

```python
from peft import AutoPeftModelForCausalLM, PeftConfig, PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig, pipeline

folder = "{folder}"  # where this adapter lies
tokenizer = AutoTokenizer.from_pretrained(folder)
settings = GenerationConfig.from_pretrained(folder)  # it knows where replies end

# PEFT, which needs nothing else
model = AutoPeftModelForCausalLM.from_pretrained(folder, generation_config=settings)

# a base model that is loaded already
made = PeftConfig.from_pretrained(folder)
base = AutoModelForCausalLM.from_pretrained(made.base_model_name_or_path, revision=made.revision)
{grow}model = PeftModel.from_pretrained(base, folder)
model.generation_config = settings

# Transformers alone
{plain}{pipeline}```

A merged model needs the settings too: `merged = model.merge_and_unload()`, then
`merged.generation_config = settings`.
"""
PIPELINE = """
# a pipeline
chat = pipeline("text-generation", model=model, tokenizer=tokenizer)
"""
PLAIN = "model = AutoModelForCausalLM.from_pretrained(folder, generation_config=settings)\n"
CANNOT = "# cannot load it: it does not let the base grow. Save the merged model for that.\n"


@dataclass(frozen=True)
class Card:
    """What a person has to know who loads an adapter."""

    base: str  # a name on the hub; empty for a folder
    missed: list[str]  # ends of the template where loaders do not stop by themselves
    stops: list[str]  # where they do stop
    rows: int | None  # rows of the embeddings, if the base has fewer
    search: str = ""  # the base's beams, penalties and the like, which loaders would use
    encoder_decoder: bool = False

    @classmethod
    def of(
        cls,
        model: "PreTrainedModel",
        tokenizer: "PreTrainedTokenizerFast",
        ends: Ends,
        new: list[int],
        rows: int,
        search: str = "",
    ) -> "Card | None":
        """The card of an adapter on a base of so many rows; nothing where loaders need no help."""
        grown = max(new) + 1 if new and max(new) >= rows else None
        if not (ends.missed or grown or search):
            return None
        name = model.name_or_path or ""
        missed, stops = (tokenizer.convert_ids_to_tokens(ids) for ids in (ends.missed, ends.loaders))
        return cls(
            "" if Path(name).exists() else name,
            list(missed),
            list(stops),
            grown,
            search,
            model.config.is_encoder_decoder,
        )

    @property
    def why(self) -> str:
        """What goes wrong where it is loaded without this."""
        found = []
        if self.missed:
            known = f"at {_named(self.stops)}" if self.stops else "nowhere"
            found.append(
                f"Replies end with {_named(self.missed)}. Whoever loads an adapter takes the settings of its"
                f" base instead of those in this folder, and they stop {known}: replies would go on and on."
            )
        if self.rows:
            found.append(
                f"The template's tokens are new to the base, which has to grow to {self.rows:,} rows."
            )
        if self.search:
            found.append(
                f"The base's own settings ({self.search}) can forbid replies that were learned, and whoever"
                " loads an adapter takes them too, instead of those in this folder."
            )
        return " ".join(found)

    def page(self, folder: str) -> str:
        """The whole README."""
        data = "".join([f"base_model: {self.base}\n"] * bool(self.base)) + "library_name: peft\n"
        grow = f"base.resize_token_embeddings({self.rows})\n" if self.rows else ""
        page = PAGE.format(
            data=data, why=self.why, folder=folder, grow=grow, plain=CANNOT if self.rows else PLAIN,
            pipeline=PIPELINE,
        )  # fmt: skip
        return self._of_its_kind(page)

    def _of_its_kind(self, code: str) -> str:
        """Encoder-decoder models have classes of their own, and no pipeline."""
        if not self.encoder_decoder:
            return code
        return code.replace(PIPELINE, "").replace(", pipeline", "").replace("CausalLM", "Seq2SeqLM")

    def warning(self, folder: Path) -> str:
        """What a run says at the end of training."""
        line = (
            f'AutoPeftModelForCausalLM.from_pretrained("{folder}",'
            f' generation_config=GenerationConfig.from_pretrained("{folder}"))'
        )
        return f"{self.why}\n  {self._of_its_kind(line)}\n{folder / 'README.md'} shows it for other loaders."


def _named(tokens: list[str]) -> str:
    return " or ".join(f"`{token}`" for token in tokens)
