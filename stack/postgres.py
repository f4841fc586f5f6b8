"""Postgres: a cluster made once, reachable with a password over TCP on this machine only."""

from __future__ import annotations

import shutil
import signal
from dataclasses import dataclass
from pathlib import Path

from stack.account import Account
from stack.errors import StackError
from stack.health import postgres_answers
from stack.processes import Program
from stack.secret_files import secret

OWNER = DATABASE = "sojourn"
CREATE_DATABASE = f"CREATE DATABASE {DATABASE} OWNER {OWNER};\n"
_FAST_SHUTDOWN = signal.SIGINT
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "wal_level": "replica",
    "wal_buffers": "16MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "shared_preload_libraries": "pg_stat_statements",
    "track_io_timing": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "log_lock_waits": "on",
}


@dataclass(frozen=True)
class Postgres:
    """The server's binaries, its data and who runs it."""

    package: Path
    home: Path
    account: Account
    port: int

    @property
    def url(self) -> str:
        """Its address with the owner's credential."""
        password = secret(self.home / "secrets" / "postgres_owner_password")
        return f"postgresql://{OWNER}:{password}@127.0.0.1:{self.port}/{DATABASE}"

    def prepare(self) -> Program:
        """Make the cluster and the database if there are none; returns what to run."""
        home = self.account.folder(self.home / "postgres")
        data = home / "data"
        if not (data / "PG_VERSION").exists():
            self._make_cluster(data)
        settings = SETTINGS | {"port": str(self.port)}
        return Program(
            name="postgres",
            argv=(
                str(self._binaries / "postgres"),
                "-D",
                str(data),
                *(word for key, value in settings.items() for word in ("-c", f"{key}={value}")),
            ),
            env=_ENVIRONMENT,
            log=self.home / "logs" / "postgres.log",
            cwd=home,
            port=self.port,
            account=self.account,
            ready=lambda: postgres_answers("127.0.0.1", self.port),
            # SIGINT: roll back, disconnect and shut down cleanly, rather than wait for clients.
            stop_signal=_FAST_SHUTDOWN,
        )

    @property
    def _binaries(self) -> Path:
        return self.package / "pginstall" / "bin"

    def _make_cluster(self, data: Path) -> None:
        """Build it beside its place, so that an interrupted attempt is simply made again."""
        fresh = data.with_name("data.new")
        shutil.rmtree(fresh, ignore_errors=True)
        password = secret(self.home / "secrets" / "postgres_owner_password")
        password_file = self.account.file(data.with_name("password"), password)
        try:
            self._run(
                "initdb",
                f"--pgdata={fresh}",
                f"--username={OWNER}",
                f"--pwfile={password_file}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--locale=C.UTF-8",
            )
        finally:
            password_file.unlink(missing_ok=True)
        self._run("postgres", "--single", "-D", str(fresh), "postgres", text=CREATE_DATABASE)
        fresh.rename(data)

    def _run(self, command: str, *arguments: str, text: str = "") -> None:
        done = self.account.run(
            [self._binaries / command, *arguments],
            cwd=self.home / "postgres",
            env=_ENVIRONMENT,
            text=text,
        )
        if done.returncode != 0:
            raise StackError(f"{command} failed: {done.stdout.strip()[-600:]}")
