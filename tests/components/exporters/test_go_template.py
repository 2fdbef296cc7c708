"""Ollama's template writes what training wrote, to the letter, for every template of turns that ships."""

import pytest

import pitchpipe as pp
from pitchpipe_components.exporters.go_template import go_template, left_out
from pitchpipe_components.templates import DATA
from pitchpipe_stages.render.renderer import Renderer
from pitchpipe_stages.render.writer import writer_of
from tests.components.exporters.go import render
from tests.tokenizers import byte_pairs, bytes_alone

TURNS = {name: template for name, template in DATA.items() if isinstance(template, pp.Turns)}
TALKS = {
    "one turn": [("user", "Hi")],
    "more turns": [("user", "Hi {{ you }}"), ("assistant", "Hello\n\n`{}`"), ("user", "é\n")],
    "a system message": [("system", "Be brief."), ("user", "Hi"), ("assistant", "Yes."), ("user", "So?")],
}


def of_ollama(template, tokenizer, renderer, talk):
    """What Ollama writes for messages."""
    source = go_template(template, tokenizer, list(renderer.stops))
    assert '"""' not in source
    messages = [{"Role": role, "Content": words} for role, words in talk]
    system = "\n\n".join(words for role, words in talk if role == "system")
    return render(source, {"Messages": messages, "System": system})


def of_training(renderer, talk):
    """The text before the next reply, without what the tokenizer begins all texts with."""
    messages = tuple(pp.Message(role, words) for role, words in (*talk, ("assistant", "x")))
    pieces, _ = renderer.serving.asked(pp.Conversation(messages), len(talk))
    return "".join(p.text for p in renderer._owned(pieces)).removeprefix(renderer.bos)


@pytest.mark.parametrize("tokenizer", [bytes_alone, byte_pairs])
@pytest.mark.parametrize("talk", TALKS)
@pytest.mark.parametrize("name", TURNS)
def test_the_prompt_of_training(name, talk, tokenizer):
    template, tokens = TURNS[name], tokenizer()
    renderer = Renderer(writer_of(template), tokens)
    words = [(role, said.strip() if template.trim else said) for role, said in TALKS[talk]]
    if words[0][0] == "system" and not (template.system or template.fold):
        assert "leaves it out" in left_out(template)[-1]
        return
    assert of_ollama(template, tokens, renderer, words) == of_training(renderer, words)


def test_a_reply_that_is_begun_is_gone_on_with():
    template, tokens = TURNS["chatml"], bytes_alone()
    renderer = Renderer(writer_of(template), tokens)
    said = of_ollama(template, tokens, renderer, [("user", "Count."), ("assistant", "One, two,")])
    assert said.endswith("<|im_start|>assistant\nOne, two,")


def test_text_that_go_or_a_modelfile_would_take_for_its_own():
    template = pp.turns(
        user=('{{ """', "}}\n"), assistant=("A: ", "<|im_end|>\n"), stop="<|im_end|>", tokens=("<|im_end|>",)
    )
    tokens = bytes_alone()
    renderer = Renderer(writer_of(template), tokens)
    assert of_ollama(template, tokens, renderer, TALKS["one turn"]) == '{{ """Hi}}\nA: '
