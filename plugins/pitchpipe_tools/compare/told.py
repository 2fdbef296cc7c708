"""The results in a terminal."""

from pitchpipe.host.contracts import Console
from pitchpipe.host.scoring import Score
from pitchpipe_stages.console import escape
from pitchpipe_stages.evaluate.summary import shown
from pitchpipe_tools.compare.outcome import VoteOutcome
from pitchpipe_tools.compare.pairs import FEW, PairOutcome

MISSING = "nothing can be said yet"


def show_outcome(outcome: VoteOutcome, console: Console) -> None:
    """Show who wins, how surely, and how far the raters can be trusted."""
    for title, head, rows in tables(outcome):
        console.table(f"\n{title}", head, rows)
    for line in sentences(outcome):
        console.say(escape(line))


def sentences(outcome: VoteOutcome) -> list[str]:
    """What there is to say of all votes, each in a sentence."""
    lines = [sentence_of(pair) for pair in outcome.pairs]
    took = f", {outcome.seconds:.0f} seconds each (median)" if outcome.seconds else ""
    skipped = f"; {outcome.skipped:,} skipped" if outcome.skipped else ""
    lines.append(f"{_many(outcome.votes, 'vote')} of {_many(outcome.raters, 'rater')}{took}{skipped}.")
    if outcome.raters == 1:
        lines.append("One rater alone: whether others would agree is not known.")
    if outcome.stale:
        lines.append(
            f"{_many(outcome.stale, 'vote')} are on replies that the runs no longer give: not counted here."
        )
    return lines


def sentence_of(pair: PairOutcome) -> str:
    """The outcome between two models."""
    names = f"{pair.first} against {pair.second}"
    if pair.better:
        other = pair.second if pair.better == pair.first else pair.first
        return f"{pair.better} is better than {other}, by more than chance explains."
    if pair.more:
        return f"{names}: not decided. About {pair.more:,} more votes decide, if they fall as those before."
    if pair.rate.count < FEW:
        return f"{names}: too few votes to tell."
    if pair.needed:
        return (
            f"{names}: not decided, and {pair.questions:,} questions are too few: about {pair.needed:,} would"
            " decide it, if the votes fall as before. Hold out more test data."
        )
    return f"{names}: as good as each other, as far as {pair.rate.count:,} questions can tell."


def tables(outcome: VoteOutcome) -> list[tuple[str, list[str], list[list[str]]]]:
    """Titles, heads and rows."""
    found = [
        (
            "Who wins (a tie is half a win; 95 % interval over questions)",
            ["", "wins", "votes won", "tied", "both bad", "lost", "questions"],
            [_pair_row(pair) for pair in outcome.pairs],
        ),
        ("Strengths (Bradley and Terry, Elo's scale, 95 % interval)", ["", "points"], _rows(
            dict(sorted(outcome.strengths.items(), key=lambda one: -(one[1].value or 0)))
        )),
        ("By category", ["", "wins", "questions"], [
            [name, shown(score), f"{score.count:,}"] for name, score in outcome.categories.items()
        ]),
        _ratings(outcome),
        ("How far raters can be trusted", ["", "", "cases"], [
            [name, _value(score), f"{score.count:,}"] for name, score in outcome.agreement.items()
        ]),
    ]  # fmt: skip
    return [(title, head, rows) for title, head, rows in found if rows]


def _pair_row(pair: PairOutcome) -> list[str]:
    won, lost = (_with_much(pair.verdicts[side], pair.much[side]) for side in ("first", "second"))
    between = [f"{pair.verdicts[name]:,}" for name in ("tie", "both_bad")]
    return [
        f"{pair.first} against {pair.second}",
        shown(pair.rate),
        won,
        *between,
        lost,
        f"{pair.rate.count:,}",
    ]


def _with_much(count: int, much: int) -> str:
    return f"{count:,} ({much:,} much)" if much else f"{count:,}"


def _rows(scores: dict[str, Score]) -> list[list[str]]:
    return [[name, _value(score)] for name, score in scores.items()]


def _ratings(outcome: VoteOutcome) -> tuple[str, list[str], list[list[str]]]:
    models = list(dict.fromkeys(model for of in outcome.ratings.values() for model in of))
    rows = [
        [criterion, *(shown(of[model]) if model in of else "" for model in models)]
        for criterion, of in outcome.ratings.items()
    ]
    return "Ratings, from 1 to 5 (95 % interval)", ["", *models], rows


def _value(score: Score) -> str:
    return shown(score) if score.value is not None else MISSING


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
