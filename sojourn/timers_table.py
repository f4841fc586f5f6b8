"""The timers to come, as operators see them."""

from __future__ import annotations

from datetime import timedelta

from rich.table import Table

from sojourn.settings import load_settings
from sojourn.terminal import err, out
from streams.timers.table import TimerTable, Upcoming


def show(limit: int) -> None:
    """Print up to ``limit`` timers, the most overdue first."""
    with TimerTable(load_settings().need("postgres_commands_url"), pool_size=1) as table:
        glance, found = table.glance(), table.upcoming(limit)
    shown = Table(title=f"{glance.overdue:,} overdue", title_justify="left")
    for column in ("kind", "of", "due", "in", "tries", "problem"):
        shown.add_column(column, overflow="fold")
    for timer in found:
        shown.add_row(
            timer.timer.kind,
            str(timer.timer.subject),
            f"{timer.due_at:%Y-%m-%d %H:%M:%S}Z",
            _words(timer.due_at - glance.now),
            str(timer.attempts),
            _problem(timer),
            style="red" if timer.problem else None,
        )
    out.print(shown)


def rebuild() -> None:
    """Empty the table, so that whoever follows the log builds it again."""
    with TimerTable(load_settings().need("postgres_commands_url"), pool_size=1) as table:
        table.restart()
    err.print("The table of timers is empty; `sojourn timers` builds it again from the log.")


def _words(left: timedelta) -> str:
    late = left < timedelta(0)
    seconds = int(abs(left).total_seconds())
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")):
        if seconds >= size or size == 1:
            return f"{seconds // size} {unit}{' overdue' if late else ''}"
    raise AssertionError("a second is the last unit")


def _problem(timer: Upcoming) -> str:
    return f"{timer.problem} (again at {timer.try_at:%H:%M:%S}Z)" if timer.problem else ""
