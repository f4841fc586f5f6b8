from __future__ import annotations

from datetime import UTC, datetime

import pytest

from domain.calendar.facts import HoldConfirmed
from eventlog.codec import Undecodable, encode
from eventlog.record import LogRecord
from eventlog.wire import from_message, to_message
from tests.domain.facts import CLAIM, LISTING

NAME, DATA = encode(HoldConfirmed(claim_id=CLAIM))
RECORD = LogRecord(
    position=7,
    stream=f"calendar-{LISTING}",
    version=2,
    type=NAME,
    key=str(LISTING),
    recorded_at=datetime(2027, 3, 1, 12, 0, 0, 123456, tzinfo=UTC),
    occurred_at=datetime(2027, 3, 1, 12, 0, tzinfo=UTC),
    actor="Åsa",
    correlation_id="0af7651916cd43dd8448eb211c80319c",
    causation_id="command:1",
    data=DATA,
    hash=b"\0" * 32,
)


def test_what_is_sent_arrives_as_the_log_has_it() -> None:
    message = to_message(RECORD, previous=3)
    received = from_message(message.key, message.value, message.headers)
    assert received.recorded == RECORD.decoded()
    assert received.previous == 3


def test_a_trace_goes_on_in_the_headers() -> None:
    headers = dict(to_message(RECORD, previous=3).headers)
    assert headers["traceparent"].startswith(b"00-0af7651916cd43dd8448eb211c80319c-")


@pytest.mark.parametrize("lost", ["position", "type", "stream", "prev", "recorded_at"])
def test_a_record_without_a_header_is_undecodable(lost: str) -> None:
    message = to_message(RECORD, previous=3)
    headers = [(name, value) for name, value in message.headers if name != lost]
    with pytest.raises(Undecodable):
        from_message(message.key, message.value, headers)


def test_bytes_from_elsewhere_are_undecodable() -> None:
    with pytest.raises(Undecodable):
        from_message(None, None, [])
    with pytest.raises(Undecodable):
        from_message(b"\xff", b"\xff", to_message(RECORD, previous=0).headers)
