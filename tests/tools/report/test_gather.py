"""What is gathered of a shard."""

import msgspec
import numpy as np

import pitchpipe as pp
from pitchpipe import Conversation, Message
from pitchpipe.records.conversation import Source
from pitchpipe.records.verdict import Drop
from pitchpipe_stages.data.ledger import LENGTH, Fate, Reason, ReasonRows, SourceRows, Step, StepKind, line
from pitchpipe_stages.data.shards import Base, Finished, Judgement
from pitchpipe_tools.report.data.gather import Gathered


def shard(*why):
    """Three rows: the first is edited twice, the second dropped after the first edit, the third kept as it is."""
    rows = [
        Conversation((Message("user", f"ask {n}"), Message("assistant", f"row {n}")), id=str(n))
        for n in range(3)
    ]
    edited = [
        [pp.replace(row, messages=(*row.messages[:1], Message("assistant", text))) for row in rows[:2]]
        for text in ("first edit", "second")
    ]
    scores = np.array([2.0, 3.0, np.nan]).tobytes()
    track = [
        Judgement(
            "",
            "one",
            edits=dict(enumerate(edited[0])),
            notes={0: ("one: a",), 1: ("one: b",)},
            scores={"size": scores},
            bounds={"size": (3, 3)},
        ),
        Judgement(
            "", "two", drops={1: Drop("bad", 5, 4, like="x:9")}, edits={0: edited[1][0]}, notes={0: ("two",)}
        ),
    ]
    lines = [msgspec.json.encode(row) for row in (edited[1][0], rows[2])]
    kept = Finished(
        key="", indices=[0, 2], lines=lines, lengths=[7, 9], learned=[1, 2], counts=SourceRows(why=list(why))
    )
    return Base(list(rows)), track, kept


ONE, TWO = Step(StepKind.FILTER, "one"), Step(StepKind.FILTER, "two")
CHANGED_ONE, CHANGED_TWO = Reason(Fate.CHANGED, ONE, "one"), Reason(Fate.CHANGED, TWO, "two")
BAD, TOO_LONG = Reason(Fate.DROPPED, TWO, "bad"), Reason(Fate.DROPPED, LENGTH, "too many tokens")
WANTED = {CHANGED_ONE, CHANGED_TWO, BAD, TOO_LONG}


def gathered(base, track, done):
    found = Gathered(WANTED)
    found.add(base, track, done)
    return found


def test_lengths_after_are_those_of_what_is_kept_as_it_was_edited():
    found = gathered(*shard()).lengths
    assert found.read["characters in a reply"].counts == {5: 3}
    assert found.kept["characters in a reply"].counts == {len("second"): 1, 5: 1}
    assert found.kept["turns in a conversation"].counts == {1: 2}
    assert found.tokens.counts == {7: 1, 9: 1} and found.learned.counts == {1: 1, 2: 1}


def test_rows_that_were_cut_are_measured_as_they_are_kept():
    base, track, done = shard(ReasonRows(Fate.CHANGED, "length", "turns cut from its end", 1))
    done.lines[1] = msgspec.json.encode(
        pp.replace(base.conversations[2], messages=base.conversations[2].messages[:1])
    )
    found = gathered(base, track, done).lengths
    assert found.kept["characters in a reply"].counts == {len("second"): 1}


def test_each_change_is_shown_against_what_came_to_the_filter():
    found = gathered(*shard()).samples.by_reason
    (two,) = found[CHANGED_TWO]
    assert two.texts == [("before", "first edit"), ("after", "second")]
    (dropped,) = found[BAD]
    assert dropped.texts == [("user", "ask 1"), ("assistant", "first edit")]
    assert (dropped.score, dropped.limit, dropped.detail) == (5, 4, "bad: of x:9")


def test_scores_at_their_limits_are_within_them():
    found = gathered(*shard()).scores["one", "size"]
    assert (found.below, found.above, len(found.spread), found.bounds) == (1, 0, 2, (3, 3))


def test_what_the_collator_dropped_is_shown_with_its_row():
    base, track, done = shard(ReasonRows(Fate.DROPPED, "length", "too many tokens", 1))
    told = {"id": "1", "score": 600, "limit": 512}
    done.ledger = [
        line(Source("d", "f", 7), Fate.DROPPED, TWO, "too many tokens", id="0"),
        line(Source("d", "f", 8), Fate.DROPPED, LENGTH, "another reason", id="0"),
        line(Source("d", "f", 9), Fate.DROPPED, LENGTH, "too many tokens", **told),
    ]
    (example,) = gathered(base, track, done).samples.by_reason[TOO_LONG]
    assert (example.place, example.score, example.limit) == ("f:9", 600, 512)
    assert example.texts == [("user", "ask 1"), ("assistant", "row 1")]


def test_rows_that_others_are_like_are_counted():
    assert gathered(*shard()).clusters.places == {("two", "bad"): {"x:9": 1}}
