"""`sojourn replay`: the log through a projection into a file, with progress."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from heapq import merge
from pathlib import Path

from domain.recorded import Recorded
from eventlog.codec import Undecodable
from eventlog.reader import Filter, LogReader
from eventlog.record import LogRecord
from sojourn.errors import Stop
from sojourn.replay.output import Writing
from sojourn.replay.projection import Projection, load_projection
from sojourn.settings import load_settings
from sojourn.terminal import out, progress
from sojourn.wiring import log_reader

PAGE = 2_000


def run(file: Path, to: Path, as_of: str | None, keys: Sequence[str]) -> None:
    """Replay the log, or the events of ``keys``, up to ``as_of``; raises Stop."""
    until = moment(as_of)
    projection = load_projection(file)
    with log_reader(load_settings()) as log, progress() as bar, Writing(to) as writing:
        task = bar.add_task(projection.title, total=log.head())
        events = 0
        for page in pages(log, until, keys):
            events += len(page)
            for record in page:
                writing.write(projection.apply(decoded(record)))
            bar.update(task, completed=page[-1].position)
        writing.write(projection.rows())
    out.print(f"{events:,} events made {writing.count:,} rows in {to}", markup=False)


def replayed(projection: Projection, records: Sequence[LogRecord]) -> list[dict[str, object]]:
    """The rows that ``records`` make, for whoever has them in memory."""
    rows = [row for record in records for row in projection.apply(decoded(record))]
    return [dict(row) for row in [*rows, *projection.rows()]]


def moment(as_of: str | None) -> int | datetime | None:
    """The position or the time that ``as_of`` says; raises Stop when it says neither."""
    if as_of is None or as_of.isdecimal():
        return None if as_of is None else int(as_of)
    try:
        at = datetime.fromisoformat(as_of)
    except ValueError:
        raise Stop(f"{as_of!r} is neither a position nor a time like 2026-11-01T00:00Z") from None
    if at.tzinfo is None:
        raise Stop(f"{as_of!r} has no zone: say one, as in 2026-11-01T00:00Z")
    return at


def pages(
    log: LogReader, until: int | datetime | None, keys: Sequence[str]
) -> Iterator[list[LogRecord]]:
    """The log in its order, a page at a time, up to and including ``until``."""
    if keys:
        found = merge(*(log.read_key(key) for key in keys), key=lambda record: record.position)
        wanted = [record for record in found if _is_wanted(record, until)]
        if wanted:
            yield wanted
        return
    end = until + timedelta(microseconds=1) if isinstance(until, datetime) else None
    asked = Filter(until=end)
    while page := log.select(asked, PAGE):
        wanted = [record for record in page if _is_wanted(record, until)]
        if wanted:
            yield wanted
        if len(wanted) < len(page):
            return
        asked = replace(asked, after=page[-1].position)


def decoded(record: LogRecord) -> Recorded:
    """The event of ``record``; raises Stop when it can't be read."""
    try:
        return record.decoded()
    except Undecodable as error:
        raise Stop(f"position {record.position} of the log: {error}") from error


def _is_wanted(record: LogRecord, until: int | datetime | None) -> bool:
    if until is None:
        return True
    if isinstance(until, datetime):
        return record.recorded_at <= until
    return record.position <= until
