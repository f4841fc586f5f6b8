"""`make bench`: prints a table, and writes it to benchmarks/RESULTS.md with machine and date."""

from __future__ import annotations

import os
import platform
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import track

from benchmarks.floor import LibraryDefault
from benchmarks.holds import Market
from benchmarks.timing import Round, median_rate, timed
from eventlog.application import EventLog
from sojourn.wiring import sealing
from stack.testing import servers_for_tests
from tests.platforms import Platform, new_platform

AT_ONCE = 32
ROUNDS = 5
HOLDS = 640
"""A round's holds; on one listing this is nearly two years of nights."""


def measure(platform: Platform) -> dict[str, list[Round]]:
    """Each path, its rounds interleaved with those of its floor."""
    results: dict[str, list[Round]] = {"library": [], "spread": [], "hot": []}
    library = LibraryDefault(platform.settings.need("postgres_url"), AT_ONCE)
    url = platform.settings.need("postgres_commands_url")
    with EventLog(
        url, sealing=sealing(platform.settings), pool_size=AT_ONCE, max_overflow=0
    ) as log:
        market = Market(log)
        for _ in track(range(ROUNDS), description="rounds"):
            listings = [market.listing() for _ in range(AT_ONCE)]
            each = HOLDS // AT_ONCE
            by_listing = [market.quotes(listing, each) for listing in listings]
            spread = [held for same_night in zip(*by_listing, strict=True) for held in same_night]
            hot = market.quotes(market.listing(), HOLDS)
            nothing = range(HOLDS)
            results["library"].append(timed(lambda _: library.save_two(), nothing, AT_ONCE))
            results["spread"].append(timed(market.hold, spread, AT_ONCE))
            results["hot"].append(timed(market.hold, hot, AT_ONCE))
    library.close()
    return results


def table(results: dict[str, list[Round]]) -> str:
    """The figures as Markdown."""
    names = {
        "library": f"the library's default save of two aggregates, {AT_ONCE} at once",
        "spread": f"holds in process (two events, receipt, claim), {AT_ONCE} at once, "
        f"{AT_ONCE} listings",
        "hot": f"the same on one listing, {AT_ONCE} at once",
    }
    floors = {"spread": "library", "hot": "spread"}
    lines = ["| what | per second | p50 ms | p99 ms | against |", "|---|---|---|---|---|"]
    for name, text in names.items():
        rounds = results[name]
        every = Round(0, tuple(ms for each in rounds for ms in each.latencies))
        floor = floors.get(name)
        against = ""
        if floor:
            ratio = median_rate(rounds) / median_rate(results[floor])
            against = f"{ratio:.2f} of the {'first' if floor == 'library' else 'second'} row"
        lines.append(
            f"| {text} | {median_rate(rounds):,.0f} | {every.quantile(0.5):.1f}"
            f" | {every.quantile(0.99):.1f} | {against} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure, print, and write."""
    console = Console()
    with (
        servers_for_tests() as stack,
        tempfile.TemporaryDirectory() as folder,
        new_platform(stack.addresses, Path(folder)) as made,
    ):
        figures = table(measure(made))
    console.print(figures, soft_wrap=True)
    text = (
        "# Figures\n\nWritten by `make bench`. Each row's rounds are interleaved with those of the"
        " others; rates are medians of the rounds. Durability (fsync, synchronous_commit,"
        " full_page_writes) is on everywhere.\n\n"
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.system()} {platform.machine()},"
        f" {os.cpu_count()} cores, Python {platform.python_version()}, Postgres 18.6.\n\n"
        f"{figures}\n"
    )
    Path(__file__).with_name("RESULTS.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
