"""Our own processes as real subprocesses: started, waited for, stopped and killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx
import psutil

from tests.platforms import Platform

PATIENCE = 60.0
"""Seconds in which a process must be ready, or have ended when told to."""


class Processes:
    """The processes of one platform, by what `sojourn` was asked for, as "worker pages"."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for name in list(self._running):
            self.kill(name)

    def start(self, *names: str) -> None:
        """Start each `sojourn <name>`, then wait until those that listen are ready."""
        self.start_module("sojourn", *names)

    def start_module(self, module: str, *names: str) -> None:
        """The same, by another module that stands in for `sojourn`."""
        for name in names:
            with self.log_file(name).open("ab") as log:
                self._running[name] = subprocess.Popen(
                    [sys.executable, "-m", module, *name.split()],
                    env=self.platform.environment,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
        for name in names:
            self.until_ready(name)

    def until_ready(self, name: str) -> None:
        """Wait until the process, if it listens, says that it and all it needs are ready."""
        if url := self.url(name):
            self.until(lambda: self.alive(name) and _ready(url), f"{name} was not ready")

    def start_all(self) -> None:
        """The whole platform behind its gateway, as `make up` has it."""
        self.start("api commands", "api queries", "relay", "worker pages", "worker search")
        self.start("worker feed", "worker reactors", "worker webhooks")
        self.start("timers", "gateway")

    def stop(self, name: str) -> int:
        """Ask the process to stop (SIGTERM) and return its exit code."""
        running = self._running.pop(name)
        running.send_signal(signal.SIGTERM)
        return running.wait(PATIENCE)

    def kill(self, name: str) -> None:
        """End the process, and whatever it has started, without a chance to clean up (SIGKILL)."""
        running = self._running.pop(name)
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
        running.wait(PATIENCE)

    def pause(self, name: str) -> None:
        """Let the process stand still, as a machine that swaps would (SIGSTOP)."""
        os.killpg(self._running[name].pid, signal.SIGSTOP)

    def resume(self, name: str) -> None:
        """Let a paused process go on (SIGCONT)."""
        os.killpg(self._running[name].pid, signal.SIGCONT)

    def alive(self, name: str) -> bool:
        """Whether the process runs; one that ended by itself fails the test with its last lines."""
        code = self._running[name].poll()
        assert code is None, f"{name} ended with {code}:\n{self.tail(name)}"
        return True

    def sizes(self) -> dict[str, int]:
        """How much memory each process has, in bytes (its resident set)."""
        return {
            name: psutil.Process(each.pid).memory_info().rss for name, each in self._running.items()
        }

    def url(self, name: str) -> str | None:
        """Where the process answers, if it does."""
        settings = self.platform.settings
        ports = {
            "gateway": settings.gateway_port,
            "api commands": settings.commands_port,
            "api queries": settings.queries_port,
        }
        return f"http://127.0.0.1:{ports[name]}" if name in ports else None

    def log_file(self, name: str) -> Path:
        """What the process says, all its runs in one file."""
        return self.platform.folder / f"{name.replace(' ', '-')}.log"

    def tail(self, name: str, lines: int = 30) -> str:
        """The last lines that the process said."""
        return "\n".join(self.log_file(name).read_text(errors="replace").splitlines()[-lines:])

    def until(self, holds: Callable[[], bool], otherwise: str, seconds: float = PATIENCE) -> None:
        """Wait until ``holds``; fail with ``otherwise`` and what every process said last."""
        give_up = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > give_up:
                said = "\n".join(f"--- {name}\n{self.tail(name)}" for name in self._running)
                raise AssertionError(f"{otherwise} within {seconds:.0f} s\n{said}")
            time.sleep(0.02)


def sojourn(platform: Platform, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `sojourn` with ``arguments`` on ``platform`` to its end."""
    return subprocess.run(
        [sys.executable, "-m", "sojourn", *arguments],
        env=platform.environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def _ready(url: str) -> bool:
    ready = f"{url}/health/ready"
    try:
        # Asked often: without TLS, as reading the certificates takes 20 ms each time.
        return httpx.get(ready, timeout=2, verify=False).status_code == 200  # noqa: S501
    except httpx.TransportError:
        return False
