"""`make bench`: prints a table and a plot, and writes them to benchmarks/RESULTS.md."""

from __future__ import annotations

import argparse
import tempfile
from contextlib import ExitStack
from pathlib import Path
from time import monotonic

from rich.console import Console
from rich.progress import track

from benchmarks import behind, growth, in_process, memory, over_http, report, searchable, visible
from benchmarks.rows import Row, Rows, World
from sojourn.pauses import pause_little
from stack.testing import servers_for_tests
from tests.platforms import new_platform

MODULES: tuple[Rows, ...] = (
    over_http.rows,
    in_process.rows,
    visible.rows,
    searchable.rows,
    behind.rows,
)


def measure(modules: tuple[Rows, ...], rounds: int) -> list[Row]:
    """Every row of ``modules``, measured so many times, all interleaved."""
    with ExitStack() as closing:
        stack = closing.enter_context(servers_for_tests())
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory()))
        platform = closing.enter_context(new_platform(stack.addresses, folder))
        world = World(platform, folder, stack.addresses)
        rows = [row for module in modules for row in closing.enter_context(module(world))]
        for _ in track(range(rounds), description="rounds"):
            for row in rows:
                row.measure()
    return rows


def main() -> None:
    """Measure, print, and write."""
    asked = argparse.ArgumentParser(prog="make bench", description=__doc__)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument(
        "--growth", action="store_true", help="with logs of millions of events too: minutes"
    )
    asked.add_argument("--to", type=Path, default=Path(__file__).with_name("RESULTS.md"))
    options = asked.parse_args()
    modules = (*MODULES, growth.rows, memory.rows) if options.growth else MODULES
    pause_little()
    began = monotonic()
    rows = measure(modules, options.rounds)
    console = Console()
    console.print(report.table(rows), soft_wrap=True)
    console.print(report.plot(rows), soft_wrap=True, highlight=False, markup=False)
    page = report.page(rows, options.rounds, monotonic() - began)
    options.to.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
