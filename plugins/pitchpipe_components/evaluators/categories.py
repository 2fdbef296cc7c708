"""Accuracy by category: how often a reply is right, by a way of comparing that fits the task."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Annotated, cast

import pitchpipe as pp
from pitchpipe_components.evaluators.matchers import WORDS, Matcher, is_right
from pitchpipe_components.evaluators.replies import BatchSize, Limit, MaxNewTokens, Replies, replies


class Categories:
    """Share of held-out prompts whose reply is right, on the whole and for each category."""

    def __init__(
        self,
        *,
        matcher: Annotated[
            Matcher,
            pp.Meta(
                description="when a reply is right: it is the expected one (exact; normalised: loosely),"
                " contains it, or either contains the other; both have the same first or last number, or"
                " choose the same letter; or a regex finds the same in both"
            ),
        ] = "contains",
        by_category: Annotated[
            dict[str, str], pp.Meta(description="matchers of categories that need another one")
        ] = {},  # noqa: B006
        pattern: Annotated[
            str,
            pp.Meta(description="what the matcher regex looks for; its first group counts, if it has one"),
        ] = "",
        limit: Limit = None,
        max_new_tokens: MaxNewTokens = None,
        batch_size: BatchSize = 32,
    ):
        _check_matchers(by_category)
        _check_pattern(pattern, asked="regex" in (matcher, *by_category.values()))
        self.matcher, self.by_category, self.pattern = matcher, cast(dict[str, Matcher], by_category), pattern
        self.limit, self.max_new_tokens, self.batch_size = limit, max_new_tokens, batch_size

    def __call__(self, subject: pp.Subject) -> dict[str, pp.Measured]:
        asked = replies(subject, "categories", self.limit, self.max_new_tokens, self.batch_size)
        self._check(asked, subject.console)
        hits, unread = dict[str, bool](), Counter[Matcher]()
        for prompt, answer in asked:
            matcher = self._matcher(prompt)
            right = is_right(matcher, self.pattern, answer.text, prompt.expected)
            unread[matcher] += right is None
            hits[prompt.id] = bool(right)
        for matcher, count in unread.items():
            if count:
                subject.console.say(
                    f"[yellow]warning:[/] categories: {count:,} of {len(asked):,} expected replies hold"
                    f" nothing that the matcher {matcher} could compare, so no answer to them can be right."
                    " Give their categories another one by by_category"
                )
        return {"category_accuracy": pp.Measured.shares(hits, how=self._how())}

    def _matcher(self, prompt: pp.Prompt) -> Matcher:
        return self.by_category.get(_category(prompt), self.matcher)

    def _check(self, asked: Replies, console: pp.Console) -> None:
        """A category that is named should be there."""
        known = list(filter(None, dict.fromkeys(_category(prompt) for prompt, _ in asked)))
        for name in self.by_category:
            if name not in known:
                words = f"by_category names '{name}', and no conversation that was asked is of this category."
                words = (words + pp.suggest(name, known)).replace("[", r"\[")  # no markup, whatever data say
                console.say(f"[yellow]warning:[/] categories: {words}")
        if not known:
            console.say("[dim]categories: no held-out conversation names its category: one number for all[/]")

    def _how(self) -> str:
        others = [f"{name}: {WORDS[matcher]}" for name, matcher in self.by_category.items()]
        words = "; ".join([WORDS[self.matcher], *others])
        return f"{words} ({self.pattern})" if self.pattern else words


def _category(prompt: pp.Prompt) -> str:
    return prompt.conversation.category if prompt.conversation else ""


def _check_matchers(by_category: Mapping[str, str]) -> None:
    for category, matcher in by_category.items():
        if matcher not in WORDS:
            near = pp.suggest(matcher, WORDS)
            raise ValueError(f"by_category: {category} has the matcher {matcher!r}, which is none.{near}")


def _check_pattern(pattern: str, asked: bool) -> None:
    if asked != bool(pattern):
        raise ValueError("the matcher regex needs a pattern" if asked else "pattern is for the matcher regex")
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"pattern {pattern!r} is no regular expression: {error}") from None
