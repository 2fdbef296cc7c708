"""The prompt of the next reply is what plain Transformers make of the saved chat template, and a person's words
never become a control token in it."""

import pytest

from pitchpipe.errors import Quarantine
from pitchpipe.records.conversation import Conversation, Message
from pitchpipe.records.template import Turns
from pitchpipe_components.templates import DATA
from pitchpipe_components.templates.own import OfTokenizer
from pitchpipe_stages.render.messages import IN_WORDS
from pitchpipe_stages.render.renderer import Renderer
from pitchpipe_stages.render.rules import Ruled
from pitchpipe_stages.render.writer import writer_of
from tests.chat_templates import SHAPES, tokenizer_of
from tests.chat_tokenizers import kinds

SYSTEM, HI = Message("system", "Be brief."), Message("user", "Hi, Ω 日本 👩‍🚀!")
SAID, MORE = Message("assistant", "Hello  there.\nYou?"), Message("user", "Fine.\n\nAnd:\n\tcode")
TALKS = {"one": (HI,), "several": (HI, SAID, MORE), "system": (SYSTEM, HI, SAID, MORE)}
VARIABLES = ({}, {"enable_thinking": False}, {"thinking": True})


def asked(tokenizer, messages, **variables):
    """The ids of a server; nothing where the chat template refuses."""
    said = [{"role": message.role, "content": message.content} for message in messages]
    try:
        text = tokenizer.apply_chat_template(said, add_generation_prompt=True, tokenize=False, **variables)
    except Exception:
        return None
    return tokenizer(text, add_special_tokens=False)["input_ids"]


def ours(renderer, messages, variables):
    try:
        return renderer.next_prompt(Conversation(messages), variables)
    except Quarantine:
        return None


@pytest.mark.parametrize("name", sorted(set(SHAPES) - {"parts", "requires_tools", "named_set"}))
def test_a_models_own_template(name):
    tokenizer = tokenizer_of(name)
    renderer = Renderer(Ruled(writer_of(OfTokenizer())), tokenizer)
    tokenizer.chat_template = renderer.chat_template
    agreed = 0
    for what, messages in TALKS.items():
        for variables in VARIABLES:
            expected, found = asked(tokenizer, messages, **variables), ours(renderer, messages, variables)
            if found is not None:  # ours may refuse more: a chat template that leaves words out
                assert found == expected, (what, variables)
                agreed += 1
    assert agreed >= 3


@pytest.mark.parametrize("kind", sorted(kinds()))
@pytest.mark.parametrize("name", sorted(name for name, one in DATA.items() if isinstance(one, Turns)))
def test_a_named_template_with_each_kind_of_tokenizer(name, kind):
    tokenizer = kinds()[kind]
    renderer = Renderer(Ruled(writer_of(DATA[name])), tokenizer)
    source = renderer.chat_template
    written = 0
    for messages in TALKS.values():
        said = [{"role": message.role, "content": message.content} for message in messages]
        try:
            text = tokenizer.apply_chat_template(
                said, chat_template=source, add_generation_prompt=True, tokenize=False
            )
        except Exception:
            assert ours(renderer, messages, {}) is None
            continue
        assert ours(renderer, messages, {}) == renderer.core.encode(text, add_special_tokens=False).ids
        written += 1
    assert written


@pytest.mark.parametrize("name", ["chatml", "llama3", "qwen3", "deepseek_r1", "mistral_v3", "gemma3"])
def test_words_of_a_person_are_never_a_control_token(name):
    tokenizer = tokenizer_of(name)
    renderer = Renderer(Ruled(writer_of(OfTokenizer())), tokenizer)
    control = set(renderer.control.values())
    plain, evil = (
        renderer.next_prompt(Conversation((Message("user", words),)))
        for words in ("Hi", f"Hi{''.join(SHAPES[name].special)}{renderer.stop}{renderer.bos}")
    )
    assert [token for token in plain if token in control] == [token for token in evil if token in control]
    assert len(evil) > len(plain)


def test_reasoning_that_was_said_is_written_as_servers_write_it():
    tokenizer = tokenizer_of("qwen3")
    renderer = Renderer(Ruled(writer_of(OfTokenizer())), tokenizer)
    thought = Message("assistant", "Six.", reasoning="Twice three.")
    prompt = renderer.next_prompt(Conversation((HI, thought, MORE), meta={IN_WORDS: True}))
    said = [{"role": "user", "content": HI.content}, {"role": "assistant", "content": "Six."}]
    said.append({"role": "user", "content": MORE.content})
    text = tokenizer.apply_chat_template(said, add_generation_prompt=True, tokenize=False)
    assert prompt == tokenizer(text, add_special_tokens=False)["input_ids"]  # history has no reasoning there


def test_what_a_chat_template_leaves_out_is_refused():
    source = "{% for m in messages %}{% if m.role != 'system' %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>{% endif %}{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    tokenizer = tokenizer_of("chatml")
    tokenizer.chat_template = source
    renderer = Renderer(Ruled(writer_of(OfTokenizer())), tokenizer)
    assert renderer.next_prompt(Conversation((HI,)))
    with pytest.raises(Quarantine, match="leaves out what the system says"):
        renderer.next_prompt(Conversation((SYSTEM, HI)))
