"""The figures as a table, and as bars that a terminal can show."""

from __future__ import annotations

import io
import os
import platform
import textwrap
from collections.abc import Sequence
from datetime import UTC, datetime

from rich.bar import Bar
from rich.console import Console
from rich.table import Table

from benchmarks.rows import Reading, Row
from benchmarks.timing import Round

HEADINGS = ("what", "per second", "p50 ms", "p99 ms", "against", "its own", "figure", "goal")


def table(rows: Sequence[Row]) -> str:
    """Markdown, a line a row."""
    lines = [f"| {' | '.join(HEADINGS)} |", "|" + "---|" * len(HEADINGS)]
    lines += [f"| {' | '.join(_cells(row))} |" for row in rows]
    return "\n".join(lines)


def _cells(row: Row) -> tuple[str, ...]:
    measured, floor = row.measured, row.measured_floor
    timed = bool(measured.latencies)
    sign = "≥" if row.sense == "at least" else "≤"
    return (
        row.what,
        f"{measured.rate:,.0f}",
        f"{measured.quantile(0.5):.1f}" if timed else "",
        f"{measured.quantile(0.99):.1f}" if timed else "",
        row.floor,
        _of_floor(row, floor) if floor else "",
        f"{'' if row.met else '**'}{row.result:.2f}{row.unit}{'' if row.met else '**'}",
        f"{sign} {row.goal:g}{row.unit}",
    )


def _of_floor(row: Row, floor: Round) -> str:
    """The floor's rate, or what the row's figure is for it where that is not a ratio."""
    if row.unit and floor.latencies:
        return f"{row.figure(Reading(floor)):.1f}{row.unit}"
    return f"{floor.rate:,.0f}"


def plot(rows: Sequence[Row]) -> str:
    """How much of its goal each row reaches, in bars."""
    shares = [
        row.result / row.goal if row.sense == "at least" else row.goal / row.result for row in rows
    ]
    most = max(*shares, 1.0)
    chart = Table.grid(padding=(0, 1))
    for row, share in zip(rows, shares, strict=True):
        name = f"{row.what} / {row.floor}" if row.floor else row.what
        chart.add_row(textwrap.shorten(name, 60), Bar(most, 0, share, width=40), f"{share:.2f}")
    chart.add_row("the goal", Bar(most, 0, 1, width=40), "1.00")
    drawn = io.StringIO()
    Console(file=drawn, width=110, color_system=None).print(chart)
    return "\n".join(line.rstrip() for line in drawn.getvalue().splitlines())


def machine() -> str:
    """When and where, in a line."""
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.system()} {platform.machine()},"
        f" {os.cpu_count()} cores, Python {platform.python_version()}, Postgres 18.6"
    )


def page(rows: Sequence[Row], rounds: int, seconds: float) -> str:
    """What `RESULTS.md` says."""
    load = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    return f"""# Figures

Written by `make bench`. Rounds of all rows are interleaved, each with its floor right beside it; a
figure is the median of the rounds' own ratios, rates are medians, latencies are of all rounds. A
figure in bold misses its goal. Durability (fsync, synchronous_commit, full_page_writes) is on
everywhere. Clients run on the same machine; those of HTTP are raw connections that send requests
made in advance, the no-op gets the same ones, its path apart.

{machine()}; {rounds} rounds in {seconds:.0f} s; load averages at the end {load}.

{table(rows)}

```text
{plot(rows)}
```
"""
