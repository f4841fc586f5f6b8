"""Whatever is killed, delayed, lost or repeated, in any order: the pipeline's promises hold."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.streams.simulation import traps
from tests.streams.simulation.machine import Machine

TestPipeline = Machine.TestCase
TestPipeline.settings = settings(max_examples=100, stateful_step_count=60, deadline=None)

SEARCH = settings(
    max_examples=300,
    stateful_step_count=60,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize(
    "trap",
    [
        traps.AcksOnException,
        traps.CommitsInFlight,
        traps.LateCommits,
        traps.GoesOn,
        traps.WritesBackwards,
        traps.AdvancesFirst,
    ],
)
def test_the_simulation_sees_each_trap_that_is_brought_back(trap: type[Machine]) -> None:
    with pytest.raises(AssertionError):
        run_state_machine_as_test(trap, settings=SEARCH)
