"""Calls of tools, put together from the pieces that servers send of them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

Json = dict[str, Any]


@dataclass
class CallInPieces:
    id: str = ""
    name: str = ""
    arguments: str = ""


class CallsInPieces:
    """Calls of one answer, each at its place. Servers without places begin a call with its id."""

    def __init__(self) -> None:
        self._calls, self._at = list[CallInPieces](), dict[int, CallInPieces]()

    def add(self, pieces: Sequence[Json]) -> None:
        for piece in pieces:
            call, function = self._meant(piece), piece.get("function")
            named: Json = function if isinstance(function, dict) else {}
            call.id = call.id or str(piece.get("id") or "")
            call.name = call.name or str(named.get("name") or "")
            arguments = named.get("arguments") or ""
            call.arguments += arguments if isinstance(arguments, str) else json.dumps(arguments)

    def whole(self) -> list[Json]:
        """All of them, as the API says calls."""
        return [
            {"id": call.id or f"call_{uuid4().hex}", "name": call.name, "arguments": call.arguments or "{}"}
            for call in self._calls
        ]

    def _meant(self, piece: Json) -> CallInPieces:
        """The call that a piece belongs to: some servers give each a place of 0, and an id of its own."""
        place, id = piece.get("index"), piece.get("id")
        known = self._at.get(place) if isinstance(place, int) else self._calls[-1] if self._calls else None
        if known is None or (id and known.id and id != known.id):
            known = CallInPieces()
            self._calls.append(known)
        if isinstance(place, int):
            self._at[place] = known
        return known
