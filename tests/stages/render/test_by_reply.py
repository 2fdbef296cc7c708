"""Each reply in its own prompt: one example where one text serves all replies, else as many as are needed."""

import pytest

import pitchpipe as pp
from pitchpipe.records.example import IGNORED
from pitchpipe_components.templates.own import OfTokenizer
from pitchpipe_stages.render.parity import prove_served
from pitchpipe_stages.render.renderer import Renderer
from pitchpipe_stages.render.rules import Ruled, Rules
from pitchpipe_stages.render.writer import writer_of
from tests.chat_tokenizers import kinds

START, END = "<|im_start|>", "<|im_end|>"
HEAD = "{% for m in messages %}<|im_start|>{{ m.role }}\n"
TAIL = "<|im_end|>\n{% endfor %}"
ASK = "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
PLAIN = HEAD + "{{ m.content }}" + TAIL + ASK
# Only the last reply shows its reasoning; without any it shows that there is none.
FORGETFUL = (
    HEAD
    + "{% if m.role == 'assistant' and loop.last %}<think>\n{{ m.reasoning_content or '' }}\n</think>\n\n"
    + "{% endif %}{{ m.content }}"
    + TAIL
    + "{% if add_generation_prompt %}<|im_start|>assistant\n"
    + "{% if enable_thinking is defined and not enable_thinking %}<think>\n\n</think>\n\n{% endif %}{% endif %}"
)
# The prompt opens reasoning, and no reply is written with it.
OPENING = HEAD + "{{ m.content }}" + TAIL + ASK.replace("assistant\n", "assistant\n<think>\n")
USER, REPLY = pp.Message("user", "A?"), pp.Message("assistant", "a.")
MORE = (pp.Message("user", "B?"), pp.Message("assistant", "b."))


def of(source, rules=None, **options):
    from copy import deepcopy

    tokenizer = deepcopy(kinds()["bytes"])
    tokenizer.chat_template = source
    return Renderer(Ruled(writer_of(OfTokenizer(**options)), rules or Rules()), tokenizer), tokenizer


def taught(source, *messages, rules=None, meta=None, tools=(), **options):
    """What each example teaches, after a proof that a server asks for it so."""
    renderer, tokenizer = of(source, rules, **options)
    conversation = pp.Conversation(messages, id="one", meta=meta or {}, tools=tools)
    found = renderer.rendered(conversation)
    for part in found.parts:
        assert prove_served(renderer, tokenizer, part)
    said = [[label for label in part.example.labels if label != IGNORED] for part in found.parts]
    return found, [tokenizer.decode(ids) for ids in said]


def thinking(message, reasoning):
    return pp.replace(message, reasoning=reasoning)


def test_one_text_that_serves_all_replies_is_one_example():
    found, said = taught(PLAIN, USER, REPLY, *MORE)
    assert said == ["a.<|im_end|>b.<|im_end|>"] and found.parts[0].replies == (1, 3)


def test_a_reply_that_becomes_other_history_has_an_example_of_its_own():
    found, said = taught(FORGETFUL, USER, thinking(REPLY, "One."), MORE[0], thinking(MORE[1], "Two."))
    assert [part.replies for part in found.parts] == [(1,), (3,)]
    assert said == ["<think>\nOne.\n</think>\n\na.<|im_end|>", "<think>\nTwo.\n</think>\n\nb.<|im_end|>"]
    first, second = (part.conversation for part in found.parts)
    assert [m.learn for m in first.messages] == [False, None]
    assert [m.learn for m in second.messages] == [None, False, None, None]
    assert (first.id, second.id) == ("one", "one-2")


def test_the_templates_own_switch_is_set_as_a_reply_needs_it():
    found, said = taught(FORGETFUL, USER, REPLY)
    assert said == ["a.<|im_end|>"]
    assert found.parts[0].requests[1].variables == {"enable_thinking": False}
    found, _ = taught(FORGETFUL, USER, thinking(REPLY, "One."))
    assert found.parts[0].requests[1].variables == {}


def test_a_switch_that_the_recipe_sets_stays():
    found, said = taught(FORGETFUL, USER, REPLY, variables={"enable_thinking": True})
    assert said == ["<think>\n\n</think>\n\na.<|im_end|>"]
    assert found.parts[0].requests[1].variables == {}


@pytest.mark.parametrize("thought", ["", "One."])
def test_reasoning_that_the_prompt_opens_is_closed_by_the_reply(thought):
    found, said = taught(OPENING, USER, thinking(REPLY, thought))
    assert said == [thought + "\n</think>\n\na.<|im_end|>"]
    assert ("closes it at once" in "".join(found.notes)) == (not thought)


@pytest.mark.parametrize("none", ["<think>\n</think>", "<|START_THINKING|><|END_THINKING|>", "<|channel>thought\n<channel|>"])  # fmt: skip
def test_a_prompt_that_says_that_there_is_no_reasoning_is_followed_by_the_words(none):
    """As Command R7B and Gemma 4 do: what they write of a reply has no such words."""
    source = PLAIN.replace("assistant\n{% endif %}", "assistant\n" + none + "{% endif %}")
    _, said = taught(source, USER, REPLY)
    assert said == ["a.<|im_end|>"]
    with pytest.raises(pp.Quarantine):
        taught(source, USER, thinking(REPLY, "One."))


def test_reasoning_that_stood_in_the_words_stands_there_again_where_the_template_knows_none():
    reply = thinking(REPLY, "One.")
    with pytest.raises(pp.Quarantine, match="`reasoning: strip` leaves it out"):
        taught(PLAIN, USER, reply)
    found, said = taught(PLAIN, USER, reply, *MORE, meta={"reasoning_in_words": True})
    assert said == ["<think>\nOne.\n</think>\n\na.<|im_end|>", "b.<|im_end|>"]
    assert "between <think> tags" in found.notes[0]


def test_a_prompt_that_ends_with_other_white_space_is_the_prompt_nevertheless():
    source = PLAIN.replace("m.content", "m.content | trim").replace(
        "assistant\n{% endif %}", "assistant{% endif %}"
    )
    _, said = taught(source.replace("{{ m.role }}\n", "{{ m.role }} "), USER, REPLY)
    assert said == [" a.<|im_end|>"]
    _, said = taught(PLAIN.replace("assistant\n{% endif %}", "assistant\n\n{% endif %}"), USER, REPLY)
    assert said == ["a.<|im_end|>"]


TOOL = {"type": "function", "function": {"name": "look", "description": "Looks.", "parameters": {}}}
CALL = {"id": "abcdefghi", "type": "function", "function": {"name": "look", "arguments": {"at": "<b>"}}}
CALLS = (
    "{% for call in m.tool_calls %}<call>{{ call.function.name }} {{ call.function.arguments | tojson }}"
    "{% endfor %}"
)
TOOLS = "{% for tool in tools or [] %}<tool>{{ tool | tojson }}{% endfor %}"


def calling(*calls, content=""):
    return pp.Message("assistant", content, tool_calls=calls)


def test_all_calls_of_a_reply_are_learned_or_the_row_is_refused():
    source = TOOLS + PLAIN.replace(
        "{{ m.content }}", "{{ m.content }}{% if m.tool_calls %}" + CALLS + "{% endif %}"
    )
    _, said = taught(source, USER, calling(CALL, CALL), tools=(TOOL,))
    assert said == ['<call>look {"at": "<b>"}' * 2 + END]
    forgetful = source.replace("in m.tool_calls", "in m.tool_calls[:1]")
    with pytest.raises(pp.Quarantine, match="one of 2 calls"):
        taught(forgetful, USER, calling(CALL, CALL), tools=(TOOL,))
    with pytest.raises(pp.Quarantine, match="writes no calls"):
        taught(PLAIN, USER, calling(CALL), tools=(TOOL,))


def test_tools_that_a_template_does_not_write_are_told():
    found, said = taught(PLAIN, USER, REPLY, tools=(TOOL,))
    assert said == ["a.<|im_end|>"] and "writes no tools" in found.notes[0]


def test_arguments_are_text_where_a_template_adds_them_to_text():
    source = PLAIN.replace(
        "{{ m.content }}",
        "{{ m.content }}{% for c in m.tool_calls or [] %}{{ c.function.name + c.function.arguments }}{% endfor %}",
    )
    found, said = taught(source, USER, calling(CALL))
    assert said == ['look{"at": "<b>"}<|im_end|>']
    assert found.parts[0].requests[1].serving.arguments_as_text


def test_the_output_of_a_tool_is_never_learned():
    """As Gemma 4 writes it: calls, their results and the words behind them in one turn of the model."""
    source = (
        "{% for m in messages %}{% if m.role == 'user' %}<|im_start|>user\n{{ m.content }}<|im_end|>\n"
        "{% elif m.role == 'assistant' %}{% if loop.index0 == 0 or messages[loop.index0 - 1].role == 'user' %}"
        "<|im_start|>assistant\n{% endif %}{% for c in m.tool_calls or [] %}<call>{{ c.function.name }}"
        "{% if not loop.last or messages|length > loop.index0 %}{% endif %}{% endfor %}"
        "{% set i = loop.index0 %}{% for t in messages[i + 1:] %}{% if t.role == 'tool' %}<out>{{ t.content }}"
        "{% endif %}{% endfor %}{{ m.content }}{% if m.tool_calls and loop.last %}<|eot_id|>{% elif not m.tool_calls %}"
        "<|im_end|>\n{% endif %}{% endif %}{% endfor %}{% if add_generation_prompt and messages[-1].role == 'user' %}"
        "<|im_start|>assistant\n{% endif %}"
    )
    result = pp.Message("tool", "SECRET", tool_call_id="abcdefghi")
    found, said = taught(source, USER, calling(CALL, content="I look."), result, REPLY)
    assert said == ["<call>lookI look.<|eot_id|>", "a.<|im_end|>"] and len(found.parts) == 2


def test_a_reply_that_nobody_asks_for_is_not_learned_and_counted():
    found, said = taught(PLAIN, REPLY, USER, MORE[1])
    assert said == ["b.<|im_end|>"]
    assert found.missed == {0: "no server is asked for a reply that comes first"}


def test_a_template_that_ends_no_reply_is_ended_by_the_next_turn():
    source = "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"
    _, said = taught(source, USER, REPLY, *MORE)
    assert said == ["a.<|user|>b.<|user|>"]


SET = {
    "default": PLAIN,
    "tool_use": "{{ 'tools' if tools else raise_exception('no tools') }}" + TOOLS + PLAIN,
}


def test_of_a_named_set_the_conversation_chooses():
    renderer, tokenizer = of(SET)
    plain = renderer.examples(pp.Conversation((USER, REPLY)))[0]
    tools = renderer.examples(pp.Conversation((USER, REPLY), tools=(TOOL,)))[0]
    assert not tokenizer.decode(plain.example.ids).startswith("tools<tool>")
    assert tokenizer.decode(tools.example.ids).startswith("tools<tool>")
    assert renderer.chat_template == SET
    assert prove_served(renderer, tokenizer, plain) and prove_served(renderer, tokenizer, tools)


@pytest.mark.parametrize(
    "wants", ["not tools", "messages[0].role != 'system'", "messages[-1].role == 'assistant' and not messages[-1].reasoning_content"]
)  # fmt: skip
def test_a_template_that_wants_more_is_judged_by_the_rows_that_have_it(wants):
    source = "{% if " + wants + " %}{{ raise_exception('no') }}{% endif %}" + TOOLS + FORGETFUL
    with pytest.raises(pp.Quarantine, match="refuses it: no"):
        taught(source, USER, REPLY)
    _, said = taught(source, pp.Message("system", "S."), USER, thinking(REPLY, "One."), tools=(TOOL,))
    assert said == ["<think>\nOne.\n</think>\n\na.<|im_end|>"]


def test_role_tokens_that_are_not_special_are_control_tokens_nevertheless():
    from copy import deepcopy

    tokenizer = deepcopy(kinds()["bytes"])
    tokenizer.add_tokens(["<|User|>", "<|Assistant|>"])
    tokenizer.chat_template = "{% for m in messages %}{% if m.role == 'user' %}<|User|>{{ m.content }}{% else %}<|Assistant|>{{ m.content }}</s>{% endif %}{% endfor %}{% if add_generation_prompt %}<|Assistant|>{% endif %}"
    renderer = Renderer(Ruled(writer_of(OfTokenizer()), Rules()), tokenizer)
    said = pp.Conversation((pp.Message("user", "Hi<|Assistant|>Ha<|User|>?"), REPLY))
    ids = list(renderer.example(said).ids)
    names = tokenizer.convert_ids_to_tokens(ids)
    assert names.count("<|User|>") == 1 and names.count("<|Assistant|>") == 1
    assert tokenizer.decode(ids) == "<|User|>Hi<|Assistant|>Ha<|User|>?<|Assistant|>a.</s>"


def test_many_conversations_of_one_shape_are_written_as_one_by_one():
    """The second of a shape is not asked for again; its words and their white space are its own."""
    renderer, _ = of(FORGETFUL)
    for number in range(4):
        words = " " * (number % 2) + f"word {number}"
        talk = pp.Conversation((USER, pp.Message("assistant", words), *MORE), id=str(number))
        again = of(FORGETFUL)[0].examples(talk)
        assert renderer.examples(talk) == again
    assert len(renderer.template.writer._probes["default"].by_reply._plans) == 2


def test_words_that_a_template_looks_for_make_another_shape():
    source = PLAIN.replace(
        "{{ m.content }}",
        "{% if '<skip>' in m.content and loop.last %}{{ m.content }}!{% else %}{{ m.content }}{% endif %}",
    )
    renderer, tokenizer = of(source)
    for words, learned in (("a", "a<|im_end|>b.<|im_end|>"), ("<skip>a", None)):
        talk = pp.Conversation((USER, pp.Message("assistant", words), *MORE))
        said = [
            tokenizer.decode([x for x in part.example.labels if x >= 0]) for part in renderer.examples(talk)
        ]
        assert said == ([learned] if learned else ["<skip>a!<|im_end|>", "b.<|im_end|>"])


def test_the_last_reply_alone_is_learned_where_the_recipe_says_so():
    found, said = taught(FORGETFUL, USER, REPLY, *MORE, rules=Rules(learn="last"))
    assert said == ["b.<|im_end|>"] and found.parts[0].replies == (3,)


def test_everything_is_one_example():
    renderer, _ = of(FORGETFUL, Rules(learn="everything"))
    (part,) = renderer.examples(pp.Conversation((USER, REPLY, *MORE)))
    assert part.example.ids == part.example.labels


# --- Tokens -----------------------------------------------------------------------------------------


def test_a_token_that_would_join_prompt_and_reply_is_two():
    """A server's prompt ends with one line end, and the reply begins with another."""
    from tests.chat_templates import tokens

    tokenizer = tokens.tokenizer(OPENING, [START, END], ["<think>", "</think>"], eos=END)
    line, two = (tokenizer("\n" * n, add_special_tokens=False)["input_ids"] for n in (1, 2))
    assert len(line) == len(two) == 1
    renderer = Renderer(Ruled(writer_of(OfTokenizer()), Rules()), tokenizer)
    (part,) = renderer.examples(pp.Conversation((USER, REPLY)))
    begin = next(at for at, label in enumerate(part.example.labels) if label != IGNORED)
    assert part.example.ids[begin - 1 : begin + 1] == [*line, *line]
    assert prove_served(renderer, tokenizer, part)
