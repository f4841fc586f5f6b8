"""Each process runs alone, and ends well when it is told to."""

from __future__ import annotations

import pytest

from tests.processes import Processes

pytestmark = pytest.mark.servers

ALL = (
    "api commands",
    "api queries",
    "relay",
    "worker pages",
    "worker search",
    "worker feed",
    "worker reactors",
    "worker webhooks",
    "timers",
    "gateway",
)


def test_every_process_ends_well_on_sigterm(processes: Processes) -> None:
    processes.start_all()
    for name in ALL:
        assert processes.alive(name)
    for name in reversed(ALL):
        assert processes.stop(name) == 0, processes.tail(name)
        assert 'msg="stopped"' in processes.tail(name)
