"""The model as the harness asks it gives what its own `hf` gives: where tokenizers begin a text with a token, where
a text is longer than a model reads, behind an encoder."""

import logging

import pytest

from pitchpipe_stages.console import RichConsole
from pitchpipe_stages.evaluate.memory import Memory
from pitchpipe_stages.evaluate.subject import RecipeSubject
from pitchpipe_stages.generate.opened import opened
from tests.families import small
from tests.seq2seq import t5
from tests.tokenizers import byte_pairs

pytestmark = pytest.mark.slow(seconds=10)


def llama(folder):
    tokenizer = byte_pairs()  # begins each text with a token
    small("llama", rows=len(tokenizer)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def gpt2(folder):
    from pitchpipe_components.models import Tiny

    tokenizer = Tiny().tokenizer()
    small("gpt2", rows=len(tokenizer)).save_pretrained(folder)  # it knows 128 positions
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(params=[llama, gpt2, t5], ids=lambda made: made.__name__)
def both(request, tmp_path):
    from lm_eval.models.huggingface import HFLM

    from pitchpipe_components.evaluators.lm_eval.model import SubjectModel

    logging.getLogger("lm_eval").setLevel(logging.ERROR)
    folder = request.param(tmp_path / "model")
    template = "seq2seq" if request.param is t5 else "plain"
    one = opened(str(folder), RichConsole(quiet=True), template=template)
    subject = RecipeSubject(
        "base", one.model, one.tokenizer, one.renderer, [], None, RichConsole(quiet=True),
        Memory(tmp_path / "base", {}), lambda: one.tokenizer, None,
    )  # fmt: skip
    return SubjectModel(subject, 4), HFLM(pretrained=one.model, tokenizer=one.tokenizer, batch_size=3)


def asked(kind, every):
    from lm_eval.api.instance import Instance

    return [Instance(kind, {}, arguments, 0, ("asked", at, 1)) for at, arguments in enumerate(every)]


def test_likelihoods(both):
    ours, theirs = both
    pairs = [
        (f"What is {n} plus {n}? " * (1 + 6 * (n % 2)), f" it is {n * k}") for n in range(4) for k in (1, 2)
    ]
    requests = asked("loglikelihood", [*pairs, ("", "alone"), ("a space ", "moves"), ("b", "b")])
    expected = theirs.loglikelihood(requests, disable_tqdm=True)
    for one, other in zip(ours.loglikelihood(requests), expected, strict=True):
        assert one == (pytest.approx(other[0], rel=1e-5, abs=1e-4), other[1])


def test_whole_pages(both):
    ours, theirs = both
    requests = asked("loglikelihood_rolling", [("Say more of it. " * n,) for n in (1, 9, 40)])
    expected = theirs.loglikelihood_rolling(requests, disable_tqdm=True)
    assert ours.loglikelihood_rolling(requests) == pytest.approx(expected, rel=1e-5)


def test_answers(both):
    ours, theirs = both
    ways = [{"until": ["e", " "], "max_gen_toks": 9}, {"until": [], "max_gen_toks": 5, "do_sample": False}]
    requests = asked(
        "generate_until", [(f"What is {n}? " * (1 + 5 * n), way) for n in range(4) for way in ways]
    )
    assert ours.generate_until(requests) == theirs.generate_until(requests, disable_tqdm=True)


def test_what_cannot_be_done_is_refused(both):
    ours, _ = both
    from pitchpipe.errors import PitchpipeError

    with pytest.raises(PitchpipeError, match="num_beams"):
        ours.generate_until(asked("generate_until", [("a", {"num_beams": 4})]))
    drawn = asked("generate_until", [("a", {"do_sample": True, "temperature": 1.0, "max_gen_toks": 4})] * 2)
    assert ours.generate_until(drawn) == ours.generate_until(drawn)
