"""One run of a learner over prepared examples, continued from its last whole checkpoint."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import torch
from accelerate.utils import broadcast_object_list
from transformers.trainer_callback import PrinterCallback

import pitchpipe as pp
from pitchpipe_components.trainers import optimizers
from pitchpipe_components.trainers.asked import must_be_as_asked, must_be_shareable, must_have_gpus
from pitchpipe_components.trainers.astray import Astray
from pitchpipe_components.trainers.beginning import ObjectiveBegins, without_dropout
from pitchpipe_components.trainers.checkpoints import Checkpoints
from pitchpipe_components.trainers.fitting import Fit, can_rehearse, fitted, say_what_fits
from pitchpipe_components.trainers.learner import Learner
from pitchpipe_components.trainers.lora_linear import fewer_passes
from pitchpipe_components.trainers.memory import is_full, release
from pitchpipe_components.trainers.moving import Moving
from pitchpipe_components.trainers.neftune import Noise
from pitchpipe_components.trainers.pace import Pace
from pitchpipe_components.trainers.precision import Widened, settled
from pitchpipe_components.trainers.probing import Probing
from pitchpipe_components.trainers.progress import Continuation
from pitchpipe_components.trainers.settings import arguments
from pitchpipe_components.trainers.shares import shared_out
from pitchpipe_components.trainers.shown import facts, in_short, tell
from pitchpipe_components.trainers.validation import Validation
from pitchpipe_components.trainers.watch import Watch
from pitchpipe_components.trainers.weights import trained

if TYPE_CHECKING:
    from pitchpipe_components.trainers.options import Options

LEFT_OUT = (
    "training_args.bin",
    "README.md",
)  # a pickle, which nobody should load; a form that nobody filled in


def rehearsal(options: "Options", training: pp.Training) -> dict[str, str]:
    """Say what training does before its first step, and undo it."""
    options = settled(replace(options, rehearse=True), training.model)
    widened = Widened(training.model)
    with _ready(options, training) as (_, found):
        told = {"precision": widened.told()} if widened.told() else {}
        return told | (facts(found, training) if found else {})


def train(options: "Options", training: pp.Training) -> dict[str, Any]:
    """Train, save into `training.folder` and say what happened."""
    must_have_gpus("cuda" if torch.cuda.is_available() else "cpu")
    options = shared_out(settled(options, training.model), training)
    widened, validation = Widened(training.model), Validation(options, training)
    for told in filter(None, (widened.told(), optimizers.told(options.optimizer))):
        training.console.say(f"[dim]{told}[/]")
    trainable = sum(weight.numel() for weight in trained(training.model))
    with _ready(options, training) as (learner, found), training.console.bar("train", None) as tick:
        learner.remove_callback(PrinterCallback)
        learner.pace = Pace(training.train, learner.accelerator.num_processes)
        learner.add_callback(ObjectiveBegins(learner, tick))  # before the steps are counted
        learner.add_callback(Watch(training, learner.pace, tick))
        if options.probes:
            learner.add_callback(Probing(training, learner.accelerator, options.samples))
        learner.astray = Astray(learner.accelerator, learner.checkpoints, training, learner.objective)
        learner.add_callback(learner.astray)
        if not learner.objective.stands:
            learner.add_callback(Moving(learner.accelerator))
        if len(training.validation):
            learner.add_callback(validation)
        learner.add_callback(learner.progress)  # the last, as it looks at what the others decide
        if not _trained(learner):
            say_what_fits(found.options if found else options, training)
    if best := validation.folder(learner.state):
        learner.take(best)
    learner.save_whole(training.folder, widened)
    for name in LEFT_OUT:
        (training.folder / name).unlink(missing_ok=True)
    return {
        "steps": learner.state.global_step,
        "loss": round(learner.tally.mean(), 4),
        **validation.result(learner.state),
        "trainable_parameters": trainable,
        "seconds": round(learner.progress.seconds, 1),
        "processes": learner.accelerator.num_processes,
        "device": str(learner.accelerator.device),
    } | (in_short(found) if found else {})


def _trained(learner: Learner) -> bool:
    """Whether it came to its end, or memory has ended: then the learner gives back what it holds."""
    try:
        learner.train(resume_from_checkpoint=_goes_on_from(learner))
        return True
    except Exception as error:
        if not is_full(error):
            raise
    learner.accelerator.free_memory()
    learner.optimizer = learner.lr_scheduler = None
    learner.callback_handler.optimizer = learner.callback_handler.lr_scheduler = None
    release()
    return False


@contextmanager
def _ready(options: "Options", training: pp.Training) -> Iterator[tuple[Learner, Fit | None]]:
    """A learner of a model that keeps the documents of a row apart, with options that were rehearsed."""
    learner = _learner(options, training)
    must_be_as_asked(learner.accelerator)
    must_be_shareable(learner.accelerator, training.model)
    learner.objective.tell(training.console)
    with ExitStack() as stack:
        if learner.objective.still:
            stack.enter_context(without_dropout(training))
        stack.enter_context(fewer_passes(training.model))
        with learner.accelerator.autocast():  # as in the steps that follow
            stack.enter_context(training.isolated(cast(Any, learner.model)))
        if alpha := getattr(options, "neftune", None):
            learner.noise = Noise(alpha)
            stack.enter_context(learner.noise.on(training.model))
        found = fitted(options, training) if options.rehearse and can_rehearse(learner) else None
        if found:
            tell(found, training)
            if found.options != options:
                learner = _learner(found.options, training)
        yield learner, found


def _learner(options: "Options", training: pp.Training) -> Learner:
    learner = Learner(training, arguments(options, training), options.objective())
    learner.checkpoints = Checkpoints(training.checkpoints, options.checkpoints)
    learner.progress = Continuation(training, learner.is_world_process_zero(), {"losses": learner.tally})
    return learner


def _goes_on_from(learner: Learner) -> str | None:
    """The checkpoint that all processes go on from. The first one looks; a damaged one is told."""
    found: list[Path | None] = [None]
    if learner.is_world_process_zero():
        found = [learner.checkpoints.sound(learner.training.console)]
    if folder := broadcast_object_list(found)[0]:
        learner.progress.load(folder)
    return str(folder) if folder else None
