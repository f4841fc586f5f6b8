"""A worker is one Faust app for one sink: a single agent applies every record in order."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Final

import faust
from faust.types import TP

from projections.applied import Positions
from streams.applying import apply_stream
from streams.consumer import WholeConsumer
from streams.dead_letters.letter import DeadLetters, Letter
from streams.dead_letters.topic import message_of
from streams.follower import Follower
from streams.liveness import CommittedAge
from streams.log import Log
from streams.metrics import WorkerMetrics
from streams.overdue import Overdue
from streams.rebuild import Alone
from streams.sink import Sink
from streams.topics import dead_letters_of

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
    sink: Sink,
    *,
    log: Log,
    dead_letters: DeadLetters,
    settings: WorkerSettings,
    metrics: WorkerMetrics,
    published: Callable[[], Positions],
    alone: Alone = lambda: nullcontext(enter_result=True),
) -> faust.App:
    """The Faust app that applies the topic to ``sink``; it belongs to the running event loop.

    ``published`` asks for the position of the last event of each partition that the topic has.
    """
    app: Any = _app(settings)  # faust is only half typed
    events = app.topic(settings.topic, **RAW)
    age = CommittedAge(app)
    follower = Follower(
        sink,
        log,
        _OnTopicToo(dead_letters, app, sink.name, settings.topic),
        metrics,
        stopping=lambda: app.should_stop,
        owns=lambda partition: TP(settings.topic, partition) in app.consumer.assignment(),
        alone=alone,
        overdue=Overdue(
            published, lambda partition: age.settled(TP(settings.topic, partition))
        ).look,
    )

    async def apply(stream: Any) -> None:
        await apply_stream(stream, follower)

    async def watch_read_models() -> None:
        while not app.should_stop:
            await follower.follow([])
            await asyncio.sleep(WATCH)

    async def watch_offsets() -> None:
        metrics.watch_committed(age.seconds, lambda: age.lag)
        while not app.should_stop:
            age.look()
            await asyncio.sleep(WATCH)

    app.agent(events, name=f"{settings.group}.apply")(apply)
    app.task(watch_read_models)
    app.task(watch_offsets)
    return app


def _app(settings: WorkerSettings) -> faust.App:
    app: Any = faust.App(
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
    app.transport.Consumer = WholeConsumer
    return app


class _OnTopicToo:
    """Dead letters in their table and, those that something is wrong with, on a topic as well."""

    def __init__(self, table: DeadLetters, app: Any, sink: str, topic: str) -> None:
        self._table = table
        self._topic = app.topic(dead_letters_of(topic), **RAW)
        self._sink = sink

    async def keep(self, letters: Sequence[Letter]) -> None:
        """See :class:`streams.dead_letters.letter.DeadLetters`."""
        for letter in letters:
            if letter.kind != "behind":
                await self._send(letter)
        await self._table.keep(letters)

    async def parked(self) -> dict[str, int]:
        """See :class:`streams.dead_letters.letter.DeadLetters`."""
        return await self._table.parked()

    async def to_retry(self) -> dict[str, str]:
        """See :class:`streams.dead_letters.letter.DeadLetters`."""
        return await self._table.to_retry()

    async def applied(self, stream: str, before: int | None) -> None:
        """See :class:`streams.dead_letters.letter.DeadLetters`."""
        await self._table.applied(stream, before)

    async def _send(self, letter: Letter) -> None:
        """Send it, and wait for the broker to have it."""
        message = message_of(letter, self._sink)
        await (
            await self._topic.send(key=message.key, value=message.value, headers=message.headers)
        )
