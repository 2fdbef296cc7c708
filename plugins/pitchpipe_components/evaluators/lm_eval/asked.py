"""Has lm-evaluation-harness ask a model, and keeps what came of it."""

import json
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lm_eval import evaluator as harness
from lm_eval.tasks import TaskManager
from lm_eval.utils import handle_non_serializable

import pitchpipe as pp
from pitchpipe_components.evaluators.lm_eval.model import SubjectModel
from pitchpipe_components.evaluators.lm_eval.scores import measures

if TYPE_CHECKING:
    from pitchpipe_components.evaluators.lm_eval.evaluator import LmEval


def ask(how: "LmEval", subject: pp.Subject) -> Mapping[str, pp.Measured | pp.Score]:
    """The scores of all tasks, and of groups as the harness puts them together."""
    with _quiet(how.allow_code):
        with subject.console.waiting("loading the tasks of lm_eval"):
            loaded = _loaded(how)
        chat = bool(subject.served.chat_template) if how.chat is None else how.chat
        _tell(subject, loaded["tasks"], chat)
        model = SubjectModel(subject, how.batch_size)
        found = harness.evaluate(
            lm=model,
            task_dict=loaded,
            limit=how.limit,
            bootstrap_iters=0,
            log_samples=True,
            system_instruction=how.system or None,
            apply_chat_template=chat,
            fewshot_as_multiturn=chat and how.multi_turn,
            confirm_run_unsafe_code=how.allow_code,
        )
    if how.log_samples:
        _log(found["samples"], subject.folder / "lm_eval")
    return measures(found, loaded, "chat template" if chat else "no chat template")


def _loaded(how: "LmEval") -> Any:
    """The tasks with their data, as the harness's own command sets them up."""
    folders = sorted({str(folder) for some in how.folders.values() for folder in some})
    own = [str(how.include_path)] if how.include_path else []
    wanted = [*how.tasks, *map(str, how.files)]
    try:
        try:
            loaded = TaskManager(include_path=[*folders, *own], include_defaults=False).load(wanted)
        except KeyError:  # a group may name tasks of other folders
            loaded = TaskManager(include_path=own or None).load(wanted)
    except Exception as reason:
        raise pp.PitchpipeError(_why(reason)) from reason
    for task in loaded["tasks"].values():
        shots = task.get_config("num_fewshot")
        if shots != 0:  # a task that has none wants none
            task.set_config(key="num_fewshot", value=shots or 0 if how.few_shot is None else how.few_shot)
        task.set_fewshot_seed(seed=how.seed)
    return loaded


def _why(reason: Exception) -> str:
    words = f"lm_eval: a task cannot be loaded: {type(reason).__name__}: {reason}"
    if os.environ.get("HF_HUB_OFFLINE", "0") in ("", "0") and not isinstance(reason, ConnectionError):
        return words
    return (
        f"{words}\nThe data of most tasks is downloaded from the hub when they are first used: run it once"
        " with a network, without HF_HUB_OFFLINE. A task of your own with `dataset_path: json` needs none."
    )


def _tell(subject: pp.Subject, tasks: Mapping[str, Any], chat: bool) -> None:
    form = "with the chat template" if chat else "without a chat template"
    shots = {task.get_config("num_fewshot") for task in tasks.values()}
    words = " or ".join(str(count) for count in sorted(shots))
    subject.console.say(
        f"[dim]lm_eval: {len(tasks):,} tasks, {words} examples before each question, {form}[/]"
    )


def _log(samples: Mapping[str, list[dict[str, Any]]], folder: Path) -> None:
    """What was asked and said, a file for each task, as the harness's own command writes it."""
    folder.mkdir(parents=True, exist_ok=True)
    for task, lines in samples.items():
        with open(folder / f"samples_{task}.jsonl", "w", encoding="utf-8") as file:
            for line in lines:
                file.write(json.dumps(line, default=handle_non_serializable, ensure_ascii=False) + "\n")


@contextmanager
def _quiet(allow_code: bool) -> Iterator[None]:
    """Without the harness's own bars and remarks; PITCHPIPE_VERBOSE=1 shows them. Its metrics look for leave
    to execute code in a variable."""
    from functools import partialmethod

    from tqdm import tqdm

    logger, variable = logging.getLogger("lm_eval"), "HF_ALLOW_CODE_EVAL"
    level, leave, begin = logger.level, os.environ.get(variable), tqdm.__init__
    verbose = os.environ.get("PITCHPIPE_VERBOSE", "0") not in ("", "0")
    if not verbose:
        logger.setLevel(logging.ERROR)
        tqdm.__init__ = partialmethod(begin, disable=True)
    if allow_code:
        os.environ[variable] = "1"
    try:
        yield
    finally:
        logger.setLevel(level)
        tqdm.__init__ = begin
        if allow_code:
            os.environ.pop(variable) if leave is None else os.environ.update({variable: leave})
