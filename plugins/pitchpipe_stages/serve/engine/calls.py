"""How a model is asked: with what its forward pass takes, and by the adapter that is meant."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import cached_property
from inspect import signature
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor


class ModelCall:
    """A model that is asked with a cache, or by its own generation.

    Layers of an adapter are in the model itself, so that PEFT's way around it is only gone where an adapter
    stands before the prompt.
    """

    def __init__(self, model: Any):
        self.model = model
        self.inner = model.get_base_model() if hasattr(model, "get_base_model") else model
        self.config, self.device = self.inner.config, model.device
        self.named = signature(self.inner.forward).parameters
        self.tokens = len(next(model.get_input_embeddings().parameters()))

    def __call__(self, ids: list[list[int]], mask: "Tensor", positions: "Tensor", cache: Any) -> "Tensor":
        """The logits behind the last column."""
        import torch

        more: dict[str, Any] = {}
        if "past_key_values" in self.named:
            more["past_key_values"] = cache
        else:  # only states: they have no columns to look back at
            more["cache_params"], mask = cache, mask[:, -len(ids[0]) :]
        if "position_ids" in self.named:
            more["position_ids"] = positions
        if "logits_to_keep" in self.named:
            more["logits_to_keep"] = 1
        out = self.inner(
            input_ids=torch.tensor(ids, device=self.device), attention_mask=mask, use_cache=True, **more
        )
        logits: Tensor = out.logits[:, -1].float()
        return logits

    def generate(self, adapter: str, ids: "Tensor", most: int, chosen: Callable[..., Any]) -> None:
        """Transformers' own generation, of whose scores `chosen` leaves one token each time."""
        import torch
        from transformers import LogitsProcessorList

        model = self.model if self.prompted(adapter) else self.inner
        self.inner.generation_config = self._plain
        model.generate(
            input_ids=ids, attention_mask=torch.ones_like(ids), max_new_tokens=most,
            logits_processor=LogitsProcessorList([chosen]),
        )  # fmt: skip

    @cached_property
    def _plain(self) -> Any:
        """Settings by which nothing but the engine ends an answer or decides on its tokens."""
        from transformers import GenerationConfig

        own = self.inner.generation_config
        start = own.decoder_start_token_id
        return GenerationConfig(bos_token_id=own.bos_token_id, decoder_start_token_id=start, pad_token_id=0)

    @property
    def adapters(self) -> list[str]:
        """As PEFT calls them; the base alone is the last."""
        return [*getattr(self.model, "peft_config", {}), ""]

    def prompted(self, adapter: str) -> bool:
        """Whether an adapter is tokens before the prompt, or what the model would remember of them."""
        return bool(adapter) and bool(self.model.peft_config[adapter].is_prompt_learning)

    def before_turn(self, adapter: str) -> None:
        """Generation by PEFT puts its own preparation in the base's place, and takes it away when it ends:
        also from the others that have begun."""
        if self.prompted(adapter):
            self.model.base_model.prepare_inputs_for_generation = self.model.prepare_inputs_for_generation

    @contextmanager
    def wearing(self, adapter: str) -> Iterator[None]:
        """The model with an adapter, or without any."""
        if adapter and self.model.active_adapter != adapter:
            self.model.set_adapter(adapter)
        bare = not adapter and hasattr(self.model, "peft_config")
        with self.model.disable_adapter() if bare else nullcontext():
            yield
