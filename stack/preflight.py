"""What this machine must have, checked before anything is downloaded or started."""

from __future__ import annotations

import shutil
from pathlib import Path

import psutil

from stack.bootstrap import platform_problem
from stack.errors import StackError

MEMORY = 4_000_000_000
MEMORY_SLACK = 400_000_000  # a machine sold with 4 GB shows less
DISK_FIRST = 3_000_000_000
DISK_LATER = 1_000_000_000


def check_machine(folders: list[Path], *, first: bool) -> None:
    """Raise `StackError` unless platform, memory and disk suffice.

    `first` says that something is still to be downloaded; `folders` are where things will lie.
    """
    problem = platform_problem()
    if problem:
        raise StackError(problem)
    memory = psutil.virtual_memory().total
    if memory < MEMORY - MEMORY_SLACK:
        raise StackError(
            f"this machine has {memory / 1e9:.1f} GB of memory, the four servers need 4 GB: name"
            " servers that run elsewhere (SOJOURN_POSTGRES_URL, ...)"
        )
    need = DISK_FIRST if first else DISK_LATER
    for folder in folders:
        free = shutil.disk_usage(_existing(folder)).free
        if free < need:
            raise StackError(
                f"{folder} has {free / 1e9:.1f} GB of free disk, {need / 1e9:.0f} GB are needed:"
                " make room, or set SOJOURN_HOME and SOJOURN_CACHE to another disk"
            )


def _existing(folder: Path) -> Path:
    while not folder.exists():
        folder = folder.parent
    return folder
