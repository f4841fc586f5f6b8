"""`sojourn` whose relay cuts one record in ten in half, its headers whole."""

from __future__ import annotations

from dataclasses import replace

from eventlog.record import LogRecord
from eventlog.wire import Message, to_message
from sojourn.cli import main
from streams import sender


def _cut(record: LogRecord, previous: int) -> Message:
    message = to_message(record, previous)
    if record.position % 10:
        return message
    return replace(message, value=message.value[: len(message.value) // 2])


if __name__ == "__main__":
    sender.to_message = _cut  # pyright: ignore[reportPrivateImportUsage] - damaged on purpose
    main()
