"""What a chat template asks for, and the one that is saved: a plain server renders what training rendered."""

from copy import deepcopy

import pytest

import pitchpipe as pp
from pitchpipe_components.templates.own import OfFile, OfTokenizer
from pitchpipe_stages.render.renderer import Renderer
from pitchpipe_stages.render.source_facts import SourceFacts, pinned
from pitchpipe_stages.render.writer import writer_of
from tests.chat_tokenizers import kinds

ASKS_THE_CLOCK = "{%- macro head() %}Today: {{ strftime_now('%d %b %Y') }}{% endmacro %}{{ head() }} {{ strftime_now('%Y') }}"
HAS_A_NAME = (
    "{% if not date_string is defined %}{% set date_string = strftime_now('%d %B') if strftime_now is defined"
    " else 'some day' %}{% endif %}Today: {{ date_string }}"
)
TURNS = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
TALK = pp.Conversation((pp.Message("user", "Hi"), pp.Message("assistant", "Hello")))


def of(source, **options):
    tokenizer = deepcopy(kinds()["bytes"])
    tokenizer.chat_template = source
    return Renderer(writer_of(OfTokenizer(**options)), tokenizer), tokenizer


def served(tokenizer, source, **variables):
    messages = [{"role": "user", "content": "Hi"}]
    return tokenizer.apply_chat_template(
        messages, chat_template=source, tokenize=False, add_generation_prompt=True, **variables
    )


@pytest.mark.parametrize(
    ("source", "options", "day"),
    [
        (ASKS_THE_CLOCK, {}, "26 Jul 2024 2024"),
        (ASKS_THE_CLOCK, {"date": "2025-01-02"}, "02 Jan 2025 2025"),
        (HAS_A_NAME, {}, "26 Jul 2024"),
        (HAS_A_NAME, {"date": "2025-01-02"}, "02 Jan 2025"),
        (HAS_A_NAME, {"variables": {"date_string": "Monday"}}, "Monday"),
    ],
)
def test_the_day_of_training_is_the_day_of_a_plain_server(source, options, day):
    renderer, tokenizer = of(source + TURNS, **options)
    text = tokenizer.decode(renderer.example(TALK).ids)
    assert text.startswith(f"Today: {day}<|im_start|>user")
    assert text.startswith(served(tokenizer, renderer.chat_template))
    assert "today's date" in renderer.template.notes()[0]


def test_a_client_may_still_say_the_day():
    renderer, tokenizer = of(HAS_A_NAME + TURNS)
    assert "Today: Sunday<" in served(tokenizer, renderer.chat_template, date_string="Sunday")


@pytest.mark.parametrize("date", ["2024-02-30", "24-1-1", "today"])
def test_a_day_that_is_in_no_calendar_is_refused(date, tmp_path):
    (tmp_path / "own.jinja").write_text(TURNS, "utf-8")
    for make in (OfTokenizer, lambda date: OfFile(path=tmp_path / "own.jinja", date=date)):
        with pytest.raises(ValueError, match="is no day"):
            make(date=date)


VALUES = {"flag": False, "name": 'it\'s "x" {{ y }}', "number": 2.5, "list": [1, None], "map": {"a": True}}


@pytest.mark.parametrize("lead", ["", "\n", "  ", "{# note #}", "x"])
def test_variables_are_in_the_template_that_is_saved(lead):
    """To the letter, white space at its beginning too."""
    source = lead + "{{ [flag, name, number, list, map] | tojson }}" + TURNS
    _, tokenizer = of(TURNS)
    told = served(tokenizer, source, **VALUES)
    assert served(tokenizer, pinned(source, VALUES, "")) == told
    other = served(tokenizer, pinned(source, VALUES, ""), flag=True)
    assert other == told.replace("[false", "[true", 1)


def test_a_template_without_variables_is_saved_as_it_is():
    renderer, _ = of(TURNS)
    assert renderer.chat_template == renderer.saved({"enable_thinking": False}) == TURNS


def test_the_saved_template_takes_the_switch_that_most_replies_had():
    asks = TURNS.replace(
        "assistant\n{% endif %}",
        "assistant\n{% if enable_thinking is defined and not enable_thinking %}<think>\n\n</think>\n\n{% endif %}{% endif %}",
    )
    renderer, tokenizer = of(asks)
    saved = renderer.saved({"enable_thinking": False})
    assert served(tokenizer, saved).endswith("</think>\n\n")
    assert not served(tokenizer, saved, enable_thinking=True).endswith("</think>\n\n")


def test_what_a_source_asks_for():
    source = (
        "{% generation %}{{ messages[0].reasoning_content }}{% endgeneration %}{% if enable_thinking %}"
        "{% if '</think>' in messages[0].content %}{{ strftime_now('%A') }}{% endif %}{% endif %}"
        "{% if part.type == 'text' %}{{ part.text }}{% endif %}"
    )
    facts = SourceFacts.of(source)
    assert facts.switches == ("enable_thinking",) and facts.clock == ("%A",) and facts.reads_parts
    assert "</think>" in facts.tests and "text" not in facts.tests
