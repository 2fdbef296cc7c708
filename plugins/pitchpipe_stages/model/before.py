"""What a base model is before new tokens and training change it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pitchpipe_stages.model.search import search_of

if TYPE_CHECKING:
    from transformers import PreTrainedModel


@dataclass(frozen=True)
class Before:
    """The rows of the embeddings, one for each token that the model has seen; the positions that it knows.

    `learned` positions are rows too, and there is none for the next one. Others are computed.
    """

    rows: int
    positions: int | None
    learned: bool
    rotary: str = ""  # how they are stretched, where they are rotary
    search: str = ""  # its own way to find an answer, beside the likeliest token

    @classmethod
    def of(cls, model: "PreTrainedModel") -> "Before":
        """The facts of a model as it was loaded."""
        positions = getattr(model.config.get_text_config(), "max_position_embeddings", None)
        learned = positions is not None and _has_rows_for(model, positions)
        search = search_of(model.generation_config) if model.generation_config else ""
        return cls(rows_of(model), positions, learned, _rotary(model), search)


def rows_of(model: "PreTrainedModel") -> int:
    """The number of rows of the embeddings."""
    return len(next(model.get_input_embeddings().parameters()))


def _has_rows_for(model: "PreTrainedModel", positions: int) -> bool:
    """Whether there is a table of positions beside that of tokens; OPT's has two rows more than positions."""
    from torch import nn

    tokens = model.get_input_embeddings()
    tables = (module for module in model.modules() if isinstance(module, nn.Embedding))
    return any(positions <= table.num_embeddings <= positions + 8 for table in tables if table is not tokens)


def _rotary(model: "PreTrainedModel") -> str:
    """The kind of rotary positions, with the factor that stretches them: "yarn, factor 4.0"."""
    found = getattr(model.config.get_text_config(), "rope_parameters", None) or {}
    kinds = [found] if "rope_type" in found else [kind for kind in found.values() if isinstance(kind, dict)]
    named = [(kind.get("rope_type", "default"), kind.get("factor")) for kind in kinds]
    return "; ".join(dict.fromkeys(name + (f", factor {factor}" if factor else "") for name, factor in named))
