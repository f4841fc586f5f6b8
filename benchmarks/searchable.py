"""From a command's answer to a search that shows its effect, at a modest pace.

Real processes: both apps, the relay, and `worker search`. Hosts block nights of their listings,
which changes a listing's document, and is one event, whose position is the document's version.
"""

from __future__ import annotations

import json
from contextlib import closing, contextmanager
from dataclasses import dataclass
from time import perf_counter
from uuid import UUID

import uvloop
from elasticsearch import Elasticsearch

from api.conventions.bearer import TokenIssuer
from api.positions import decode_positions
from benchmarks.bare import ElasticsearchAlone, versions
from benchmarks.client import Pool, paced
from benchmarks.market import Market, Wanted
from benchmarks.over_http import Asking
from benchmarks.rows import Reading, Row, RowsMade, World
from benchmarks.timing import Round
from benchmarks.watching import Watching
from projections.listing_search.names import listings
from sojourn.wiring import event_log
from tests.processes import Processes

RATE = 20
COMMANDS = 6 * RATE
BARE = 3 * RATE
LISTINGS = 32


@dataclass(frozen=True)
class Block:
    """A request to block a night of a listing."""

    listing_id: UUID
    request: bytes


@contextmanager
def rows(world: World) -> RowsMade:
    """The rows of what searches show."""
    with world.another("searchable") as platform:
        settings = platform.settings
        with (
            event_log(settings, sealed=True) as log,
            Processes(platform) as processes,
            closing(ElasticsearchAlone(settings)) as bare,
            closing(Elasticsearch(settings.need("elasticsearch_url"))) as client,
        ):
            processes.start("api commands", "api queries")
            issuer = TokenIssuer(settings.key("signing_key_file"))
            market = Market(log)
            asking = Asking(market, issuer, settings.commands_port)

            def blocks(number: int) -> list[Block]:
                wishes = market.wishes(market.listings(LISTINGS), number)
                return [_block(asking, market.host, each) for each in wishes]

            index = listings(settings.index_prefix)

            def watched() -> Watching:
                return Watching(lambda: versions(client, index), every=0.02)

            def once(*, ask: bool) -> Round:
                made = blocks(COMMANDS)
                processes.start("relay", "worker search")
                with watched() as watching:
                    for each in made[:LISTINGS]:
                        watching.when({str(each.listing_id): 1})
                if ask:
                    measured = _asked(asking.port, settings.queries_port, made)
                else:
                    with watched() as watching:
                        measured = _seen(asking.port, watching, made)
                processes.stop("worker search")
                processes.stop("relay")
                return measured

            yield [
                Row(
                    f"p99 from a block's answer to a search that shows it, {RATE} a second",
                    "small documents in Elasticsearch alone, its refresh every 500 ms",
                    lambda: Reading(once(ask=False), bare.until_refreshed(BARE, RATE)),
                    goal=1_000,
                    sense="at most",
                    figure=lambda each: each.measured.quantile(0.99),
                    unit=" ms",
                ),
                Row(
                    "p99 of the same, each search asking for it by Min-Position",
                    "small documents in Elasticsearch alone, refreshed at once",
                    lambda: Reading(once(ask=True), bare.refreshed_at_once(BARE, RATE)),
                    goal=200,
                    sense="at most",
                    figure=lambda each: each.measured.quantile(0.99),
                    unit=" ms",
                ),
            ]


def _block(asking: Asking, host: UUID, wanted: Wanted) -> Block:
    nights = {"from": wanted.stay.arrive.isoformat(), "to": wanted.stay.depart.isoformat()}
    path = f"/v1/listings/{wanted.listing_id}/blocks"
    return Block(wanted.listing_id, asking.request(path, host, json.dumps(nights).encode()))


def _seen(port: int, watching: Watching, blocks: list[Block]) -> Round:
    """Time each block from its answer until somebody who searches all the time has seen it."""
    answered: list[tuple[float, str, int]] = []

    async def everyone() -> None:
        async with Pool(port, ready=4) as pool:

            async def one(block: Block, _due: float) -> None:
                async with pool.one() as connection:
                    await connection.ask(block.request, 201)
                    [position] = decode_positions(connection.position).values()
                    answered.append((perf_counter(), str(block.listing_id), position))

            await paced(one, blocks, RATE)

    uvloop.run(everyone())
    waits = [watching.when({listing: position}) - at for at, listing, position in answered]
    return Round(RATE, tuple(max(0.0, each) * 1_000 for each in waits))


def _asked(port: int, queries_port: int, blocks: list[Block]) -> Round:
    """Time each block from its answer until a search is answered that had to show it."""
    latencies: list[float] = []

    async def everyone() -> None:
        async with Pool(port, ready=4) as pool, Pool(queries_port, ready=4) as queries:

            async def one(block: Block, _due: float) -> None:
                async with pool.one() as connection:
                    await connection.ask(block.request, 201)
                    began, position = perf_counter(), connection.position
                search = (
                    f"GET /v1/listings?limit=10 HTTP/1.1\r\nHost: 127.0.0.1:{queries_port}\r\n"
                    f"Min-Position: {position}\r\n\r\n"
                )
                async with queries.one() as connection:
                    await connection.ask(search.encode(), 200)
                latencies.append((perf_counter() - began) * 1_000)

            await paced(one, blocks, RATE)

    uvloop.run(everyone())
    return Round(RATE, tuple(latencies))
