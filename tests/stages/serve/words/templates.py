"""Chat templates that others wrote: shapes of models in use, and those that TRL carries; with tokenizers."""

from functools import cache
from pathlib import Path

import trl

from pitchpipe_components.templates.own import OfTokenizer
from pitchpipe_stages.render.renderer import Renderer
from pitchpipe_stages.render.rules import Ruled
from pitchpipe_stages.render.writer import writer_of
from tests.chat_templates import SHAPES, tokenizer_of, tokens

TRLS = {
    file.stem: file
    for file in sorted((Path(trl.__file__).parent / "chat_templates").glob("*.jinja"))
    if not file.stem.endswith("_training")
}
_SPECIAL = tuple(dict.fromkeys(token for shape in SHAPES.values() for token in shape.special))
_PLAIN = tuple(dict.fromkeys(t for shape in SHAPES.values() for t in shape.plain if t not in _SPECIAL))
NAMES = [*SHAPES, *(f"trl/{name}" for name in TRLS)]


@cache
def fitted(name):
    """A tokenizer with a chat template, and its renderer as a recipe has it."""
    if name.startswith("trl/"):
        source = TRLS[name.removeprefix("trl/")].read_text("utf-8")
        tokenizer = tokens.tokenizer(source, _SPECIAL, _PLAIN, "<s>", "</s>")
    else:
        tokenizer = tokenizer_of(name)
    return tokenizer, Renderer(Ruled(writer_of(OfTokenizer())), tokenizer)
