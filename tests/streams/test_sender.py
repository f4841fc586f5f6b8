"""Nothing is sent behind a failure, and nothing counts that has a hole before it."""

from __future__ import annotations

import pytest
from kafka.errors import KafkaTimeoutError

from streams.checkpoint import Checkpoint
from streams.sender import Sender, SendFailed
from tests.projections.stories import a_season
from tests.streams.fakes import FakeLog, FakeProducer

RECORDS = FakeLog.of(a_season().events).records


def sending(count: int, start: Checkpoint | None = None) -> tuple[Sender, FakeProducer]:
    producer = FakeProducer()
    sender = Sender(producer, "events", start or Checkpoint(0, {}))
    for record in RECORDS[:count]:
        sender.send(record)
    return sender, producer


def test_each_record_goes_to_its_keys_partition_and_names_its_predecessor_there() -> None:
    _, producer = sending(12, Checkpoint(5, {RECORDS[0].partition: 4}))
    last = {RECORDS[0].partition: 4}
    for record, sent in zip(RECORDS, producer.records, strict=False):
        headers = dict(sent["headers"])
        assert sent["partition"] == record.partition
        assert sent["key"] == record.key.encode()
        assert int(headers["prev"]) == last.get(record.partition, 0)
        last[record.partition] = record.position


def test_the_checkpoint_stops_before_the_first_event_that_is_not_acknowledged() -> None:
    sender, producer = sending(5)
    assert sender.acknowledged() == Checkpoint(0, {})
    for index in (0, 1, 3):
        producer.futures[index].acknowledge()
    reached = sender.acknowledged()
    assert reached.position == RECORDS[1].position
    assert max(reached.previous.values()) == RECORDS[1].position
    assert (sender.flying, sender.count) == (3, 2)
    producer.futures[2].acknowledge()
    assert sender.acknowledged().position == RECORDS[3].position
    assert sender.sent == RECORDS[4].position


def test_a_failure_halts_the_producer_in_its_own_thread_before_anything_else_is_sent() -> None:
    _, producer = sending(3)
    assert not producer.halted
    producer.futures[1].refuse(KafkaTimeoutError("expired"))
    assert producer.halted


def test_what_is_acknowledged_behind_a_failure_never_counts() -> None:
    sender, producer = sending(4)
    producer.futures[0].acknowledge()
    producer.futures[1].refuse(KafkaTimeoutError("expired"))
    producer.futures[2].acknowledge()
    for _ in range(3):
        with pytest.raises(SendFailed, match=f"position {RECORDS[1].position}"):
            sender.acknowledged()


def test_a_producer_that_takes_no_more_is_a_failure() -> None:
    producer = FakeProducer(error=KafkaTimeoutError("no metadata"))
    with pytest.raises(SendFailed, match="no metadata"):
        Sender(producer, "events", Checkpoint(0, {})).send(RECORDS[0])


def test_closing_sends_nothing_that_is_buffered() -> None:
    sender, producer = sending(2)
    sender.close()
    assert (producer.halted, producer.closed) == (True, True)
