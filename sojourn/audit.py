"""`sojourn audit query`: the log's own columns, as a table for eyes or as JSON lines for tools."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace

from rich.table import Table

from api.representations.audit import AuditEvent
from eventlog.reader import Filter, LogReader
from eventlog.record import LogRecord
from sojourn.settings import load_settings
from sojourn.terminal import err, out
from sojourn.wiring import log_reader

PAGE = 1_000


def show(asked: Filter, limit: int, *, as_json: bool) -> None:
    """Up to ``limit`` events that ``asked`` describes, and where the next page begins."""
    with log_reader(load_settings()) as log:
        found = events(log, asked, limit)
        last = _lines(found) if as_json else _table(list(found))
        if last is None:
            err.print("No such events.")
        elif log.select(replace(asked, after=last), 1):
            err.print(f"There is more: repeat it with --after {last}")


def events(log: LogReader, asked: Filter, limit: int) -> Iterator[LogRecord]:
    """The events in order, read a page at a time."""
    after = asked.after
    while limit > 0:
        page = log.select(replace(asked, after=after), min(limit, PAGE))
        yield from page
        if len(page) < min(limit, PAGE):
            return
        limit -= len(page)
        after = page[-1].position


def _lines(found: Iterator[LogRecord]) -> int | None:
    last = None
    for record in found:
        sys.stdout.write(AuditEvent.of(record).model_dump_json() + "\n")
        last = record.position
    return last


def _table(found: list[LogRecord]) -> int | None:
    table = Table()
    table.add_column("position", justify="right")
    table.add_column("recorded at (UTC)", no_wrap=True)
    table.add_column("type", no_wrap=True)
    table.add_column("stream @ version", overflow="fold")
    table.add_column("actor", overflow="fold")
    for record in found:
        table.add_row(
            str(record.position),
            f"{record.recorded_at:%Y-%m-%d %H:%M:%S}",
            record.type,
            f"{record.stream} @ {record.version}",
            record.actor,
        )
    if found:
        out.print(table)
    return found[-1].position if found else None
