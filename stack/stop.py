"""Stop the stack of a home from outside: the one that runs, or what a killed one left behind."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

from stack.errors import StackError
from stack.identity import is_same
from stack.processes import end_left_behind
from stack.state import Claim, HomeTakenError, mark_stopped, read_state

PATIENCE = 120.0


def stop_home(home: Path) -> list[str]:
    """Stop what runs in `home` and wait until it is gone; returns the names of what was stopped.

    Raises `StackError` when it does not stop in time.
    """
    state = read_state(home)
    if state is None or state.phase == "stopped":
        return []
    names = [process.name for process in state.processes if process.alive()]
    if state.launcher is not None and is_same(*state.launcher):
        with suppress(ProcessLookupError):
            os.kill(state.launcher[0], signal.SIGTERM)
        names = names or ["launcher"]
    claim = _wait_for_claim(home)
    try:
        left = read_state(home)
        if left is not None:
            names += [
                name
                for name in end_left_behind(list(left.processes), str(home))
                if name not in names
            ]
            mark_stopped(home)
    finally:
        claim.release()
    return names


def _wait_for_claim(home: Path) -> Claim:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return Claim(home)
        except HomeTakenError:
            if time.monotonic() > deadline:
                raise StackError(f"the stack in {home} did not stop in {PATIENCE:.0f} s") from None
            time.sleep(0.1)
