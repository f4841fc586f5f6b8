"""A worker is one Faust app for one sink: a single agent applies every record in order."""

from __future__ import annotations

import asyncio
import logging
import tempfile
from dataclasses import dataclass
from typing import Any, Final

import faust

from streams.applying import apply_stream
from streams.follower import Follower
from streams.liveness import CommittedAge
from streams.log import Log
from streams.metrics import WorkerMetrics
from streams.received import TopicRecord
from streams.sink import Sink
from streams.topics import dead_letters_of

logger = logging.getLogger(__name__)

WATCH = 1.0
"""Every how many seconds a worker looks after itself and its read models."""


RAW: Final = {
    "key_type": bytes,
    "value_type": bytes,
    "key_serializer": "raw",
    "value_serializer": "raw",
}
"""A typed topic's agent dies silently of bytes that it can't decode, so we decode."""


@dataclass(frozen=True, kw_only=True)
class WorkerSettings:
    """Where a worker reads; ``bootstrap`` is ``host:port``, several separated by commas."""

    bootstrap: str
    topic: str
    group: str


def create_worker(
    sink: Sink, *, log: Log, settings: WorkerSettings, metrics: WorkerMetrics
) -> faust.App:
    """The Faust app that applies the topic to ``sink``; it belongs to the running event loop."""
    app: Any = _app(settings)  # faust is only half typed
    events = app.topic(settings.topic, **RAW)
    dead_letters = _DeadLetters(app, sink.name, settings.topic)
    follower = Follower(sink, log, dead_letters, metrics, stopping=lambda: app.should_stop)

    async def apply(stream: Any) -> None:
        await apply_stream(stream, follower)

    async def watch_read_models() -> None:
        while not app.should_stop:
            await follower.follow([])
            await asyncio.sleep(WATCH)

    async def watch_offsets() -> None:
        age = CommittedAge(app)
        metrics.committed_age.set_function(age.seconds)
        while not app.should_stop:
            age.look()
            await asyncio.sleep(WATCH)

    app.agent(events, name=f"{settings.group}.apply")(apply)
    app.task(watch_read_models)
    app.task(watch_offsets)
    return app


def _app(settings: WorkerSettings) -> faust.App:
    return faust.App(
        settings.group,
        broker=";".join(f"kafka://{broker}" for broker in settings.bootstrap.split(",")),
        store="memory://",
        datadir=tempfile.gettempdir(),
        autodiscover=False,
        web_enabled=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        broker_session_timeout=10.0,
        broker_heartbeat_interval=3.0,
        broker_commit_interval=1.0,
        consumer_auto_offset_reset="earliest",
        processing_guarantee="at_least_once",
        # It would wait for ever for what a sink that is down keeps unacknowledged.
        stream_wait_empty=False,
        producer_acks=-1,
    )


class _DeadLetters:
    """Sends records that can't be read to a topic of their own, as they came."""

    def __init__(self, app: Any, sink: str, topic: str) -> None:
        self._topic = app.topic(dead_letters_of(topic), **RAW)
        self._sink = sink

    async def __call__(self, record: TopicRecord, why: str) -> None:
        """Send it, and wait for the broker to have it."""
        logger.error("offset %d of partition %d: %s", record.offset, record.partition, why)
        headers = [
            *record.headers,
            ("dead-sink", self._sink.encode()),
            ("dead-from", f"{record.partition}@{record.offset}".encode()),
            ("dead-because", why.encode()),
        ]
        await (await self._topic.send(key=record.key, value=record.value, headers=headers))
