"""Reads texts with a model in the ways that there are: each from its beginning, or the beginnings once."""

import copy
import inspect
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pitchpipe_stages.generate.likely.asked import Context, Ids
from pitchpipe_stages.generate.likely.logits import Follower, Found, measured, padded

if TYPE_CHECKING:
    from torch import Tensor


class DecoderReader:
    """A model that has a decoder alone."""

    def __init__(self, model: Any):
        inner = model.get_base_model() if hasattr(model, "get_base_model") else model
        self.model, self.device = model, model.device
        known = inspect.signature(inner.forward).parameters
        self.cuts, self.places = "logits_to_keep" in known, "position_ids" in known

    def alone(self, contexts: Sequence[Context]) -> Found:
        """Reads each text from its beginning, padded at the right: no model sees that."""
        rows = list(dict.fromkeys((one.ids, read) for one in contexts for read in one.read or [()]))
        ids, _ = padded([(*context, *read) for context, read in rows], self.device)
        keep = ids.shape[1] - min(len(context) for context, _ in rows) + 1
        logits = self._last(keep, input_ids=ids, use_cache=False).logits
        row_of = {row: at for at, row in reversed(list(enumerate(rows)))}
        first_of = {context: at for at, (context, _) in reversed(list(enumerate(rows)))}
        said = []
        for one in contexts:
            start = len(one.ids) - 1 - (ids.shape[1] - keep)
            for follower in one.followers:
                row = row_of.get((one.ids, follower[:-1]), first_of[one.ids])
                said.append(Follower((one.ids, follower), logits[row, start : start + len(follower)]))
        return measured(said)

    def beginning(self, ids: Ids, longest: int) -> Any:
        """The cache of what many contexts begin with, none `longest`er than that."""
        from transformers.cache_utils import DynamicLayer, DynamicSlidingWindowLayer

        given, _ = padded([ids], self.device)
        cache = self._last(1, input_ids=given, use_cache=True).past_key_values
        for layer in cache.layers:
            # Padding stands behind the beginning, and counts in a window.
            if type(layer) is DynamicSlidingWindowLayer and layer.sliding_window < 2 * longest:
                raise ValueError(f"it sees no more than {layer.sliding_window:,} tokens")
            if type(layer) not in (DynamicLayer, DynamicSlidingWindowLayer):
                raise ValueError("it keeps more than keys and values")
        return cache

    def together(self, contexts: Sequence[Context], shared: int = 0, beginning: Any = None) -> Found:
        """Reads each context once, behind a beginning that was read before; then what follows each."""
        import torch

        device = self.device
        ids, seen = padded([one.ids[shared:] for one in contexts], device, left=True)
        seen = torch.cat([seen.new_ones(len(contexts), shared), seen], 1)
        cache = copy.deepcopy(beginning)
        if cache is not None:
            cache.reorder_cache(torch.zeros(len(contexts), dtype=torch.long, device=device))
        read = self._last(1, past_key_values=cache, use_cache=True, **self._placed(ids, seen))
        first, cache = read.logits[:, -1:], read.past_key_values
        rows = [(at, one) for at, context in enumerate(contexts) for one in context.read]
        behind: Tensor | None = None
        if rows:
            of = torch.tensor([at for at, _ in rows], device=device)
            cache.reorder_cache(of)
            ids, there = padded([one for _, one in rows], device)
            # Padding at the right is seen by nothing but more of it.
            seen = torch.cat([seen[of], torch.ones_like(there)], 1)
            behind = self.model(past_key_values=cache, use_cache=True, **self._placed(ids, seen)).logits
        row_of = {row: at for at, row in enumerate(rows)}
        said = []
        for at, context in enumerate(contexts):
            for follower in context.followers:
                logits = first[at]
                if len(follower) > 1:
                    assert behind is not None
                    more = behind[row_of[at, follower[:-1]], : len(follower) - 1]
                    logits = torch.cat([logits, more])
                said.append(Follower((context.ids, follower), logits))
        return measured(said)

    def _placed(self, ids: "Tensor", seen: "Tensor") -> dict[str, Any]:
        given = {"input_ids": ids, "attention_mask": seen}
        if self.places:
            given["position_ids"] = (seen.cumsum(1) - 1).clamp(min=0)[:, -ids.shape[1] :]
        return given

    def _last(self, keep: int, **given: Any) -> Any:
        """What the model gives for these inputs, with the logits of the last `keep` places."""
        made = self.model(**given, **({"logits_to_keep": keep} if self.cuts else {}))
        made.logits = made.logits[:, -keep:]
        return made


class EncoderReader:
    """A model whose encoder reads the context, and its decoder what follows."""

    def __init__(self, model: Any):
        self.model, self.device = model, model.device

    def together(self, contexts: Sequence[Context]) -> Found:
        """Each context is encoded once."""
        import torch

        ids, seen = padded([one.ids for one in contexts], self.device)
        encoded = self.model.get_encoder()(input_ids=ids, attention_mask=seen)
        rows = [(at, one) for at, context in enumerate(contexts) for one in context.followers]
        of = torch.tensor([at for at, _ in rows], device=self.device)
        labels, _ = padded([one for _, one in rows], self.device)
        encoded.last_hidden_state = encoded.last_hidden_state[of]
        logits = self.model(
            encoder_outputs=encoded,
            attention_mask=seen[of],
            decoder_input_ids=self.model.prepare_decoder_input_ids_from_labels(labels=labels),
        ).logits
        return measured(
            [Follower((contexts[at].ids, one), logits[row, : len(one)]) for row, (at, one) in enumerate(rows)]
        )
