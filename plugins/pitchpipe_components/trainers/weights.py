"""The weights of a model that are trained, and the part of one that this process holds."""

from typing import Any


def trained(model: Any) -> list[Any]:
    """Those that have gradients."""
    return [weight for weight in model.parameters() if weight.requires_grad]


def local(weight: Any) -> Any:
    """The numbers of this process, of a weight that is spread over several; without gradient."""
    weight = weight.detach()
    return weight.to_local() if hasattr(weight, "to_local") else weight
