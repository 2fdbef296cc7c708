"""How a model chooses tokens where a client leaves that open: as its own generation config says."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pitchpipe.host.serving import Declined, Wish

if TYPE_CHECKING:
    from transformers import PreTrainedModel


class OwnSampling:
    """The sampling that came with a model. A config that does not sample says nothing of sampling."""

    def __init__(self, model: "PreTrainedModel"):
        config: Any = getattr(model, "generation_config", None)
        names = ("temperature", "top_p", "top_k", "min_p") if getattr(config, "do_sample", False) else ()
        found = {name: getattr(config, name, None) for name in names}
        self.values = {name: value for name, value in found.items() if value is not None}
        self.tokens = int(model.config.get_text_config().vocab_size)

    def settled(self, wish: Wish) -> Wish:
        """A wish with the model's own values where the client named none."""
        if strange := next((token for token in wish.bias if token >= self.tokens), None):
            message = f"'logit_bias' names the token {strange}, and the model has {self.tokens:,}"
            raise Declined(400, message, "logit_bias", "invalid_value")
        own = {name: value for name, value in self.values.items() if name in wish.left}
        return replace(wish, sampling=replace(wish.sampling, **own)) if own else wish
