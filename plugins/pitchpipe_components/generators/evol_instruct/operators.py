"""The ways of rewriting an instruction, and what a teacher is asked for each."""

import pitchpipe as pp

DEEPER = """\
Rewrite the instruction below so that it is harder to carry out well. It must still make sense, and text \
alone must be able to answer it.

{how}

Keep what the instruction gives to work on: texts, tables, figures, code. {length} Do not carry it out \
and do not talk about it. Reply with the rewritten instruction alone, in the language of the old one, \
with nothing before or behind it.

<instruction>
{instruction}
</instruction>"""

BESIDE = """\
The instruction below is an example of a domain. {how}

It must make sense by itself, without the example, and text alone must be able to answer it. Do not carry \
it out and do not talk about it. Reply with the rewritten or brand new instruction alone, in the language \
of the example, with nothing before or behind it.

<instruction>
{instruction}
</instruction>"""

LENGTH = "Add 10 to 20 words, no more."

IN_DEPTH = {
    "constraints": (
        "How: add one or two constraints that an answer must meet, as a limit, a form, a reader, or "
        "something to leave out."
    ),
    "deepen": (
        "How: ask for more depth and width. Where it asks about something, let it ask also what lies "
        "behind: causes, consequences, limits, exceptions."
    ),
    "reasoning": (
        "How: make it ask for multi-step reasoning. Where a single thought is enough now, an answer "
        "should need several steps that build on each other, and show them."
    ),
    "concretize": (
        "How: make it more specific. Put particular things in the place of general ones: cases, names, "
        "quantities, places, conditions."
    ),
    "complicate_input": (
        "How: give it data to work on, as {form}: short, realistic and complete. What is asked must not "
        "be answerable without these data. If it has data already, make those more complex."
    ),
}

IN_BREADTH = {
    "mutation": (
        "Write a brand new instruction of the same domain, one that is rarer and that few people would "
        "think of. It should be about as long and as difficult."
    ),
    "topic": (
        "Write a new instruction that asks for the same kind of work about another topic of the domain, "
        "one that is less common. It should be about as long and as difficult."
    ),
    "method": (
        "Write a new instruction about the same topic that asks for another kind of work, as comparing "
        "instead of explaining, planning instead of judging, or code instead of a calculation. It should "
        "be about as long and as difficult."
    ),
}

FORMS = (
    "a table in Markdown", "JSON", "lines of CSV", "XML", "a piece of code", "an excerpt of a log",
    "a short e-mail",
    "a few formulas with values", "an SQL schema with some rows", "the minutes of a meeting",
)  # fmt: skip


def built_in() -> dict[str, str]:
    """The prompt of each operator, with the field {instruction}."""
    grown = dict.fromkeys(IN_DEPTH, LENGTH) | {"complicate_input": "Add as many words as the data take."}
    deeper = {name: pp.fill(DEEPER, how=how, length=grown[name]) for name, how in IN_DEPTH.items()}
    return deeper | {name: pp.fill(BESIDE, how=how) for name, how in IN_BREADTH.items()}
