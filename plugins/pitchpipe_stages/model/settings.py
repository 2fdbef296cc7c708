"""The generation config of a model, which has to be in order before it is saved with what was learned."""

from typing import TYPE_CHECKING

from pitchpipe.errors import PitchpipeError

if TYPE_CHECKING:
    from transformers import GenerationConfig

SAMPLING = {"temperature": 1.0, "top_p": 1.0, "top_k": 50, "min_p": None, "typical_p": 1.0}


def make_saveable(settings: "GenerationConfig") -> str:
    """Take out what Transformers refuses to save, and say what that was.

    It refuses at the very end, when all is trained. Settings of sampling mean nothing where nobody samples.
    """
    idle = {} if settings.do_sample else {name: getattr(settings, name) for name in SAMPLING}
    idle = {name: value for name, value in idle.items() if value not in (None, SAMPLING[name])}
    for name in idle:
        setattr(settings, name, None)
    try:
        settings.validate(strict=True)
    except ValueError as error:
        raise PitchpipeError(f"the model's generation_config.json cannot be saved: {error}") from error
    named = ", ".join(f"{name} {value}" for name, value in idle.items())
    return (
        f"left out of generation_config.json, where they do nothing without do_sample: {named}"
        if idle
        else ""
    )
