"""The servers alone, for whoever needs no more: `python -m stack --help`."""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import signal
import sys
from pathlib import Path

from rich.console import Console

from stack.addresses import VARIABLES
from stack.errors import StackError
from stack.fetch import Cache
from stack.folders import cache_folder, home_folder
from stack.lock import read_lock
from stack.report import Report
from stack.signals import stoppable
from stack.start import fetch_missing, start_servers
from stack.state import State, read_state
from stack.stop import stop_home


def main(arguments: list[str] | None = None) -> int:
    """Run one command; errors are a line on standard error and exit code 1."""
    parser = argparse.ArgumentParser(prog="python -m stack", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, summary in COMMANDS.items():
        command = commands.add_parser(name, help=summary)
        command.add_argument("--home", type=Path, help="where data, logs and state lie")
        if name == "up":
            command.add_argument("--free-ports", action="store_true", help="take any free ports")
            command.add_argument("--detach", action="store_true", help="leave them running")
    options = parser.parse_args(arguments)
    home = (options.home or home_folder()).absolute()
    try:
        with stoppable():
            match options.command:
                case "up":
                    return _up(home, free=options.free_ports, detach=options.detach)
                case "down":
                    return _down(home)
                case "fetch":
                    return _fetch(home)
                case "clean-cache":
                    return _clean_cache()
                case _:
                    return _show(home, as_variables=options.command == "env")
    except StackError as error:
        Console(stderr=True, highlight=False, soft_wrap=True).print(
            f"error: {error}", markup=False, style="red"
        )
        return 1
    except KeyboardInterrupt:
        return 130


def _up(home: Path, *, free: bool, detach: bool) -> int:
    state = _running(home)
    if state is not None:
        return _show(home, as_variables=False)
    stack = start_servers(home, ports="free" if free else "fixed")
    if detach:
        stack.leave_running()
        return _show(home, as_variables=False)
    with stack:
        _show(home, as_variables=False)
        try:
            signal.pause()
        except KeyboardInterrupt:
            Report().say("Stopping ...")
    return 0


def _down(home: Path) -> int:
    stopped = stop_home(home)
    Report().say(f"Stopped {', '.join(stopped)}." if stopped else "Nothing runs.")
    return 0


def _fetch(home: Path) -> int:
    cache = Cache(cache_folder(), read_lock())
    fetch_missing(cache, [home, cache.folder], list(VARIABLES), Report())
    Report().say(f"All servers are in {cache.folder}.")
    return 0


def _clean_cache() -> int:
    """Delete the folder only if it looks like ours."""
    folder = cache_folder()
    if (folder / "fetching").exists():
        shutil.rmtree(folder)
        Report().say(f"Deleted {folder}.")
    return 0


def _show(home: Path, *, as_variables: bool) -> int:
    state = _running(home)
    if state is None or state.addresses is None:
        Report().say(f"Nothing runs in {home}.")
        return 1
    for name, value in (state.addresses.environment() | dict(state.variables)).items():
        line = f"export {name}={shlex.quote(value)}" if as_variables else f"{name}={value}"
        sys.stdout.write(f"{line}{os.linesep}")
    return 0


def _running(home: Path) -> State | None:
    state = read_state(home)
    return state if state is not None and state.is_running() else None


COMMANDS = {
    "up": "start the servers that the environment does not name, until Ctrl-C",
    "down": "stop them",
    "status": "say where they answer",
    "env": "the same as shell `export` lines",
    "fetch": "only download",
    "clean-cache": "delete what was downloaded",
}

if __name__ == "__main__":
    sys.exit(main())
