"""What is done when training begins or goes on: an objective gets ready, and dropout may be off."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from torch import nn
from transformers import TrainerCallback

import pitchpipe as pp

if TYPE_CHECKING:
    from pitchpipe_components.trainers.learner import Learner

BY_NAME = ("attention_dropout", "hidden_dropout")  # numbers of modules that call dropout as a function


class ObjectiveBegins(TrainerCallback):
    """Lets the objective begin when the model lies as it is trained, spread over processes where it is."""

    def __init__(self, learner: "Learner", tick: Any):
        self.learner, self.tick = learner, tick

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.learner.objective.begin(self.learner, self.tick)


@contextmanager
def without_dropout(training: pp.Training) -> Iterator[None]:
    """Dropout is off as long as this lasts: what is compared must not differ by chance."""
    found = list(_dropouts(training.model))
    for module, name, _ in found:
        setattr(module, name, 0.0)
    if found:
        training.console.say("[dim]dropout is off: chance would stand between what is compared[/]")
    try:
        yield
    finally:
        for module, name, share in found:
            setattr(module, name, share)


def _dropouts(model: Any) -> Iterator[tuple[Any, str, float]]:
    """Modules, the names of their shares, and these, where they are not 0."""
    for module in model.modules():
        names = ("p",) if isinstance(module, nn.Dropout) else BY_NAME
        for name in names:
            share = getattr(module, name, None)
            if isinstance(share, float) and share:
                yield module, name, share
