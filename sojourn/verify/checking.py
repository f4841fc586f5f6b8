"""All checks in their order, against one snapshot of the log and the read models as they are."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from projections.applied import RedisApplied
from projections.generation import Generations
from projections.listing_search.applied import SearchApplied
from projections.listing_search.names import listings
from sojourn.verify.claims import check_claims, check_strays
from sojourn.verify.index import check_index
from sojourn.verify.journal import check_journal
from sojourn.verify.lag import Applied, behind, catch_up
from sojourn.verify.log_rows import head, keys_behind, of_keys, pages
from sojourn.verify.pages import check_pages
from sojourn.verify.parked import of_sink, parked, without
from sojourn.verify.personal import PersonalCheck
from sojourn.verify.receipts import check_commands, check_receipts
from sojourn.verify.sources import Sources
from sojourn.verify.stores import Stores
from sojourn.verify.strays import check_index_strays, check_redis_strays
from sojourn.verify.timers import TimersCheck
from sojourn.verify.told import Told
from sojourn.verify.verification import Verification

KEYS_AT_ONCE = 300
"""How many listings and accounts are compared at once: what is held in memory."""


async def verify(stores: Stores, wait: float, journal: Path | None, told: Told) -> Verification:
    """Look at everything; ``wait`` is how many seconds the read models have to catch up."""
    result = Verification(events=head(stores.log))
    _check_log(stores, result, told)
    generations = Generations(stores.redis, stores.redis_prefix)
    in_redis = RedisApplied(stores.redis, stores.redis_prefix, generations)
    in_index = SearchApplied(stores.elasticsearch, stores.index_prefix)
    told.begin("Waiting for the read models")
    pages_at, search_at = await asyncio.gather(
        _applied("pages in Redis", in_redis, result, wait),
        _applied("search in Elasticsearch", in_index, result, wait),
    )
    result.parked = parked(stores.fresh)
    told.begin("Comparing documents", len(result.order.versions))
    await _compare(stores, generations, pages_at, search_at, result, told)
    told.begin("Looking for strays")
    check_strays(stores.log, result.claims)
    if pages_at is not None:
        await check_redis_strays(stores.redis, generations.keys, stores.fresh, result.documents)
    if search_at is not None:
        await check_index_strays(
            stores.elasticsearch, stores.index_prefix, stores.fresh, result.documents
        )
    told.begin("Comparing receipts")
    check_receipts(stores.log, told.advance, result.receipts)
    if journal:
        check_journal(stores.fresh, journal, result.receipts)
    return result


def _check_log(stores: Stores, result: Verification, told: Told) -> None:
    told.begin("Reading the log", result.events)
    commands: set[str] = set()
    timers = TimersCheck(stores.log, result.timers)
    personal = PersonalCheck(result.personal)
    for page in pages(stores.log, result.events):
        for record in page:
            result.order.look(record)
        check_commands(stores.log, page, commands, result.receipts)
        timers.look(page)
        personal.look(page)
        told.advance(len(page))
    result.order.end(result.events)
    timers.end()
    personal.end(stores.fresh, datetime.now(UTC), stores.keys_url)
    if late := timers.lag(result.events):
        result.lag.append(late)


async def _applied(
    name: str, applied: Applied, result: Verification, wait: float
) -> dict[int, int] | None:
    """How far a read model is; one that is late, or not there at all, is told."""
    heads = result.order.partitions
    positions = await catch_up(applied, heads, wait)
    late = "they are not there" if positions is None else behind(positions, heads)
    if late:
        result.lag.append(f"{name}: {late}")
        if wait:
            result.documents.found(f"{name} did not catch up within {wait:g} s: {late}")
    return positions


async def _compare(
    stores: Stores,
    generations: Generations,
    pages_at: Mapping[int, int] | None,
    search_at: Mapping[int, int] | None,
    result: Verification,
    told: Told,
) -> None:
    """Compare what each listing's and account's events make, some of them at a time."""
    last = ""
    pages_parked = of_sink(result.parked, "pages")
    search_parked = of_sink(result.parked, "search")
    while keys := keys_behind(stores.log, last, KEYS_AT_ONCE):
        sources = Sources.of(of_keys(stores.log, keys))
        now = datetime.now(UTC)
        check_claims(stores.log, keys, sources.events, result.claims)
        if pages_at is not None:
            await check_pages(
                *(generations, without(sources, pages_parked), pages_at, stores.sources, now),
                result.documents,
                result.claims,
            )
        if search_at is not None:
            await check_index(
                *(
                    stores.elasticsearch,
                    listings(stores.index_prefix),
                    without(sources, search_parked),
                ),
                *(search_at, stores.sources, now, result.documents, result.claims),
            )
        told.advance(len(sources.streams))
        last = keys[-1]
