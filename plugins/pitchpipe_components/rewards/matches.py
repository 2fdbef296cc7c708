"""Whether a reply has a form that a regular expression describes."""

import re
from typing import Annotated, Literal

from msgspec import Meta

import pitchpipe as pp


class Matches:
    """1 for a reply that a regular expression matches, else 0."""

    def __init__(
        self,
        pattern: Annotated[
            str, Meta(description="a regular expression of Python; . is any letter, also a new line")
        ],
        where: Annotated[
            Literal["whole", "anywhere", "start"], Meta(description="what of the reply must match")
        ] = "whole",
    ):
        try:
            compiled = re.compile(pattern, re.DOTALL)
        except re.error as error:
            raise ValueError(f"pattern {pattern!r} is no regular expression: {error}") from None
        ways = {"whole": compiled.fullmatch, "anywhere": compiled.search, "start": compiled.match}
        self._match = ways[where]

    def __call__(self, reply: str, conversation: pp.Conversation) -> float:
        return float(self._match(reply.strip()) is not None)
