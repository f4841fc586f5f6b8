"""A short selection of `make faults`, on the servers that all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from stack.addresses import Addresses
from tests.faults.suite.all import FAULTS
from tests.faults.suite.running import run

# Half a dozen faults, each with restarts and a whole verification.
pytestmark = [pytest.mark.servers, pytest.mark.timeout(900)]

SHORT = [name for name, fault in FAULTS.items() if fault.short]


def test_the_faults_that_harm_nobody_else_break_no_promise(
    servers: Addresses, tmp_path: Path
) -> None:
    seed = int(os.environ.get("SEED", "1"))
    said: list[str] = [f"SEED={seed}"]
    shown = run(servers, None, tmp_path, seed=seed, faults=SHORT, people=6, say=said.append)
    assert {one.fault: one.verdict for one in shown} == dict.fromkeys(SHORT, "clean"), "\n".join(
        said
    )
