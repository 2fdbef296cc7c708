"""Constraints by name: those of IFEval under its own names, with its arguments, and some more.

IFEval: Zhou et al. 2023, "Instruction-Following Evaluation for Large Language Models", arXiv 2311.07911.
Where its code draws an argument that a prompt does not name, nothing is drawn here: the argument is needed.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec

import pitchpipe as pp
from pitchpipe_components.evaluators.instructions import cases, forms, keywords, lengths, places

Check = Callable[..., bool]

_OF_IFEVAL: dict[str, tuple[Check, ...]] = {
    "keywords": (
        keywords.existence, keywords.frequency, keywords.forbidden_words, keywords.letter_frequency,
    ),
    "language": (cases.response_language,),
    "length_constraints": (
        lengths.number_sentences, lengths.number_paragraphs, lengths.number_words,
        lengths.nth_paragraph_first_word,
    ),
    "detectable_content": (forms.number_placeholders, forms.postscript),
    "detectable_format": (
        forms.number_bullet_lists, forms.constrained_response, forms.number_highlighted_sections,
        forms.multiple_sections, forms.json_format, forms.title,
    ),
    "combination": (places.two_responses, places.repeat_prompt),
    "startend": (places.end_checker, places.quotation),
    "change_case": (cases.capital_word_frequency, cases.english_capital, cases.english_lowercase),
    "punctuation": (cases.no_comma,),
}  # fmt: skip
_MORE: dict[str, tuple[Check, ...]] = {
    "keywords": (keywords.in_order,),
    "length_constraints": (lengths.words_between, lengths.separate_paragraphs, lengths.number_lines),
    "detectable_format": (
        forms.numbered_list, forms.headings, forms.json_keys, forms.json_list, forms.table, forms.code_block,
        forms.one_of,
    ),
    "startend": (places.start_checker,),
    "punctuation": (cases.without,),
}  # fmt: skip
CHECKS: dict[str, Check] = {
    f"{kind}:{check.__name__}": check
    for group in (_OF_IFEVAL, _MORE)
    for kind, checks in group.items()
    for check in checks
}
OF_IFEVAL = frozenset(f"{kind}:{check.__name__}" for kind, checks in _OF_IFEVAL.items() for check in checks)
KINDS = {
    "keywords": "keywords", "language": "language", "length_constraints": "length",
    "detectable_content": "content", "detectable_format": "format", "combination": "combination",
    "startend": "start and end", "change_case": "case", "punctuation": "punctuation",
}  # fmt: skip


@dataclass(frozen=True)
class Constraint:
    """A constraint of a prompt, with its arguments."""

    name: str
    arguments: dict[str, Any]

    @classmethod
    def of(cls, name: str, given: dict[str, Any]) -> "Constraint":
        """A ValueError says what is wrong. Arguments that are null are left out, as in IFEval's file."""
        if name not in CHECKS:
            raise ValueError(f"no constraint '{name}'.{pp.suggest(name, CHECKS)}")
        taken, given = _arguments(name), {key: value for key, value in given.items() if value is not None}
        for key in given.keys() - taken.keys():
            raise ValueError(f"{name} has no argument '{key}'.{pp.suggest(key, taken)}")
        for key in taken.keys() - given.keys():
            raise ValueError(f"{name} needs the argument '{key}'")
        try:
            sound = {key: msgspec.convert(value, taken[key]) for key, value in given.items()}
        except msgspec.ValidationError as error:
            raise ValueError(f"{name}: {error}") from None
        return cls(name, sound)

    @property
    def kind(self) -> str:
        return KINDS[self.name.partition(":")[0]]

    def __str__(self) -> str:
        said = ", ".join(f"{key} {value}" for key, value in self.arguments.items())
        return self.name.partition(":")[2].replace("_", " ") + (f" ({said})" if said else "")

    def met(self, reply: str) -> bool:
        """Whether a reply keeps to it. An empty reply keeps to nothing."""
        return bool(reply.strip()) and CHECKS[self.name](reply, **self.arguments)

    def met_loosely(self, reply: str) -> bool:
        """Whether it is met without the first line, the last, both, or the asterisks of Markdown."""
        return any(self.met(one) for one in _loosely(reply))


def _loosely(reply: str) -> list[str]:
    lines = reply.split("\n")
    cut = ["\n".join(some).strip() for some in (lines[1:], lines[:-1], lines[1:-1])]
    whole = [reply, *cut]
    return [*whole, *(one.replace("*", "") for one in whole)]


@cache
def _arguments(name: str) -> dict[str, Any]:
    """What a check takes beside the reply, and of which type."""
    taken = inspect.signature(CHECKS[name], eval_str=True).parameters.values()
    return {one.name: one.annotation for one in taken if one.kind is one.KEYWORD_ONLY}
