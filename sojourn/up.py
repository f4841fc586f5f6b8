"""`sojourn up`: servers, schema, our processes and demo data, watched over until Ctrl-C."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path

from sojourn.app_processes import APPS, DEMO, IMPORT, MIGRATE, PORTS, App, program_of, variables_for
from sojourn.searchable import wait_until_searchable
from sojourn.welcome import welcome
from stack.errors import StackError
from stack.folders import home_folder
from stack.keep_running import Keeper
from stack.processes import Program
from stack.report import Report
from stack.start import Stack, start_servers
from stack.state import HomeTakenError, State, read_state
from stack.supervisor import Supervisor


def up(report: Report, environ: Mapping[str, str] = os.environ) -> None:
    """Run everything until interrupted, then stop it; report a stack that runs already.

    Raises `StackError`; nothing that was started is left running.
    """
    began = time.monotonic()
    home = home_folder(environ=environ)
    try:
        stack = start_servers(home, environ=environ, report=report, more_ports=PORTS)
    except HomeTakenError:
        report_running(home, report)
        return
    try:
        run = _Run(stack, report, environ)
        run.start()
        run.fill_with_demo()
        report.say(welcome(run.urls, home))
        stack.supervisor.announce("ready")
        report.say(f"Ready after {time.monotonic() - began:.1f} s. Ctrl-C stops everything.")
        Keeper(stack.supervisor, report).forever()
    except KeyboardInterrupt:
        report.say("Stopping ...")
    finally:
        stopping = time.monotonic()
        stack.stop()
        report.say(f"Everything is stopped: {time.monotonic() - stopping:.1f} s.")


def report_running(home: Path, report: Report) -> None:
    """Say that a stack runs already, and where."""
    state = read_state(home) or State(phase="starting")
    report.say(f"Sojourn is up already ({state.phase}); `sojourn status` shows its processes.")
    for name, url in state.urls.items():
        report.say(f"  {name:<9} {url}")


class _Run:
    """Our own processes, on servers that answer."""

    def __init__(self, stack: Stack, report: Report, environ: Mapping[str, str]) -> None:
        self._home = stack.home
        self._report = report
        self._supervisor: Supervisor = stack.supervisor
        self._ports = stack.supervisor.ports()
        given = variables_for(stack.addresses, stack.home, self._ports, environ)
        self._variables = {**environ, **given}
        self.urls = {name: f"http://127.0.0.1:{self._ports[name]}" for name in PORTS}
        self._supervisor.announce("migrating", urls=self.urls, variables=given)

    def start(self) -> None:
        """Migrate, then start every process and wait until each answers."""
        with self._report.phase("Migrating"):
            self._run_once(MIGRATE)
        self._supervisor.announce("starting processes")
        with self._report.phase(f"Starting {', '.join(app.name for app in APPS)}"):
            started = [self._supervisor.start(self._program(app)) for app in APPS]
            for running in started:
                running.wait_until_ready(self._supervisor.is_stopping)

    def fill_with_demo(self) -> None:
        """Import the listings and make the demo sign-ins, the first time."""
        done = self._home / "demo.done"
        if done.exists():
            return
        self._supervisor.announce("importing")
        self._report.say("Importing the Stockholm listings (only the first time):")
        self._run_once(IMPORT, show=True)
        with self._report.phase("Making the demo sign-ins"):
            self._run_once(DEMO)
        sign_ins = self._home / "secrets" / "demo_sign_ins"
        (self._home / "logs" / "demo.log").replace(sign_ins)
        sign_ins.chmod(0o600)
        with self._report.phase("Waiting until the listings are searchable"):
            if wait_until_searchable(self.urls["gateway"]) is None:
                raise StackError("the listings cannot be found: look at `sojourn logs`")
        done.touch()

    def _run_once(self, app: App, *, show: bool = False) -> None:
        """Run a command of ours to its end; raises `StackError` when it fails."""
        self._supervisor.run(self._program(app, show=show))

    def _program(self, app: App, *, show: bool = False) -> Program:
        port = self._ports[app.port] if app.port else None
        return program_of(app, self._variables, self._home, port, show=show)
