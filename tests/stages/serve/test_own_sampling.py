"""What a client leaves open, a model's own generation config decides; and it knows its own tokens."""

import pytest
from transformers import GenerationConfig

from pitchpipe.host.contracts import Sampling
from pitchpipe.host.serving import Declined, Wish
from pitchpipe_stages.serve.own_sampling import OwnSampling
from tests.families import ROWS, small

OPEN = Wish(Sampling(1.0), left=("temperature", "top_p", "top_k", "min_p"))


def own(**config):
    model = small("llama")
    model.generation_config = GenerationConfig(**config)
    return OwnSampling(model)


def test_a_model_that_samples_says_how():
    settled = own(do_sample=True, temperature=0.6, top_k=20, top_p=0.95).settled(OPEN)
    assert settled.sampling == Sampling(0.6, 0.95, 20, 0.0)
    assert settled.left == OPEN.left  # whoever stands in for it reads the same request


def test_what_a_client_names_stays():
    wish = Wish(Sampling(0.0, 0.5), left=("top_k", "min_p"))
    assert own(do_sample=True, temperature=0.6, top_k=20).settled(wish).sampling == Sampling(0.0, 0.5, 20)


@pytest.mark.parametrize("config", [{}, {"do_sample": False, "temperature": 0.6}])
def test_a_model_that_does_not_sample_is_asked_as_openai_asks(config):
    assert own(**config).settled(OPEN) == OPEN


def test_a_bias_names_tokens_that_there_are():
    assert own().settled(Wish(bias={0: 1, ROWS - 1: 1})).bias == {0: 1, ROWS - 1: 1}
    with pytest.raises(Declined, match=f"the token {ROWS}, and the model has {ROWS}") as no:
        own().settled(Wish(bias={ROWS: 1}))
    assert (no.value.status, no.value.param) == (400, "logit_bias")
