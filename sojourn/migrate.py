"""Every store gets what the platform keeps in it; running it again changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import urlsplit

from eventlog.reader import LogReader
from sojourn.settings import Settings
from sojourn.topic import ensure_topics


def migrate(settings: Settings, say: Callable[[str], object]) -> None:
    """Prepare Postgres, Kafka, Redis and Elasticsearch, and ``say`` each; raises Stop."""
    from migrations.run import upgrade, upgrade_keys  # noqa: PLC0415 - Alembic is only needed here

    upgrade(
        settings.need("postgres_url"),
        settings.need("postgres_commands_url"),
        settings.need("postgres_queries_url"),
        settings.need("postgres_workers_url"),
    )
    say("Postgres: the schema is the newest, and each role has what it needs")
    upgrade_keys(
        keys_owner(settings),
        settings.need("postgres_keys_url"),
        settings.need("postgres_keys_queries_url"),
    )
    say("Postgres: the database of personal keys is ready")
    made = ensure_topics(
        settings.need("kafka_bootstrap"),
        settings.topic,
        replication=settings.topic_replication,
        min_insync=settings.topic_min_insync,
    )
    say(f"Kafka: {' and '.join(made)} made" if made else f"Kafka: {settings.topic} is there")
    with LogReader(settings.need("postgres_queries_url")) as log:
        head = log.head()
    asyncio.run(_read_models(settings, head, say))


def keys_owner(settings: Settings) -> str:
    """Who may change the database of personal keys: who may change the log's, if nobody is set."""
    if settings.postgres_keys_owner_url:
        return settings.postgres_keys_owner_url
    owner = urlsplit(settings.need("postgres_url"))
    keys = urlsplit(settings.need("postgres_keys_url"))
    signed_in = owner.netloc.rpartition("@")[0]
    server = keys.netloc.rpartition("@")[2]
    return keys._replace(netloc=f"{signed_in}@{server}").geturl()


async def _read_models(settings: Settings, head: int, say: Callable[[str], object]) -> None:
    from projections.connect import (  # noqa: PLC0415 - the clients are slow to import
        connect_elasticsearch,
        connect_redis,
    )
    from projections.generation import ensure_generation  # noqa: PLC0415
    from projections.listing_search.index import ensure_index  # noqa: PLC0415

    redis = connect_redis(settings.need("redis_url"))
    try:
        shown = await ensure_generation(redis, settings.redis_prefix, head=head)
    finally:
        await redis.aclose()
    say(
        f"Redis: the pages in {settings.redis_prefix} "
        + ("are shown" if shown else "wait until `worker pages` has built them")
    )
    elasticsearch = connect_elasticsearch(settings.need("elasticsearch_url"))
    try:
        shown = await ensure_index(
            elasticsearch, settings.index_prefix, head=head, replicas=settings.index_replicas
        )
    finally:
        await elasticsearch.close()
    say(
        f"Elasticsearch: search in {settings.index_prefix} "
        + ("is shown" if shown else "waits until `worker search` has built it")
    )
