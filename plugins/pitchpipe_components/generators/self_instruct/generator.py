"""The generator `self_instruct`: new tasks in the manner of given ones, and then instances of each."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import pitchpipe as pp
from pitchpipe_components.generators.self_instruct import presets
from pitchpipe_components.generators.self_instruct.batch import WholeTask
from pitchpipe_components.generators.self_instruct.examples import OURS, examples_of, shown
from pitchpipe_components.generators.self_instruct.instances import Instance
from pitchpipe_components.generators.self_instruct.novel import Admission, Said, limits_of
from pitchpipe_components.generators.self_instruct.presets import Values, of_each
from pitchpipe_components.generators.self_instruct.questions import Mode, SelfInstructQuestions
from pitchpipe_components.generators.self_instruct.rules import against_each, against_instance, against_task
from pitchpipe_components.generators.self_instruct.shown import ShownTask, checked, drawn, tasks_of
from pitchpipe_components.generators.self_instruct.wording import digest_of, prompts

Count = Annotated[int, pp.Meta(ge=1)]
Share = Annotated[float, pp.Meta(gt=0, le=1)]
Heat = Annotated[float, pp.Meta(ge=0, le=2)]
Number = Annotated[int, pp.Meta(ge=0)]


def _of(name: str, what: str) -> pp.Meta:
    """What an option is for, and its value under each name."""
    return pp.Meta(description=f"{what} ({of_each(name)})")


@dataclass(kw_only=True)
class TasksFromSeeds:
    """Invents new tasks from a few given ones, and does them: Self-Instruct.

    A question shows some tasks of people and some that were made before, and asks for others. A task that is
    new enough, and breaks no rule, is asked for instances: inputs with their outputs; in classification first
    the labels, then inputs that have them. What is not taken is in the ledger, with the reason.

    `like` names a whole set of values, and any option beside it replaces one of them:
    - chat: ours, for models that chat, in any language
    - paper: those of the code of Self-Instruct (Wang et al. 2022), which knows English alone
    - document: one task, then one instance, with the words of a guide; 3 tasks are shown, of people or made
    - batch: 20 whole tasks in JSON at once, with the words of a guide; no instances are asked for
    """

    instructions: Annotated[int, pp.Meta(ge=1, description="tasks that are taken, with an instance each")] = (
        5000
    )
    like: Annotated[presets.Like, pp.Meta(description="whose values those are that are left out")] = "chat"
    mode: Annotated[
        Mode,
        pp.Meta(
            description="how a teacher is asked: for text; for JSON by a schema; or with a raw text to go on"
            " with, as base models do"
        ),
    ] = "text"
    demonstrations: Annotated[
        dict[str, int] | None,
        _of(
            "demonstrations",
            "tasks that a question shows, of human, machine, or any; while too few are made, more are human",
        ),
    ] = None
    per_ask: Annotated[Count | None, _of("per_ask", "new tasks that a question asks for")] = None
    temperature: Annotated[Heat | None, _of("temperature", "of new tasks")] = None
    top_p: Annotated[Share | None, _of("top_p", "of new tasks")] = None
    max_tokens: Annotated[Count | None, _of("max_tokens", "tokens of a reply with new tasks, at most")] = None
    novelty: Annotated[
        Said | None,
        _of(
            "novelty",
            "a task is dropped that is more alike to a seed or an earlier one: rouge_l, jaccard, or cosine",
        ),
    ] = None
    embedder: Annotated[
        Any,
        pp.Meta(
            description="turns tasks into vectors, for `novelty: {cosine: 0.9}`",
            extra_json_schema={"x-component": "embedder"},
        ),
    ] = "hashed"
    min_words: Annotated[
        Number | None,
        _of("min_words", "of a task; without spaces between words, two characters count as one"),
    ] = None
    max_words: Annotated[Count | None, _of("max_words", "of a task")] = None
    min_chars: Annotated[Number | None, _of("min_chars", "characters of a task")] = None
    openings: Annotated[presets.Openings | None, _of("openings", "how a task may begin")] = None
    programs: Annotated[bool | None, _of("programs", "whether it may begin with 'Write a program'")] = None
    blacklist: Annotated[
        tuple[str, ...] | None, _of("blacklist", "words of tasks that text alone cannot do; []: any words")
    ] = None
    classification: Annotated[
        presets.Classification | None,
        _of("classification", "whether labels come before inputs; ask: where the teacher says so"),
    ] = None
    max_instances: Annotated[Count | None, _of("max_instances", "of a task")] = None
    instance_temperature: Annotated[Heat | None, _of("instance_temperature", "of instances")] = None
    instance_max_tokens: Annotated[
        Count | None, _of("instance_max_tokens", "tokens of a reply with all instances of a task, at most")
    ] = None
    min_output_chars: Annotated[Count | None, _of("min_output_chars", "characters of an output")] = None
    max_output_chars: Annotated[Count | None, _of("max_output_chars", "characters of an output, at most")] = (
        None
    )
    prompts: Annotated[
        dict[str, str] | None,
        pp.Meta(
            description="own words: `instructions` with {tasks}, and {first}, {last}, {wanted} where needed;"
            " `classification`, `inputs_first`, `outputs_first` with {instruction}"
        ),
    ] = None  # fmt: skip

    def __post_init__(self) -> None:
        self.wanted = self.instructions
        self.values: Values = presets.chosen(self.like, vars(self))
        self.limits = limits_of(self.values.novelty)
        words = prompts(self.like, self.prompts or {})
        self.questions = SelfInstructQuestions(words, self.values, self.mode)
        self.needs_teacher = ("raw",) if self.mode == "raw" else ()
        self.prompt_version = f"{self.like} {digest_of(words)}"
        self._examples = shown(OURS)
        self._of_seeds: tuple[Sequence[pp.Conversation], list[ShownTask]] = ((), [])
        checked(self.values.demonstrations)
        if self.values.min_words > self.values.max_words:
            raise ValueError(
                f"min_words ({self.values.min_words}) is above max_words ({self.values.max_words})"
            )
        if self.mode == "raw" and self.like != "paper" and set(self.prompts or {}) != {*words}:
            raise ValueError("mode: raw goes on with a text, as the prompts of `like: paper` let it")
        if self.values.form == "one" and self.values.per_ask > 1:
            raise ValueError(f"per_ask: like '{self.like}' asks for one task at a time")

    def admission(self, seeds: Sequence[pp.Conversation]) -> Callable[[pp.Made], pp.Drop | None]:
        """Drops what is too near to a seed, or to what was admitted before."""
        self._examples = examples_of(seeds)
        return Admission(self.limits, self.embedder, seeds)

    async def draft(self, pool: pp.Pool, ask: pp.Asking) -> AsyncIterator[pp.Made]:
        shown = drawn(self._known(pool.seeds), pool.made, self.values.demonstrations, ask.random)
        found = await self.questions.tasks(shown, ask)
        for task in found or [WholeTask("", problem="no task in the reply")]:
            yield pp.made(
                task.instruction, task.output, input=task.input, operator="task",
                parents=[one.id for one in shown], drop=self._against(task),
            )  # fmt: skip

    async def __call__(self, source: pp.Conversation, ask: pp.Asking) -> AsyncIterator[pp.Made]:
        task = source.messages[0].content
        labels = await self.questions.is_classification(task, self._examples, ask)
        order = "outputs_first" if labels else "inputs_first"
        found = await self.questions.instances(order, task, ask)
        if not found:
            yield pp.made(task, operator=order, drop=pp.drop("no instance in the reply"))
        known = self.values.classification != "never"
        about: dict[str, Any] = {"is_classification": labels} if known else {}
        for one, drop in zip(found, against_each(task, found, self.values), strict=True):
            yield pp.made(task, one.output or "", input=one.input, operator=order, drop=drop, **about)

    def expects(self) -> dict[str, dict[str, float]]:
        """What one draft and one task take, as far as can be told before anything was asked."""
        values, whole = self.values, self.values.form == "json"
        rows = 1.0 if whole or values.max_instances == 1 else 2.5
        asked = 0 if whole else 1 + (values.classification == "ask")
        written = values.per_ask * (120 if whole else 25)
        draft = {"questions": 1, "written": written, "made": 0.7 * values.per_ask}
        return {
            "draft": draft,
            "source": {"questions": asked, "written": 120 * rows * (asked > 0), "made": rows, "rows": rows},
        }

    def _known(self, seeds: Sequence[pp.Conversation]) -> list[ShownTask]:
        """The seeds' tasks, found once."""
        if self._of_seeds[0] is not seeds:
            self._of_seeds = seeds, tasks_of(seeds, self.values.max_words)
        if not self._of_seeds[1]:
            raise pp.PitchpipeError(
                f"self_instruct: no seed of {len(seeds):,} has a task of 1 to {self.values.max_words} words"
            )
        return self._of_seeds[1]

    def _against(self, task: WholeTask) -> pp.Drop | None:
        if task.problem:
            return pp.drop(task.problem)
        drop = against_task(task.instruction, self.values)
        if drop is None and self.values.form == "json":
            return against_instance(task.instruction, Instance(task.input, task.output), self.values)
        return drop
