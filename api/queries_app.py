"""The query app: everything that only asks; nothing it holds can write to the log."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import asynccontextmanager

from anyio import to_thread
from fastapi import FastAPI

from api.assembly import Lifespan, assemble
from api.conventions.bearer import TokenVerifier
from api.conventions.cursors import Cursors
from api.health import Check
from api.middleware.client_address import LOOPBACK
from api.query_routes import (
    accounts,
    audit,
    bookings,
    co_hosts,
    external_calendars,
    listings,
    me,
    messages,
    promotions,
    reviews,
    search,
    slots,
    waitlist,
)
from api.querying import QuerySide
from api.secrets import key_for
from api.sign_in.accounts import PostgresAddressBook, connect_accounts
from eventlog.reader import LogReader
from projections.applied import RedisApplied
from projections.connect import connect_elasticsearch, connect_redis
from projections.generation import Generations
from projections.listing_search.applied import SearchApplied

DESCRIPTION = "Answers: listings, calendars, prices, search, bookings, and the log for auditors."

SEARCH_WITHIN = 4.0
"""Seconds that Elasticsearch may take for one answer before it counts as down."""

ANSWER_WITHIN = 6.0
"""Seconds for a whole answer: a little more than a read waits for what it is asked to show."""

ROUTERS = (
    me.router,
    accounts.router,
    search.router,
    listings.router,
    promotions.router,
    slots.router,
    external_calendars.router,
    bookings.router,
    reviews.router,
    messages.router,
    co_hosts.router,
    waitlist.router,
    audit.router,
)


def create_queries_app(
    *,
    redis_url: str,
    elasticsearch_url: str,
    postgres_url: str,
    verify_key: bytes,
    secret: bytes,
    redis_prefix: str = "sojourn",
    index_prefix: str = "sojourn",
    origins: Iterable[str] = (),
    trusted_proxies: Iterable[str] = LOOPBACK,
) -> FastAPI:
    """The app on its read models, and on Postgres by a role that may only SELECT.

    ``verify_key`` is the 32 bytes of the Ed25519 public key; ``secret`` keys all keyed hashes.
    """
    redis = connect_redis(redis_url)
    elasticsearch = connect_elasticsearch(elasticsearch_url, timeout=SEARCH_WITHIN)
    generations = Generations(redis, redis_prefix)
    applied = RedisApplied(redis, redis_prefix, generations)
    search_applied = SearchApplied(elasticsearch, index_prefix)
    log = LogReader(postgres_url)
    pool = connect_accounts(postgres_url, at_most=2)
    side = QuerySide(
        generations=generations,
        applied=applied,
        search=elasticsearch,
        search_prefix=index_prefix,
        search_applied=search_applied,
        log=log,
        addresses=PostgresAddressBook(pool),
        cursors=Cursors(key_for(secret, "cursors")),
        secret=secret,
    )

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        pool.open(wait=False)
        looking = asyncio.create_task(side.degraded.keep_looking(pool))
        yield
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
        await to_thread.run_sync(pool.close)
        await to_thread.run_sync(log.close)
        await elasticsearch.close()
        await redis.aclose()

    async def postgres() -> None:
        await to_thread.run_sync(log.head)

    return queries_app(
        side,
        verifier=TokenVerifier(verify_key),
        origins=origins,
        trusted_proxies=trusted_proxies,
        checks={
            "postgres": postgres,
            "redis": applied.positions,
            "elasticsearch": search_applied.positions,
        },
        lifespan=lifespan,
    )


def queries_app(
    side: QuerySide,
    *,
    verifier: TokenVerifier,
    origins: Iterable[str] = (),
    trusted_proxies: Iterable[str] = LOOPBACK,
    checks: Mapping[str, Check],
    lifespan: Lifespan,
) -> FastAPI:
    """The app on whatever ``side`` asks."""
    app = assemble(
        "queries",
        DESCRIPTION,
        ROUTERS,
        verifier=verifier,
        sight=side,
        origins=origins,
        trusted_proxies=trusted_proxies,
        checks=checks,
        answer_within=ANSWER_WITHIN,
        lifespan=lifespan,
    )
    app.state.side = side
    return app
