"""A dead letter as a record of a topic of its own: as it came, and why it is there."""

from __future__ import annotations

from eventlog.wire import Message
from streams.dead_letters.letter import Letter


def message_of(letter: Letter, sink: str) -> Message:
    """The stored bytes with their headers, and those that say what is wrong and for which sink."""
    record = letter.record
    about = {
        "position": letter.position,
        "stream": letter.stream,
        "version": letter.version,
        "type": letter.type,
    }
    headers: list[tuple[str, bytes]] = (
        [*record.headers]
        if record
        else [(name, str(value).encode()) for name, value in about.items() if value is not None]
    )
    headers += [
        ("dead-sink", sink.encode()),
        ("dead-kind", letter.kind.encode()),
        ("dead-because", letter.because.encode()),
    ]
    if record:
        headers.append(("dead-from", f"{record.partition}@{record.offset}".encode()))
    key = record.key if record else (letter.key or "").encode()
    return Message(key=key or b"", value=letter.data or b"", headers=headers)
