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
from api.live.hub import Hub
from api.middleware.client_address import LOOPBACK
from api.query_routes import (
    accounts,
    audit,
    bookings,
    co_hosts,
    exports,
    external_calendars,
    listings,
    live,
    me,
    messages,
    promotions,
    reviews,
    search,
    slots,
    waitlist,
    webhook_endpoints,
)
from api.querying import QuerySide
from api.secrets import key_for
from api.sign_in.accounts import PostgresAddressBook, connect_accounts
from commands.webhooks.deliveries import Deliveries
from eventlog.personal.exports import Exports
from eventlog.personal.sealing import Sealing
from eventlog.reader import LogReader
from projections.applied import RedisApplied
from projections.connect import connect_elasticsearch, connect_redis
from projections.ending import end
from projections.feed.queries import FeedReader
from projections.generation import Generations
from projections.listing_search.applied import SearchApplied

DESCRIPTION = "Answers: listings, calendars, prices, search, bookings, and the log for auditors."

SEARCH_WITHIN = 4.0
"""Seconds that Elasticsearch may take for one answer before it counts as down."""

ANSWER_WITHIN = 6.0
"""Seconds for a whole answer: a little more than a read waits for what it is asked to show."""

ROUTERS = (
    me.router,
    exports.router,
    accounts.router,
    search.router,
    listings.router,
    promotions.router,
    slots.router,
    external_calendars.router,
    bookings.router,
    live.router,
    reviews.router,
    messages.router,
    co_hosts.router,
    waitlist.router,
    webhook_endpoints.router,
    audit.router,
)


def create_queries_app(  # noqa: PLR0913 - an app is made of these
    *,
    redis_url: str,
    elasticsearch_url: str,
    postgres_url: str,
    verify_key: bytes,
    secret: bytes,
    sealing: Sealing,
    exports_url: str,
    redis_prefix: str = "sojourn",
    index_prefix: str = "sojourn",
    origins: Iterable[str] = (),
    trusted_proxies: Iterable[str] = LOOPBACK,
) -> FastAPI:
    """The app on its read models, and on Postgres by a role that may only SELECT.

    ``verify_key`` is the 32 bytes of the Ed25519 public key; ``secret`` keys all keyed hashes;
    ``sealing`` opens what is personal, and ``exports_url`` names its database.
    """
    redis = connect_redis(redis_url)
    elasticsearch = connect_elasticsearch(elasticsearch_url, timeout=SEARCH_WITHIN)
    generations = Generations(redis, redis_prefix)
    applied = RedisApplied(redis, redis_prefix, generations)
    search_applied = SearchApplied(elasticsearch, index_prefix)
    hub = Hub(FeedReader(redis, redis_prefix), applied)
    log = LogReader(postgres_url)
    deliveries = Deliveries(postgres_url, pool_size=2)
    pool = connect_accounts(postgres_url, at_most=2)
    kept_exports = Exports(exports_url)
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
        sealing=sealing,
        live=hub,
        deliveries=deliveries,
        exports=kept_exports,
    )

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        pool.open(wait=False)
        looking = asyncio.create_task(side.degraded.keep_looking(pool))
        following = asyncio.create_task(hub.run())
        yield
        hub.close()
        await end(looking, following)
        await to_thread.run_sync(pool.close)
        await to_thread.run_sync(log.close)
        await to_thread.run_sync(sealing.close)
        await to_thread.run_sync(deliveries.close)
        await to_thread.run_sync(kept_exports.close)
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
    app.state.closing = side.live.close
    return app
