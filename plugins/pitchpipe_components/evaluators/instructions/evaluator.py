"""Instructions that a program can check: length, form, keywords, case, language, what stands where."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import pitchpipe as pp
from pitchpipe_components.evaluators.instructions.questions import BUILT_IN, Question, questions
from pitchpipe_components.evaluators.own_file import prompt_of, some

Positive = Annotated[int, pp.Meta(ge=1)]
LOOSE = "also met where the first or the last line, or Markdown's asterisks, are left out"


class Instructions:
    """Share of prompts whose stated constraints are all met, and share of constraints met: strict and loose.

    The constraints are those of IFEval and some more. The prompts come with pitchpipe, or from a file like
    IFEval's: keys `prompt`, `instruction_id_list`, `kwargs`.
    """

    own_items = True

    def __init__(
        self,
        *,
        path: Annotated[Path | None, pp.Meta(description="prompts of your own: JSON lines")] = None,
        limit: Annotated[
            Positive | None, pp.Meta(description="ask only so many, by turns from each kind")
        ] = None,
        max_new_tokens: Annotated[
            Positive, pp.Meta(description="cut an answer that does not end after so many tokens")
        ] = 768,
        batch_size: Annotated[Positive, pp.Meta(description="prompts asked at once")] = 32,
    ):
        self.max_new_tokens, self.batch_size = max_new_tokens, batch_size
        self.file, self.limit = path or BUILT_IN, limit
        if path and not path.is_file():
            raise ValueError(f"path: there is no file {path}")

    def __call__(self, subject: pp.Subject) -> dict[str, pp.Measured]:
        asked = {question.id: question for question in some(questions(self.file), self.limit)}
        prompts = [prompt_of(subject, question) for question in asked.values()]
        answers = subject.answers(prompts, "instructions", self.batch_size, self.max_new_tokens)
        said = {prompt.id: answer.text for prompt, answer in zip(prompts, answers, strict=True)}
        strict = {id: [one.met(said[id]) for one in asked[id].constraints] for id in asked}
        loose = {id: [one.met_loosely(said[id]) for one in asked[id].constraints] for id in asked}
        own = {id: _item(question, said[id], strict[id]) for id, question in asked.items()}
        return {
            "instructions_followed": _prompts(strict, own, "all constraints of a prompt are met"),
            "instructions_followed_loosely": _prompts(loose, own, f"all constraints of a prompt; {LOOSE}"),
            "constraints_met": _constraints(strict, own, "constraints of all prompts"),
            "constraints_met_loosely": _constraints(loose, own, f"constraints of all prompts; {LOOSE}"),
        }


def _item(question: Question, said: str, met: list[bool]) -> pp.Item:
    wanted = (
        f"{one}: {'met' if is_met else 'not met'}"
        for one, is_met in zip(question.constraints, met, strict=True)
    )
    return pp.Item(question.prompt, question.kind, "; ".join(wanted), said)


def _prompts(met: Mapping[str, list[bool]], own: Mapping[str, pp.Item], how: str) -> pp.Measured:
    return pp.Measured.shares({id: all(each) for id, each in met.items()}, how=how, own=own)


def _constraints(met: Mapping[str, list[bool]], own: Mapping[str, pp.Item], how: str) -> pp.Measured:
    """A share over constraints; its interval draws prompts, whose constraints stand or fall together."""
    sums = {id: (float(sum(each)), float(len(each))) for id, each in met.items()}
    return pp.Measured(sums, is_share=True, how=how, own=own)
