"""What ends by itself is started again, patiently, and that is said."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from stack.keep_running import Keeper
from stack.processes import Program
from stack.report import Report
from stack.state import Claim
from stack.supervisor import Supervisor


class World:
    """A supervisor with one process that ends at once, and a clock that tests turn."""

    def __init__(self, home: Path) -> None:
        self.now = 1000.0
        self.said = io.StringIO()
        self.supervisor = Supervisor(home, Claim(home))
        report = Report(Console(file=self.said, width=500))
        self.keeper = Keeper(self.supervisor, report, clock=lambda: self.now)
        command = (sys.executable, "-c", "raise SystemExit(3)")
        self.supervisor.start(
            Program("sample", command, dict(os.environ), home / "sample.log", home, kind="app")
        )

    def pass_time(self, seconds: float) -> int:
        """Let the process end, then look after some time; returns how often it was restarted."""
        self.supervisor.running()[0].wait()
        self.now += seconds
        self.keeper.look()
        return self.supervisor.processes()[0].restarts


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.supervisor.stop()


def test_the_first_time_it_is_started_again_at_once(world: World) -> None:
    assert world.pass_time(0) == 1
    assert "sample ended by itself (exit code 3)" in world.said.getvalue()
    assert "sample was started again" in world.said.getvalue()


def test_each_further_time_it_waits_longer(world: World) -> None:
    world.pass_time(0)
    assert world.pass_time(0) == 1
    assert "in 1 s" in world.said.getvalue()
    assert world.pass_time(0.9) == 1
    assert world.pass_time(0.2) == 2
    assert world.pass_time(0) == 2
    assert world.pass_time(2.9) == 2
    assert world.pass_time(0.2) == 3


def test_a_process_that_ran_for_a_while_is_forgiven(world: World) -> None:
    world.pass_time(0)
    assert world.pass_time(61) == 2


def test_the_state_file_always_names_the_process_that_runs_now(world: World) -> None:
    before = world.supervisor.processes()[0].pid
    world.pass_time(0)
    assert world.supervisor.processes()[0].pid != before
