"""All rows, several hosts at a time, with progress; an interrupted import goes on where it was."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from time import monotonic
from typing import Any

import psycopg

from commands.execute import Commands, Unavailable
from sojourn.errors import Stop
from sojourn.stockholm.asking import KEY, Done, Tally, import_host
from sojourn.stockholm.rows import BadRow, StockholmListing, read_listings

THREADS = 16
"""Commands that wait together are stored together, so a few threads fill each commit."""

PATIENCE = 60.0
"""Seconds that the import waits for a log that does not answer."""

FILE = "stockholm_listings.csv"
RECEIPTS = "SELECT account_id, key, fingerprint FROM receipts WHERE key ^@ %s"


def shipped_file() -> Path:
    """The data as shipped: inside an installed package, beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    places = [package / "data" / FILE, package.parent / "data" / FILE]
    for place in places:
        if place.is_file():
            return place
    raise Stop(f"{FILE} is missing beside {package}: install the package again")


def receipts_of_imports(url: str) -> Done:
    """What earlier imports have done; raises psycopg's errors."""
    with psycopg.connect(url, connect_timeout=5) as connection:
        rows: list[tuple[Any, ...]] = connection.execute(RECEIPTS, [KEY]).fetchall()
    return {(account, key): bytes(fingerprint) for account, key, fingerprint in rows}


def import_listings(
    commands: Commands, path: Path, done: Done, advance: Callable[[int, int], object]
) -> Tally:
    """Import every row of ``path``; ``advance`` is told how many rows are through, and of how many.

    Rows that are no listings, and listings that the platform refuses, are in the answer.
    """
    hosts: dict[str, list[StockholmListing]] = {}
    result = Tally()
    rows = 0
    for row in read_listings(path):
        rows += 1
        if isinstance(row, BadRow):
            result.refused.append(row)
        else:
            hosts.setdefault(row.host_number, []).append(row)
    advance(len(result.refused), rows)
    with ThreadPoolExecutor(THREADS, thread_name_prefix="import") as threads:
        running = {
            threads.submit(_import_patiently, commands, number, listings, done): len(listings)
            for number, listings in hosts.items()
        }
        try:
            for future in _as_they_end(set(running)):
                tally = future.result()
                result.created += tally.created
                result.already_there += tally.already_there
                result.refused += tally.refused
                advance(running[future], rows)
        except BaseException:
            threads.shutdown(wait=True, cancel_futures=True)
            raise
    result.refused.sort(key=lambda bad: (len(bad.row), bad.row))
    return result


def _import_patiently(
    commands: Commands, number: str, listings: list[StockholmListing], done: Done
) -> Tally:
    give_up = monotonic() + PATIENCE
    while True:
        try:
            return import_host(commands, number, listings, done)
        except Unavailable:
            # The command gave the log its own deadline; keys make asking again harmless.
            if monotonic() > give_up:
                raise


def _as_they_end(futures: set[Future[Tally]]) -> Any:
    while futures:
        ended, futures = wait(futures, return_when=FIRST_COMPLETED)
        yield from ended
