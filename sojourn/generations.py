"""What `sojourn projections` does, and how it tells of it."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from prometheus_client import CollectorRegistry
from rich.table import Table

from projections.applied import covers
from projections.connect import connect_elasticsearch, connect_redis
from sojourn.errors import Stop
from sojourn.pauses import pause_little
from sojourn.settings import Settings, load_settings
from sojourn.terminal import err, out, progress
from sojourn.verify.command import Bar
from sojourn.verify.comparing import compare_generations
from sojourn.verify.stores import open_stores
from sojourn.wiring import workers_log
from streams.alone import alone_by
from streams.dead_letters.table import DeadLetterTable
from streams.generations import Generation, PagesStore, SearchStore, Store
from streams.metrics import WorkerMetrics
from streams.pages import Pages
from streams.parking import Parking
from streams.rebuild import rebuild as rebuild_it
from streams.search import Search
from streams.sink import Sink

T = TypeVar("T")

PATIENCE = 10.0
"""Seconds that a generation has to catch up with the one in use before a switch is refused."""


@asynccontextmanager
async def opened(settings: Settings) -> AsyncGenerator[dict[str, tuple[Store, Sink]]]:
    """Both stores and their sinks, by name."""
    redis = connect_redis(settings.need("redis_url"), timeout=30)
    client = connect_elasticsearch(settings.need("elasticsearch_url"), timeout=60)
    try:
        yield {
            "pages": (
                PagesStore(redis, settings.redis_prefix),
                Pages(redis, settings.redis_prefix),
            ),
            "search": (
                SearchStore(client, settings.index_prefix),
                Search(client, settings.index_prefix, replicas=settings.index_replicas),
            ),
        }
    finally:
        await client.close()
        await redis.aclose()


def list_them(*, as_json: bool | None) -> None:
    """Print every generation."""

    async def ask() -> dict[str, list[Generation]]:
        async with opened(load_settings()) as stores:
            return {name: await store.generations() for name, (store, _) in stores.items()}

    found = asyncio.run(ask())
    if not out.is_terminal if as_json is None else as_json:
        for store, generations in found.items():
            for each in generations:
                reached = max(each.applied.values(), default=0)
                row = {"store": store, **vars(each), "applied": reached}
                sys.stdout.write(json.dumps(row) + "\n")
        return
    table = Table()
    for column in ("store", "generation", "state", "readers", "applied"):
        table.add_column(column)
    for store, generations in found.items():
        for each in generations:
            seen = "see it" if each.shown else "saw it before" if each.before else ""
            state = each.state if each.feedable else "of another version"
            reached = f"{max(each.applied.values(), default=0):,}"
            table.add_row(store, each.name, state, seen, reached)
    out.print(table)


def rebuild(name: str) -> None:
    """Build a new generation, with a bar on a terminal."""
    settings = load_settings()

    async def run(_store: Store, sink: Sink) -> str:
        url = settings.need("postgres_workers_url")
        with (
            workers_log(settings) as log,
            DeadLetterTable(url, sink.name) as letters,
            progress() as shown,
        ):
            parking = Parking(sink.name, log, letters, WorkerMetrics(CollectorRegistry()))
            await parking.look()
            alone = alone_by(url, sink.name)
            pause_little()
            building = await rebuild_it(sink, log, parking, alone, Bar(shown))
            return building.generation

    made = _with(name, settings, run)
    out.print(f"{name} {made} is whole, and the workers feed it.")
    err.print(f"Next: sojourn projections compare {name} {made}, then switch {name} {made}")


def compare(name: str, wanted: str | None) -> int:
    """Compare a generation and the one in use with the log; the exit code."""
    settings = load_settings()

    async def run(store: Store, _sink: Sink) -> str | None:
        generations = await store.generations()
        live = next((each.name for each in generations if each.shown), None)
        other = _chosen(generations, wanted, name).name
        async with open_stores(settings) as stores:
            with progress() as shown:
                names = [each for each in (live, other) if each is not None]
                result = await compare_generations(stores, name, names, Bar(shown))
        out.print(result.line, markup=False, soft_wrap=True)
        return result.difference

    return 1 if _with(name, settings, run) else 0


def switch(name: str, wanted: str | None) -> None:
    """Show another generation; raises Stop when that would show less than readers see now."""

    async def run(store: Store, _sink: Sink) -> str:
        chosen = _chosen(await store.generations(), wanted, name)
        await _show(store, chosen.name)
        return chosen.name

    shown = _with(name, load_settings(), run)
    out.print(f"Readers see {name} {shown}.")


def rollback(name: str) -> None:
    """Show the generation that was shown before; raises Stop without one."""

    async def run(store: Store, _sink: Sink) -> str:
        before = next((each for each in await store.generations() if each.before), None)
        if before is None or before.shown:
            raise Stop(f"readers saw no other generation of {name} before that is still there")
        await _show(store, before.name)
        return before.name

    shown = _with(name, load_settings(), run)
    out.print(f"Readers see {name} {shown} again.")


def drop(name: str, wanted: str) -> None:
    """Delete a generation; raises Stop for the one that readers see."""

    async def run(store: Store, _sink: Sink) -> None:
        if _named(await store.generations(), wanted, name).shown:
            raise Stop(f"readers see {name} {wanted}: switch first")
        await store.drop(wanted)

    _with(name, load_settings(), run)
    out.print(f"{name} {wanted} is gone.")


async def _show(store: Store, wanted: str) -> None:
    """Show it as soon as it is as far as what is shown; raises Stop if it does not get there."""
    give_up = asyncio.get_running_loop().time() + PATIENCE
    while True:
        generations = await store.generations()
        chosen = _named(generations, wanted, store.name)
        live = next((each for each in generations if each.shown), None)
        if not chosen.whole:
            raise Stop(f"{store.name} {wanted} is not whole: it is {chosen.state}")
        if live is None or covers(chosen.applied, live.applied):
            if not await store.show(wanted):
                raise Stop(f"{store.name} {wanted} is not whole")
            return
        if asyncio.get_running_loop().time() >= give_up:
            raise Stop(f"{store.name} {wanted} is behind {live.name}: do the workers run?")
        await asyncio.sleep(0.1)


def _chosen(generations: list[Generation], wanted: str | None, store: str) -> Generation:
    if wanted is not None:
        return _named(generations, wanted, store)
    whole = [each for each in generations if each.whole and not each.shown]
    if not whole:
        raise Stop(f"{store} has no other whole generation: sojourn projections rebuild {store}")
    return whole[-1]


def _named(generations: list[Generation], wanted: str, store: str) -> Generation:
    found = next((each for each in generations if each.name == wanted), None)
    if found is None:
        raise Stop(f"{store} has no generation {wanted}")
    return found


def _with(name: str, settings: Settings, run: Callable[[Store, Sink], Awaitable[T]]) -> T:
    async def inside() -> T:
        async with opened(settings) as stores:
            return await run(*stores[name])

    return asyncio.run(inside())
