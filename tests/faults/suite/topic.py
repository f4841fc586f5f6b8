"""Faults of the event topic: records in it that nobody of ours would send."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from kafka import KafkaConsumer

from streams.sender import connect_producer
from streams.topics import dead_letters_of
from tests.faults.suite.registry import fault
from tests.faults.suite.scene import Scene

SINKS = 3


@fault("records that nobody can read", short=True)
def unreadable_records(scene: Scene) -> None:
    """Bytes that are no event, an event of a type that nobody knows, a record without a value."""
    scene.let_work(20, 60)
    settings = scene.platform.settings
    unknown = [
        ("event_id", uuid4().hex.encode()),
        ("type", b"calendar.swallowed_by_the_sea.v1"),
    ]
    producer: Any = connect_producer(settings.need("kafka_bootstrap"))
    sent: list[Any] = [
        producer.send(settings.topic, key=b"nobody", value=b"\xff\xfe no event", partition=3),
        producer.send(settings.topic, key=b"nobody", value=b"{}", headers=unknown, partition=3),
        producer.send(settings.topic, key=b"nobody", value=None, partition=7),
    ]
    for each in sent:
        each.get(timeout=30)
    producer.close()
    scene.let_work(20, 60)
    dead = _dead_letters(scene, len(sent) * SINKS)
    scene.note(f"{dead} dead letters")


def _dead_letters(scene: Scene, least: int) -> int:
    """How many there are, once there are enough."""
    settings = scene.platform.settings
    consumer: Any = KafkaConsumer(
        dead_letters_of(settings.topic),
        bootstrap_servers=settings.need("kafka_bootstrap"),
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    found = 0

    def enough() -> bool:
        nonlocal found
        found += sum(map(len, consumer.poll(timeout_ms=100).values()))
        return found >= least

    scene.processes.until(enough, "what can't be read was not put aside")
    consumer.close()
    return found
