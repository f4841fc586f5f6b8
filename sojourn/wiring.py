"""The composition root: from settings to the log, the apps, the relay, the workers, the timers.

Each function imports what only its process needs, so that no process starts slower for the others.
"""
# ruff: noqa: PLC0415 - see above

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry

from commands.execute import Commands
from eventlog.application import EventLog
from eventlog.personal.keys import PersonalKeys
from eventlog.personal.master import MasterKeyFile
from eventlog.personal.sealing import Sealing
from eventlog.personal.store import KeyStore
from eventlog.reader import LogReader
from sojourn.metrics_server import showing
from sojourn.pauses import pause_little
from sojourn.settings import Settings
from sojourn.stopping import stopping_event

if TYPE_CHECKING:
    from fastapi import FastAPI
    from faust import App

    from api.mail.mailer import Mailer
    from streams.sink import Sink

SILENCE = 15.0
"""For how many seconds timers may not get to look at the log before they count as dead."""


def sealing(settings: Settings, *, url: str = "postgres_keys_url") -> Sealing:
    """What seals and opens personal text, by the keys in the database that the setting names."""
    masters = MasterKeyFile(Path(settings.need("master_key_file")))
    return Sealing(PersonalKeys(KeyStore(settings.need(url)), masters))


@contextmanager
def event_log(
    settings: Settings, *, pool_size: int = 4, overflow: int = 12, sealed: bool = False
) -> Generator[EventLog]:
    """The log as commands use it; ``sealed`` for those who may write or read what is personal."""
    seals = sealing(settings) if sealed else None
    log = EventLog(
        settings.need("postgres_commands_url"),
        sealing=seals,
        pool_size=pool_size,
        max_overflow=overflow,
    )
    try:
        yield log
    finally:
        log.close()
        if seals:
            seals.close()


@contextmanager
def commands(settings: Settings) -> Generator[Commands]:
    """The use cases on the log."""
    with event_log(settings, sealed=True) as log:
        yield Commands(log)


def log_reader(settings: Settings) -> LogReader:
    """The log as those who may only SELECT see it."""
    return LogReader(settings.need("postgres_queries_url"), timeout=10)


def workers_log(settings: Settings) -> LogReader:
    """The log as workers see it, who may only SELECT it, too."""
    return LogReader(settings.need("postgres_workers_url"), timeout=10)


def command_app(settings: Settings) -> FastAPI:
    """All that changes something; it needs the log, and nothing else to be there."""
    from api.commands_app import create_commands_app
    from api.mail.letters import Letters

    return create_commands_app(
        postgres_url=settings.need("postgres_commands_url"),
        signing_seed=settings.key("signing_key_file"),
        secret=settings.key("secret_key_file"),
        sealing=sealing(settings),
        exports_url=settings.need("postgres_keys_url"),
        mailer=mailer(settings),
        letters=Letters(settings.mail_from, settings.mail_links),
        verified_only=settings.verified_email,
        origins=settings.cors_origins,
        trusted_proxies=settings.trusted_proxies,
        quota_times=settings.quota_times,
        webhook_networks=settings.webhook_networks,
    )


def mailer(settings: Settings) -> Mailer:
    """An SMTP server if one is set, else a folder, else nowhere."""
    from api.mail.mailer import FolderMailer, NoMailer, SmtpMailer

    if settings.smtp_host is None:
        return FolderMailer(settings.mail_folder) if settings.mail_folder else NoMailer()
    return SmtpMailer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        user=settings.smtp_user,
        password=settings.text("smtp_password_file") if settings.smtp_user else "",
    )


def query_app(settings: Settings) -> FastAPI:
    """All that is read; none of its credentials can write to the log."""
    from api.queries_app import create_queries_app

    return create_queries_app(
        redis_url=settings.need("redis_url"),
        elasticsearch_url=settings.need("elasticsearch_url"),
        postgres_url=settings.need("postgres_queries_url"),
        verify_key=settings.key("verify_key_file"),
        secret=settings.key("secret_key_file"),
        sealing=sealing(settings, url="postgres_keys_queries_url"),
        exports_url=settings.need("postgres_keys_queries_url"),
        redis_prefix=settings.redis_prefix,
        index_prefix=settings.index_prefix,
        origins=settings.cors_origins,
        trusted_proxies=settings.trusted_proxies,
    )


def gateway_app(settings: Settings) -> FastAPI:
    """Both apps on one origin."""
    from api.gateway.app import create_gateway

    return create_gateway(
        commands=settings.commands_upstream,
        queries=settings.queries_upstream,
        origins=settings.cors_origins,
    )


def relay(settings: Settings) -> None:
    """Send the log to Kafka until told to stop."""
    from streams.metrics import RelayMetrics
    from streams.relay import RelaySettings, run_relay

    # The one role that may move the checkpoint reads the log with it, too.
    url = settings.postgres_relay_url or settings.need("postgres_commands_url")
    to = RelaySettings(
        postgres_url=url,
        bootstrap=settings.need("kafka_bootstrap"),
        topic=settings.topic,
    )
    with _registry(settings) as registry, LogReader(url, timeout=10) as log:
        pause_little()
        run_relay(log, to, RelayMetrics(registry), stopping_event())


def timers(settings: Settings) -> None:
    """Fire what is due until told to stop."""
    from streams.metrics import TimerMetrics
    from streams.timers.firing import use_cases
    from streams.timers.running import AT_ONCE, run_timers
    from streams.timers.table import TimerTable

    url = settings.need("postgres_commands_url")
    registry = CollectorRegistry()
    metrics = TimerMetrics(registry)
    with (
        _shown(settings, registry, lambda: metrics.silent_for() < SILENCE),
        event_log(settings, pool_size=1, overflow=AT_ONCE) as log,
        LogReader(url, pool_size=1, timeout=10) as reader,
        TimerTable(url) as table,
    ):
        run_timers(reader, table, use_cases(Commands(log)), metrics, stopping_event())


async def pages_worker(settings: Settings) -> None:
    """Apply the topic to the pages in Redis until told to stop."""
    from projections.connect import connect_redis
    from streams.pages import Pages

    redis = connect_redis(settings.need("redis_url"))
    try:
        await _work(settings, Pages(redis, settings.redis_prefix))
    finally:
        await redis.aclose()


async def feed_worker(settings: Settings) -> None:
    """Apply the topic to the live feed in Redis until told to stop."""
    from projections.connect import connect_redis
    from streams.feed import Feed
    from streams.metrics import FeedMetrics

    registry = CollectorRegistry()
    redis = connect_redis(settings.need("redis_url"))
    try:
        with workers_log(settings) as log:
            feed = Feed(redis, settings.redis_prefix, log, FeedMetrics(registry))
            await _work(settings, feed, registry)
    finally:
        await redis.aclose()


async def search_worker(settings: Settings) -> None:
    """Apply the topic to the search index in Elasticsearch until told to stop."""
    from projections.connect import connect_elasticsearch
    from streams.search import Search

    client = connect_elasticsearch(settings.need("elasticsearch_url"))
    try:
        sink = Search(client, settings.index_prefix, replicas=settings.index_replicas)
        await _work(settings, sink)
    finally:
        await client.close()


async def reactors_worker(settings: Settings) -> None:
    """React to the topic by calling the payment providers until told to stop."""
    from api.secrets import webhook_key
    from commands.payments.sandbox import NAME as SANDBOX
    from commands.payments.sandbox import Sandbox
    from eventlog.personal.exports import Exports
    from eventlog.personal.forgetting import Forgetting
    from streams.reactors.announcing import Announcer
    from streams.reactors.asking import NAME
    from streams.reactors.erasures import ErasureReactor
    from streams.reactors.exports import ExportReactor
    from streams.reactors.following import keep_asking
    from streams.reactors.payments import PaymentReactor
    from streams.reactors.receipts import Receipts
    from streams.reactors.several import Several
    from streams.reactors.sink import Reactors

    secret = settings.key("secret_key_file")
    url = f"{settings.commands_upstream}/v1/webhooks/payments/{SANDBOX}"
    with (
        event_log(settings, sealed=True) as log,
        workers_log(settings) as reader,
        Receipts(settings.need("postgres_commands_url"), NAME) as receipts,
        Exports(settings.need("postgres_keys_url")) as exports,
    ):
        async with Announcer(url, webhook_key(secret, SANDBOX)) as announcer:
            providers = [Sandbox(announcer.announce)]
            commands_url = settings.need("postgres_commands_url")
            every = [
                PaymentReactor(log, Commands(log), providers),
                ErasureReactor(Forgetting(commands_url, log.sealing.keys, exports)),
                ExportReactor(log, reader, exports),
            ]
            sink = Reactors(Several(every), receipts)
            stop = asyncio.Event()
            asking = asyncio.create_task(keep_asking(sink, reader, stop))
            try:
                await _work(settings, sink)
            finally:
                stop.set()
                await asking


async def webhooks_worker(settings: Settings) -> None:
    """Tell integrators of what happens until told to stop."""
    from api.mail.letters import Letters
    from api.secrets import webhook_secrets_key
    from commands.webhooks.deliveries import REACTOR, Deliveries
    from sojourn.webhook_owners import Owners
    from streams.reactors.receipts import Receipts
    from streams.webhooks.delivering import Courier
    from streams.webhooks.metrics import WebhookMetrics
    from streams.webhooks.registry import Registry
    from streams.webhooks.sending import Sender
    from streams.webhooks.sink import Webhooks

    url = settings.need("postgres_commands_url")
    letters = Letters(settings.mail_from, settings.mail_links)
    with (
        event_log(settings, pool_size=1, overflow=4, sealed=True) as log,
        workers_log(settings) as reader,
        Deliveries(url) as deliveries,
        Receipts(url, REACTOR) as receipts,
    ):
        owners = Owners(log, Commands(log), letters, mailer(settings))
        registry = Registry(reader)
        sink = Webhooks(reader, registry, deliveries, receipts, owners.may_hear)
        async with Sender(settings.webhook_networks) as sender:
            key = webhook_secrets_key(settings.key("secret_key_file"))
            counted = CollectorRegistry()
            courier = Courier(
                deliveries,
                registry,
                sender,
                key=key,
                disable=owners.disable,
                metrics=WebhookMetrics(counted),
            )
            stop = asyncio.Event()
            sending = asyncio.create_task(courier.run(stop))
            try:
                await _work(settings, sink, counted)
            finally:
                stop.set()
                await sending


async def _work(settings: Settings, sink: Sink, registry: CollectorRegistry | None = None) -> None:
    """Apply the topic to ``sink``; ``registry`` has what else the process counts."""
    from streams.alone import alone_by
    from streams.checkpoint import Published
    from streams.dead_letters.table import DeadLetterTable
    from streams.metrics import WorkerMetrics
    from streams.running import run_worker, stop_on_signals
    from streams.worker import WorkerSettings, create_worker

    stop = asyncio.Event()
    stop_on_signals(stop)
    url = settings.need("postgres_workers_url")
    at = WorkerSettings(
        bootstrap=settings.need("kafka_bootstrap"),
        topic=settings.topic,
        group=f"{settings.group_prefix}.{sink.name}",
    )
    registry = registry or CollectorRegistry()
    metrics = WorkerMetrics(registry)
    with (
        _shown(settings, registry, lambda: metrics.stuck_for() < settings.stuck_after),
        workers_log(settings) as log,
        DeadLetterTable(url, sink.name) as dead_letters,
        Published(url) as published,
    ):

        def create() -> App:
            return create_worker(
                sink,
                log=log,
                dead_letters=dead_letters,
                settings=at,
                metrics=metrics,
                alone=alone_by(url, sink.name),
                published=published,
            )

        # Events and states are many small objects: to look for cycles doubled the time to decode.
        pause_little()
        await run_worker(create, stop)


@contextmanager
def _registry(settings: Settings) -> Generator[CollectorRegistry]:
    """Where the process counts; shown at ``/metrics`` when a port for it is set."""
    registry = CollectorRegistry()
    with _shown(settings, registry, lambda: True):
        yield registry


@contextmanager
def shown_metrics(settings: Settings, registry: CollectorRegistry) -> Generator[None]:
    """Show what ``registry`` counts at ``/metrics`` when a port for it is set."""
    with _shown(settings, registry, lambda: True):
        yield


@contextmanager
def _shown(
    settings: Settings, registry: CollectorRegistry, alive: Callable[[], bool]
) -> Generator[None]:
    if settings.metrics_port is None:
        yield
        return
    with showing(registry, settings.host, settings.metrics_port, alive):
        yield
