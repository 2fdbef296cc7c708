"""An answer that streams is the answer that evaluators get; it can be stopped, and it knows when it is full."""

import threading

import pytest

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.contracts import Prompt, Sampling
from pitchpipe.records.conversation import Conversation, Message
from pitchpipe_stages.console import RichConsole
from pitchpipe_stages.generate import asking
from pitchpipe_stages.generate.opened import ContextFull, opened
from pitchpipe_stages.generate.speaking import Settings, stream, together
from tests import seq2seq
from tests.stages.generate.asked_folders import saved

pytestmark = pytest.mark.slow(seconds=15)
FAMILIES = ("llama", "gpt2", "mamba", "gemma2", "lfm2", "opt", "t5", "bart")
TALK = Conversation((Message("user", "Hi, Ω 日本 👩‍🚀!"),))
SHORT = Settings(max_new_tokens=12)


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Open models by their family, each opened once."""
    found = {}

    def of(family):
        if family not in found:
            folder = tmp_path_factory.mktemp(family)
            if family in ("t5", "bart"):
                getattr(seq2seq, family)(folder)
            else:
                saved(folder, family)
            found[family] = opened(str(folder), RichConsole(quiet=True))
        return found[family]

    return of


@pytest.fixture
def model(models):
    return models("llama")


def evaluated(one, speech, most):
    with asking.ready(one.model) as model:
        prompt = Prompt("", speech.prompt, "", "")
        return next(asking.answers(model, one.tokenizer, one.ends.every, [prompt], 1, most))


@pytest.mark.parametrize("family", FAMILIES)
def test_what_streams_is_what_evaluators_get(models, family):
    one = models(family)
    talk = Conversation((Message("user", "Say it."),)) if family == "t5" else TALK
    speech = stream(one, talk, SHORT)
    said = list(speech)
    answer = evaluated(one, speech, 12)
    assert speech.answer == answer
    assert "".join(part.text for part in said) == speech.message.content == answer.text


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_drawn_in_a_stream_is_drawn_in_a_batch(models, family):
    one, drawn = models(family), Settings(Sampling(3.0), 12, 5)
    speech = stream(one, Conversation((Message("user", "Say it."),)), drawn)
    said = list(speech)
    assert "".join(part.text for part in said) == speech.message.content and len(said) > 3
    assert list(together(one, [speech.prompt], drawn)) == [
        (speech.message, speech.answer.ended, len(speech.ids))
    ]


def test_a_stop_ends_the_answer_and_is_no_part_of_it(model):
    first = stream(model, TALK, SHORT)
    list(first)
    third = first.ids[2]
    others = [token for token in first.ids[:2] if token != third]
    model.ends.every.append(third)
    try:
        speech = stream(model, TALK, SHORT)
        list(speech)
    finally:
        model.ends.every.remove(third)
    assert (speech.ids, speech.end) == (others, third)
    assert speech.answer.ended and not speech.full


def test_it_can_be_stopped_and_asked_again(model):
    whole = stream(model, TALK, SHORT)
    list(whole)
    before = threading.active_count()
    speech = stream(model, TALK, SHORT)
    heard = []
    for part in speech:
        heard.append(part)
        if len(heard) == 2:
            heard += speech.cancel()
            break
    assert threading.active_count() == before
    assert speech.cut and not speech.answer.ended and not speech.full
    assert 0 < len(speech.ids) < len(whole.ids) and speech.ids == whole.ids[: len(speech.ids)]
    assert speech.message.content == "".join(part.text for part in heard)
    again = stream(model, TALK, SHORT)
    list(again)
    assert again.ids == whole.ids


def test_it_can_be_stopped_before_it_begins(model):
    speech = stream(model, TALK, SHORT)
    assert speech.cancel() == []
    assert speech.message.content == ""


def test_an_error_of_the_model_reaches_whoever_listens(model):
    speech = stream(model, TALK, SHORT)
    speech.prompt = [10**6]
    with pytest.raises(IndexError):
        list(speech)


def test_chance_begins_with_the_seed(model):
    def drawn(seed):
        speech = stream(model, TALK, Settings(Sampling(1.5), 12, seed))
        list(speech)
        return speech.ids

    assert drawn(3) == drawn(3) != drawn(4)


@pytest.mark.parametrize("family", ["llama", "gpt2"])
def test_the_context_ends_an_answer_and_refuses_a_prompt(models, family):
    one = models(family)
    assert one.context == 128
    speech = stream(one, Conversation((Message("user", "a b " * 50),)))
    taken = len(speech.prompt)
    assert 100 < taken < 128
    list(speech)
    assert len(speech.ids) == 128 - taken and speech.full
    with pytest.raises(ContextFull, match="tokens, and the model reads 128"):
        stream(one, Conversation((Message("user", "a b " * 99),)))


@pytest.mark.parametrize("family", ["llama", "t5"])
def test_together_they_say_what_each_says_alone(models, family):
    one = models(family)
    talks = [Conversation((Message("user", words),)) for words in ("Hi", "Say it twice, please.", "No")]
    alone = [stream(one, talk, SHORT) for talk in talks]
    said = [(list(speech), speech.message, speech.end is not None, len(speech.ids))[1:] for speech in alone]
    assert list(together(one, [speech.prompt for speech in alone], SHORT)) == said


def test_a_conversation_that_the_template_refuses(models, tmp_path):
    one = opened(str(saved(tmp_path / "no system", "llama", "mistral_v1")), RichConsole(quiet=True))
    with pytest.raises(PitchpipeError, match=r"the template cannot write this conversation.*must take turns"):
        stream(one, Conversation((Message("system", "Be brief."), Message("user", "Hi"))))
