"""What a chat template's source tells: the names that it asks for, the clock, the key of reasoning."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import msgspec

from pitchpipe_stages.render.jinja_environment import DAY, parsed

_NAME = re.compile(r"\w*|\s*")  # of a role or a key; white space is part of a shape by itself
_SWITCH = re.compile(r"think|reason", re.I)
_DAYS = {"date_string": "%d %b %Y", "current_date": "%Y-%m-%d", "today": "%Y-%m-%d", "date": "%Y-%m-%d"}


@dataclass(frozen=True)
class SourceFacts:
    """Names that a chat template asks its caller for, keys of messages, formats of today's date."""

    asks: frozenset[str]
    keys: frozenset[str]
    clock: tuple[str, ...]
    tests: tuple[str, ...]  # words that it looks for in messages

    @classmethod
    @lru_cache(maxsize=64)
    def of(cls, source: str) -> "SourceFacts":
        from jinja2 import meta, nodes

        tree = parsed(source)
        keys = {str(node.attr) for node in tree.find_all(nodes.Getattr)}
        keys |= {node.value for node in tree.find_all(nodes.Const) if isinstance(node.value, str)}
        calls = [
            call.args[0].value
            for call in tree.find_all(nodes.Call)
            if isinstance(call.node, nodes.Name) and call.node.name == "strftime_now"
            if call.args and isinstance(call.args[0], nodes.Const)
        ]
        asking = tree.find_all((nodes.Compare, nodes.Call, nodes.Filter, nodes.Test))
        tested = {const.value for node in asking for const in node.find_all(nodes.Const)}
        tests = {word for word in tested if isinstance(word, str) and not _NAME.fullmatch(word)}
        asks = frozenset(meta.find_undeclared_variables(tree))
        return cls(asks, frozenset(keys), tuple(dict.fromkeys(calls)), tuple(sorted(tests)))

    @property
    def switches(self) -> tuple[str, ...]:
        """Names that may switch reasoning on and off."""
        return tuple(sorted(name for name in self.asks if _SWITCH.search(name)))

    @property
    def reads_parts(self) -> bool:
        """Does it know content that is a list of typed parts?"""
        return {"type", "text"} <= self.keys

    def days(self, day: str) -> dict[str, object]:
        """The day, by each name that the chat template asks for."""
        at = date.fromisoformat(day or DAY)
        return {name: at.strftime(form) for name, form in _DAYS.items() if name in self.asks}

    @property
    def asks_the_day(self) -> bool:
        return bool(self.clock or self.asks & _DAYS.keys())


def pinned(source: str, values: Mapping[str, object], day: str) -> str:
    """The source with values for names that no client gives, and with the day that training had."""
    facts, at = SourceFacts.of(source), date.fromisoformat(day or DAY)
    lines = [
        f"{{%- if {name} is not defined %}}{{%- set {name} = {_literal(value)} %}}{{%- endif %}}"
        for name, value in values.items()
        if name in facts.asks
    ]
    if facts.clock:
        days = _literal({form: at.strftime(form) for form in facts.clock})
        lines.insert(0, f"{{%- macro strftime_now(form) -%}}{{{{- {days}[form] -}}}}{{%- endmacro %}}")
    return "".join(line + "\n" for line in lines) + source


def _literal(value: object) -> str:
    """A value as Jinja writes it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_literal(key)}: {_literal(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_literal, value)) + "]"
    return "none" if value is None else msgspec.json.encode(value).decode()
