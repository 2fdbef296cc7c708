"""Makes vectors with a text encoder: the mean of its last layer over a text's tokens."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Meta

from pitchpipe import PitchpipeError
from pitchpipe_components.hub import commit_of, record


@dataclass(frozen=True)
class TextEncoder:
    """Embeds texts with a transformers encoder from a folder or the hub. Code from the hub is never run."""

    name: Annotated[str, Meta(min_length=1, description="a folder, or the name of a model on the hub")]
    batch_size: Annotated[int, Meta(ge=1, description="texts in a batch")] = 64
    length: Annotated[int, Meta(ge=1, description="the most tokens of a text; the rest is cut off")] = 256
    prefix: Annotated[str, Meta(description="text that the model needs before each text: `query: `")] = ""
    device: Annotated[
        Literal["auto", "cpu", "cuda"], Meta(description="where it runs; auto: on a GPU if there is one")
    ] = "auto"

    def commits(self) -> dict[str, str]:
        """Returns the commit that the encoder's name on the hub means now."""
        return {} if Path(self.name).is_dir() else record(self.name, None, "model")

    def __call__(self, texts: list[str]) -> Any:
        """Returns a vector for each text, in order; texts of similar length share a batch."""
        import numpy as np

        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        vectors: list[Any] = [None] * len(texts)
        for start in range(0, len(order), self.batch_size):
            batch = order[start : start + self.batch_size]
            for index, vector in zip(batch, self._embed([texts[index] for index in batch]), strict=True):
                vectors[index] = vector
        return np.stack(vectors) if vectors else np.zeros((0, 0), np.float32)

    def _embed(self, texts: list[str]) -> Any:
        import torch

        tokenizer, model = self._loaded
        texts = [self.prefix + text for text in texts]
        inputs = tokenizer(texts, padding=True, truncation=True, max_length=self.length, return_tensors="pt")
        inputs = inputs.to(model.device)
        with torch.inference_mode():
            states = model(**inputs).last_hidden_state.float()
        mask = inputs["attention_mask"].unsqueeze(-1).float()
        means = (states * mask).sum(1) / mask.sum(1).clamp(min=1)
        return torch.nn.functional.normalize(means, dim=-1).cpu().numpy()

    @cached_property
    def _loaded(self) -> Any:
        """The tokenizer and the model, which each process loads once."""
        import torch
        from transformers import AutoModel, AutoTokenizer

        device = self.device
        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        try:
            tokenizer = AutoTokenizer.from_pretrained(self.name, revision=self._commit)
            model = AutoModel.from_pretrained(self.name, revision=self._commit).eval().to(device)
        except OSError as error:
            raise PitchpipeError(f"no encoder '{self.name}': {str(error).partition(chr(10))[0]}") from error
        if tokenizer.pad_token is None:
            raise PitchpipeError(f"the tokenizer of '{self.name}' has no pad token; take another encoder")
        return tokenizer, model

    @property
    def _commit(self) -> str | None:
        return None if Path(self.name).is_dir() else commit_of(self.name, None, "model") or None

    def __getstate__(self) -> dict[str, Any]:
        """Leaves the model out: another process loads it itself."""
        return {name: value for name, value in self.__dict__.items() if name != "_loaded"}
