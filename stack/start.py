"""Start the servers that the environment does not name, and stop exactly those."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from types import TracebackType
from typing import Self

from stack.account import Account, choose_account
from stack.addresses import VARIABLES, Addresses, named_in
from stack.errors import StackError
from stack.fetch import Cache, fetch_servers
from stack.folders import cache_folder, require_reach
from stack.health import listens
from stack.lock import read_lock
from stack.ports import Ports, choose_ports
from stack.preflight import check_machine
from stack.report import Report
from stack.servers import Server, addresses_of, plan_servers, ports_of
from stack.state import Claim
from stack.supervisor import Supervisor

EXTERNAL_PORTS = {
    "postgres_url": 5432,
    "kafka_bootstrap": 9092,
    "redis_url": 6379,
    "elasticsearch_url": 9200,
}


class Stack:
    """Servers that answer; as a context manager it stops at the end those it started."""

    def __init__(self, addresses: Addresses, home: Path, supervisor: Supervisor | None) -> None:
        """`supervisor` is `None` when nothing here is ours to stop."""
        self.addresses = addresses
        self.home = home
        self._supervisor = supervisor

    @property
    def supervisor(self) -> Supervisor:
        """What started the servers, to start and stop further processes with."""
        if self._supervisor is None:
            raise StackError("these servers were started by somebody else")
        return self._supervisor

    def stop(self) -> None:
        """Stop what was started here, and nothing else."""
        if self._supervisor is not None:
            self._supervisor.stop()

    def leave_running(self) -> None:
        """Let the servers run on after us."""
        if self._supervisor is not None:
            self._supervisor.leave_running()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def start_servers(
    home: Path,
    *,
    environ: Mapping[str, str] = os.environ,
    ports: Ports = "fixed",
    report: Report | None = None,
    more_ports: tuple[str, ...] = (),
) -> Stack:
    """Fetch and start every server that `environ` does not name; return when all answer.

    Data lies under `home` and is kept. `ports` says what to take where none is configured: the
    defaults, which must be free, or any that are. `more_ports` are checked and recorded as well,
    for the caller's own processes. Raises `StackError` (a line for the user; nothing is left
    running) or `HomeTakenError` when another launcher works in `home`.
    """
    report = report or Report()
    account = choose_account(environ)
    cache = Cache(cache_folder(environ), read_lock())
    named = named_in(environ)
    wanted = [field for field in VARIABLES if field not in named]
    for folder in (home, cache.folder):
        require_reach(folder / "here", account)
    _make_home(home)
    supervisor = Supervisor(home, Claim(home))
    try:
        left = supervisor.end_left_behind()
        if left:
            report.say(f"Ended {', '.join(left)}, which a run that was killed had left behind.")
        for field, address in named.items():
            _require_answer(field, address)
        before = supervisor.before.ports if supervisor.before else dict[str, int]()
        chosen = choose_ports([*ports_of(wanted), *more_ports], environ, ports, before)
        supervisor.announce("fetching", ports=chosen)
        fetch_missing(cache, [home, cache.folder], wanted, report)
        servers = plan_servers(wanted, cache, home, account, chosen)
        addresses = addresses_of(servers, named)
        supervisor.announce("starting servers", addresses=addresses)
        _start_all(servers, supervisor, report)
        supervisor.announce("servers ready")
    except BaseException:
        supervisor.stop()
        raise
    return Stack(addresses, home, supervisor)


def fetch_missing(cache: Cache, folders: list[Path], wanted: list[str], report: Report) -> None:
    """Check the machine, then fetch what the wanted servers lack."""
    if wanted:
        check_machine(folders, first=bool(cache.lacking(wanted)))
    fetch_servers(cache, wanted, report)


def _start_all(servers: list[Server], supervisor: Supervisor, report: Report) -> None:
    if not servers:
        return
    names = ", ".join(server.address_field.rpartition("_")[0] for server in servers)
    with report.phase(f"Starting {names}"), ThreadPoolExecutor(len(servers)) as workers:
        futures = [workers.submit(_start_one(server, supervisor, report)) for server in servers]
        try:
            for future in as_completed(futures):
                future.result()
        except BaseException:
            supervisor.stop()
            raise


def _start_one(server: Server, supervisor: Supervisor, report: Report) -> Callable[[], None]:
    def start() -> None:
        began = time.monotonic()
        program = server.prepare()
        supervisor.start(program).wait_until_ready(supervisor.is_stopping)
        report.say(f"  {program.name} ready on port {program.port}: {_since(began)}")

    return start


def _require_answer(field: str, address: str) -> None:
    if not listens(address, EXTERNAL_PORTS[field]):
        raise StackError(
            f"nothing answers at {VARIABLES[field]}: start that server, or unset the variable to"
            " have one started here"
        )


def _make_home(home: Path) -> None:
    try:
        home.mkdir(parents=True, exist_ok=True)
        home.chmod(0o755)
        (home / "logs").mkdir(exist_ok=True)
    except OSError as refusal:
        raise StackError(f"{home} cannot be made ({refusal}): set SOJOURN_HOME") from None


def _since(began: float) -> str:
    return f"{time.monotonic() - began:.1f} s"


__all__ = ["Account", "Stack", "fetch_missing", "start_servers"]
