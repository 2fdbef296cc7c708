"""Counts through the stages add up."""

import msgspec

from pitchpipe_stages.data.ledger import SourceRows
from pitchpipe_tools.report.data import flow


def test_the_way_adds_up_where_rows_hold_several_conversations_or_are_joined():
    why = [
        {"fate": "dropped", "stage": "filter b", "reason": "x", "rows": 2},
        {"fate": "quarantined", "stage": "render", "reason": "y", "rows": 1},
        {"fate": "quarantined", "stage": "format z", "reason": "y", "rows": 3},
        {"fate": "tagged", "stage": "filter a", "reason": "x", "rows": 9},
    ]
    counts = {"read": 10, "more": 5, "joined": 2, "kept": 7, "why": why}
    rows = msgspec.convert(counts, SourceRows)
    assert rows.conversations == 13 == flow.conversations({"one": rows})
    found = [
        (str(step.step), step.reached, step.dropped, step.quarantined, step.left)
        for step in flow.steps([rows], ["a", "b"])
    ]
    assert found == [
        ("format", 13, 0, 3, 10),
        ("filter a", 10, 0, 0, 10),
        ("filter b", 10, 2, 0, 8),
        ("render", 8, 0, 1, 7),
    ]
