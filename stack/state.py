"""The one state file of a home: what runs, where it answers, and whether that is still true."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from stack.addresses import VARIABLES, Addresses
from stack.errors import StackError
from stack.folders import CHECKOUT, home_folder
from stack.identity import is_same
from stack.processes import MARK, Started

STATE_FILE = "state.json"


@dataclass(frozen=True)
class State:
    """What `<home>/state.json` holds; it is replaced as a whole, never edited in place.

    `launcher` is the process that watches over the others. Without one (servers that tests keep up
    between runs) the state is true as long as every process in it lives.
    """

    phase: str
    launcher: tuple[int, str] | None = None
    processes: tuple[Started, ...] = ()
    ports: Mapping[str, int] = field(default_factory=dict[str, int])
    addresses: Addresses | None = None
    urls: Mapping[str, str] = field(default_factory=dict[str, str])
    variables: Mapping[str, str] = field(default_factory=dict[str, str])
    since: float = 0.0

    def is_running(self) -> bool:
        """Whether what it describes is there: not stale after a crash, a kill or a reboot."""
        if self.phase == "stopped":
            return False
        if self.launcher is not None:
            return is_same(*self.launcher)
        return bool(self.addresses) and all(process.alive() for process in self.processes)


@dataclass(frozen=True)
class RunningStack:
    """A stack that runs right now."""

    home: Path
    phase: str
    addresses: Addresses
    urls: Mapping[str, str]
    processes: tuple[Started, ...]
    variables: Mapping[str, str]

    def environment(self) -> dict[str, str]:
        """Every `SOJOURN_*` variable that a process of ours needs to join this stack."""
        return {**self.addresses.environment(), **self.variables}


def find_running(start: Path | None = None) -> RunningStack | None:
    """The stack that runs for this checkout (or for the one that holds `start`), if any.

    `SOJOURN_HOME`, when set, names the folder to look at. A process that a stack started finds
    none: all that it may know is in its environment.
    """
    if MARK in os.environ:
        return None
    home = home_folder(_checkout_of(start) if start else CHECKOUT)
    state = read_state(home)
    if state is None or state.addresses is None or not state.is_running():
        return None
    return RunningStack(
        home=home,
        phase=state.phase,
        addresses=state.addresses,
        urls=state.urls,
        processes=state.processes,
        variables=state.variables,
    )


def read_state(home: Path) -> State | None:
    """The state file of `home`; `None` when there is none or it cannot be understood."""
    try:
        data: dict[str, Any] = json.loads((home / STATE_FILE).read_text(encoding="utf-8"))
        launcher = data["launcher"]
        return State(
            phase=data["phase"],
            launcher=(launcher[0], launcher[1]) if launcher else None,
            processes=tuple(Started(**process) for process in data["processes"]),
            ports=data["ports"],
            addresses=Addresses(**data["addresses"]) if data["addresses"] else None,
            urls=data["urls"],
            variables=data["variables"],
            since=data["since"],
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_state(home: Path, state: State) -> None:
    """Replace the state file; only its owner may read it, as the addresses hold a password."""
    fresh = home / f"{STATE_FILE}.new"
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(state), file, indent=2)
    fresh.replace(home / STATE_FILE)


def mark_stopped(home: Path) -> None:
    """Keep the ports for the next time, forget everything else."""
    state = read_state(home)
    if state is not None:
        write_state(home, State(phase="stopped", ports=state.ports))


def detached(state: State) -> State:
    """The same state without a launcher: the servers stay up on their own."""
    return replace(state, launcher=None)


class Claim:
    """The right to start and stop things in a home; the system takes it back when we die."""

    def __init__(self, home: Path, name: str = "lock") -> None:
        """Take it; raises `StackError` when another process has it."""
        home.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(home / name, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._descriptor)
            raise HomeTakenError(f"another process already runs the stack in {home}") from None

    def release(self) -> None:
        """Give it back."""
        with suppress(OSError):
            os.close(self._descriptor)


class HomeTakenError(StackError):
    """Another launcher works in this home."""


def _checkout_of(start: Path) -> Path:
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / "stack" / "servers.lock.toml").is_file():
            return folder
    return start


__all__ = ["VARIABLES", "RunningStack", "State", "find_running", "read_state", "write_state"]
