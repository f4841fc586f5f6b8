"""Whatever of ours is killed in the middle of traffic, nothing is lost and nothing doubled."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.faults.traffic import Journal, traffic
from tests.platforms import Platform
from tests.processes import Processes, sojourn

pytestmark = pytest.mark.servers

SEEDS = [1, 2]


def verified(platform: Platform, journal: Path) -> str:
    """The verdict of `sojourn verify`; anything but clean fails the test."""
    verdict = sojourn(platform, "verify", "--wait", "60", "--journal", str(journal))
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr
    return verdict.stdout.strip().splitlines()[-1]


@pytest.mark.parametrize("seed", SEEDS)
def test_relay_and_workers_killed_in_traffic_catch_up(
    platform: Platform, processes: Processes, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    journal = Journal(tmp_path / "told.jsonl")
    processes.start_all()
    with traffic(processes.url("gateway") or "", journal, seed):
        for _ in range(6):
            victim = chance.choice(["relay", "worker pages", "worker search"])
            enough = journal.told + chance.randrange(20, 120)
            processes.until(lambda: journal.told >= enough, "the traffic stood still")  # noqa: B023
            processes.kill(victim)
            more = journal.told + chance.randrange(5, 40)
            processes.until(lambda: journal.told >= more, "the traffic stood still")  # noqa: B023
            processes.start(victim)
    assert "clean" in verified(platform, journal.path)


def test_the_command_app_killed_in_traffic_keeps_every_promise(
    platform: Platform, processes: Processes, tmp_path: Path
) -> None:
    journal = Journal(tmp_path / "told.jsonl")
    processes.start_all()
    with traffic(processes.url("gateway") or "", journal, seed=3):
        for _ in range(3):
            enough = journal.told + 60
            processes.until(lambda: journal.told >= enough, "the traffic stood still")  # noqa: B023
            processes.kill("api commands")
            processes.start("api commands")
    assert "clean" in verified(platform, journal.path)
