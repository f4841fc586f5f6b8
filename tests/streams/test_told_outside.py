"""The workers of the feed and of webhooks show what they tell, beside what every worker shows."""

from __future__ import annotations

from uuid import uuid4

import pytest

from commands.context import Context
from commands.register_account import RegisterAccount, register_account
from domain.announcements import public_name
from domain.streams import webhook_stream
from domain.webhook.facts import EndpointRegistered
from sojourn.wiring import commands
from tests.domain.facts import HOST
from tests.receiver import receiving
from tests.streams.conftest import Pipeline
from tests.streams.watched import watched

pytestmark = pytest.mark.servers


def public(pipeline: Pipeline) -> int:
    return sum(public_name(record.decoded().event) is not None for record in pipeline.log())


def test_the_feed_counts_what_it_tells_and_how_late_it_is(pipeline: Pipeline) -> None:
    with pipeline.relaying() as relay, watched(pipeline) as feed:
        until = feed.processes.until
        feed.processes.start("worker feed")
        until(lambda: feed.counted("begun_total", "feed") == 1, "the feed was not begun")
        pipeline.append_season()
        relay.until_done()
        told = public(pipeline)
        assert told
        until(lambda: feed.counted("entries_total", "feed") == told, "not all was told")
        until(lambda: feed.counted("delay_seconds_count") > 0, "no delay was measured")
        until(lambda: feed.counted("lag") == 0, "it commits nothing")


def test_webhooks_count_what_is_taken_and_what_waits(pipeline: Pipeline) -> None:
    with receiving() as receiver, pipeline.relaying() as relay, watched(pipeline) as webhooks:
        endpoint = uuid4()
        registered = EndpointRegistered(
            endpoint_id=endpoint,
            owner_id=HOST,
            scope="host",
            url=receiver.url(),
            events=(),
            description="",
        )
        with commands(pipeline.platform.settings) as ready:
            owner = RegisterAccount(account_id=HOST, name="Hedda")
            ready.execute(register_account, owner, Context(actor=HOST, correlation_id="test"))
        pipeline.append(registered, stream=webhook_stream(endpoint), key=HOST)
        pipeline.append_season()
        relay.until_done()
        until = webhooks.processes.until
        webhooks.processes.start("worker webhooks")
        delivered = 'attempts_total{outcome="delivered"}'
        told = public(pipeline)
        until(lambda: webhooks.counted(delivered, "webhooks") == told, "not all was taken")
        assert len(receiver.received) == told
        assert webhooks.counted('attempts_total{outcome="retried"}', "webhooks") == 0
        assert webhooks.counted("delay_seconds_count", "webhooks") == told
        until(lambda: webhooks.counted("waiting", "webhooks") == 0, "something waits still")
