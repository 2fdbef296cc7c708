"""Saves what a server needs to speak as training did: the chat template, and the tokens that end a reply."""

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pitchpipe.host.contracts import Console
from pitchpipe.records.conversation import Json
from pitchpipe_stages.console import escape
from pitchpipe_stages.model.card import Card
from pitchpipe_stages.model.ends import Ends
from pitchpipe_stages.model.load import is_whole
from pitchpipe_stages.model.scorer import scores
from pitchpipe_stages.render.renderer import Renderer
from pitchpipe_stages.render.writing import one_of

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast


class Servable(Protocol):
    """A model with its tokenizer, and the folder that its weights were saved in."""

    @property
    def model(self) -> "PreTrainedModel": ...
    @property
    def tokenizer(self) -> "PreTrainedTokenizerFast": ...
    @property
    def new_tokens(self) -> list[int]: ...
    @property
    def folder(self) -> Path: ...
    @property
    def console(self) -> Console: ...


SCORER = """\
# A reward model

An adapter with a head that scores replies: the higher, the better. Give it a whole conversation.

```python
from transformers import AutoModelForSequenceClassification, AutoTokenizer

folder = "."
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModelForSequenceClassification.from_pretrained(folder, num_labels=1)
model.config.pad_token_id = tokenizer.pad_token_id
text = [{"role": "user", "content": "..."}, {"role": "assistant", "content": "..."}]
score = model(**tokenizer.apply_chat_template(text, return_tensors="pt", return_dict=True)).logits
```
"""
OF_CUTTING = ("max_length", "stride", "truncation_strategy")


def save_for_serving(
    saved: Servable,
    renderer: Renderer,
    ends: Ends,
    rows: int,
    home: Path,
    defaults: Json | None = None,
    search: str = "",
) -> None:
    """Save tokenizer, chat template and generation config beside the trained weights.

    The base had so many `rows` of embeddings, and the folder will be at `home`. `defaults` are values of the
    chat template's variables where a client names none. `search` is the base's own way to find an answer.
    """
    tokenizer, settings = saved.tokenizer, saved.model.generation_config
    settings.eos_token_id = ends.every
    settings.pad_token_id = tokenizer.pad_token_id
    settings._from_model_config = False  # else Transformers would take these back from the model's config
    _set_chat_template(tokenizer, renderer, defaults)
    notes = [*_about(tokenizer, ends), uncut(tokenizer)]
    tokenizer.save_pretrained(saved.folder)
    settings.save_pretrained(saved.folder)
    if is_whole(saved.folder):
        _save_config(saved, ends)
    elif scores(saved.model):
        (saved.folder / "README.md").write_text(SCORER, "utf-8")
    elif card := Card.of(saved.model, tokenizer, ends, saved.new_tokens, rows, search):
        (saved.folder / "README.md").write_text(card.page(home.name), "utf-8")
        notes.append(card.warning(home))
    _as_readable_as(saved.folder / "generation_config.json")
    for note in filter(None, notes):
        saved.console.say(f"[yellow]warning:[/] {escape(note)}")


def _as_readable_as(plain: Path) -> None:
    """Libraries write weights for their owner alone; who may read a plain file may read them."""
    for file in (path for path in plain.parent.iterdir() if path.is_file()):
        file.chmod(plain.stat().st_mode)


def _set_chat_template(
    tokenizer: "PreTrainedTokenizerFast", renderer: Renderer, defaults: Json | None
) -> None:
    tokenizer.chat_template = saved = renderer.saved(defaults)
    if "eos_token" not in one_of(saved):  # one that writes it means the model's own
        tokenizer.eos_token = renderer.stop


def _about(tokenizer: "PreTrainedTokenizerFast", ends: Ends) -> list[str]:
    notes = []
    if tokenizer.chat_template is None:
        notes.append("the template offers no `jinja`: the model is saved without a chat template")
    if ends.plain:
        words = ", ".join(f"{token} ({tokenizer.decode([token])!r})" for token in ends.plain)
        notes.append(f"the base's config ends replies at a word of plain text, which is left out: {words}")
    return notes


def uncut(tokenizer: "PreTrainedTokenizerFast") -> str:
    """Keep a tokenizer from cutting and padding texts by itself, as servers use it; say whether it did."""
    core, known = tokenizer.backend_tokenizer, tokenizer.init_kwargs
    most = (core.truncation or {}).get("max_length")
    if "truncation_strategy" in known:
        most = most or known.get("max_length")
    core.no_truncation()
    core.no_padding()
    for name in OF_CUTTING:
        known.pop(name, None)
    return (
        f"the base's tokenizer.json cuts every text at {most:,} tokens; the one saved does not"
        if most
        else ""
    )


def _save_config(saved: Servable, ends: Ends) -> None:
    """Some servers read the ends in config.json alone."""
    config = saved.model.config
    for part in (config, config.get_text_config()):  # of models that read images too, one within the other
        part.eos_token_id = ends.every
    config.save_pretrained(saved.folder)
