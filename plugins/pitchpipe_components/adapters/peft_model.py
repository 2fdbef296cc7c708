"""What every adapter of PEFT needs: a frozen base, trained weights of single precision, a way to be saved."""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Meta

import pitchpipe as pp

Save = Annotated[
    Literal["adapter", "merged"] | None,
    Meta(
        description="what is kept: the adapter, which needs its base wherever it is loaded, or the whole"
        " model, merged; none: merged where the base is a folder that is not quantised"
    ),
]

EXPERTS = (
    " The experts of a mixture are adapted so, too; leave the option out, or name layers that are none:"
    " targets: [q_proj, k_proj, v_proj, o_proj]."
)


def task(model: Any) -> str:
    """The kind of model, as PEFT calls it."""
    if type(model).__name__.endswith("ForSequenceClassification"):
        return "SEQ_CLS"
    return "SEQ_2_SEQ_LM" if getattr(model.config, "is_encoder_decoder", False) else "CAUSAL_LM"


def adapted(name: str, model: Any, settings: Any) -> Any:
    """The model with an adapter on it. The weights of the base keep their type, quantised or not."""
    from peft import get_peft_model

    return as_trained(_named(name, lambda: get_peft_model(model, settings)))


def as_trained(model: Any) -> Any:
    """What is trained is of single precision: small steps vanish in half of it."""
    import torch

    for weight in model.parameters():
        if weight.requires_grad and weight.dtype in (torch.bfloat16, torch.float16):
            weight.data = weight.data.float()
    for config in model.peft_config.values():
        # A set's order changes from process to process, and would change the bytes that are saved.
        for field in ("target_modules", "feedforward_modules", "target_parameters"):
            if isinstance(getattr(config, field, None), set):
                setattr(config, field, sorted(getattr(config, field)))
    head = model.get_base_model().get_output_embeddings()
    if head is not None and not hasattr(head, "bias"):
        head.bias = None  # TRL asks for it, and PEFT's wrapper of new rows knows of none
    return model


def load(name: str, model: Any, folder: Path, **how: Any) -> Any:
    """The model with the adapter that was saved in a folder."""
    from peft import PeftModel

    return _named(name, lambda: PeftModel.from_pretrained(model, str(folder), **how))


def merges(name: str, save: str | None, model: Any) -> bool:
    """Loaders find a base on the hub by its name; a folder they find on this machine alone."""
    quantized = getattr(model, "is_quantized", False)
    if save == "merged" and quantized:
        raise pp.PitchpipeError(
            f"adapter {name}: save: merged needs a model that is not quantised: take `quantize` out, or"
            " save: adapter"
        )
    is_folder = not quantized and Path(model.name_or_path).exists()
    return save == "merged" or (save is None and is_folder)


def merged(model: Any) -> Any:
    """The whole model, with the adapter on it merged into its weights.

    Each weight stays where it was, and of its type: new ones beside them would be a second model in the end.
    """
    from peft.tuners.tuners_utils import BaseTunerLayer

    for layer in [module for module in model.modules() if isinstance(module, BaseTunerLayer)]:
        before = [(weight, weight.data) for weight in layer.get_base_layer().parameters(recurse=False)]
        layer.merge()
        for weight, place in before:
            if weight.data_ptr() != place.data_ptr():
                weight.data = place.copy_(weight.data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that all is merged
        return model.merge_and_unload()


def _named(name: str, make: Callable[[], Any]) -> Any:
    """PEFT's refusals, of a module that is no layer of weights or of an architecture, name the adapter."""
    try:
        return make()
    except (ValueError, KeyError, NotImplementedError, AttributeError) as error:
        raise pp.PitchpipeError(
            f"adapter {name}: {error}{EXPERTS * ('ParamWrapper' in str(error))}"
        ) from error
