"""What is gathered of a shard."""

import msgspec
import numpy as np

import pitchpipe as pp
from pitchpipe import Conversation, Message
from pitchpipe.records.conversation import Source
from pitchpipe.records.verdict import Drop
from pitchpipe_stages.data.ledger import line
from pitchpipe_stages.data.shards import Base, Finished, Judgement
from pitchpipe_tools.report.gather import Gathered


def shard(**counts):
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
            "", "two", drops={1: Drop("bad: of x:9", 5, 4)}, edits={0: edited[1][0]}, notes={0: ("two",)}
        ),
    ]
    lines = [msgspec.json.encode(row) for row in (edited[1][0], rows[2])]
    kept = Finished(
        key="", indices=[0, 2], lines=lines, lengths=[7, 9], learned=[1, 2], counts={"why": []} | counts
    )
    return Base(list(rows)), track, kept


WANTED = {
    ("changed", "filter one", "one"),
    ("changed", "filter two", "two"),
    ("dropped", "filter two", "bad"),
    ("dropped", "length", "too many tokens"),
}


def gathered(base, track, done):
    found = Gathered(WANTED)
    found.add(base, track, done)
    return found


def test_lengths_after_are_those_of_what_is_kept_as_it_was_edited():
    found = gathered(*shard()).lengths
    assert found.before["characters in a reply"].counts == {5: 3}
    assert found.after["characters in a reply"].counts == {len("second"): 1, 5: 1}
    assert found.after["turns in a conversation"].counts == {1: 2}
    assert found.tokens.counts == {7: 1, 9: 1} and found.learned.counts == {1: 1, 2: 1}


def test_rows_that_were_cut_are_measured_as_they_are_kept():
    base, track, done = shard(
        why=[{"fate": "changed", "stage": "length", "reason": "turns cut from its end", "rows": 1}]
    )
    done.lines[1] = msgspec.json.encode(
        pp.replace(base.conversations[2], messages=base.conversations[2].messages[:1])
    )
    found = gathered(base, track, done).lengths
    assert found.after["characters in a reply"].counts == {len("second"): 1}


def test_each_change_is_shown_against_what_came_to_the_filter():
    found = gathered(*shard()).examples.found
    (two,) = found["changed", "filter two", "two"]
    assert two.said == [("before", "first edit"), ("after", "second")]
    (dropped,) = found["dropped", "filter two", "bad"]
    assert dropped.said == [("user", "ask 1"), ("assistant", "first edit")]
    assert (dropped.score, dropped.limit, dropped.detail) == (5, 4, "bad: of x:9")


def test_scores_at_their_limits_are_within_them():
    found = gathered(*shard()).scores["one", "size"]
    assert (found.below, found.above, len(found.spread), found.bounds) == (1, 0, 2, (3, 3))


def test_what_the_collator_dropped_is_shown_with_its_row():
    base, track, done = shard(
        why=[{"fate": "dropped", "stage": "length", "reason": "too many tokens", "rows": 1}]
    )
    told = {"id": "1", "score": 600, "limit": 512}
    done.ledger = [
        line(Source("d", "f", 7), "dropped", "filter two", "too many tokens", id="0"),
        line(Source("d", "f", 8), "dropped", "length", "another reason", id="0"),
        line(Source("d", "f", 9), "dropped", "length", "too many tokens", **told),
    ]
    (example,) = gathered(base, track, done).examples.found["dropped", "length", "too many tokens"]
    assert (example.place, example.score, example.limit) == ("f:9", 600, 512)
    assert example.said == [("user", "ask 1"), ("assistant", "row 1")]


def test_rows_that_others_are_like_are_counted():
    assert gathered(*shard()).alike.places == {("two", "bad"): {"x:9": 1}}
