"""Waits for streams to be parked, and lets them go on again as an operator would."""

from __future__ import annotations

from collections.abc import Sequence

import httpx

from streams.dead_letters.desk import Desk, Kept
from tests.faults.suite.scene import Scene
from tests.processes import sojourn

ENOUGH = 3
"""How many streams are to be parked before the fault goes on."""


def open_letters(scene: Scene, sink: str) -> list[Kept]:
    """What the worker of ``sink`` could not apply or read, and nobody has put aside."""
    with Desk(scene.platform.settings.need("postgres_workers_url")) as desk:
        return desk.find(sink=sink, closed=False, behind=True, after=0, limit=10_000)


def until_parked(scene: Scene, sink: str, kind: str) -> Sequence[str]:
    """Wait until some streams are parked, one of them with events behind; their listings' ids."""
    keys: dict[str, None] = {}

    def enough() -> bool:
        letters = open_letters(scene, sink)
        keys.update(dict.fromkeys(each.key for each in letters if each.key and each.kind == kind))
        streams = {each.stream for each in letters if each.kind == kind}
        return len(streams) >= ENOUGH and any(each.kind == "behind" for each in letters)

    scene.processes.until(enough, f"{sink} parked nothing", 120)
    return list(keys)


def until_degraded(scene: Scene, listings: Sequence[str]) -> str:
    """Wait until the page of one of ``listings`` says that it is degraded; its path."""
    said: list[str] = []

    def some() -> bool:
        said.extend(path for each in listings if degraded(scene, path := f"/v1/listings/{each}"))
        return bool(said)

    scene.processes.until(some, "no page says that it is degraded")
    return said[0]


def degraded(scene: Scene, path: str) -> bool:
    """What the page at ``path`` says."""
    url = f"{scene.processes.url('gateway')}{path}"
    answer = httpx.get(url, timeout=30, verify=False)  # noqa: S501 - no TLS
    return answer.headers.get("Sojourn-Degraded") == "true"


def heal(scene: Scene, sink: str) -> None:
    """Try all that ``sink`` has parked again, while people go on: nothing stays parked."""
    waiting = len(open_letters(scene, sink))
    assert waiting, "there is nothing to heal"
    said = sojourn(scene.platform, "dead-letters", "retry", "--all", "--sink", sink, "--wait", "60")
    assert said.returncode == 0, said.stdout + said.stderr
    still = [each for each in open_letters(scene, sink) if each.parked]
    assert not still, f"{still[0].stream} is parked still: {still[0].because}"
    scene.note(f"{waiting} dead letters of {sink} healed")
