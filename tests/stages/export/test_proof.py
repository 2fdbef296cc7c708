"""What counts as the same answer: the same tokens, or two that are as likely but for rounding."""

import pytest

import pitchpipe as pp
from pitchpipe_stages.export.probes import ClientPrompt
from pitchpipe_stages.export.proof import agreement, prove_prompts, prove_replies
from pitchpipe_stages.export.reading import Read
from pitchpipe_stages.export.reference import LikelyReply
from tests.tokenizers import bytes_alone

REPLY = LikelyReply([5, 6, 7, 0], [{5}, {6, 9}, {7}, {0}])


def test_the_same_to_the_end():
    assert str(agreement([REPLY], [[5, 6, 7, 0]])) == "4 of 4 tokens (100.0 %)"


def test_tokens_up_to_the_first_that_differs():
    assert agreement([REPLY], [[5, 6, 8, 0]]).same == 2
    assert agreement([REPLY], [[5, 6, 7]]).same == 3  # it stops too early
    assert agreement([REPLY], [[5, 6, 7, 0, 5]]).share == 1  # behind the end of the measure


def test_a_tie_is_no_difference_and_nothing_behind_it_counts():
    found = agreement([REPLY], [[5, 9, 8, 8]])
    assert (found.same, found.tokens, found.ties, found.share) == (1, 1, 1, 1)


def test_a_reply_that_differs_is_shown():
    tokenizer = bytes_alone()
    read = Read("transformers 5", [None], [[70, 71, 72]])
    wanted = [LikelyReply([70, 71, 73], [{70}, {71}, {73}])]
    prove_replies(wanted, read, 0.5, "the model", tokenizer)
    with pytest.raises(pp.PitchpipeError, match=r"2 of 3 tokens \(66.7 %\), at least 100 %"):
        prove_replies(wanted, read, 1, "the model", tokenizer)


def test_other_ids_of_a_prompt_stop():
    tokenizer, probe = bytes_alone(), ClientPrompt([70, 71], [{"role": "user", "content": "x"}])
    prove_prompts([probe], Read("x", [[70, 71]], []), tokenizer)
    prove_prompts([ClientPrompt([70])], Read("x", [None], []), tokenizer)
    for found in ([70, 72], None):
        with pytest.raises(pp.PitchpipeError, match="other ids for a prompt than training saw"):
            prove_prompts([probe], Read("x", [found], []), tokenizer)
