"""The collection is whole, and what judges by it finds what is wrong."""

import pytest

import pitchpipe as pp
from tests.chat_templates import HERE, SHAPES, source, tokenizer_of, tokens
from tests.chat_templates.judge import IGNORED, Taught, judge
from tests.chat_templates.oracle import Oracle, replies_of
from tests.chat_templates.talks import TALKS, TOOLS

TEXT = {"[INST]", "[/INST]"}  # to the models before Mistral's third these are words
# They take no conversation without a system message or tools, or differ by it.
FURTHER_ENDS = {"requires_system", "named_set", "llama3_dated"}


def oracle_of(name):
    return Oracle(tokenizer_of(name), SHAPES[name].ends)


def test_every_file_has_its_tokens_and_every_shape_its_file():
    assert {file.name.partition(".")[0] for file in HERE.glob("*.jinja")} == set(SHAPES)
    assert len(SHAPES) >= 30 and len(TALKS) >= 50


@pytest.mark.parametrize("name", SHAPES)
def test_a_tokenizer_has_every_control_token_that_its_template_writes(name):
    tokenizer, written = tokenizer_of(name), source(name)
    for text in written.values() if isinstance(written, dict) else [written]:
        for token in set(tokens.control_in(text)) - TEXT - {"<start_of_image>"}:
            assert tokenizer.convert_tokens_to_ids(token) is not None, token
    assert set(tokens.ends(tokenizer)) == set(SHAPES[name].ends) or name in FURTHER_ENDS


@pytest.mark.parametrize("name", SHAPES)
def test_a_server_can_ask_for_replies_of_most_plain_conversations(name):
    oracle = oracle_of(name)
    plain = [
        talk for talk in TALKS.values() if not talk.tools and not any(m.reasoning for m in talk.messages)
    ]
    if name == "requires_tools":
        plain = [pp.replace(talk, tools=TOOLS) for talk in plain]
    if name == "requires_system":
        plain = [talk for talk in plain if talk.messages[0].role == "system"]
    answers = [oracle.can_be_asked(talk, at) for talk in plain for at in replies_of(talk)[-1:]]
    assert answers.count("must") > len(answers) / 2


@pytest.mark.parametrize("shape", TALKS)
def test_every_shape_can_be_learned_from_with_some_template(shape):
    talk = TALKS[shape]
    found = [
        oracle_of(name).can_be_asked(talk, at)
        for name in ("seed", "qwen3", "gemma4")
        for at in replies_of(talk)
    ]
    assert ("must" in found) == (shape not in ("only an empty reply", "nothing learned"))


# --- Faults that are planted ----------------------------------------------------------------------

TALK = TALKS["system, two replies"]


def right_example(oracle, talk, at):
    (served,) = oracle.served(talk, at)
    prompt, said = oracle.ids(served.prompt), oracle.ids(f"{talk.messages[at].content}<|im_end|>")
    return prompt + said, [IGNORED] * len(prompt) + said


def judged(ids, labels, replies=(4,), talk=TALK):
    return judge(oracle_of("chatml"), talk, [Taught(ids, labels, replies)])


def test_what_is_right_is_not_wrong():
    ids, labels = right_example(oracle_of("chatml"), TALK, 4)
    for replies in ((4,), None):
        found = judged(ids, labels, replies)
        assert found.wrong == [] and found.learned == [4]


def test_what_is_wrong_is_found():
    oracle = oracle_of("chatml")
    ids, labels = right_example(oracle, TALK, 4)
    begin = len(labels) - sum(label != IGNORED for label in labels)
    faults = {
        "is not learned behind": (ids, [IGNORED] * len(ids)),
        "a label is not its token": (ids, [*labels[:-1], labels[-1] + 1]),
        "expected": (ids[:-1], labels[:-1]),  # without its end
        "no server's prompt ends before": (ids[1:], labels[1:]),
    }
    for reason, (wrong_ids, wrong_labels) in faults.items():
        assert any(reason in why for why in judged(wrong_ids, wrong_labels).wrong), reason
    early = [*labels[: begin - 1], *ids[begin - 1 :]]  # a token of the prompt
    late = [*labels[: begin + 1]]
    late[begin] = IGNORED  # without its first token
    assert judged(ids, early).wrong and judged(ids, [*late, *labels[begin + 1 :]]).wrong
    assert judged(ids, labels, (2,)).wrong  # another reply


def test_a_reply_that_is_learned_twice_or_against_its_row_is_found():
    oracle = oracle_of("chatml")
    example = Taught(*right_example(oracle, TALK, 4), (4,))
    twice = judge(oracle, TALK, [example, example])
    assert twice.wrong == ["reply 4 is learned more than once"]
    messages = (*TALK.messages[:4], pp.replace(TALK.messages[4], learn=False))
    silent = pp.replace(TALK, messages=messages)
    assert judge(oracle, silent, [example]).wrong == ["reply 4 is not to be learned"]


def test_lost_words_are_told():
    assert oracle_of("chatml").can_be_asked(TALKS["reasoning"], 1) == "lost"
    assert oracle_of("qwen3").can_be_asked(TALKS["reasoning"], 1) == "must"
    assert oracle_of("qwq").can_be_asked(TALKS["reasoning"], 1) == "must"  # its prompt opens a thought
    assert oracle_of("gemma3").can_be_asked(TALKS["two users"], 2) == "never"
    assert oracle_of("chatml").can_be_asked(TALKS["tools that nobody uses"], 1) == "may"
    assert oracle_of("chatml").can_be_asked(TALKS["first reply unlearned"], 1) == "never"
