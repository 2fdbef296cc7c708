"""Pairs of a chosen and a rejected reply."""

import pytest

import pitchpipe as pp
from pitchpipe_components.repair import repair
from tests.components.repair.talks import LIST, U2, A, M, U, outcome, talk


@pytest.mark.parametrize(
    ("given", "rejected", "reason"),
    [
        ([U, A], M(*A), "chosen and rejected are equal"),
        ([U, A], M("assistant", "Hello\n"), "chosen and rejected are equal"),
        ([U, A], M("assistant", "Hel\u200blo"), "chosen and rejected are equal"),
        ([U, A], M("assistant", None), "empty rejected reply"),
        ([U, A], M("user", "No"), "the rejected turn is not a reply"),
        ([U, A], M("assistant", {}), "content is dict, not text"),
        ([U, A, U2, ("assistant", "")], M("assistant", "No"), "no chosen reply"),
        ([U, A, U2], M("assistant", "No"), "no chosen reply"),
    ],
)
def test_pairs_that_are_none(given, rejected, reason):
    assert repair(talk(*given, rejected=rejected)) == pp.Drop(reason)


def test_a_rejected_reply_is_mended_as_well():
    mended, notes = outcome(talk(U, A, rejected=M("gpt", ["N", "o\r"])))
    assert mended == talk(U, A, rejected=M("assistant", "N\no\n"))
    assert notes == (LIST, "line ends made one")
    sound = talk(U, A, rejected=M("assistant", "No"))
    assert repair(sound) is sound
