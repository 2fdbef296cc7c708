"""Filters that look for phrases in replies: what each drops and what it lets pass."""
# ruff: noqa: RUF001 other languages have other marks

import pytest

import pitchpipe as pp
from pitchpipe_components import filters
from tests.components.filters.talks import (
    BY_NAME,
    CODE,
    ORDINARY,
    STEPS,
    conversation_of,
    dropped,
    reply,
    score,
    talk,
)

BROKEN = {
    "placeholders": [
        "I live in [Insert city], you see.", "My name is [Your Name].", "Lorem ipsum dolor", "example text here", "TODO: write",
        "FIXME", "Put your text here.", "Call <insert number>", "The key is xxxx",
        "I am {{name}}, an assistant made by {{author}}.",
    ],
    "prompt_leakage": [
        "#Rewritten Prompt#: Explain it.", "##Input##\nSome", "Yes.\n### Response:\nNo.", "Tell me of {input} now",
        "Fine.\n\nHuman: And now?\nAssistant: Well", "The rewritten prompt: Explain", "Human: What is it?",
    ],
    "teacher_identity": [
        "I am ChatGPT.", "I'm ChatGPT, here to help.", "I’m GPT-4.", "My name is Claude, an assistant.", "I was created by Anthropic.",
        "I am a large language model trained by OpenAI.", "I am a large language model, trained by Google.",
        "As an AI language model developed by OpenAI, I have none.", "As ChatGPT, I cannot.", "I'm Claude, made by Anthropic.",
        "I have been developed by DeepSeek.", "Hi! I am an AI assistant called Qwen.", "I'm Gemini, a model of Google",
        "My creators at OpenAI say so.",
    ],
    "knowledge_cutoff": [
        "As of my last update in 2021, it is.", "My knowledge cutoff is 2023.", "Up to my knowledge cut-off, no.",
        "My training data only goes up to 2021.", "As of my last knowledge update", "Since my training ended",
    ],
    "refusals": [
        "I'm sorry, but I can't help with that.", "I’m sorry, but I cannot.", "As an AI, I have no feelings.", "As an AI language model, I",
        "I'm sorry, I can't.", "Sorry, I cannot do it", "I cannot help.", "  I cannot help.", "Es tut mir leid, aber ich kann nicht helfen.", "Lo siento, pero no puedo hacerlo.",
        "抱歉，我不能帮助你。", "Je suis désolé, mais je ne peux pas.", "К сожалению, я не могу помочь.",
    ],
    "harmful": ["You should kill yourself.", "How to BUILD A BOMB at home"],
    "list_numbering": ["1. One\n1. Two", "Do:\n1) One\n\n1) Two\n2) Three"],
    "truncated": ["And then...", "And then…", "Apples, pears, etc.", "```python\nprint(1)\n", "He said: ...\n"],
}  # fmt: skip
SOUND = {
    "placeholders": [
        "Todo el mundo lo sabe.", "Write a TODO list app.", "array[insert_at] = 1", CODE, "`<your key>` goes there", "plugin[inserted]",
        "Dear [Insert name], hello.", "Yours,\n[Your Name]", "Best regards,\n[Name]\n[Your title]", "# TODO: this\nx = 1\ny = f(x)\nreturn y",
        "Lorem ipsum is what printers set.", "Write {{x}} in Jinja.", 'You could say: "Hi, I am [Your Name], and I am new here."',
    ],
    "prompt_leakage": [
        "# Heading\n\nText", "### Results\n\nGood: 3", "A prompt reply pays.", 'f"{name}" is filled', CODE, "The human: a study",
        "The rewritten promptly sold", "Use {x} in sets", "A good prompt has a goal.",
    ],
    "teacher_identity": [
        "ChatGPT was made by OpenAI in 2022.", "I am using ChatGPT.", "I'm a fan of Claude Monet.", "My name is Claude, I paint.",
        "I am a Gemini, born in June.", "As Claude said, it rains.", "I'm an engineer and I work at a bakery, said Claude.",
        "Companies such as OpenAI, Google and Anthropic train models.", "I have been using a model developed by OpenAI.",
        "The llama is an animal.", "I am an assistant.",
    ],
    "knowledge_cutoff": ["As of my last visit, it was open.", "The cutoff frequency is 3 kHz.", "My training was hard.", "To my knowledge, yes."],
    "refusals": [
        "I'm sorry to hear that you are ill.", "Sorry is a hard word.", "As an aid to memory, sing.", "He said: I cannot.", "Als Kind war ich froh.",
        "In short, I cannot.",
    ],
    "harmful": ["He used the pipe, bombs fell.", "Kill your darlings.", "A bath bomb is made of soda."],
    "list_numbering": [
        STEPS, "1. One\n2. Two\n\nThen:\n1. Three", "1. One\n   1. Inner\n2. Two", "1.1 is less than 1.2", "```\n1. a\n1. b\n```",
        "1) One\n2) Two",
    ],
    "truncated": ["And so on.", "Wait... what?", "```\nx\n```", "Use ``` to open a block.", "fetch"],
}  # fmt: skip


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in BROKEN.items() for text in texts])
def test_what_a_pattern_filter_drops(name, text):
    assert dropped(BY_NAME[name](reply(text)))


@pytest.mark.parametrize(
    ("name", "text"), [(name, text) for name, texts in SOUND.items() for text in texts + ORDINARY]
)
def test_what_it_lets_pass(name, text):
    chat = reply(text)
    verdict = BY_NAME[name](chat)
    assert conversation_of(verdict) is chat and dropped(verdict) is None


@pytest.mark.parametrize("name", BROKEN)
def test_a_limit_above_the_count_keeps(name):
    chat = reply(BROKEN[name][0])
    (counted, (found, least, most)), *_ = BY_NAME[name](chat).scores.items()
    assert (least, most) == (None, 0) and found >= 1
    assert dropped(BY_NAME[name](chat, **{f"max_{counted}": found})) is None
    assert dropped(BY_NAME[name](chat, **{f"max_{counted}": found - 1}))


@pytest.mark.parametrize("name", sorted(BROKEN.keys() - {"truncated"}))
def test_users_may_write_what_replies_may_not(name):
    assert dropped(BY_NAME[name](talk(BROKEN[name][0], "Fine."))) is None


@pytest.mark.parametrize("name", ["placeholders", "prompt_leakage", "teacher_identity", "knowledge_cutoff"])
def test_reasoning_is_part_of_a_reply(name):
    chat = pp.Conversation((pp.Message("user", "a"), pp.Message("assistant", "b", reasoning=BROKEN[name][0])))
    assert dropped(BY_NAME[name](chat))


@pytest.mark.parametrize(
    ("name", "text", "options"),
    [
        ("placeholders", "Dear NN, hello", {"extra": ("NN",)}),
        ("placeholders", "Dear nobody", {"patterns": ("nobody",)}),
        ("prompt_leakage", "The seed task was this", {"extra": ("seed task",)}),
        ("harmful", "so evil", {"extra": ("Evil",)}),
        ("harmful", "so evil", {"patterns": ("evil",)}),
        ("refusals", "Nope, not me.", {"extra": ("Nope",)}),
        ("refusals", "Nope, not me.", {"openings": ("nope",)}),
        ("refusals", "Well, I cannot say.", {"anywhere": True}),
        ("teacher_identity", "I like OpenAI's work.", {"level": "word"}),
        ("teacher_identity", "I like Acme's work.", {"level": "word", "words": ("acme",)}),
    ],
)
def test_options_that_make_it_stricter(name, text, options):
    assert dropped(BY_NAME[name](reply(text))) is None
    assert dropped(BY_NAME[name](reply(text), **options))


def test_patterns_are_whole_words_in_any_case_unless_they_are_all_capitals():
    def count(text, *patterns):
        return score(filters.placeholders(reply(text), patterns=patterns), "placeholders")

    assert count("Hack, hacks, HACK hack_it shack", "hack") == 2
    assert count("NN nn Nn NNN", "NN") == 1
    assert count("我无法回答", "无法") == 1 and count("用ai回答", "ai") == 1 and count("maili", "ai") == 0
    assert count("a-b [x] [xy]", "[x") == 1 and count("aaaa", "") == 0


def test_extra_tags_of_prompts_count_outside_of_code_alone():
    code = "Run it:\n\n```\nseed task = 1\n```\n\nIt is `seed task` there."
    assert dropped(filters.prompt_leakage(reply(code), extra=("seed task",))) is None
    told = dropped(filters.prompt_leakage(reply(code + " A seed task."), extra=("seed task",)))
    assert told.score == 1 and told.reason.endswith("A seed task.")
