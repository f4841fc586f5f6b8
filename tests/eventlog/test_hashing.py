from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from eventlog.hashing import COLUMNS, canonical, hash_of

EVENT: dict[str, Any] = {
    "position": 7,
    "stream": "calendar-00000000-0000-0000-0000-000000000001",
    "version": 2,
    "type": "calendar.hold_confirmed.v1",
    "key": "00000000-0000-0000-0000-000000000001",
    "recorded_at": datetime(2027, 3, 1, 12, 0, 0, 123456, tzinfo=UTC),
    "occurred_at": datetime(2027, 3, 1, 12, 0, 0, tzinfo=UTC),
    "actor": "Åsa",
    "correlation_id": "c",
    "causation_id": "command:1",
    "data": b'{"claim_id":"00000000-0000-0000-0000-000000000003"}',
}
GOLDEN = "08c7ddaa55aa208f6de4df90f04ba1cb203c8ece31ac00c8c5255ad281c3096b"


def test_the_hash_of_an_event_never_changes() -> None:
    assert hash_of(canonical(**EVENT)).hex() == GOLDEN


def hashed(**changes: Any) -> str:
    return hash_of(canonical(**(EVENT | changes))).hex()


def test_every_column_is_in_the_hash() -> None:
    assert tuple(EVENT) == COLUMNS
    for column, value in EVENT.items():
        other: Any
        match value:
            case int():
                other = value + 1
            case datetime():
                other = value + timedelta(microseconds=1)
            case bytes():
                other = value + b" "
            case _:
                other = f"{value} "
        assert hashed(**{column: other}) != GOLDEN, column


def test_the_same_instant_in_another_zone_has_the_same_hash() -> None:
    elsewhere = EVENT["recorded_at"].astimezone(timezone(timedelta(hours=9)))
    assert hashed(recorded_at=elsewhere) == GOLDEN


@pytest.mark.parametrize(("actor", "correlation"), [("ab", "c"), ("a", "bc")])
def test_no_text_can_move_from_one_column_to_the_next(actor: str, correlation: str) -> None:
    one = hashed(actor=actor, correlation_id=correlation)
    other = hashed(actor="abc", correlation_id="")
    assert one != other
