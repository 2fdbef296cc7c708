"""What a tuned model is served with: nothing that forbids what it has learned."""

import pytest
from transformers import GenerationConfig

from pitchpipe_stages.model.search import NEUTRAL, take_out_search


def test_beams_penalties_and_lengths_are_taken_out_and_told(tmp_path):
    settings = GenerationConfig(
        num_beams=4, repetition_penalty=1.3, no_repeat_ngram_size=3, min_length=56, forced_eos_token_id=2,
        max_length=142, eos_token_id=3, do_sample=True, temperature=0.7,
    )  # fmt: skip
    told = take_out_search(settings)
    assert all(word in told for word in ("num_beams 4", "min_length 56", "forced_eos_token_id 2", "1.3"))
    settings.save_pretrained(tmp_path)
    again = GenerationConfig.from_pretrained(tmp_path)
    assert all(getattr(again, name, None) in (None, neutral) for name, neutral in NEUTRAL.items())
    assert (again.eos_token_id, again.do_sample, again.temperature) == (3, True, 0.7)
    assert take_out_search(again) == ""


@pytest.mark.parametrize("given", [{}, {"num_beams": 1, "min_length": 0}, {"do_sample": True, "top_p": 0.9}])
def test_what_changes_nothing_is_not_told(given):
    assert take_out_search(GenerationConfig(**given)) == ""
