"""Tell a process from a later one that was given the same pid."""

from __future__ import annotations

from pathlib import Path

import psutil

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def identity(pid: int) -> str | None:
    """A text no other process shares, now or after a reboot; `None` when `pid` is not alive.

    Linux counts a start time from boot, so a change of the clock does not alter it; elsewhere the
    wall-clock start time has to do. A zombie is not alive.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        if fields[0] in {"Z", "X"}:
            return None
        return f"{BOOT_ID.read_text(encoding='ascii').strip()}/{fields[19]}"
    except OSError:
        return _elsewhere(pid)


def is_same(pid: int, known: str) -> bool:
    """Whether `pid` is alive and still the process whose identity was `known`."""
    return identity(pid) == known


def _elsewhere(pid: int) -> str | None:
    if BOOT_ID.exists():
        return None
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        return f"{process.create_time():.2f}"
    except psutil.NoSuchProcess:
        return None
