"""States of long streams, kept so that a process which knows nothing need not read them from zero.

A snapshot is never more than a head start: what came after it is read from the log, and one that
was made by other code, or can't be read, is as good as none. Calendars alone have them: they grow
with every booking for ever, and hold ids and dates. The words of a host, the reason of a block,
never go into one, so nothing has to be erased here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import msgspec

import domain
from domain.calendar.state import Calendar
from domain.refusals import Refusal
from domain.streams import category

EVERY = 200
"""How many events of a stream are read, at most about, before a snapshot of it is made."""

FIND = "SELECT version, made_by, state FROM snapshots WHERE stream = %s"
KEEP = (
    "INSERT INTO snapshots (stream, version, made_by, state) VALUES (%s, %s, %s, %s)"
    " ON CONFLICT (stream) DO UPDATE SET version = excluded.version, made_by = excluded.made_by,"
    " state = excluded.state, taken_at = now()"
    " WHERE snapshots.version <= excluded.version OR snapshots.made_by <> excluded.made_by"
    " RETURNING version"
)

Run = Callable[[str, list[Any]], list[dict[str, Any]]]
"""Runs one statement and returns its rows."""

_encoder = msgspec.json.Encoder()
_calendars = msgspec.json.Decoder(Calendar)


class Stream(Protocol):
    """A stream's state after ``version`` events."""

    @property
    def version(self) -> int: ...  # noqa: D102
    @property
    def state(self) -> Any: ...  # noqa: D102


def encode_state(state: object) -> bytes | None:
    """The bytes of a snapshot; none when there must not be one."""
    if not isinstance(state, Calendar) or any(each.reason for each in state.claims.values()):
        return None
    return _encoder.encode(state)


def decode_state(data: bytes) -> Calendar:
    """The state again; raises msgspec's MsgspecError, or a Refusal of one of its values."""
    return _calendars.decode(data)


@cache
def made_by() -> str:
    """The code that folds events: any change of it makes older snapshots worthless."""
    folder = Path(domain.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:32]


class Snapshots:
    """The table of snapshots, by statements that ``run`` sends."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def find(self, stream: str) -> tuple[int, Any] | None:
        """Version and state of the newest snapshot of ``stream``, if it is of any use."""
        if category(stream) != "calendar":
            return None
        for row in self._run(FIND, [stream]):
            if row["made_by"] == made_by():
                with suppress(msgspec.MsgspecError, Refusal):
                    return row["version"], decode_state(row["state"])
        return None

    def keep(self, stream: str, reached: Stream, *, since: int) -> None:
        """Make one of what was ``reached``, if many events were read ``since`` that version."""
        if category(stream) != "calendar" or reached.version - since < EVERY:
            return
        if (state := encode_state(reached.state)) is not None:
            self._run(KEEP, [stream, reached.version, made_by(), state])
