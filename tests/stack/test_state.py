"""The state file is believed only as long as what it names is really there."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from stack.addresses import Addresses
from stack.identity import identity
from stack.processes import MARK, Started
from stack.state import (
    Claim,
    HomeTakenError,
    State,
    find_running,
    mark_stopped,
    read_state,
    write_state,
)

ADDRESSES = Addresses("postgresql://a", "127.0.0.1:1", "redis://b", "http://c")


def me() -> tuple[int, str]:
    return os.getpid(), identity(os.getpid()) or ""


def running_state() -> State:
    pid, same = me()
    server = Started("valkey", pid, same, "server", "valkey.log", 1234)
    return State(
        phase="ready",
        launcher=me(),
        processes=(server,),
        ports={"redis": 1234},
        addresses=ADDRESSES,
        urls={"gateway": "http://127.0.0.1:8000"},
        variables={"SOJOURN_SIGNING_KEY_FILE": "key"},
    )


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SOJOURN_HOME", str(tmp_path))
    monkeypatch.delenv(MARK, raising=False)
    return tmp_path


def test_a_state_is_read_back_as_it_was_written(home: Path) -> None:
    write_state(home, running_state())
    assert read_state(home) == running_state()


def test_only_its_owner_may_read_it(home: Path) -> None:
    write_state(home, running_state())
    assert stat.S_IMODE((home / "state.json").stat().st_mode) == 0o600


def test_a_running_stack_is_found_with_all_that_a_process_needs(home: Path) -> None:
    write_state(home, running_state())
    found = find_running()
    assert found is not None
    assert found.addresses == ADDRESSES
    assert found.environment()["SOJOURN_REDIS_URL"] == "redis://b"
    assert found.environment()["SOJOURN_SIGNING_KEY_FILE"] == "key"


def test_without_a_state_file_nothing_runs(home: Path) -> None:
    assert find_running() is None


def test_a_launcher_that_is_dead_makes_the_state_stale(home: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    launcher = (process.pid, identity(process.pid) or "")
    write_state(home, replace(running_state(), launcher=launcher))
    assert find_running() is not None
    process.communicate(b"\n")
    assert find_running() is None


def test_another_process_with_the_same_pid_makes_the_state_stale(home: Path) -> None:
    before_a_reboot = (os.getpid(), "another-boot/1")
    write_state(home, replace(running_state(), launcher=before_a_reboot))
    assert find_running() is None


def test_servers_without_a_launcher_run_as_long_as_all_of_them_live(home: Path) -> None:
    state = replace(running_state(), launcher=None)
    write_state(home, state)
    assert find_running() is not None
    gone = replace(state.processes[0], identity="another-boot/1")
    write_state(home, replace(state, processes=(*state.processes, gone)))
    assert find_running() is None


def test_a_stopped_stack_keeps_only_its_ports(home: Path) -> None:
    write_state(home, running_state())
    mark_stopped(home)
    assert find_running() is None
    assert read_state(home) == State(phase="stopped", ports={"redis": 1234})


def test_a_process_of_the_stack_is_told_nothing_that_its_environment_lacks(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_state(home, running_state())
    monkeypatch.setenv(MARK, str(home))
    assert find_running() is None


@pytest.mark.parametrize("content", ["", "{", "[]", '{"phase": "ready"}'])
def test_a_state_that_cannot_be_understood_is_none(home: Path, content: str) -> None:
    (home / "state.json").write_text(content, encoding="utf-8")
    assert read_state(home) is None


def test_a_home_has_one_launcher_at_a_time(home: Path) -> None:
    claim = Claim(home)
    with pytest.raises(HomeTakenError):
        Claim(home)
    claim.release()
    Claim(home).release()
