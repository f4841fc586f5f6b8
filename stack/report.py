"""Tell the user what happens: bars and spinners on a terminal, plain lines elsewhere."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

AddTransfer = Callable[[str, int], Callable[[int], None]]


class Report:
    """Where progress goes; every method may be called from any thread."""

    def __init__(self, console: Console | None = None) -> None:
        """Report on `console`, by default standard output."""
        self.console = console or Console(highlight=False)

    def say(self, line: str, style: str = "") -> None:
        """One line, for good."""
        self.console.print(escape(line), style=style or None, soft_wrap=True)

    @contextmanager
    def phase(self, title: str) -> Generator[None]:
        """Show `title` and a clock while the block runs, then a line with the time it took."""
        began = time.monotonic()
        if self.console.is_terminal:
            columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
            with Progress(*columns, console=self.console, transient=True) as progress:
                progress.add_task(escape(title), total=None)
                yield
        else:
            self.say(f"{title} ...")
            yield
        self.say(f"{title}: {time.monotonic() - began:.1f} s", style="green")

    @contextmanager
    def transfers(self) -> Generator[AddTransfer]:
        """Show bars while the block runs: call the result with a name and a size in bytes."""
        if not self.console.is_terminal:
            yield self._plain_transfer
            return
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=self.console) as progress:

            def add(name: str, size: int) -> Callable[[int], None]:
                task = progress.add_task(escape(name), total=size)
                return lambda count: progress.advance(task, count)

            yield add

    def _plain_transfer(self, name: str, size: int) -> Callable[[int], None]:
        """A line at every tenth."""
        lock = threading.Lock()
        done, said = 0, 0

        def advance(count: int) -> None:
            nonlocal done, said
            with lock:
                done += count
                tenth = done * 10 // size
                if tenth > said:
                    said = tenth
                    self.say(f"{name}: {tenth * 10} % of {megabytes(size)}")

        return advance


def megabytes(size: int) -> str:
    """`size` bytes for people."""
    return f"{size / 1e6:.0f} MB"
