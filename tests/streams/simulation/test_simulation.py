"""Whatever is killed, delayed, lost or repeated, in any order: the pipeline's promises hold."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

from tests.streams.simulation import traps
from tests.streams.simulation.living import Living

LIVES = 60
"""How many seeds are tried; `SEED` begins elsewhere."""

FIRST = int(os.environ.get("SEED", "0"))

TestPipeline = Living.TestCase
TestPipeline.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)


def live(machine: type[Living], seed: int) -> None:
    """One life of the pipeline, from an empty log until everything has come to rest."""
    lived = machine()
    try:
        lived.live(seed, actions=350)
    finally:
        lived.teardown()


def test_whatever_happens_nothing_is_lost_and_nothing_goes_back() -> None:
    for seed in range(FIRST, FIRST + LIVES):
        try:
            live(Living, seed)
        except AssertionError as error:
            pytest.fail(f"SEED={seed}: {error}")


def lives(machine: type[Living]) -> None:
    """One after the other; they may be fewer than all."""
    for seed in range(LIVES):
        live(machine, seed)


@pytest.mark.parametrize(
    "trap",
    [
        traps.AcksOnException,
        traps.CommitsInFlight,
        traps.LateCommits,
        traps.GoesOn,
        traps.AdvancesFirst,
        traps.NobodyCounts,
    ],
)
def test_the_simulation_sees_each_trap_that_is_brought_back(trap: type[Living]) -> None:
    with pytest.raises(AssertionError):
        lives(trap)
