"""The generator `self_instruct`: new tasks in the manner of given ones, and then instances of each."""

import re
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import pitchpipe as pp
from pitchpipe_components.generators.self_instruct import presets
from pitchpipe_components.generators.self_instruct.batch import WholeTask, tasks_in
from pitchpipe_components.generators.self_instruct.examples import OURS, examples_of, shown
from pitchpipe_components.generators.self_instruct.fields import unwrapped
from pitchpipe_components.generators.self_instruct.instances import Instance, instances_in
from pitchpipe_components.generators.self_instruct.items import listed, only
from pitchpipe_components.generators.self_instruct.novel import Admission, limits_of
from pitchpipe_components.generators.self_instruct.presets import Values, of_each
from pitchpipe_components.generators.self_instruct.rules import against_each, against_instance, against_task
from pitchpipe_components.generators.self_instruct.shown import ShownTask, checked, drawn, numbered, tasks_of
from pitchpipe_components.generators.self_instruct.wording import filled, prompts

Count = Annotated[int, pp.Meta(ge=1)]
Share = Annotated[float, pp.Meta(gt=0, le=1)]
Heat = Annotated[float, pp.Meta(ge=0, le=2)]
Number = Annotated[int, pp.Meta(ge=0)]
_YES_OR_NO = re.compile(r"\b(yes|no)\b", re.IGNORECASE)
ROOM = 256  # tokens for a Yes or a No, and what a model thinks before it


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
        dict[str, float] | None,
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
        self._words = prompts(self.like, self.prompts or {})
        self._examples = shown(OURS)
        self._of_seeds: tuple[Sequence[pp.Conversation], list[ShownTask]] = ((), [])
        checked(self.values.demonstrations)
        if self.values.min_words > self.values.max_words:
            raise ValueError(
                f"min_words ({self.values.min_words}) is above max_words ({self.values.max_words})"
            )
        if self.values.form == "one" and self.values.per_ask > 1:
            raise ValueError(f"per_ask: like '{self.like}' asks for one task at a time")

    def admission(self, seeds: Sequence[pp.Conversation]) -> Callable[[pp.Made], pp.Drop | None]:
        """Drops what is too near to a seed, or to what was admitted before."""
        self._examples = examples_of(seeds)
        return Admission(self.limits, self.embedder, seeds)

    async def draft(self, pool: pp.Pool, ask: pp.Asking) -> AsyncIterator[pp.Made]:
        values = self.values
        tasks = drawn(self._known(pool.seeds), pool.made, values.demonstrations, ask.random)
        first, last = len(tasks) + 1, len(tasks) + values.per_ask
        prompt = filled(
            self._words["instructions"], tasks=numbered(tasks, values),
            wanted=str(values.per_ask), first=str(first), last=str(last),
        )  # fmt: skip
        # Few seeds are drawn in the same order again and again, and each time want a reply of its own.
        nth = ask.random.randrange(1 << 31)
        reply = await ask(
            prompt, nth=nth, temperature=values.temperature, top_p=values.top_p, max_tokens=values.max_tokens
        )
        found = self._tasks_in(reply, first)
        for task in found or [WholeTask("", problem="no task in the reply")]:
            yield pp.made(
                task.instruction, task.output, input=task.input, operator="task",
                parents=[one.id for one in tasks], drop=self._against(task),
            )  # fmt: skip

    async def __call__(self, source: pp.Conversation, ask: pp.Asking) -> AsyncIterator[pp.Made]:
        task = source.messages[0].content
        labels = await self._is_classification(task, ask)
        if labels is None:
            yield pp.made(
                task, operator="classification", drop=pp.drop("neither Yes nor No: is it classification?")
            )
            return
        order = "outputs_first" if labels else "inputs_first"
        found = await self._instances(order, task, ask)
        if not found:
            yield pp.made(task, operator=order, drop=pp.drop("no instance in the reply"))
        for one, drop in zip(found, against_each(task, found, self.values), strict=True):
            yield pp.made(
                task, one.output or "", input=one.input, operator=order, drop=drop, is_classification=labels
            )

    def expects(self) -> dict[str, dict[str, float]]:
        """What one draft and one task take, as far as can be told before anything was asked."""
        values, whole = self.values, self.values.form == "json"
        draft = {
            "questions": 1,
            "written": values.per_ask * (120 if whole else 25),
            "made": 0.7 * values.per_ask,
        }
        asked = {"ask": 1, "never": 0, "always": 0}[values.classification] + 1
        rows = 1 + (values.max_instances > 1) * 1.5
        source = {"questions": asked, "written": 2 + 120 * rows, "made": rows, "rows": rows}
        return {
            "draft": draft,
            "source": {"questions": 0, "written": 0, "made": 1, "rows": 1} if whole else source,
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

    def _tasks_in(self, reply: pp.Reply, first: int) -> list[WholeTask]:
        if self.values.form == "json":
            return tasks_in(unwrapped(reply.text))
        tasks = listed(reply.text, first) if self.values.form == "list" else [only(reply.text)]
        whole = tasks if reply.end == "stop" else tasks[:-1]  # a recipe may accept what was cut
        return [WholeTask(task) for task in whole]

    def _against(self, task: WholeTask) -> pp.Drop | None:
        if task.problem:
            return pp.drop(task.problem)
        drop = against_task(task.instruction, self.values)
        if drop is None and self.values.form == "json":
            return against_instance(task.instruction, Instance(task.input, task.output), self.values)
        return drop

    async def _is_classification(self, task: str, ask: pp.Asking) -> bool | None:
        if self.values.classification != "ask":
            return self.values.classification == "always"
        prompt = filled(self._words["classification"], instruction=task, examples=self._examples)
        reply = await ask(prompt, temperature=0, max_tokens=ROOM)
        said = _YES_OR_NO.search(unwrapped(reply.text))
        return said[1].lower() == "yes" if said else None

    async def _instances(self, order: str, task: str, ask: pp.Asking) -> list[Instance]:
        values = self.values
        prompt = filled(self._words[order], instruction=task, instances=str(values.max_instances))
        reply = await ask(
            prompt, temperature=values.instance_temperature, max_tokens=values.instance_max_tokens
        )
        found = instances_in(reply.text)
        return found if reply.end == "stop" else found[:-1]
