"""Asks a teacher the questions of Self-Instruct, in the recipe's way, and reads the replies."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import pitchpipe as pp
from pitchpipe_components.generators.self_instruct import forms
from pitchpipe_components.generators.self_instruct.batch import WholeTask, tasks_in
from pitchpipe_components.generators.self_instruct.fields import unwrapped
from pitchpipe_components.generators.self_instruct.instances import Instance, instances_in
from pitchpipe_components.generators.self_instruct.items import listed, only
from pitchpipe_components.generators.self_instruct.presets import Values
from pitchpipe_components.generators.self_instruct.shown import ShownTask, numbered
from pitchpipe_components.generators.self_instruct.wording import filled

One = TypeVar("One")
Mode = Literal["text", "schema", "raw"]
_YES_OR_NO = re.compile(r"\b(yes|no|not)\b", re.IGNORECASE)
ROOM = 256  # tokens for a Yes or a No, and what a model thinks before it


@dataclass(frozen=True)
class SelfInstructQuestions:
    """The prompts of a recipe, and how a teacher gets them."""

    words: dict[str, str]
    values: Values
    mode: Mode

    async def tasks(self, shown: Sequence[ShownTask], ask: pp.Asking) -> list[WholeTask]:
        """New tasks, in the manner of those that are shown."""
        values, first = self.values, len(shown) + 1
        last = len(shown) + values.per_ask
        prompt = filled(
            self.words["instructions"], tasks=numbered(shown, values), wanted=str(values.per_ask),
            first=str(first), last=str(last),
        )  # fmt: skip
        # Few seeds are drawn in the same order again and again, and each time want a reply of their own.
        nth = ask.random.randrange(1000)
        reply = await self._reply(
            prompt, values.form, ask, (f"\nTask {last + 1}:",), nth=nth, temperature=values.temperature,
            top_p=values.top_p, max_tokens=values.max_tokens,
        )  # fmt: skip
        if self.mode == "schema":
            return forms.tasks_of(reply.text, values.form)
        if values.form == "json":
            return tasks_in(unwrapped(reply.text))
        tasks = listed(reply.text, first) if values.form == "list" else [only(reply.text)]
        return [WholeTask(task) for task in _whole(tasks, reply)]

    async def is_classification(self, task: str, examples: str, ask: pp.Asking) -> bool:
        """Whether the teacher says so. What is neither Yes nor No counts as No, as in the paper's code."""
        if self.values.classification != "ask":
            return self.values.classification == "always"
        prompt = filled(self.words["classification"], instruction=task, examples=examples)
        reply = await self._reply(prompt, "classification", ask, ("\n",), temperature=0, max_tokens=ROOM)
        if self.mode == "schema":
            return forms.label_of(reply.text)
        said = _YES_OR_NO.search(unwrapped(reply.text))
        return said is not None and said[1].lower() == "yes"

    async def instances(self, order: str, task: str, ask: pp.Asking) -> list[Instance]:
        """Inputs and outputs of a task, in the order that its kind wants."""
        values, most = self.values, self.values.max_instances
        prompt = filled(self.words[order], instruction=task, instances=str(most))
        reply = await self._reply(
            prompt, order, ask, ("\nTask:", f"\nExample {most + 1}"),
            temperature=values.instance_temperature, max_tokens=values.instance_max_tokens,
        )  # fmt: skip
        if self.mode == "schema":
            return forms.instances_of(reply.text)
        return list(_whole(instances_in(reply.text), reply))

    async def _reply(
        self, prompt: str, form: str, ask: pp.Asking, stop: tuple[str, ...], **how: Any
    ) -> pp.Reply:
        """A reply. A model that goes on with a text stops where the next example would begin."""
        ask.operator = form if form in ("classification", "inputs_first", "outputs_first") else "task"
        if self.mode == "schema":
            return await ask(prompt + forms.asking_for(form), schema=forms.SCHEMAS[form], **how)
        if self.mode == "raw":
            return await ask(prompt, raw=True, stop=stop, **how)
        return await ask(prompt, **how)


def _whole(found: Sequence[One], reply: pp.Reply) -> Sequence[One]:
    """What of a reply is whole: of one that was cut, and that the recipe accepts, all but the last."""
    return found if reply.end == "stop" else found[:-1]
