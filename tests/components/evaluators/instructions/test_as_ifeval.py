"""Each constraint of IFEval says of generated replies what IFEval's own code says, as lm-eval carries it.

That code wants two packages and a file of NLTK's that are not here: a frozen dict, which a dict stands in for;
langdetect, without which its language is not asked; and Punkt's English parameters, without which Punkt cuts
sentences by its rules alone. Constraints of capitals are compared on text of which no detector has a say.
"""

import random
import sys
from types import ModuleType, SimpleNamespace

import pytest

from pitchpipe_components.evaluators.instructions.constraint import OF_IFEVAL, Constraint

PIECES = (
    "water", "Water", "the word", "WATER", "NASA", "I", "A", "it's", "DON'T", "U.S.", "x-ray", "42", "3.14", "été", "你好",
    "\n", "\n\n", "\n\n", "* one", "\n* one", "\n- two", "\n** three", "\n  * four", "***", "\n***\n", "******", "\n******\n",
    "*bold*", "**bold**", "* *", "****", "<<title>>", "<< >>", "[name]", "[]", "Section 1", "SECTION 2", "Section3",
    "P.S. more", "p. s. more", "P.P.S more", "P. P. S", '"', '"', ",", ".", "!", "?", "...", " ", "  ", "\t", '{"a": 1}',
    "```json", "```", "[1, 2]", "null", "My answer is yes.", "my answer is no.", "Any other questions?",
    "Say it again.", "say it again. ", "First", "'first", "end", "The end.", "_under_",
)  # fmt: skip
ARGUMENTS = {
    "keywords:existence": lambda r: {"keywords": r.sample(["water", "word", "bold", "nasa"], 2)},
    "keywords:frequency": lambda r: {"keyword": "water", "frequency": r.randint(1, 3), "relation": relation(r)},
    "keywords:forbidden_words": lambda r: {"forbidden_words": r.sample(["water", "word", "under", "bold"], 2)},
    "keywords:letter_frequency": lambda r: {
        "letter": r.choice("aeotW"), "let_frequency": r.randint(1, 6), "let_relation": relation(r)
    },
    "length_constraints:number_paragraphs": lambda r: {"num_paragraphs": r.randint(1, 3)},
    "length_constraints:number_words": lambda r: {"num_words": r.randint(1, 12), "relation": relation(r)},
    "length_constraints:number_sentences": lambda r: {"num_sentences": r.randint(1, 4), "relation": relation(r)},
    "length_constraints:nth_paragraph_first_word": lambda r: {
        "num_paragraphs": (many := r.randint(1, 3)), "nth_paragraph": r.randint(1, many),
        "first_word": r.choice(["first", "Water", "the"]),
    },
    "detectable_content:number_placeholders": lambda r: {"num_placeholders": r.randint(1, 3)},
    "detectable_content:postscript": lambda r: {"postscript_marker": r.choice(["P.S.", "P.P.S"])},
    "detectable_format:number_bullet_lists": lambda r: {"num_bullets": r.randint(1, 3)},
    "detectable_format:number_highlighted_sections": lambda r: {"num_highlights": r.randint(1, 4)},
    "detectable_format:multiple_sections": lambda r: {
        "section_spliter": r.choice(["Section", "SECTION"]), "num_sections": r.randint(1, 2)
    },
    "combination:repeat_prompt": lambda r: {"prompt_to_repeat": "Say it again."},
    "startend:end_checker": lambda r: {"end_phrase": r.choice(["The end.", "Any other questions?"])},
    "change_case:capital_word_frequency": lambda r: {
        "capital_frequency": r.randint(1, 4), "capital_relation": relation(r)
    },
}  # fmt: skip
DETECTED = {"language:response_language", "change_case:english_capital", "change_case:english_lowercase"}


def relation(chance):
    return chance.choice(["less than", "at least"])


APART = {"change_case:capital_word_frequency"}  # words that run into each other are parted by many rules
SENTENCES = (  # no abbreviations, which Punkt would have learned; at the end it cuts ?! in two
    "It rains.", "Why?", "No!", "Wait... for it.", "He said so.", '"Stop."', "(Yes.)", "It costs 3.14 euros.", "The end",
    "and so on", "\n", "\n\n", "Water,", "we go.",
)  # fmt: skip


def replies(name, count):
    chance = random.Random(name)
    for _ in range(count):
        sentences = name.endswith("sentences")
        some = chance.choices(SENTENCES if sentences else PIECES, k=chance.choice([0, 1, 1, 2, 3, 5, 8, 14]))
        reply = (" " if name in APART or sentences else chance.choice(["", " "])).join(some)
        yield f'"{reply}"' if name.endswith("quotation") and chance.random() < 0.3 else reply


@pytest.fixture(scope="module")
def theirs():
    import nltk
    from nltk.tokenize.punkt import PunktSentenceTokenizer

    frozen, detector = ModuleType("immutabledict"), ModuleType("langdetect")
    frozen.immutabledict = dict
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "immutabledict", frozen)
        patch.setitem(sys.modules, "langdetect", detector)
        patch.setattr(nltk, "download", lambda *_, **__: False)
        from lm_eval.tasks.ifeval import instructions, instructions_registry, instructions_util, utils

        words = nltk.word_tokenize
        of_one_line = SimpleNamespace(
            word_tokenize=lambda text: words(text, preserve_line=True), tokenize=nltk.tokenize
        )
        patch.setattr(instructions_util, "nltk", of_one_line)
        patch.setattr(instructions_util, "_get_sentence_tokenizer", lambda: PunktSentenceTokenizer())
        assert set(instructions_registry.INSTRUCTION_DICT) == OF_IFEVAL
        yield SimpleNamespace(utils=utils, instructions=instructions)


@pytest.mark.parametrize("name", sorted(OF_IFEVAL - DETECTED))
def test_each_constraint(theirs, name):
    chance, outcomes = random.Random(name), []
    for number, reply in enumerate(replies(name, 1500)):
        arguments = ARGUMENTS.get(name, lambda r: {})(chance)
        asked = theirs.utils.InputExample(number, [name], "Say it again.", [arguments])
        (strict,) = theirs.utils.test_instruction_following_strict(asked, reply).follow_instruction_list
        (loose,) = theirs.utils.test_instruction_following_loose(asked, reply).follow_instruction_list
        ours = Constraint.of(name, arguments)
        assert (ours.met(reply), ours.met_loosely(reply)) == (strict, loose), (reply, arguments)
        outcomes.append(strict)
    assert 8 < sum(outcomes) < len(outcomes) - 8  # both are tried
