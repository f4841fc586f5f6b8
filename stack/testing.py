"""The servers that tests use: those in the environment, those kept from last time, or fresh ones.

They live in a home of their own on free ports, so tests run beside a running `make up`. Several
test processes share one set: whoever comes first starts it, whoever leaves last may stop it.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from stack.addresses import VARIABLES, Addresses, named_in
from stack.errors import StackError
from stack.folders import CHECKOUT, home_folder_of_tests
from stack.start import Stack
from stack.state import read_state
from stack.stop import stop_home

KEEP = "SOJOURN_TEST_KEEP_SERVERS"


def servers_for_tests(environ: Mapping[str, str] = os.environ, home: Path | None = None) -> Stack:
    """Servers to test with; call `stop()` on the result at the end, whoever started them.

    With `SOJOURN_TEST_KEEP_SERVERS=1` they stay up and the next run finds them; `make down` stops
    them. Raises `StackError` when they cannot be started.
    """
    named = named_in(environ)
    home = home or home_folder_of_tests(environ=environ)
    if len(named) == len(VARIABLES):
        return Stack(Addresses(**named), home, None)
    home.mkdir(parents=True, exist_ok=True)
    users = _Users(home / "users")
    starting = _Users(home / "starting")
    starting.lock(fcntl.LOCK_EX)
    try:
        users.lock(fcntl.LOCK_SH)
        state = read_state(home)
        if state is not None and state.addresses is not None and state.is_running():
            addresses = Addresses(**{**_as_fields(state.addresses), **named})
            return _SharedStack(addresses, home, users, keep=bool(environ.get(KEEP)))
        addresses = _start(home, environ)
        return _SharedStack(addresses, home, users, keep=bool(environ.get(KEEP)))
    finally:
        starting.release()


class _SharedStack(Stack):
    """Servers that run without a launcher while any test process uses them."""

    def __init__(self, addresses: Addresses, home: Path, users: _Users, *, keep: bool) -> None:
        super().__init__(addresses, home, None)
        self._users = users
        self._keep = keep

    def stop(self) -> None:
        """Leave; the last one stops the servers, unless they are to be kept."""
        if not self._keep and self._users.is_last():
            stop_home(self.home)
        self._users.release()


class _Users:
    """A file lock, shared by those who use the servers."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)

    def lock(self, kind: int) -> None:
        """Wait for it."""
        fcntl.flock(self._descriptor, kind)

    def is_last(self) -> bool:
        """Whether nobody else holds it."""
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        """Give it back; more than once is fine."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def _start(home: Path, environ: Mapping[str, str]) -> Addresses:
    """Start them as nobody's children, so that they outlive whoever needs them first."""
    command = [sys.executable, "-m", "stack", "up", "--detach", "--free-ports", "--home", str(home)]
    done = subprocess.run(  # noqa: S603 - this very package
        command, cwd=CHECKOUT, env=dict(environ), capture_output=True, text=True, check=False
    )
    state = read_state(home)
    if done.returncode != 0 or state is None or state.addresses is None:
        raise StackError(f"the servers for the tests did not start: {done.stderr.strip()}")
    return state.addresses


def _as_fields(addresses: Addresses) -> dict[str, str]:
    return {field: str(getattr(addresses, field)) for field in VARIABLES}


def in_use(home: Path) -> bool:
    """Whether a test process uses the servers of `home` right now."""
    if not (home / "users").exists():
        return False
    users = _Users(home / "users")
    try:
        return not users.is_last()
    finally:
        users.release()
