"""Constraints that IFEval does not have, and sentences that Punkt would need its parameters for."""
# ruff: noqa: RUF001 non-ASCII characters are meant

import pytest

from pitchpipe_components.evaluators.instructions.constraint import CHECKS, OF_IFEVAL, Constraint
from pitchpipe_components.text.sentences import sentences

TABLE = "Here:\n\n| a | b |\n|---|:-:|\n| 1 | 2 |\n| 3 | 4 |\n\nDone."
CASES = {
    "keywords:in_order": (
        {"keywords": ["seed", "sprout"]},
        ["A Seed, then a sprout."],
        ["sprout, seed", "seed", "sprouts of seeds"],
    ),
    "length_constraints:words_between": (
        {"least": 2, "most": 3},
        ["one two", "one, two: three"],
        ["one", "a b c d"],
    ),
    "length_constraints:separate_paragraphs": (
        {"num_paragraphs": 2, "relation": "exactly"},
        ["a\n\nb", "a\n \n\nb\n"],
        ["a\nb", "a\n\nb\n\nc"],
    ),
    "length_constraints:number_lines": ({"num_lines": 2, "relation": "at most"}, ["a", "a\n\nb"], ["a\nb\nc"]),
    "detectable_format:numbered_list": (
        {"num_items": 2},
        ["1. a\n2. b", "So:\n1) a\n   more\n2) b"],
        ["1. a\n3. b", "1. a", "2. a\n1. b", "1. a\n2. b\n3. c", "1.5 litres\n2. b"],
    ),
    "detectable_format:headings": (
        {"num_headings": 1, "relation": "exactly"},
        ["# A\ntext", "###### A"],
        ["#A", "text # A", "# A\n# B"],
    ),
    "detectable_format:json_keys": (
        {"keys": ["a", "b"]},
        ['{"b": 1, "a": null}', '```json\n{"a": 1, "b": 2}\n```'],
        ['{"a": 1}', '{"a": 1, "b": 2, "c": 3}', '["a", "b"]', 'Sure: {"a": 1, "b": 2}', '{"a": 1, "b": 2'],
    ),
    "detectable_format:json_list": ({"num_items": 2}, ["[1, 2]"], ["[1]", "{}", "1, 2", "[" * 9999]),
    "detectable_format:table": (
        {"num_columns": 2, "num_rows": 2},
        [TABLE, "a|b\n-|-\n1|2\n3|4"],
        ["| a | b |\n| 1 | 2 |", TABLE.replace("| 3 | 4 |\n", ""), TABLE.replace("| 3 | 4 |", "| 3 |"), "---\n|"],
    ),
    "detectable_format:code_block": (
        {},
        ["```python\nx = 1\n```", "So:\n```\nls\n```\nDone"],
        ["`x`", "```\n\n```", "```x"],
    ),
    "detectable_format:one_of": ({"options": ["yes", "no"]}, ["Yes.", " no\n"], ["Yes, it is.", "yes no", "maybe"]),
    "startend:start_checker": ({"start_phrase": "I recommend"}, ["i recommend chess", '"I recommend"'], ["Well, I recommend"]),
    "punctuation:without": ({"signs": "!?"}, ["Hello."], ["Hello!", "Hello?"]),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(set(CHECKS) - OF_IFEVAL))
def test_each_of_our_own(name):
    arguments, met, broken = CASES[name]
    constraint = Constraint.of(name, arguments)
    assert [reply for reply in met if not constraint.met(reply)] == []
    assert [reply for reply in broken if constraint.met(reply)] == []


@pytest.mark.parametrize(
    ("code", "reply"),
    [
        ("de", "Am Morgen trinkt er Kaffee und liest dann Zeitung."),
        ("fr", "Le matin, elle boit du café et lit le journal."),
        ("ru", "Зимним вечером в доме тепло, и мы пьём чай у окна."),
        ("ja", "猫は静かに窓のそばで眠っています。"),
        ("ko", "저는 아침마다 음악을 들으면서 산책합니다."),
        ("zh-cn", "猫喜欢在阳光下睡觉，也喜欢吃鱼。"),
        ("en", "She reads the paper over a cup of coffee."),
    ],
)
def test_languages(code, reply):
    asked = Constraint.of("language:response_language", {"language": code})
    other = Constraint.of("language:response_language", {"language": "sw"})
    assert asked.met(reply) and not other.met(reply)


def test_english_in_one_case():
    capital, lower = (Constraint.of(f"change_case:english_{case}", {}) for case in ("capital", "lowercase"))
    assert capital.met("THE POOL IS CLOSED TODAY.") and not capital.met("THE POOL is CLOSED.")
    assert lower.met("the pool is closed today.") and not lower.met("The pool is closed.")
    assert not capital.met("DAS SCHWIMMBAD IST HEUTE LEIDER GESCHLOSSEN.")


def test_nothing_is_no_reply():
    assert not Constraint.of("punctuation:no_comma", {}).met(" \n")
    assert not Constraint.of("punctuation:no_comma", {}).met_loosely("one, two")
    assert Constraint.of("punctuation:no_comma", {}).met_loosely("Sure, here:\nno comma")


def test_relations():
    wanted = {"less than": "a", "at most": "ab", "exactly": "b", "at least": "bc", "more than": "c"}
    replies = {"a": "one", "b": "one two", "c": "one two three"}
    for relation, right in wanted.items():
        asked = Constraint.of("length_constraints:number_words", {"num_words": 2, "relation": relation})
        assert "".join(name for name, reply in replies.items() if asked.met(reply)) == right


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("keywords:exixtence", {}, "no constraint 'keywords:exixtence'. Did you mean 'keywords:existence'?"),
        ("keywords:existence", {}, "keywords:existence needs the argument 'keywords'"),
        ("keywords:existence", {"keywords": None}, "needs the argument 'keywords'"),
        ("keywords:existence", {"keyword": ["a"]}, "has no argument 'keyword'. Did you mean 'keywords'?"),
        ("keywords:existence", {"keywords": "water"}, "Expected `array`, got `str`"),
        (
            "length_constraints:number_words",
            {"num_words": 3, "relation": "about"},
            "Invalid enum value 'about'",
        ),
    ],
)
def test_what_a_file_can_say_wrong(name, given, words):
    with pytest.raises(ValueError) as raised:
        Constraint.of(name, given)
    assert words in str(raised.value)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("...", 0),
        ("No mark", 1),
        ("Dr. Who met Mr. Smith at 5 p.m. today. They talked.", 2),
        ("It costs 3.14 euros. Is that much? No!", 3),
        ("i like it. it is good.", 2),
        ("He said \"Stop.\" Then he left.", 2),
        ("J. R. R. Tolkien wrote it.", 1),
        ("1. Boil water.\n2. Add tea.", 2),
        ("We saw cats, dogs, etc. in the yard.", 1),
        ("今日は雨です。傘を持って。", 2),
        ("Really?! Yes.", 2),
        ("So am I. You too.", 2),
        ("She said no. He left.", 2),
    ],
)  # fmt: skip
def test_sentences(text, count):
    assert len(sentences(text)) == count, sentences(text)
