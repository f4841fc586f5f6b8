"""Start, watch and stop processes, each in a group of its own, so that nothing stays behind."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from stack.account import Account, Become
from stack.errors import StackError
from stack.groups import end_group, group_members
from stack.identity import identity, is_same

MARK = "SOJOURN_STARTED_BY"
LOG_LIMIT = 20 << 20
POLL = 0.05


def _always() -> bool:
    return True


@dataclass(frozen=True)
class Program:
    """What to run, and how to tell that it is ready.

    `env` is the whole environment of the process. `ready` is asked until it says yes, at most
    `ready_within` seconds; `grace` is how long it may take to end after `stop_signal`. What it
    prints goes to `log`, or, if it is to `show`, to where we print.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    log: Path
    cwd: Path
    port: int | None = None
    account: Account | None = None
    ready: Callable[[], bool] = field(default=_always, compare=False)
    ready_within: float = 90.0
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 30.0
    kind: str = "server"
    show: bool = False


@dataclass(frozen=True)
class Started:
    """A process that was started, as the state file remembers it."""

    name: str
    pid: int
    identity: str
    kind: str
    log: str
    port: int | None = None
    since: float = 0.0
    restarts: int = 0

    def alive(self) -> bool:
        """Whether that very process still runs."""
        return is_same(self.pid, self.identity)


class Running:
    """One process of ours."""

    def __init__(self, program: Program, mark: str, restarts: int = 0) -> None:
        """Start `program`; every process of it carries `mark` in its environment."""
        self.program = program
        program.log.parent.mkdir(parents=True, exist_ok=True)
        _turn_over(program.log)
        become = program.account.become() if program.account else Become()
        with program.log.open("ab") as log:
            self._log_start = log.tell()
            try:
                self._process = subprocess.Popen(  # noqa: S603 - programs of this project, no shell
                    program.argv,
                    env={**program.env, MARK: mark},
                    cwd=program.cwd,
                    stdin=subprocess.DEVNULL,
                    stdout=None if program.show else log,
                    stderr=None if program.show else subprocess.STDOUT,
                    start_new_session=True,
                    **become,
                )
            except OSError as failure:
                raise StackError(f"{program.name} cannot be started: {failure}") from None
        self.started = Started(
            name=program.name,
            pid=self._process.pid,
            identity=identity(self._process.pid) or "",
            kind=program.kind,
            log=str(program.log),
            port=program.port,
            since=time.time(),
            restarts=restarts,
        )

    def exit_code(self) -> int | None:
        """The exit code once it has ended, negative for a signal; `None` while it runs."""
        return self._process.poll()

    def wait_until_ready(self, cancelled: Callable[[], bool] = lambda: False) -> None:
        """Return when it answers; raise `StackError` when it ends or stays silent for too long."""
        program = self.program
        deadline = time.monotonic() + program.ready_within
        while not program.ready():
            if self.exit_code() is not None:
                raise StackError(
                    f"{program.name} ended while starting (exit code {self.exit_code()});"
                    f" the end of {program.log}:\n{self.last_lines()}"
                )
            if cancelled():
                raise StackError(f"{program.name} was stopped while starting")
            if time.monotonic() > deadline:
                raise StackError(
                    f"{program.name} did not answer within {program.ready_within:.0f} s;"
                    f" the end of {program.log}:\n{self.last_lines()}"
                )
            time.sleep(POLL)

    def ask_to_stop(self) -> None:
        """Send it its stop signal, without waiting."""
        if self.exit_code() is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(self.program.stop_signal)

    def stop(self) -> None:
        """Ask it to end, wait, kill what is left of its group."""
        self.ask_to_stop()
        deadline = time.monotonic() + self.program.grace
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(self.program.grace)
        end_group(self._process.pid, max(0.0, deadline - time.monotonic()))
        self._process.wait()

    def wait(self) -> int:
        """Wait until it ends by itself; returns its exit code."""
        return self._process.wait()

    def last_lines(self, count: int = 12) -> str:
        """The end of what it has logged since it was started."""
        with self.program.log.open("rb") as log:
            log.seek(self._log_start)
            return b"\n".join(log.read().splitlines()[-count:]).decode(errors="replace")


def end_left_behind(records: list[Started], mark: str, grace: float = 30.0) -> list[str]:
    """End the recorded processes that outlived their launcher; returns their names.

    A recorded pid may belong to somebody else by now, so a process is only touched when it is the
    very one recorded or, in a recorded group, carries our mark.
    """
    ended: list[str] = []
    for record in reversed(records):
        members = group_members(record.pid)
        ours = record.alive() or any(_carries(process, mark) for process in members)
        if members and ours:
            end_group(record.pid, grace)
            ended.append(record.name)
    return ended


def _carries(process: psutil.Process, mark: str) -> bool:
    try:
        return process.environ().get(MARK) == mark
    except (psutil.Error, OSError):
        return False


def _turn_over(log: Path) -> None:
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".1.log"))
