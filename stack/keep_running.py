"""Start again what ended by itself: at once the first time, then ever more patiently."""

from __future__ import annotations

import time
from collections.abc import Callable

from stack.processes import Running
from stack.report import Report
from stack.supervisor import Supervisor

LONGEST_PAUSE = 30.0
FORGIVEN_AFTER = 60.0
POLL = 0.2


class Keeper:
    """Watches over the processes of a supervisor."""

    def __init__(
        self,
        supervisor: Supervisor,
        report: Report,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`clock` tells seconds."""
        self._supervisor = supervisor
        self._report = report
        self._clock = clock
        self._due: dict[str, float] = {}
        self._failures: dict[str, int] = {}
        self._started: dict[str, float] = {}

    def forever(self) -> None:
        """Watch until interrupted."""
        while True:
            self.look()
            time.sleep(POLL)

    def look(self) -> None:
        """Notice what ended, and start again what has waited long enough."""
        now = self._clock()
        for running in self._supervisor.ended():
            name = running.program.name
            if name not in self._due:
                self._notice(running, now)
            if now >= self._due[name]:
                del self._due[name]
                self._started[name] = now
                self._supervisor.restart(running)
                self._report.say(f"{name} was started again.")

    def _notice(self, running: Running, now: float) -> None:
        name = running.program.name
        if now - self._started.get(name, 0.0) > FORGIVEN_AFTER:
            self._failures[name] = 0
        pause = min(LONGEST_PAUSE, 2.0 ** self._failures.get(name, 0) - 1)
        self._failures[name] = self._failures.get(name, 0) + 1
        self._due[name] = now + pause
        self._report.say(
            f"{name} ended by itself ({_reason(running.exit_code())}), see {running.program.log};"
            f" starting it again{f' in {pause:.0f} s' if pause else ''}.",
            style="yellow",
        )


def _reason(code: int | None) -> str:
    if code is not None and code < 0:
        return f"signal {-code}"
    return f"exit code {code}"
