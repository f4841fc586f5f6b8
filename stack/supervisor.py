"""Start processes, keep the state file true about them, and stop them in reverse order."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from stack.addresses import Addresses
from stack.errors import StackError
from stack.identity import identity
from stack.processes import Program, Running, Started, end_left_behind
from stack.state import Claim, State, read_state, write_state


class Supervisor:
    """The processes of one home; while it lives, no other may work there."""

    def __init__(self, home: Path, claim: Claim) -> None:
        """Take over `home`, whose `claim` is ours."""
        self.home = home
        self.before = read_state(home)
        self._claim = claim
        self._lock = threading.RLock()
        self._running: list[Running] = []
        self._stopping = False
        self._state = State(
            phase="stopped",
            launcher=(os.getpid(), identity(os.getpid()) or ""),
            ports=self.before.ports if self.before else {},
            since=time.time(),
        )

    def end_left_behind(self) -> list[str]:
        """End what a launcher that was killed left running here; returns the names."""
        if self.before is None:
            return []
        return end_left_behind(list(self.before.processes), str(self.home))

    def announce(
        self,
        phase: str,
        *,
        ports: Mapping[str, int] | None = None,
        addresses: Addresses | None = None,
        urls: Mapping[str, str] | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        """Write to the state file what is known so far."""
        with self._lock:
            state = self._state
            self._state = replace(
                state,
                phase=phase,
                ports={**state.ports, **(ports or {})},
                addresses=addresses or state.addresses,
                urls={**state.urls, **(urls or {})},
                variables={**state.variables, **(variables or {})},
            )
            self._write()

    def start(self, program: Program) -> Running:
        """Start a process and record it before anything else happens."""
        with self._lock:
            if self._stopping:
                raise StackError(f"{program.name} was not started: stopping")
            running = Running(program, mark=str(self.home))
            self._running.append(running)
            self._write()
            return running

    def run(self, program: Program) -> None:
        """Run a process to its end; raises `StackError` with the end of its log if it fails."""
        running = self.start(program)
        code = running.wait()
        with self._lock:
            if running in self._running:
                self._running.remove(running)
            self._write()
        if code != 0:
            end = "" if program.show else f"; the end of {program.log}:\n{running.last_lines()}"
            raise StackError(f"{program.name} failed with exit code {code}{end}")

    def ports(self) -> Mapping[str, int]:
        """The ports by name."""
        return self._state.ports

    def is_stopping(self) -> bool:
        """Whether `stop` was called."""
        return self._stopping

    def running(self) -> list[Running]:
        """What was started and not stopped, in order."""
        with self._lock:
            return list(self._running)

    def ended(self) -> list[Running]:
        """Which of them ended by themselves."""
        return [running for running in self.running() if running.exit_code() is not None]

    def restart(self, running: Running) -> Running:
        """Start the program of an ended process again, in its place."""
        with self._lock:
            if self._stopping:
                return running
            running.stop()
            count = running.started.restarts + 1
            again = Running(running.program, mark=str(self.home), restarts=count)
            self._running[self._running.index(running)] = again
            self._write()
            return again

    def stop(self) -> None:
        """Stop everything in reverse order, our own processes before the servers."""
        self._stopping = True
        with self._lock:
            for kind in ("app", "server"):
                group = [each for each in reversed(self._running) if each.program.kind == kind]
                for running in group:
                    running.ask_to_stop()
                for running in group:
                    running.stop()
                    self._running.remove(running)
            write_state(self.home, State(phase="stopped", ports=self._state.ports))
        self._claim.release()

    def leave_running(self) -> None:
        """Let everything run on without us; the state file tells others about it."""
        with self._lock:
            self._state = replace(self._state, launcher=None)
            self._write()
        self._claim.release()

    def processes(self) -> tuple[Started, ...]:
        """What the state file says of them."""
        return tuple(running.started for running in self.running())

    def _write(self) -> None:
        self._state = replace(self._state, processes=self.processes())
        write_state(self.home, self._state)
