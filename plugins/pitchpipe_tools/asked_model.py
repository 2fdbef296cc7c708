"""What `chat` and `ask` share: which model is asked, and how."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import click

from pitchpipe.errors import PitchpipeError
from pitchpipe.records.conversation import Conversation, Message

if TYPE_CHECKING:
    from pitchpipe_stages.generate.opened import OpenedModel
    from pitchpipe_stages.generate.speaking import Settings

Function = TypeVar("Function", bound=Callable[..., Any])
_OPTIONS = (
    click.argument("model", metavar="RUN_OR_MODEL"),
    click.option("--system", metavar="TEXT", default="", help="The system message."),
    click.option(
        "--temperature",
        type=click.FloatRange(0),
        help="0: the likeliest token each time. [default: the model's own]",
    ),
    click.option(
        "--top-p",
        type=click.FloatRange(0, 1, min_open=True),
        help="Draw tokens of this share of the likelihood. [default: the model's own]",
    ),
    click.option(
        "--max-new-tokens",
        type=click.IntRange(1),
        default=1024,
        show_default=True,
        help="The most tokens of an answer.",
    ),
    click.option(
        "--seed", type=click.IntRange(0), help="What chance begins with. [default: another each time]"
    ),
    click.option("--base", is_flag=True, help="Ask the base of the run's model, not the tuned one."),
    click.option("--template", default="", metavar="NAME", help="The template of a model that has none."),
)


def of_a_model(command: Function) -> Function:
    """Adds RUN_OR_MODEL to a command, and the options of how it is asked."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def settings_of(
    one: "OpenedModel", temperature: float | None, top_p: float | None, max_new_tokens: int, seed: int | None
) -> "Settings":
    """How the model is asked: as its own generation config says, but for what a person says."""
    from secrets import randbelow

    from pitchpipe_stages.generate.sampling import GREEDY, saved
    from pitchpipe_stages.generate.speaking import Settings

    own = saved(one.model.generation_config)
    if temperature is None:
        temperature = own.temperature or (1.0 if top_p is not None else 0.0)
    drawn = replace(own, temperature=temperature, top_p=own.top_p if top_p is None else top_p)
    sampling = drawn if temperature else GREEDY
    return Settings(sampling, max_new_tokens, randbelow(1 << 31) if seed is None else seed)


def must_take_system(one: "OpenedModel", system: str) -> None:
    """Stop where the template has no place for a system message."""
    messages = [Message("system", system)] if system else []
    try:
        one.prompt(Conversation((*messages, Message("user", "Hi"))))
    except PitchpipeError as refusal:
        raise PitchpipeError(f"--system: {refusal}" if system else str(refusal)) from None


def described(one: "OpenedModel", place: str, base: bool) -> str:
    """Which model it is, and where it computes."""
    from accelerate import PartialState

    what = f"the base of {place}" if base and one.run else place
    model: Any = one.model
    adapter = "an adapter on its base" if hasattr(model, "peft_config") else "whole"
    kind = "" if base and one.run else f", {'tuned, ' * bool(one.run)}{adapter}"
    weights = str(next(model.parameters()).dtype).removeprefix("torch.")
    device = model.device if getattr(model, "is_quantized", False) else PartialState().device
    return f"{what}{kind}; {weights} on {device}"
