"""Ctrl-C, `kill` and a closed terminal all mean the same: stop cleanly, once."""

from __future__ import annotations

import signal
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType

STOPPERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def stoppable() -> Generator[None]:
    """Raise `KeyboardInterrupt` in the block at the first such signal and ignore further ones.

    So what the block does to clean up is never interrupted. For the main thread only.
    """

    def stop(_number: int, _frame: FrameType | None) -> None:
        for each in STOPPERS:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {each: signal.signal(each, stop) for each in STOPPERS}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
