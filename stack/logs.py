"""Show the logs of a home: the end of each, and what is added from then on."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path

from stack.errors import StackError

POLL = 0.2


def find_logs(home: Path, name: str = "") -> list[Path]:
    """The logs in `home`, or the one called `name`; raises `StackError` when it is not there."""
    logs = [path for path in sorted((home / "logs").glob("*.log")) if ".1." not in path.name]
    if not name:
        return logs
    chosen = [path for path in logs if path.stem == name]
    if not chosen:
        known = ", ".join(path.stem for path in logs) or "none yet"
        raise StackError(f"there is no log called {name!r}; there are: {known}")
    return chosen


def show_end(logs: Iterable[Path], count: int, say: Callable[[str, str], None]) -> dict[Path, int]:
    """Say the last `count` lines of each log, as (name, line); returns where each ended."""
    ends: dict[Path, int] = {}
    for path in logs:
        with path.open("rb") as log:
            lines = deque(log, maxlen=count)
            ends[path] = log.tell()
        for line in lines:
            say(path.stem, _text(line))
    return ends


def follow(ends: dict[Path, int], say: Callable[[str, str], None]) -> None:
    """Say every line that is added, until interrupted; a log that was turned over begins anew."""
    while True:
        for path, end in ends.items():
            ends[path] = _say_from(path, end, say)
        time.sleep(POLL)


def _say_from(path: Path, start: int, say: Callable[[str, str], None]) -> int:
    try:
        with path.open("rb") as log:
            size = log.seek(0, 2)
            log.seek(start if start <= size else 0)
            position = log.tell()
            for line in log:
                if not line.endswith(b"\n"):
                    break
                say(path.stem, _text(line))
                position += len(line)
            return position
    except FileNotFoundError:
        return 0


def _text(line: bytes) -> str:
    return line.decode("utf-8", errors="replace").rstrip("\n")
