"""Processes are stopped with all that they started, and nothing else is ever touched."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from stack.errors import StackError
from stack.groups import group_members
from stack.processes import Program, Running, Started, end_left_behind

PARENT_AND_CHILD = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open("ready", "w").close()
time.sleep(600)
"""
DEAF = "import signal, time; signal.signal(15, signal.SIG_IGN); open('ready','w'); time.sleep(600)"


def program(tmp_path: Path, code: str, ready: Callable[[], bool] | None = None) -> Program:
    return Program(
        name="sample",
        argv=(sys.executable, "-c", code),
        env=dict(os.environ),
        log=tmp_path / "sample.log",
        cwd=tmp_path,
        ready=ready or (tmp_path / "ready").exists,
        ready_within=20,
        grace=0.5,
    )


def test_a_process_is_stopped_with_its_children(tmp_path: Path) -> None:
    running = Running(program(tmp_path, PARENT_AND_CHILD), mark="test")
    running.wait_until_ready()
    assert len(group_members(running.started.pid)) == 2
    running.stop()
    assert group_members(running.started.pid) == []


def test_a_process_that_ignores_the_signal_is_killed_after_its_grace(tmp_path: Path) -> None:
    running = Running(program(tmp_path, DEAF), mark="test")
    running.wait_until_ready()
    running.stop()
    assert running.exit_code() == -9


def test_a_process_that_ends_while_starting_shows_the_end_of_its_log(tmp_path: Path) -> None:
    running = Running(program(tmp_path, "raise SystemExit('no such port')"), mark="test")
    with pytest.raises(StackError, match=r"ended while starting \(exit code 1\)") as failure:
        running.wait_until_ready()
    assert "no such port" in str(failure.value)


def test_what_a_killed_launcher_left_behind_is_ended_with_its_children(tmp_path: Path) -> None:
    running = Running(program(tmp_path, PARENT_AND_CHILD), mark="test")
    running.wait_until_ready()
    assert end_left_behind([running.started], "test", grace=5) == ["sample"]
    assert group_members(running.started.pid) == []
    running.stop()


def test_children_are_ended_even_when_their_parent_is_gone(tmp_path: Path) -> None:
    running = Running(program(tmp_path, PARENT_AND_CHILD), mark="test")
    running.wait_until_ready()
    psutil.Process(running.started.pid).kill()
    running.wait()
    assert end_left_behind([running.started], "test", grace=5) == ["sample"]
    assert group_members(running.started.pid) == []


def test_a_stranger_with_a_recorded_pid_is_left_alone(tmp_path: Path) -> None:
    running = Running(program(tmp_path, PARENT_AND_CHILD), mark="somebody else")
    running.wait_until_ready()
    record = Started("sample", running.started.pid, "another-boot/1", "server", "log")
    assert end_left_behind([record], "test") == []
    assert len(group_members(running.started.pid)) == 2
    running.stop()


def test_a_program_that_does_not_exist_is_one_line(tmp_path: Path) -> None:
    missing = Program("sample", ("/no/such/program",), {}, tmp_path / "log", tmp_path)
    with pytest.raises(StackError, match="sample cannot be started"):
        Running(missing, mark="test")
