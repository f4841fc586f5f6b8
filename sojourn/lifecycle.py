"""What the commands that run Sojourn on one machine do."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from sojourn.errors import Stop
from sojourn.up import report_running, up
from stack.addresses import VARIABLES, named_in
from stack.clean import delete_home
from stack.errors import StackError
from stack.fetch import Cache
from stack.folders import cache_folder, home_folder, home_folder_of_tests
from stack.lock import read_lock
from stack.logs import find_logs, follow, show_end
from stack.report import Report
from stack.signals import stoppable
from stack.start import fetch_missing
from stack.state import State, read_state
from stack.status import Condition, condition_of
from stack.stop import stop_home
from stack.testing import in_use


def run_all() -> None:
    """Run everything until interrupted, or report what runs already."""
    with _stops():
        home = home_folder()
        state = _running(home)
        if state is not None and state.launcher is not None:
            report_running(home, Report())
        else:
            up(Report())


def stop_all() -> None:
    """Stop what runs, and servers that tests have kept up and nobody uses."""
    with _stops():
        home, tests = home_folder(), home_folder_of_tests()
        stopped = stop_home(home)
        if not in_use(tests):
            stopped += [f"{name} (for tests)" for name in stop_home(tests)]
        Report().say(f"Stopped {', '.join(stopped)}." if stopped else "Nothing runs.")


def show_status() -> bool:
    """Show a row a process; returns whether all of them are healthy."""
    home = home_folder()
    state = _running(home)
    if state is None:
        Report().say("Sojourn is not running; `make up` starts it.")
        return False
    with ThreadPoolExecutor() as workers:
        conditions = list(workers.map(condition_of, state.processes))
    Console().print(_table(home, state, conditions))
    return state.phase == "ready" and all(each.healthy for each in conditions)


def show_logs(name: str, lines: int, *, following: bool) -> None:
    """Show the end of one log or of all, and perhaps what is added from then on."""
    with _stops():
        paths = find_logs(home_folder(), name)
        width = max((len(path.stem) for path in paths), default=0)

        def say(log: str, line: str) -> None:
            sys.stdout.write(f"{line}\n" if name else f"{log:<{width}} | {line}\n")
            sys.stdout.flush()

        ends = show_end(paths, lines, say)
        if following:
            follow(ends, say)


def delete_all() -> None:
    """Stop everything and delete the data of this checkout."""
    stop_all()
    with _stops():
        home = home_folder()
        for each in (home_folder_of_tests(), home):
            delete_home(each)
        Report().say(f"Deleted the data in {home}.")


def fetch_all() -> None:
    """Download what the servers that the environment does not name are made of."""
    with _stops():
        cache = Cache(cache_folder(), read_lock())
        named = named_in(os.environ)
        wanted = [field for field in VARIABLES if field not in named]
        fetch_missing(cache, [home_folder(), cache.folder], wanted, Report())
        Report().say(f"All that is needed is in {cache.folder}.")


def _running(home: Path) -> State | None:
    state = read_state(home)
    return state if state is not None and state.is_running() else None


def _table(home: Path, state: State, conditions: list[Condition]) -> Table:
    table = Table(title=f"Sojourn: {state.phase}", title_justify="left")
    table.caption = f"logs in {home / 'logs'}"
    table.caption_justify = "left"
    for heading in ("process", "pid", "port", "health", "up for", "restarts"):
        table.add_column(heading, no_wrap=True)
    for each in conditions:
        process = each.process
        table.add_row(
            process.name,
            str(process.pid),
            str(process.port or ""),
            each.word(),
            _duration(time.time() - process.since),
            str(process.restarts or ""),
            style=None if each.healthy else "red",
        )
    return table


def _duration(seconds: float) -> str:
    hours, minutes = divmod(int(seconds) // 60, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {int(seconds) % 60:02} s"


@contextmanager
def _stops() -> Generator[None]:
    """Turn the stack's errors into the command line's own; stop cleanly on every signal."""
    try:
        with stoppable():
            yield
    except StackError as error:
        raise Stop(str(error)) from None
