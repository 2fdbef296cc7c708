"""The router `rules`: who answers, by what a request is like. The first rule that fits decides."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import pitchpipe as pp
from pitchpipe_components.routers.conditions import Count, Holds, condition

LETTERS = 4  # of a token, where no model of this process counts them
Names = str | list[str]
HELP = "requests, by the rule that decided"


@dataclass
class RoutingRule:
    """Its conditions, all of which must hold, and the upstreams: one that answers, others that stand in."""

    words: str
    conditions: list[Holds]
    to: tuple[str, ...]
    times: int = 0

    def holds(self, request: pp.Request, count: Count) -> bool:
        return all(one(request, count) for one in self.conditions)


class RulesRouter:
    """Choose by rules: tokens, messages, tools, category, complexity, language, user, words."""

    def __init__(
        self,
        *,
        choose: Annotated[
            list[dict[str, Any]],
            pp.Meta(
                description="the first that fits decides: {when: {tokens_over: 500}, to: [large, small]}"
            ),
        ],
        otherwise: Annotated[
            Names, pp.Meta(description="the upstream where no rule fits, and those that stand in for it")
        ],
    ):
        self.rules = [_rule(entry, number) for number, entry in enumerate(choose, 1)]
        self.rules.append(RoutingRule("otherwise", [], _names(otherwise, "otherwise")))
        self._service: pp.Service | None = None

    @property
    def choices(self) -> Sequence[str]:
        return list(dict.fromkeys(name for rule in self.rules for name in rule.to))

    async def begin(self, service: pp.Service) -> None:
        self._service = service

    async def close(self) -> None:
        pass

    def __call__(self, request: pp.Request) -> Sequence[str]:
        rule = next(rule for rule in self.rules if rule.holds(request, self._tokens))
        rule.times += 1
        if self._service:
            self._service.count("routed", HELP, rule=rule.words, to=rule.to[0])
        return rule.to

    def panels(self) -> Sequence[pp.Panel]:
        every = Counter({rule.words: rule.times for rule in self.rules}).total() or 1
        rows = [
            [rule.words, ", ".join(rule.to), rule.times, f"{rule.times / every:.0%}"] for rule in self.rules
        ]
        note = "Categories and complexity are guesses by signs and words."
        return [pp.Panel("Routing by rules", note, ("rule", "to", "requests", "share"), rows)]

    def _tokens(self, request: pp.Request) -> int:
        if self._service:
            return self._service.tokens(request)
        words = request.text or "".join(message.content for message in request.conversation.messages)
        return -(-len(words) // LETTERS)


def _rule(entry: dict[str, Any], number: int) -> RoutingRule:
    try:
        if unknown := entry.keys() - {"when", "to"}:
            raise ValueError(f"no key '{min(unknown)}'.{pp.suggest(min(unknown), ('when', 'to'))}")
        when = entry.get("when")
        if not isinstance(when, dict) or not when:
            raise ValueError("when: expected conditions, as {tokens_over: 500}; for all others: `otherwise`")
        words = ", ".join(f"{name}: {value}" for name, value in when.items())
        return RoutingRule(
            words, [condition(name, value) for name, value in when.items()], _names(entry.get("to"), "to")
        )
    except ValueError as wrong:
        raise ValueError(f"rule {number}: {wrong}") from None


def _names(given: object, what: str) -> tuple[str, ...]:
    names = [given] if isinstance(given, str) else given
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise ValueError(f"{what}: expected the name of an upstream, or a list of them, got {given!r}")
    return tuple(dict.fromkeys(names))
