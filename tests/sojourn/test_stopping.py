"""A process is asked to stop at any moment, also at that at which it looks whether it is."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

ROUNDS = 300
LOOKING = f"""
import os, signal, threading
from sojourn.stopping import stopping_event

for _ in range({ROUNDS}):
    stop = stopping_event()
    begun = threading.Event()

    def ask():
        begun.wait()
        os.kill(os.getpid(), signal.{{number}})

    threading.Thread(target=ask).start()
    begun.set()
    while not stop.wait(0):
        pass
print("stopped every time")
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_at_any_moment_stops_it(number: signal.Signals) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOOKING.format(number=number.name)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == "stopped every time\n", done.stderr
