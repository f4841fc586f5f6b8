"""Faults of events: some that a projector fails on, some of a type that older code can't know."""

from __future__ import annotations

from streams.dead_letters.desk import Kept
from tests.faults.suite.parked import (
    ENOUGH,
    degraded,
    heal,
    open_letters,
    until_degraded,
    until_parked,
)
from tests.faults.suite.registry import fault
from tests.faults.suite.scene import Scene
from tests.processes import sojourn


@fault("poison", short=True)
def poison(scene: Scene) -> None:
    """A projector fails on some bookings: they are parked and say so, until it is mended."""
    scene.let_work(20, 60)
    scene.processes.stop("worker pages")
    scene.processes.start_module("tests.faults.wrong.failing_projector", "worker pages")
    page = until_degraded(scene, until_parked(scene, "pages", "poison"))
    scene.let_work(20, 60)
    scene.kill("worker pages")
    scene.processes.start("worker pages")
    heal(scene, "pages")
    scene.processes.until(lambda: not degraded(scene, page), "the page is degraded still")


@fault("unknown event type")
def unknown_event_type(scene: Scene) -> None:
    """Workers of older code meet a type of event that came later; newer ones heal what they left.

    It parks the calendars that it is in, in pages and search alike, and no others.
    """
    scene.let_work(20, 60)
    workers = {"pages": "worker pages", "search": "worker search"}
    for name in workers.values():
        scene.processes.stop(name)
        scene.processes.start_module("tests.faults.wrong.older_code", name)
    for sink in workers:
        until_parked(scene, sink, "poison")
    scene.let_work(20, 60)
    for sink, name in workers.items():
        scene.processes.stop(name)
        scene.processes.start(name)
        heal(scene, sink)


@fault("records damaged")
def records_damaged(scene: Scene) -> None:
    """The relay cuts one record in ten in half: the event itself comes from the log."""
    scene.let_work(20, 60)
    before = {each.id for each in open_letters(scene, "pages")}

    def put_aside() -> list[Kept]:
        return [each for each in open_letters(scene, "pages") if each.id not in before]

    scene.processes.stop("relay")
    scene.processes.start_module("tests.faults.wrong.damaging_relay", "relay")
    scene.processes.until(lambda: len(put_aside()) >= ENOUGH, "no record was put aside")
    scene.processes.stop("relay")
    scene.processes.start("relay")
    scene.let_work(20, 60)
    letters = put_aside()
    assert {each.kind for each in letters} == {"unreadable"}, "a damaged record parked a stream"
    ids = [str(each.id) for each in letters]
    said = sojourn(scene.platform, "dead-letters", "discard", *ids)
    assert said.returncode == 0, said.stdout + said.stderr
    scene.processes.until(lambda: not put_aside(), "what was discarded is listed still", 5)
    scene.note(f"{len(letters)} records put aside")
