"""The teacher `recorded`: replies that were given before, and no others."""

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import msgspec

import pitchpipe as pp
from pitchpipe_components.teachers.decides import HOW, WHERE_USED, decides

Line = dict[str, Any]
SHOWN = 80  # characters of a question in an error


class Recorded:
    """Answer from a record alone: the asks.sqlite of a run, or lines of {request, reply}."""

    can = frozenset({"schema", "raw", "logprobs", "batch"})
    concurrency = 64

    def __init__(
        self,
        *,
        path: Annotated[Path, pp.Meta(description="the asks.sqlite of a run, or JSON lines, also in .gz")],
    ):
        self.path, self.model = path, path.name.partition(".")[0]
        self._known: dict[str, list[Line]] | None = None
        self._content: str | None = None

    def dollars(self, usage: pp.Usage) -> float:
        return 0.0

    def request(self, ask: pp.Ask) -> Line:
        """All that decides a reply: the question, and what the record holds."""
        if self._content is None:
            with open(self.path, "rb") as file:
                self._content = hashlib.file_digest(file, "sha256").hexdigest()
        return {"api": "recorded", "record": self._content, **decides(ask)}

    async def __call__(self, ask: pp.Ask) -> pp.Reply:
        if self._known is None:
            self._known = {}
            for line in _lines(self.path):
                request = line["request"]
                self._known.setdefault(_question(request, request.get("nth", 0)), []).append(line)
        asked = decides(ask)
        near = self._known.get(_question(asked, ask.nth), [])
        for line in near:
            if not _others(line["request"], asked):
                return self._as_own(_reply(line), line["request"].get("model"))
        raise pp.PitchpipeError(self._unknown(ask, near, asked))

    def _as_own(self, reply: pp.Reply, asked: str | None) -> pp.Reply:
        """The record speaks for the model that was asked, as a provider does. Another stays another."""
        if not reply.model or (asked and not _short(reply.model).startswith(_short(asked))):
            return reply
        return pp.replace(reply, model=f"{reply.model}/{self.model}")

    def _unknown(self, ask: pp.Ask, near: list[Line], asked: Line) -> str:
        asked_for = str(ask.messages[-1]["content"]) if ask.messages else ask.raw
        words = " ".join(asked_for.split())
        words = words if len(words) <= SHOWN else words[: SHOWN - 3] + "..."
        nth = f" (nth: {ask.nth})" * (ask.nth > 0)
        why = f", and was asked{nth}: {words!r}"
        if near:
            other = _others(near[0]["request"], asked)
            why += f". It knows this question with another {' and '.join(other)}"
        return f"{self.path} has no reply to a question{why}"


def _short(model: str) -> str:
    """A model's name without its provider's."""
    return model.lower().rpartition("/")[2]


def _others(request: Line, asked: Line) -> list[str]:
    """What a recorded request says otherwise than a question."""
    said = {name: request.get(name) for name in WHERE_USED} | request
    return [name for name in HOW if name in said and _plain(said[name]) != _plain(asked.get(name))]


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value or None


def _question(request: Line, nth: int) -> str:
    return json.dumps([request.get("raw") or request["messages"], nth], sort_keys=True)


def _reply(line: Line) -> pp.Reply:
    reply = line.get("reply")
    if reply is None:
        return pp.Reply(
            "", "failed", problem=line.get("problem") or "it was never answered", usage=pp.Usage(0, 0)
        )
    if isinstance(reply, str):
        return pp.Reply(reply, "stop", line["request"].get("model", ""), usage=pp.Usage(0, 0))
    return msgspec.convert(reply, pp.Reply)


def _lines(path: Path) -> Iterator[Line]:
    """The requests and replies of a record."""
    import sqlite3

    try:
        with open(path, "rb") as file:
            is_database = file.read(16).startswith(b"SQLite format 3")
        yield from _rows(path) if is_database else _json_lines(path)
    except OSError as error:
        raise pp.PitchpipeError(f"{path}: no record of replies: {error.strerror or error}") from None
    except sqlite3.Error as error:
        raise pp.PitchpipeError(f"{path} cannot be read: {error}. Is a run at work with it?") from None


def _rows(path: Path) -> Iterator[Line]:
    import sqlite3

    log = path.with_name(f"{path.name}-wal")
    # What was closed well has no log, and is read where nothing can be written beside it.
    how = "mode=ro" if log.exists() and log.stat().st_size else "immutable=1"
    database = sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True)
    try:
        for request, reply, problem in database.execute("select request, reply, problem from ask order by n"):
            said = json.loads(zlib.decompress(reply)) if reply else None
            yield {"request": json.loads(zlib.decompress(request)), "reply": said, "problem": problem}
    finally:
        database.close()


def _json_lines(path: Path) -> Iterator[Line]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        for number, text in enumerate(lines, 1):
            if not text.strip():
                continue
            try:
                line = json.loads(text)
                line["request"].get("raw") or line["request"]["messages"]
                yield line
            except (ValueError, LookupError, TypeError):
                words = 'expected {"request": {"messages": [...]}, "reply": ...}'
                raise pp.PitchpipeError(f"{path.name}:{number}: {words}") from None
