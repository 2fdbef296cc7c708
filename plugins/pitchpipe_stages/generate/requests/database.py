"""The SQLite file of a record: opened for one process alone, or to be read where nothing can be written."""

import os
import sqlite3
from pathlib import Path

from pitchpipe.errors import PitchpipeError

PATIENCE = 5  # seconds, for another process that is about to end
VERSION = 1
# Kilobytes of pages in memory are negative: replies are looked up in no order.
SETTINGS = ("locking_mode=exclusive", "journal_mode=wal", "synchronous=full", "cache_size=-65536")

_TABLES = """
create table if not exists ask(
    n integer primary key, key text unique, teacher text, model text, request blob,
    reply blob, end text, answered_by text, problem text);
create table if not exists attempt(
    n integer primary key, ask integer, began real, worst_dollars real, worst_tokens integer,
    dollars real, tokens integer, read integer, cached integer, written integer, problem text);
create index if not exists attempts on attempt(ask);
"""


def opened(path: Path) -> sqlite3.Connection:
    """The database, which has its tables."""
    try:
        if not is_writable(path) and not path.exists():
            raise PitchpipeError(f"{path} cannot be written: you may not write in {path.parent}")
        database = _to_write(path) if is_writable(path) else to_read(path)
        (version,) = database.execute("pragma user_version").fetchone()
    except sqlite3.DatabaseError as error:
        raise in_words(error, path) from error
    if version > VERSION:
        raise PitchpipeError(f"{path} is the record of a newer pitchpipe")
    return database


def is_writable(path: Path) -> bool:
    """Whether something can be kept there: SQLite writes files beside it too."""
    return os.access(path.parent, os.W_OK) and (os.access(path, os.W_OK) or not path.exists())


def _to_write(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, PATIENCE, isolation_level=None, check_same_thread=False)
    for setting in SETTINGS:
        database.execute(f"pragma {setting}")
    database.executescript(_TABLES)
    if not database.execute("pragma user_version").fetchone()[0]:
        database.execute(f"pragma user_version={VERSION}")
    return database


def to_read(path: Path) -> sqlite3.Connection:
    """The database of a record that nobody is asking from: nothing in it can be changed."""
    log = path.with_name(f"{path.name}-wal")
    left = log.exists() and log.stat().st_size > 0
    if left and not is_writable(path):
        raise PitchpipeError(
            f"{path} was left in the midst of its work, and {log.name} cannot be taken into it here: copy"
            " both to a folder where you may write"
        )
    # What was closed well has no log, and needs no files of its own beside it to be read.
    how = "mode=ro" if left else "immutable=1"
    return sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, check_same_thread=False)


def in_words(error: Exception, path: Path) -> Exception:
    """An error of the database as one that a user can cure."""
    if not isinstance(error, sqlite3.Error):
        return error
    if "locked" in str(error):
        return PitchpipeError(f"another pitchpipe asks from {path}: wait until it has ended")
    if "full" in str(error):
        return PitchpipeError(
            f"{path}: the disk is full. What was answered is kept. Make room and run again."
        )
    if "readonly" in str(error) or "unable to open" in str(error):
        return PitchpipeError(f"{path} cannot be written: {error}")
    return PitchpipeError(
        f"{path} is damaged, or no record of requests: {error}. Move it away to begin another, which asks and"
        " pays again."
    )
