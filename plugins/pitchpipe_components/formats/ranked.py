"""Reads several answers to one prompt, with scores or ranks: the best is the reply, the worst is rejected."""

import math
from collections.abc import Sequence
from typing import Any

from pitchpipe import Drop, Message, drop
from pitchpipe_components.formats.assemble import Made, Result, conversation
from pitchpipe_components.formats.marked import dialogue, is_marked


class UltraFeedback:
    """{"instruction": "2+2?", "completions": [{"response": "4", ...}, ...]}

    A completion's score is the mean of its annotations' ratings, without "N/A". Meta holds the scores and
    models of the best and the worst completion; the other completions are left out.
    """

    def matches(self, row: dict[str, Any]) -> int:
        fits = "instruction" in row and isinstance(row.get("completions"), list)
        return fits * (2 + ("models" in row))

    def __call__(self, row: dict[str, Any]) -> Result:
        if "instruction" not in row:
            return drop("instruction is missing")
        answers = row.get("completions")
        if not (isinstance(answers, list) and answers and all(isinstance(a, dict) for a in answers)):
            return drop("completions is not a list of objects")
        scores = [_rating(answer) for answer in answers]
        return _best_and_worst(
            [Message("user", row["instruction"])],
            answers,
            "response",
            scores,
            row,
            ("instruction", "completions"),
        )


class Nectar:
    """{"prompt": "\\n\\nHuman: 2+2?\\n\\nAssistant: ", "answers": [{"answer": "4", "rank": 1}, ...]}

    Rank 1 is the best answer. Meta holds the models of the best and the worst answer, and their ranks as
    negative scores; the other answers are left out.
    """

    def matches(self, row: dict[str, Any]) -> int:
        answers = row.get("answers")
        return 2 if isinstance(answers, list) and is_marked(row.get("prompt")) else 0

    def __call__(self, row: dict[str, Any]) -> Result:
        prompt, answers = dialogue(row.get("prompt"), "prompt"), row.get("answers")
        if isinstance(prompt, Drop):
            return prompt
        if not (isinstance(answers, list) and answers and all(isinstance(a, dict) for a in answers)):
            return drop("answers is not a list of objects")
        turns = prompt.messages
        if turns[-1].role == "assistant" and not turns[-1].content:
            turns.pop()  # the empty turn that each answer fills
        scores = [-rank if (rank := _number(answer.get("rank"))) is not None else None for answer in answers]
        return _best_and_worst(turns, answers, "answer", scores, row, ("prompt", "answers"))


class SHP:
    """{"history": "How to boil rice?", "human_ref_A": "In water.", "human_ref_B": "Why?", "labels": 1}

    Stanford's human preferences: labels is 1 if A is preferred, 0 if B is.
    """

    def matches(self, row: dict[str, Any]) -> int:
        names = ("history", "human_ref_A", "human_ref_B", "labels")
        return 4 if all(name in row for name in names) else 0

    def __call__(self, row: dict[str, Any]) -> Result:
        names = ("history", "human_ref_A", "human_ref_B", "labels")
        for name in names:
            if name not in row:
                return drop(f"{name} is missing")
        if row["labels"] not in (0, 1):
            return drop("labels is neither 0 nor 1")
        better, worse = ("human_ref_A", "human_ref_B") if row["labels"] else ("human_ref_B", "human_ref_A")
        messages = [Message("user", row["history"]), Message("assistant", row[better])]
        return conversation(messages, row, names, rejected=Message("assistant", row[worse]))


def _best_and_worst(
    prompt: Sequence[Message],
    answers: list[dict[str, Any]],
    text_key: str,
    scores: list[float | None],
    row: dict[str, Any],
    used: Sequence[str],
) -> Made:
    """Takes the best answer as the reply and the worst as rejected, unless their scores are equal.

    Of equal answers the first is the best and the last is the worst.
    """
    scored = [(score, i) for i, score in enumerate(scores) if score is not None]
    best = max(scored, key=lambda pair: (pair[0], -pair[1]), default=(None, 0))
    worst = min(scored, key=lambda pair: (pair[0], -pair[1]), default=best)
    known: dict[str, Any] = {}
    rejected = None
    sides = [("chosen", best), ("rejected", worst)] if worst[0] != best[0] else [("chosen", best)]
    for side, (score, i) in sides:
        known |= {f"score_{side}": score, f"model_{side}": answers[i].get("model")}
        rejected = _reply(answers[i], text_key) if side == "rejected" else None
    reply = _reply(answers[best[1]], text_key)
    known = {name: value for name, value in known.items() if value is not None}
    return conversation([*prompt, reply], row, used, rejected=rejected, known=known)


def _reply(answer: dict[str, Any], text_key: str) -> Message:
    text: Any = answer.get(text_key)
    return Message("assistant", text)


def _rating(answer: dict[str, Any]) -> float | None:
    """Returns the mean of an answer's ratings, or its fine-grained or overall score if it has none."""
    aspects = answer.get("annotations")
    values = (
        [aspect.get("Rating") for aspect in aspects.values() if isinstance(aspect, dict)]
        if isinstance(aspects, dict)
        else []
    )
    ratings = [rating for value in values if (rating := _number(value)) is not None]
    if ratings:
        return sum(ratings) / len(ratings)
    return _number(answer.get("fine-grained_score", answer.get("overall_score")))


def _number(value: Any) -> float | None:
    """Reads a number, or text that spells one; "N/A", NaN and infinity give None."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
