"""Phrases that a model should neither say nor be asked: those of the filter and of the guard."""

HARMFUL = (
    "kill yourself",
    "kill yourselves",
    "make a bomb",
    "build a bomb",
    "pipe bomb",
    "cook meth",
    "synthesize meth",
    "child porn",
    "child pornography",
)
