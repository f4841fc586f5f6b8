"""`sojourn verify --follow` as operators run it: it counts, names what differs, and ends."""

from __future__ import annotations

import asyncio
import dataclasses
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

import httpx
import pytest

from projections.generation import CURRENT
from stack.ports import any_free
from tests.platforms import Platform
from tests.sojourn.small_world import SmallWorld, apply_log, live, read_models, untyped

pytestmark = pytest.mark.servers

PATIENCE = 60.0


@pytest.fixture
async def world(platform: Platform) -> SmallWorld:
    made = live(platform)
    await apply_log(platform)
    return made


class Following:
    """The running command, and what it counts."""

    def __init__(self, platform: Platform) -> None:
        settings = platform.settings.model_copy(update={"metrics_port": any_free()})
        self._url = f"http://127.0.0.1:{settings.metrics_port}/metrics"
        self._running = subprocess.Popen(
            [sys.executable, "-m", "sojourn", "verify", "--follow", "--rate", "100000"],
            env=dataclasses.replace(platform, settings=settings).environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def counted(self, name: str) -> float:
        """What it shows of ``name`` now; 0 before it shows anything."""
        try:
            lines = httpx.get(self._url, timeout=5).text.splitlines()
        except httpx.TransportError:
            assert self._running.poll() is None, self._running.communicate()
            return 0
        found = [line for line in lines if line.startswith(f"sojourn_verify_{name} ")]
        return float(found[0].split()[1]) if found else 0

    def end(self, number: signal.Signals) -> tuple[int, str, str]:
        """Send it a signal; its exit code, and all that it said."""
        self._running.send_signal(number)
        said, told = self._running.communicate(timeout=PATIENCE)
        return self._running.returncode, said, told

    def close(self) -> None:
        if self._running.poll() is None:
            self._running.kill()
            self._running.communicate()


@contextmanager
def following(platform: Platform) -> Generator[Following]:
    running = Following(platform)
    try:
        yield running
    finally:
        running.close()


async def until(holds: Callable[[], bool], what: str) -> None:
    give_up = time.monotonic() + PATIENCE
    while not await asyncio.to_thread(holds):
        assert time.monotonic() < give_up, what
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_it_ends_cleanly_when_nothing_differs(
    world: SmallWorld, number: signal.Signals
) -> None:
    with following(world.platform) as running:
        await until(lambda: running.counted("rounds_total") >= 2, "it did not go round")
        assert running.counted("documents_total") > 0
        assert running.counted("differences_total") == 0
        code, said, told = await asyncio.to_thread(running.end, number)
    assert (code, said.splitlines()[-1]) == (0, "verify: no difference")
    assert "Traceback" not in told


async def test_it_counts_a_document_that_was_tampered_with_and_names_it(world: SmallWorld) -> None:
    with following(world.platform) as running:
        await until(lambda: running.counted("rounds_total") >= 1, "it did not go round")
        assert running.counted("differences_total") == 0
        key = f"{world.platform.name}:{CURRENT}:account:{world.guest}"
        async with read_models(world.platform) as (redis, _):
            stored: bytes = await untyped(redis).hget(key, "account")
            await untyped(redis).hset(key, "account", stored.replace(b'"name":"', b'"name":"No '))
        await until(lambda: running.counted("differences_total") >= 1, "it noticed nothing")
        code, said, told = await asyncio.to_thread(running.end, signal.SIGINT)
    named = f"account {world.guest} in Redis is not the fold of account-{world.guest}"
    assert told.splitlines()[0].startswith(f"DIFFERENT: {named}")
    assert said.splitlines()[-1].startswith(f"verify: 1 different, the first: {named}")
    assert code == 1
    assert "Traceback" not in told
