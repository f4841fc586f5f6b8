"""The topic, deduplicated by position, is the log in its order, whatever befell the relay."""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from typing import Any

import psycopg
import pytest

from domain.listing.decisions import draft
from streams.checkpoint import Seat
from streams.sender import connect_producer
from tests.domain.facts import HOST, LISTING, offer
from tests.streams.conftest import Pipeline, until
from tests.streams.watched import watched

pytestmark = pytest.mark.servers

TAKES_OVER_WITHIN = 5.0
"""Seconds from the kill of a relay to the broker having what was appended after it."""


def position(record: Any) -> int:
    return int(dict(record.headers)["position"])


def assert_topic_equals_log(pipeline: Pipeline) -> None:
    """First occurrences are each partition's events in order, each naming the one before it."""
    expected: defaultdict[int, list[int]] = defaultdict(list)
    for event in pipeline.log():
        expected[event.partition].append(event.position)
    found: defaultdict[int, list[int]] = defaultdict(list)
    for record in pipeline.topic():
        if position(record) not in found[record.partition]:
            assert int(dict(record.headers)["prev"]) == max(found[record.partition], default=0)
            found[record.partition].append(position(record))
    assert found == expected


def test_the_topic_is_the_log_by_key_and_in_order(pipeline: Pipeline) -> None:
    pipeline.append_season()
    with pipeline.relaying() as relay:
        relay.until_done()
        pipeline.append_listing(*draft(LISTING, HOST, offer()))
        relay.until_done()
    assert_topic_equals_log(pipeline)
    assert len(pipeline.topic()) == len(pipeline.log())
    assert pipeline.checkpoint().position == pipeline.reading.head()


def test_a_relay_goes_on_from_the_checkpoint(pipeline: Pipeline) -> None:
    for _ in range(3):
        pipeline.append_listing(*draft(LISTING, HOST, offer()))
        with pipeline.relaying() as relay:
            relay.until_done()
    assert_topic_equals_log(pipeline)
    assert len(pipeline.topic()) == len(pipeline.log())


def test_a_lost_checkpoint_repeats_the_log_and_loses_nothing(pipeline: Pipeline) -> None:
    pipeline.append_season()
    with pipeline.relaying() as relay:
        relay.until_done()
    pipeline.forget_checkpoint()
    with pipeline.relaying() as relay:
        relay.until_done()
    assert_topic_equals_log(pipeline)
    assert len(pipeline.topic()) == 2 * len(pipeline.log())


def test_a_second_relay_stands_by_and_takes_over(pipeline: Pipeline) -> None:
    pipeline.append_season()
    with pipeline.relaying() as first:
        until(lambda: first.active, "the first relay did not start")
        with pipeline.relaying() as second:
            first.until_done()
            assert not second.active
            first.stop()
            until(lambda: second.active, "the second relay did not take over")
            pipeline.append_listing(*draft(LISTING, HOST, offer()))
            second.until_done()
    assert_topic_equals_log(pipeline)
    assert len(pipeline.topic()) == len(pipeline.log())


def test_a_relay_that_stands_by_takes_over_within_seconds_of_a_kill(pipeline: Pipeline) -> None:
    with watched(pipeline) as active, watched(pipeline) as standby:
        active.processes.start("relay")
        until(lambda: active.counted("active", "relay") == 1, "the relay did not start")
        standby.processes.start("relay")
        until(lambda: seats_wanted(pipeline) == 2, "the second relay does not stand by")
        pipeline.append_season()
        active.processes.kill("relay")
        killed = time.monotonic()
        pipeline.append_listing(*draft(LISTING, HOST, offer()))
        head = pipeline.reading.head()
        until(lambda: pipeline.checkpoint().position >= head, "nobody took over")
        took = time.monotonic() - killed
        sys.stdout.write(f"taken over in {took:.2f} s\n")
        assert took < TAKES_OVER_WITHIN
        assert standby.counted("active", "relay") == 1
    assert_topic_equals_log(pipeline)


def seats_wanted(pipeline: Pipeline) -> int:
    """How many relays are connected, the active one and those that stand by."""
    with psycopg.connect(pipeline.platform.settings.need("postgres_url")) as owner:
        [[count]] = owner.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE application_name = 'sojourn-relay' AND datname = current_database()"
        ).fetchall()
    return count


def test_a_relay_that_lost_its_session_starts_again(pipeline: Pipeline) -> None:
    with pipeline.relaying() as relay:
        until(lambda: relay.active, "the relay did not start")
        with psycopg.connect(pipeline.platform.settings.need("postgres_url")) as owner:
            owner.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'sojourn-relay' AND datname = current_database()"
            )
        pipeline.append_season()
        until(lambda: relay.restarts > 0, "the relay did not notice")
        relay.until_done()
    assert_topic_equals_log(pipeline)


def test_only_the_holder_of_the_seat_can_save(pipeline: Pipeline) -> None:
    url = pipeline.settings.postgres_url
    with Seat(url, "a") as holder, Seat(url, "a") as other, Seat(url, "b") as namesake:
        assert holder.taken()
        assert not other.taken()
        assert namesake.taken()


class Unlucky:
    """A real producer that expires every third batch of futures, as a paused broker would."""

    lives = 0

    def __init__(self, bootstrap: str) -> None:
        Unlucky.lives += 1
        self._real: Any = connect_producer(bootstrap)
        self._doomed = Unlucky.lives < 4
        self._sender = self._real._sender
        self._sent = 0

    def send(self, topic: str, **record: Any) -> Any:
        future = self._real.send(topic, **record)
        self._sent += 1
        if self._doomed and self._sent == 7:
            future.failure(TimeoutError("expired"))
        return future

    def flush(self, timeout: float) -> None:
        self._real.flush(timeout)

    def close(self, timeout: float) -> None:
        self._real.close(timeout)


def test_a_batch_that_expires_starts_the_relay_again_from_its_checkpoint(
    pipeline: Pipeline,
) -> None:
    pipeline.append_season()
    with pipeline.relaying(connect=Unlucky) as relay:
        relay.until_done()
        assert relay.restarts == 3
    assert_topic_equals_log(pipeline)
