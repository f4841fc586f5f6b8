"""The event log as streams read it, a page at a time, whenever the topic is not enough."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.recorded import Recorded
from eventlog.codec import Undecodable
from eventlog.record import LogRecord

logger = logging.getLogger(__name__)


class Log(Protocol):
    """What of :class:`eventlog.reader.LogReader` streams need; calls block."""

    def head(self) -> int:
        """The position of the last event."""
        ...

    def read(self, after: int, limit: int) -> Sequence[LogRecord]:
        """Up to ``limit`` events behind position ``after``, in order."""
        ...

    def read_key(self, key: str, after: int = 0) -> Sequence[LogRecord]:
        """All events of ``key`` behind position ``after``, in order."""
        ...


async def pages_of(
    log: Log, *, after: int, upto: int | None = None, size: int = 1_000
) -> AsyncIterator[list[LogRecord]]:
    """Every event behind ``after``, up to position ``upto`` or the end, in order."""
    while records := await asyncio.to_thread(log.read, after, size):
        wanted = [record for record in records if upto is None or record.position <= upto]
        if wanted:
            yield wanted
        if len(wanted) < len(records):
            return
        after = records[-1].position


@dataclass(frozen=True)
class Undecoded:
    """A row of the log that can't be decoded, and why."""

    record: LogRecord
    because: str


def readable(records: Iterable[LogRecord]) -> tuple[list[Recorded], list[Undecoded]]:
    """The events of ``records``, and those that are none."""
    events: list[Recorded] = []
    others: list[Undecoded] = []
    for record in records:
        try:
            events.append(record.decoded())
        except Undecodable as error:
            others.append(Undecoded(record, str(error)))
    return events, others


def decoded(records: Iterable[LogRecord]) -> list[Recorded]:
    """The events of ``records``; those that can't be read are reported and left out."""
    events: list[Recorded] = []
    for record in records:
        try:
            events.append(record.decoded())
        except Undecodable as error:
            logger.error("position %d of the log is left out: %s", record.position, error)  # noqa: TRY400 - the message says it all
    return events
