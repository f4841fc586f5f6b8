"""What a person sees: results on standard output, progress and errors on standard error."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

WIDE = 160
"""Columns where no terminal says how many there are."""

out = Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)
err = Console(stderr=True, highlight=False)


class RateColumn(ProgressColumn):
    """How many a second."""

    def render(self, task: Task) -> Text:
        """See :class:`rich.progress.ProgressColumn`."""
        return Text(f"{task.speed:,.0f}/s" if task.speed else "")


def progress() -> Progress:
    """A bar with counts, rate and times; gone when its work is done, and not there in a pipe."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        RateColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )


def fail(line: str) -> None:
    """One line about what is wrong."""
    err.print(f"error: {line}", style="red", markup=False, soft_wrap=True)
