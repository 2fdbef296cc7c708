"""The part about people's votes: what raters said of the base's and the tuned model's replies."""

from pathlib import Path

from pitchpipe.errors import PitchpipeError
from pitchpipe_tools.compare.ballot_box import BallotBox
from pitchpipe_tools.compare.contestants import contestants
from pitchpipe_tools.compare.duels import duels_of
from pitchpipe_tools.compare.outcome import VoteOutcome, outcome_of
from pitchpipe_tools.compare.places import votes_file
from pitchpipe_tools.compare.told import sentences, tables
from pitchpipe_tools.html.markup import element, table
from pitchpipe_tools.report.part import ReportPart, ReportSection


def votes_part(run: Path) -> ReportPart | None:
    """What the votes say; none where nobody has voted on these replies."""
    outcome = _outcome(run)
    if outcome is None or not outcome.votes:
        return None
    shown = [
        ReportSection(f"votes-{at}", title, "", table(head, rows))
        for at, (title, head, rows) in enumerate(tables(outcome))
    ]
    introduction = "People chose blindly between replies of both models: `pitchpipe compare`."
    return ReportPart(
        "votes", "People", introduction, [element("p", line) for line in sentences(outcome)], shown
    )


def _outcome(run: Path) -> VoteOutcome | None:
    """None where the answers are not to be compared, or the votes cannot be read: `compare` says why."""
    try:
        sides = contestants([run])
        file = votes_file(sides)
        if not file.exists():
            return None
        duels, box = duels_of(sides), BallotBox(file)
    except PitchpipeError:
        return None
    try:
        return outcome_of(box.votes(), duels.by_key)
    finally:
        box.close()
