"""How often the interpreter interrupts what a process does."""

from __future__ import annotations

import gc
import sys


def pause_little() -> None:
    """Have the interpreter interrupt requests less: what is loaded by now stays for good.

    Cycles are looked for less often, as almost nothing here leaves any, and a thread that has an
    answer of Postgres waits less long for its turn beside the event loop.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)
    sys.setswitchinterval(0.0002)
