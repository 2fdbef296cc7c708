"""The evaluator judge: another model compares a model's replies with others, or rates them."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Annotated

import pitchpipe as pp
from pitchpipe_components.evaluators.judge.calibration import agreement, by_replies, read_votes
from pitchpipe_components.evaluators.judge.court import Court
from pitchpipe_components.evaluators.judge.outcomes import Pair
from pitchpipe_components.evaluators.judge.scores import Scores, of_pairs, of_ratings
from pitchpipe_components.evaluators.judge.telling import (
    UNCALIBRATED,
    tell_pairs,
    tell_ratings,
    tell_uncalibrated,
    tell_votes,
)
from pitchpipe_components.evaluators.judge.wording import CRITERIA, Against, Mode, Wording

Positive = Annotated[int, pp.Meta(ge=1)]


@dataclass(kw_only=True)
class JudgeOfReplies:
    """Has another model judge the replies to held-out prompts: by pairs in both orders, or by ratings.

    Where both orders of two replies disagree, it is a tie. A question without a clear verdict counts for no
    side, and the scores say what it could change. Every verdict is in judged-*.jsonl, with its reason.
    """

    teacher: Annotated[str, pp.Meta(description="the one of the recipe's `teachers` that judges")]
    mode: Annotated[Mode, pp.Meta(description="compare two replies, or rate one")] = "pairwise"
    against: Annotated[
        Against,
        pp.Meta(
            description="compare with the base's reply, or with the held-out one; a base that is scored alone"
            " is compared with the held-out one"
        ),
    ] = "base"
    criteria: Annotated[str, pp.Meta(description="what makes a reply good")] = CRITERIA
    prompt: Annotated[
        str | None,
        pp.Meta(
            description="own words of the task, with {conversation}, {reply_a} and {reply_b}, or {reply} to"
            " rate one; also {reference} and {criteria}. What form the verdict has is added"
        ),
    ] = None
    scale: Annotated[int, pp.Meta(ge=2, le=100, description="the best rating; the worst is 1")] = 10
    reference: Annotated[
        bool, pp.Meta(description="show the judge the held-out reply as a right one, as for mathematics")
    ] = False
    limit: Annotated[
        Positive | None,
        pp.Meta(description="judge so many prompts, drawn by `seed`; a higher limit adds some; null: all"),
    ] = 200
    max_tokens: Annotated[Positive, pp.Meta(description="room for a reason and a verdict")] = 1024
    votes: Annotated[
        Path | None,
        pp.Meta(description="votes of people, by `pitchpipe compare`: the judge judges the same replies"),
    ] = None
    max_new_tokens: Annotated[
        Positive | None,
        pp.Meta(
            description="cut an answer that does not end after so many tokens; none: 256, or the longest"
            " expected reply if that is longer"
        ),
    ] = None
    batch_size: Annotated[Positive, pp.Meta(description="prompts asked at once")] = 32
    seed: Annotated[int, pp.Meta(description="draws the prompts")] = 0

    def __post_init__(self) -> None:
        if problem := self.wording.problem():
            raise ValueError(problem)
        if self.reference and self.mode == "pairwise" and self.against == "reference":
            raise ValueError("reference: true shows the judge one of the two replies as the right one")
        if self.votes and self.mode == "single":
            raise ValueError("votes compare two replies, and mode: single rates one: set mode: pairwise")
        if self.votes and not self.votes.is_file():
            words = "`pitchpipe compare RUN --export-votes FILE` writes one"
            raise ValueError(f"votes: there is no file {self.votes}: {words}")

    @property
    def wording(self) -> Wording:
        return Wording(self.mode, self.prompt, self.criteria, self.scale, self.reference)

    def __call__(self, subject: pp.Subject) -> Scores:
        every = subject.prompts()
        prompts = self._drawn(every)
        answers = list(subject.answers(prompts, "judge", self.batch_size, self.max_new_tokens))
        replies = [answer.text.strip() for answer in answers]
        court = Court(subject, self.teacher, self.wording, self.max_tokens)
        if self.mode == "single":
            ratings = court.rated(prompts, replies)
            tell_ratings(court, ratings)
            tell_uncalibrated(court)
            return of_ratings(
                ratings, self.scale, f"{court.name}, {UNCALIBRATED}, rates from 1 to {self.scale}"
            )
        if subject.name == "base" and self._meets_base(subject):
            half = {prompt.id: 0.5 for prompt in prompts}
            return {
                "judge_win_rate": pp.Measured.shares(
                    half, how="half by definition: the base beside itself", exact=True
                )
            }
        return self._compared(court, prompts, replies) | self._calibrated(court, every)

    def _drawn(self, prompts: Sequence[pp.Prompt]) -> list[pp.Prompt]:
        """The prompts with the lowest hashes: more of them hold the same and others."""
        if not prompts:
            raise pp.PitchpipeError("judge: no held-out conversation has a reply to ask for")
        return sorted(prompts, key=lambda prompt: _hash(self.seed, prompt.id))[: self.limit]

    def _meets_base(self, subject: pp.Subject) -> bool:
        return self.against == "base" and not subject.alone

    def _compared(self, court: Court, prompts: Sequence[pp.Prompt], replies: Sequence[str]) -> Scores:
        others, other = [prompt.expected for prompt in prompts], "reference"
        if self._meets_base(court.subject):
            others, other = self._earlier(court.subject, prompts), "base"
        elif self.reference:
            words = (
                "reference: true shows the held-out reply as a right one, and here it is one of two to judge"
            )
            raise pp.PitchpipeError(f"judge: {words}, as no tuned model follows this base: leave it out")
        there = zip(prompts, replies, others, strict=True)
        pairs = [Pair(prompt.id, reply, against.strip()) for prompt, reply, against in there]
        judged = court.judged(prompts, pairs, (court.subject.name, other))
        tell_pairs(court, judged, other)
        how = court.name if self.votes else f"{court.name}, {UNCALIBRATED},"
        return of_pairs(judged, f"{how} judges both orders, against the {other}")

    def _earlier(self, subject: pp.Subject, prompts: Sequence[pp.Prompt]) -> list[str]:
        """The base's replies."""
        found = [answer.text for answer in subject.earlier(prompts, self.max_new_tokens) if answer]
        if len(found) < len(prompts):
            words = f"the base's answers to {len(prompts) - len(found):,} prompts are gone"
            raise pp.PitchpipeError(f"judge: {words}: delete measured-base.jsonl in the run, and run again")
        return found

    def _calibrated(self, court: Court, every: Sequence[pp.Prompt]) -> Scores:
        """What votes of people say of the judge: it judges the replies that they were given for."""
        if not self.votes:
            tell_uncalibrated(court)
            return {}
        prompts = {prompt.id: prompt for prompt in every}
        voted = by_replies(read_votes(self.votes))
        there = [replies for replies in voted if replies[0] in prompts]
        chosen = sorted(there, key=lambda replies: _hash(self.seed, replies[0]))[: self.limit]
        tell_votes(court, len(voted), len(chosen))
        pairs = [Pair(*replies) for replies in chosen]
        judged = court.judged([prompts[pair.id] for pair in pairs], pairs, ("one", "other"), "judged-votes")
        return agreement({pair: voted[pair.replies] for pair in judged if pair.valid}, court.name)


def _hash(seed: int, id: str) -> bytes:
    return blake2b(f"{seed} {id}".encode()).digest()
