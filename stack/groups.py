"""Process groups: who is in one, and how to end all of it."""

from __future__ import annotations

import contextlib
import os
import signal
import time

import psutil

POLL = 0.05


def group_members(group: int) -> list[psutil.Process]:
    """The live processes of a process group."""
    members: list[psutil.Process] = []
    for process in psutil.process_iter():
        with contextlib.suppress(ProcessLookupError, psutil.Error):
            if os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE:
                members.append(process)
    return members


def end_group(group: int, grace: float = 0.0) -> None:
    """End whatever lives in a process group: SIGTERM and `grace` seconds first, if given."""
    if grace:
        _signal_group(group, signal.SIGTERM)
        _wait_until_gone(group, grace)
    _signal_group(group, signal.SIGKILL)
    _wait_until_gone(group, 10.0)


def _signal_group(group: int, number: signal.Signals) -> None:
    for process in group_members(group):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)


def _wait_until_gone(group: int, seconds: float) -> None:
    """Only looks: to collect an exit code is up to the parent."""
    deadline = time.monotonic() + seconds
    while group_members(group) and time.monotonic() < deadline:
        time.sleep(POLL)
