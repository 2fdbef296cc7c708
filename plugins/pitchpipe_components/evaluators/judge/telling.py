"""What a person reads of a judge: the outcome, and what makes it less than it seems."""

from collections import Counter
from collections.abc import Mapping, Sequence

from pitchpipe_components.evaluators.judge.court import Court
from pitchpipe_components.evaluators.judge.families import relatives
from pitchpipe_components.evaluators.judge.outcomes import Pair, bounds

UNCALIBRATED = "uncalibrated: no votes of people stand beside it"


def tell_pairs(court: Court, pairs: Sequence[Pair], other: str) -> None:
    valid = [pair for pair in pairs if pair.valid]
    results = Counter(pair.result for pair in valid)
    disagrees = sum(pair.disagrees for pair in valid if pair.asked)
    same = sum(pair.same for pair in valid)
    ties = [f"{disagrees:,} as the two orders disagree"] if disagrees else []
    ties += [f"{same:,} as both replies are the same, which was not asked"] if same else []
    parts = [f"{results[1.0]:,} won", f"{results[0.0]:,} lost", f"{results[0.5]:,} tied"]
    _say(court, f"{len(pairs):,} replies against the {other}: {', '.join(parts)}{_among(ties)}")
    if len(valid) < len(pairs):
        low, high = bounds(pairs)
        _warn_of_none(
            court,
            len(pairs) - len(valid),
            f"{100 * low:.1f} % if all of them are lost, {100 * high:.1f} % if won",
        )
    _warn(court)


def tell_ratings(court: Court, ratings: Mapping[str, float | None]) -> None:
    invalid = sum(rating is None for rating in ratings.values())
    _say(court, f"{len(ratings) - invalid:,} replies rated")
    if invalid:
        _warn_of_none(court, invalid, "that of the others")
    _warn(court)


def tell_votes(court: Court, every: int, chosen: int) -> None:
    """How many of the pairs that people have voted on the judge sees."""
    if chosen < every:
        words = "the others are of prompts that are not held out here, or beyond limit"
        _say(court, f"judges {chosen:,} of {every:,} pairs of replies that people voted on; {words}")


def tell_uncalibrated(court: Court) -> None:
    court.subject.console.say(f"[dim]judge: {_escaped(court.name)} is {UNCALIBRATED}[/]")


def _escaped(words: str) -> str:
    from rich.markup import escape

    return escape(words)


def _among(ties: list[str]) -> str:
    return f" ({', '.join(ties)})" if ties else ""


def _say(court: Court, words: str) -> None:
    court.subject.console.say(f"judge: {_escaped(court.name)}: {_escaped(words)}")


def _warn_of_none(court: Court, count: int, between: str) -> None:
    (problem, many), *_ = Counter(court.problems).most_common(1)
    words = f"{count:,} without a verdict, so the score is {between}. Mostly ({many:,}): {problem}"
    court.subject.console.say(f"[yellow]warning:[/] judge: {_escaped(words)}")


def _warn(court: Court) -> None:
    if court.unsent:
        words = f"the budget is spent: {court.unsent:,} questions are left, drawn by hash"
        court.subject.console.say(f"[yellow]warning:[/] judge: {words}")
    if court.subject.name == "base" and not court.subject.alone:
        return  # the same is said of the tuned model
    config = court.subject.model.config
    for judge in court.judges:
        if partial := relatives(judge, str(config._name_or_path), str(config.model_type)):
            words = f"{partial}, and judges prefer what is like their own"
            court.subject.console.say(f"[yellow]warning:[/] judge: {_escaped(words)}")
