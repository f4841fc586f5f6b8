"""Webhooks are queued once an event and endpoint, and sent until taken, whoever is killed."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from prometheus_client import CollectorRegistry

from commands.webhooks.deliveries import KEPT, REACTOR, Deliveries, Leased, NewDelivery, Settled
from domain.streams import webhook_stream
from domain.webhook.facts import (
    DisabledBecause,
    EndpointDisabled,
    EndpointEnabled,
    EndpointRegistered,
)
from streams.log import decoded
from streams.reactors.receipts import Receipts
from streams.webhooks.delivering import Courier
from streams.webhooks.metrics import WebhookMetrics
from streams.webhooks.registry import Registry
from streams.webhooks.schedule import JITTER, SCHEDULE, Answer, Next, after
from streams.webhooks.sending import Forbidden, GuardedResolver, Sender
from streams.webhooks.sink import Webhooks
from tests.domain.facts import HOST
from tests.receiver import Received, Receiver, receiving
from tests.streams.conftest import Pipeline

LOOPBACK = [ip_network("127.0.0.0/8")]


def test_waits_are_those_of_the_specification_and_a_little_apart() -> None:
    failed = Answer(status=500)
    for tries, wait in enumerate(SCHEDULE, 1):
        assert after(failed, tries, 0.5) == Next(wait=wait)
        assert after(failed, tries, 0.0) == Next(wait=wait * (1 - JITTER))
    assert after(failed, len(SCHEDULE) + 1, 0.5) == Next(disable="failing")
    assert sum(SCHEDULE, timedelta()) > timedelta(days=3)


@pytest.mark.parametrize("status", [200, 202, 204, 299])
def test_what_is_taken_is_done(status: int) -> None:
    assert after(Answer(status=status), 1, 0.5) == Next()


@pytest.mark.parametrize("status", [None, 301, 307, 400, 401, 404, 429, 500, 503])
def test_what_is_not_taken_is_tried_again(status: int | None) -> None:
    assert after(Answer(status=status), 1, 0.5) == Next(wait=SCHEDULE[0])


def test_gone_is_the_end() -> None:
    assert after(Answer(status=410), 1, 0.5) == Next(disable="gone")


def test_who_asks_for_time_gets_it_within_reason() -> None:
    for asked, wait in ((1, 5), (3_600, 3_600), (10**8, 86_400)):
        busy = Answer(status=503, retry_after=timedelta(seconds=asked))
        assert after(busy, 1, 0.5) == Next(wait=timedelta(seconds=wait))


async def test_a_name_that_leads_to_us_is_not_followed() -> None:
    found = await GuardedResolver(LOOPBACK).resolve("localhost", 80)
    assert {each["host"] for each in found} == {"127.0.0.1"}
    with pytest.raises(Forbidden):
        await GuardedResolver([]).resolve("localhost", 80)


async def test_nothing_is_sent_to_private_networks() -> None:
    with receiving() as receiver:
        async with Sender([]) as careful:
            for url in (
                receiver.url(),
                receiver.url().replace("http:", "https:"),
                f"https://localhost:{receiver.port}/hooks",
            ):
                answer = await careful.send(url, b"{}", {})
                assert answer.status is None
                assert "private network" in answer.problem, answer.problem
        assert receiver.received == []
        async with Sender(LOOPBACK) as sender:
            assert (await sender.send(receiver.url(), b"{}", {})).taken
            by_name = receiver.url().replace("127.0.0.1", "localhost")
            assert (await sender.send(by_name, b"{}", {})).taken
        assert len(receiver.received) == 2


async def test_an_answer_is_cut_and_a_late_one_not_waited_for() -> None:
    held = threading.Event()

    def answer(request: Received) -> tuple[int, dict[str, str], bytes]:
        if request.path == "/late":
            held.wait(10)
        return 503, {"retry-after": "120"}, b"x" * 100_000

    with receiving() as receiver:
        receiver.answer = answer
        async with Sender(LOOPBACK, within=0.3) as sender:
            long = await sender.send(receiver.url(), b"{}", {})
            late = await sender.send(receiver.url("/late"), b"{}", {})
            held.set()
            nobody = await sender.send("http://127.0.0.1:1/", b"{}", {})
    assert (long.status, long.retry_after) == (503, timedelta(seconds=120))
    assert 0 < len(long.body) <= 1_024
    assert (late.status, late.problem) == (None, "no answer within 0.3 s")
    assert nobody.status is None
    assert "Cannot connect" in nobody.problem


class Told:
    """A process that tells integrators, but for Kafka: it follows the log itself."""

    def __init__(self, pipeline: Pipeline) -> None:
        url = pipeline.platform.settings.need("postgres_commands_url")
        self.pipeline = pipeline
        self.deliveries = Deliveries(url)
        self.receipts = Receipts(url, REACTOR)
        self.registry = Registry(pipeline.reading)
        self.disabled: list[tuple[UUID, DisabledBecause]] = []
        self.counted = CollectorRegistry()
        self.metrics = WebhookMetrics(self.counted)
        self.sink = Webhooks(
            pipeline.reading, self.registry, self.deliveries, self.receipts, lambda _: True
        )

    def count(self, name: str) -> float:
        return self.counted.get_sample_value(f"sojourn_webhooks_{name}") or 0

    def attempts(self, outcome: str) -> float:
        found = {"outcome": outcome}
        return self.counted.get_sample_value("sojourn_webhooks_attempts_total", found) or 0

    def close(self) -> None:
        self.deliveries.close()
        self.receipts.__exit__()

    def disable(self, endpoint_id: UUID, why: DisabledBecause) -> None:
        self.disabled.append((endpoint_id, why))

    async def follow(self) -> None:
        """Take the whole log, as a topic that is read from its start."""
        await self.sink.applied()
        await self.sink.apply(decoded(self.pipeline.log()))

    @asynccontextmanager
    async def courier(self) -> AsyncGenerator[Courier]:
        async with Sender(LOOPBACK) as sender:
            yield Courier(
                self.deliveries,
                self.registry,
                sender,
                key=b"k" * 32,
                disable=self.disable,
                metrics=self.metrics,
            )


@pytest.fixture
def told(pipeline: Pipeline) -> Iterator[Told]:
    told = Told(pipeline)
    yield told
    told.close()


def endpoint(pipeline: Pipeline, url: str = "https://hooks.example/", **more: Any) -> UUID:
    """The id of an endpoint that is registered now."""
    identity = uuid4()
    event = EndpointRegistered(
        endpoint_id=identity, owner_id=HOST, scope="host", url=url, events=(), description=""
    )
    pipeline.append(event, stream=webhook_stream(identity), key=HOST)
    return identity


def bookings(pipeline: Pipeline) -> list[int]:
    return [each.position for each in pipeline.log() if each.stream.startswith("booking-")]


@pytest.mark.servers
async def test_an_event_is_queued_once_however_often_it_comes(
    pipeline: Pipeline, told: Told
) -> None:
    early, other = endpoint(pipeline), endpoint(pipeline)
    pipeline.append_season()
    late = endpoint(pipeline)
    for _ in range(3):
        await told.follow()
    again = Told(pipeline)
    await asyncio.gather(again.follow(), told.follow())
    again.close()
    for each in (early, other):
        found = told.deliveries.of(each, limit=100)
        assert sorted(row.position or 0 for row in found) == bookings(pipeline)
    assert told.deliveries.of(late, limit=100) == []


@pytest.mark.servers
async def test_rows_that_were_put_away_do_not_come_again(pipeline: Pipeline, told: Told) -> None:
    identity = endpoint(pipeline)
    pipeline.append_season()
    await told.follow()
    with psycopg.connect(pipeline.platform.settings.need("postgres_url")) as owner:
        owner.execute(
            "UPDATE webhook_deliveries SET next_at = NULL, last_at = now() - interval '31 days'"
        )
    assert told.deliveries.forget(timedelta(days=30)) == len(bookings(pipeline))
    await told.follow()
    assert told.deliveries.of(identity, limit=100) == []


@pytest.mark.servers
async def test_who_is_disabled_misses_what_happens_meanwhile(
    pipeline: Pipeline, told: Told
) -> None:
    identity = endpoint(pipeline)
    stream = webhook_stream(identity)
    pipeline.append(EndpointDisabled(why="owner"), stream=stream, key=HOST)
    pipeline.append_season()
    await told.follow()
    assert told.deliveries.of(identity, limit=100) == []
    pipeline.append(EndpointEnabled(endpoint_id=identity), stream=stream, key=HOST)
    await told.follow()
    assert told.deliveries.of(identity, limit=100) == []


@pytest.mark.servers
async def test_a_first_start_begins_where_somebody_wanted_to_be_told(
    pipeline: Pipeline, told: Told
) -> None:
    pipeline.append_season()
    head = pipeline.reading.head()
    assert set((await told.sink.applied()).values()) == {head}
    other = Told(pipeline)
    with psycopg.connect(pipeline.platform.settings.need("postgres_url")) as owner:
        owner.execute("TRUNCATE reactor_positions")
    endpoint(pipeline)
    registered = pipeline.reading.head()
    endpoint(pipeline)
    assert set((await other.sink.applied()).values()) == {registered}
    other.close()


def queued(told: Told, identity: UUID, count: int = 1) -> list[UUID]:
    new = [
        NewDelivery(id=uuid4(), endpoint_id=identity, position=n + 1, event="a.b", body=b"{}")
        for n in range(count)
    ]
    told.deliveries.add(new, {})
    return [each.id for each in new]


@pytest.mark.servers
def test_what_one_sends_no_other_does(told: Told) -> None:
    identity = uuid4()
    ids = queued(told, identity, 5)
    first = told.deliveries.lease({identity: 3})
    second = told.deliveries.lease({identity: 10})
    assert [each.id for each in first + second] == ids
    assert told.deliveries.lease({identity: 10}) == []
    assert {each.attempts for each in first} == {1}


@pytest.mark.servers
def test_a_sender_that_was_thought_dead_changes_nothing(told: Told, pipeline: Pipeline) -> None:
    identity = uuid4()
    queued(told, identity)
    [slow] = told.deliveries.lease({identity: 1})
    with psycopg.connect(pipeline.platform.settings.need("postgres_url")) as owner:
        owner.execute("UPDATE webhook_deliveries SET next_at = now()")
    [quick] = told.deliveries.lease({identity: 1})
    assert (quick.id, quick.attempts) == (slow.id, 2)
    assert told.deliveries.settle(quick, Settled(status="delivered", response_status=200))
    failed = Settled(status="pending", wait=timedelta(seconds=5), problem="late")
    assert not told.deliveries.settle(slow, failed)
    [row] = told.deliveries.of(identity, limit=1)
    assert (row.status, row.next_at, row.response_status) == ("delivered", None, 200)


@pytest.mark.servers
async def test_one_killed_between_sending_and_keeping_sends_the_same_again(
    pipeline: Pipeline, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiving() as receiver:
        identity = endpoint(pipeline, receiver.url())
        [webhook] = queued(told, identity)

        def killed(leased: Leased, settled: Settled) -> bool:
            raise OSError("the process is gone")

        with monkeypatch.context() as dying:
            dying.setattr(told.deliveries, "settle", killed)
            async with told.courier() as courier:
                await drained(courier)
        assert [each.id for each in receiver.received] == [str(webhook)]
        async with told.courier() as courier:
            assert await courier.step() == 0
            let_leases_end(pipeline)
            await drained(courier)
            await drained(courier)
        assert [each.id for each in receiver.received] == [str(webhook)] * 2
    [row] = told.deliveries.of(identity, limit=1)
    assert (row.status, row.attempts) == ("delivered", 2)


@pytest.mark.servers
async def test_each_attempt_is_kept_and_counted(pipeline: Pipeline, told: Told) -> None:
    answers = iter([503, 500, 204])

    def answer(_request: Received) -> tuple[int, dict[str, str], bytes]:
        return next(answers), {}, b""

    with receiving() as receiver:
        receiver.answer = answer
        identity = endpoint(pipeline, receiver.url())
        queued(told, identity)
        told.metrics.look(told.deliveries.backlog)
        assert (told.count("waiting"), told.count("due")) == (1, 1)
        assert told.count("late_seconds") > 0
        async with told.courier() as courier:
            for _ in range(3):
                await drained(courier)
                let_leases_end(pipeline)
    [row] = told.deliveries.of(identity, limit=1)
    kept = [(each["number"], each["response_status"]) for each in row.history]
    assert kept == [(1, 503), (2, 500), (3, 204)]
    times = [datetime.fromisoformat(each["at"]) for each in row.history]
    assert times == sorted(times)
    assert times[-1] == row.last_at
    assert told.attempts("retried") == 2
    assert told.attempts("delivered") == 1
    assert told.attempts("given_up") == 0
    assert told.count("delay_seconds_count") == 1


@pytest.mark.servers
def test_only_the_last_attempts_are_kept(pipeline: Pipeline, told: Told) -> None:
    identity = uuid4()
    queued(told, identity)
    for _ in range(KEPT + 3):
        [leased] = told.deliveries.lease({identity: 1})
        failed = Settled(status="pending", wait=timedelta(), problem=f"attempt {leased.attempts}")
        assert told.deliveries.settle(leased, failed)
    [leased] = told.deliveries.lease({identity: 1})
    assert told.deliveries.settle(leased, Settled(status="cancelled", sent=False))
    [row] = told.deliveries.of(identity, limit=1)
    assert [each["problem"] for each in row.history] == [
        f"attempt {number}" for number in range(4, KEPT + 4)
    ]


@pytest.mark.servers
async def test_what_is_given_up_is_counted(pipeline: Pipeline, told: Told) -> None:
    with receiving() as receiver:
        receiver.answer = lambda _request: (410, {}, b"")
        identity = endpoint(pipeline, receiver.url())
        queued(told, identity)
        async with told.courier() as courier:
            await drained(courier)
    assert told.attempts("given_up") == 1


@pytest.mark.servers
async def test_one_endpoint_has_few_requests_at_once_and_in_order(
    pipeline: Pipeline, told: Told
) -> None:
    with receiving() as receiver:
        identity = endpoint(pipeline, receiver.url())
        ids = queued(told, identity, 12)
        most = counting(receiver)
        async with told.courier() as courier:
            for _ in range(12):
                await drained(courier)
        # Of those that are sent at once, whichever arrives first.
        assert str(ids[0]) in {each.id for each in receiver.received[:4]}
        assert {each.id for each in receiver.received} == {str(each) for each in ids}
        assert 1 <= most[0] <= 4


def counting(receiver: Receiver) -> list[int]:
    """The most requests that were answered at once."""
    busy, most = [0], [0]

    def answer(_request: Received) -> tuple[int, dict[str, str], bytes]:
        with receiver.turn:
            busy[0] += 1
            most[0] = max(most[0], busy[0])
        threading.Event().wait(0.02)
        with receiver.turn:
            busy[0] -= 1
        return 204, {}, b""

    receiver.answer = answer
    return most


def let_leases_end(pipeline: Pipeline) -> None:
    with psycopg.connect(pipeline.platform.settings.need("postgres_url")) as owner:
        owner.execute("UPDATE webhook_deliveries SET next_at = now() WHERE next_at IS NOT NULL")


async def drained(courier: Courier) -> None:
    """One look at the queue, and all that it begins brought to its end."""
    await courier.step()
    await courier.idle()
