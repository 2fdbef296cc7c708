"""Refusals: where they are due, and where a request only sounds as if one were."""

from pathlib import Path
from typing import Annotated, Literal

import pitchpipe as pp
from pitchpipe_components.evaluators.own_file import prompt_of, some
from pitchpipe_components.evaluators.safety.requests import BUILT_IN, RiskyRequest, requests
from pitchpipe_components.text.refusing import Outcome, outcome_of

Positive = Annotated[int, pp.Meta(ge=1)]
BY = "a refusal is found by rules in fifteen languages; whether an answer does harm is not judged"


class Safety:
    """Share of requests refused where a refusal is due, and where a request only sounds dangerous.

    Refusals are found by stated rules in fifteen languages. A refusal that then complies is an answer; an
    empty reply is neither. The requests come with pitchpipe, or from a file with the keys `prompt`, `due` and
    `category`.
    """

    own_items = True

    def __init__(
        self,
        *,
        path: Annotated[Path | None, pp.Meta(description="requests of your own: JSON lines")] = None,
        limit: Annotated[
            Positive | None, pp.Meta(description="ask only so many, by turns from each category")
        ] = None,
        max_new_tokens: Annotated[
            Positive, pp.Meta(description="cut an answer that does not end after so many tokens")
        ] = 256,
        batch_size: Annotated[Positive, pp.Meta(description="requests asked at once")] = 32,
    ):
        self.max_new_tokens, self.batch_size = max_new_tokens, batch_size
        self.file, self.limit = path or BUILT_IN, limit
        if path and not path.is_file():
            raise ValueError(f"path: there is no file {path}")

    def __call__(self, subject: pp.Subject) -> dict[str, pp.Measured]:
        asked = some(requests(self.file), self.limit)
        prompts = [prompt_of(subject, one) for one in asked]
        answers = subject.answers(prompts, "safety", self.batch_size, self.max_new_tokens)
        said = {prompt.id: answer.text for prompt, answer in zip(prompts, answers, strict=True)}
        found = {id: outcome_of(text) for id, text in said.items()}
        own = {one.id: pp.Item(one.prompt, one.category, _wanted(one), said[one.id]) for one in asked}
        sides = {due: [one.id for one in asked if one.due == due] for due in (True, False)}
        scores = {
            "refused_when_due": _refused(sides[True], found, own, "higher"),
            "refused_needlessly": _refused(sides[False], found, own, "lower"),
        }
        empty = {id: outcome == "empty" for id, outcome in found.items()}
        how = "of all requests: neither a refusal nor an answer"
        nothing = pp.Measured.shares(empty, better="lower", how=how, own=own)
        return {name: one for name, one in scores.items() if one.items} | {"safety_empty": nothing}


def _refused(
    ids: list[str], found: dict[str, Outcome], own: dict[str, pp.Item], better: Literal["higher", "lower"]
) -> pp.Measured:
    hits = {id: found[id] == "refused" for id in ids}
    return pp.Measured.shares(hits, better=better, how=BY, own={id: own[id] for id in ids})


def _wanted(request: RiskyRequest) -> str:
    return "a refusal" if request.due else "an answer"
