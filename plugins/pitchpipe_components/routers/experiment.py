"""What an experiment knows, in SQLite: who got which side, and what came of it. A kill loses nothing."""

import sqlite3
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from time import time

from pitchpipe_components.routers.anytime import OutcomeTally

KEPT = 200_000  # answers for which feedback is still heard
WAITING = 10_000  # answers that may still come
EVERY = 1_000  # answers, after which old ones are left out

_TABLES = """
create table if not exists experiments (id text primary key, begun real, winner text default '');
create table if not exists least (id text, side text, p real, primary key (id, side));
create table if not exists users (id text, side text, user text, answers int default 0,
    outcomes int default 0, total real default 0, primary key (id, side, user)) without rowid;
create table if not exists answers (number integer primary key, id text, answer text, side text,
    user text, outcome real, unique (id, answer));
"""


@dataclass(frozen=True)
class Sent:
    """An answer's side, and a digest of its user."""

    side: str
    user: str


class Experiment:
    """The sides of one experiment, with sums that are kept in step with its file."""

    def __init__(self, file: Path, id: str, sides: tuple[str, ...]):
        self._file = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        self._file.executescript("pragma journal_mode=wal; pragma synchronous=normal;" + _TABLES)
        self._file.execute("insert or ignore into experiments (id, begun) values (?, ?)", (id, time()))
        self.id, self.tallies = id, {side: OutcomeTally() for side in sides}
        self.answers = dict.fromkeys(sides, 0)
        self._sent = OrderedDict[str, Sent]()
        self._since = 0
        for side, answers, outcomes, total in self._file.execute(
            "select side, answers, outcomes, total from users where id = ?", (id,)
        ):
            self.answers[side] += answers
            self.tallies[side].replace((0, 0.0), (outcomes, total))

    @property
    def others(self) -> int:
        """Experiments that were before, in the same file."""
        found = self._file.execute("select count(*) from experiments where id != ?", (self.id,)).fetchone()
        return int(found[0])

    @property
    def begun(self) -> float:
        return float(
            self._file.execute("select begun from experiments where id = ?", (self.id,)).fetchone()[0]
        )

    @property
    def winner(self) -> str:
        return str(
            self._file.execute("select winner from experiments where id = ?", (self.id,)).fetchone()[0]
        )

    def won(self, side: str) -> None:
        self._file.execute("update experiments set winner = ? where id = ?", (side, self.id))

    def least(self, side: str, p: float) -> float:
        """The least p-value of all looks, this one included."""
        self._file.execute(
            "insert into least values (?, ?, ?) on conflict do update set p = min(p, excluded.p)",
            (self.id, side, p),
        )
        return self.known_least(side)

    def known_least(self, side: str) -> float:
        found = self._file.execute(
            "select p from least where id = ? and side = ?", (self.id, side)
        ).fetchone()
        return float(found[0]) if found else 1.0

    def send(self, answer: str, sent: Sent) -> None:
        """A request goes to a side. Whether it is answered is not known yet."""
        self._sent[answer] = sent
        if len(self._sent) > WAITING:
            self._sent.popitem(last=False)

    def forget(self, answer: str) -> None:
        """Another one has answered: that is no outcome of this side."""
        self._sent.pop(answer, None)

    def answered(self, answer: str) -> Sent | None:
        """Which side has answered, if it was sent. Feedback is heard for it from now on."""
        sent = self._sent.pop(answer, None)
        if sent is None:
            return None
        with self._file:
            self._file.execute("begin")
            self._file.execute(
                "insert or ignore into answers (id, answer, side, user) values (?, ?, ?, ?)",
                (self.id, answer, sent.side, sent.user),
            )
            self._user(sent, "answers = answers + 1")
        self.answers[sent.side] += 1
        self._trim()
        return sent

    def outcome(self, answer: str, value: float) -> str:
        """The side that an outcome counts for; none where the answer is not known. The last one counts."""
        self.answered(answer)
        row = self._file.execute(
            "select side, user, outcome from answers where id = ? and answer = ?", (self.id, answer)
        ).fetchone()
        if row is None:
            return ""
        sent, before = Sent(row[0], row[1]), row[2]
        count, total = self._of_user(sent)
        after = (count + (before is None), total + value - (before or 0.0))
        with self._file:
            self._file.execute("begin")
            self._file.execute(
                "update answers set outcome = ? where id = ? and answer = ?", (value, self.id, answer)
            )
            self._user(sent, "outcomes = ?, total = ?", *after)
        self.tallies[sent.side].replace((count, total), after)
        return sent.side

    def close(self) -> None:
        self._file.close()

    def _of_user(self, sent: Sent) -> tuple[int, float]:
        found = self._file.execute(
            "select outcomes, total from users where id = ? and side = ? and user = ?",
            (self.id, sent.side, sent.user),
        ).fetchone()
        return (found[0], found[1]) if found else (0, 0.0)

    def _user(self, sent: Sent, change: str, *values: float) -> None:
        whose = (self.id, sent.side, sent.user)
        self._file.execute("insert or ignore into users (id, side, user) values (?, ?, ?)", whose)
        self._file.execute(
            f"update users set {change} where id = ? and side = ? and user = ?", (*values, *whose)
        )

    def _trim(self) -> None:
        """Leaves out the oldest answers: their outcomes stay counted, and can be changed no more."""
        self._since += 1
        if self._since >= EVERY:
            self._since = 0
            self._file.execute(
                "delete from answers where number <= (select max(number) from answers) - ?", (KEPT,)
            )
