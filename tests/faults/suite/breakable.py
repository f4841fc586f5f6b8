"""Real servers that were started to be broken: killed, paused, started anew, their disks filled."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import psutil

from stack.processes import Running
from stack.start import Stack, start_servers

SMALL = {"postgres": "800m", "kafka": "400m"}
"""How much room a server has on a disk of its own."""


class Servers:
    """Servers that were started to be broken, by their names: postgres, kafka, valkey, ..."""

    def __init__(self, stack: Stack) -> None:
        self.home = stack.home
        self.addresses = stack.addresses
        self._supervisor = stack.supervisor

    def restart(self, name: str, number: signal.Signals | None = None) -> None:
        """End the server, by the signal ``number`` if one is given, and start it again."""
        self.down(name, number)
        self.up(name)

    def down(self, name: str, number: signal.Signals | None = None) -> None:
        """End the server; its data stays."""
        running = self._named(name)
        if number is not None:
            os.kill(running.started.pid, number)
            running.wait()
        running.stop()

    def up(self, name: str) -> None:
        """Start an ended server again, and wait until it answers."""
        self._supervisor.restart(self._named(name)).wait_until_ready()

    def pause(self, name: str) -> None:
        """Let the server stand still: connections stay, nothing comes (SIGSTOP)."""
        self._signal(name, signal.SIGSTOP)

    def resume(self, name: str) -> None:
        """Let it go on (SIGCONT)."""
        self._signal(name, signal.SIGCONT)

    def gave_up(self, name: str) -> bool:
        """Whether the server has ended by itself."""
        return self._named(name).exit_code() is not None

    def _signal(self, name: str, number: signal.Signals) -> None:
        parent = psutil.Process(self._named(name).started.pid)
        for process in [parent, *parent.children(recursive=True)]:
            process.send_signal(number)

    def _named(self, name: str) -> Running:
        return next(each for each in self._supervisor.running() if each.program.name == name)


@contextmanager
def servers_to_break(home: Path) -> Generator[Servers]:
    """Servers of their own on free ports, whatever the environment names; gone at the end."""
    environ = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
    environ.pop("SOJOURN_KAFKA_BOOTSTRAP", None)
    with small_disks(home), start_servers(home, environ=environ, ports="free") as stack:
        yield Servers(stack)


@contextmanager
def small_disks(home: Path) -> Generator[None]:
    """A small disk in memory for each server that is to run out of room; as root only."""
    mounted: list[Path] = []
    try:
        for name, size in SMALL.items():
            folder = home / name
            folder.mkdir(parents=True, exist_ok=True)
            mount = [_program("mount"), "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
            if subprocess.run(mount, capture_output=True, check=False).returncode == 0:
                mounted.append(folder)
        yield
    finally:
        for folder in mounted:
            subprocess.run([_program("umount"), "--lazy", str(folder)], check=False)


def _program(name: str) -> str:
    return shutil.which(name) or name
