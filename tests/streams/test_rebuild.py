"""A rebuild has the whole log, whatever is appended, killed or built by others meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager, nullcontext

import pytest
from prometheus_client import CollectorRegistry

from eventlog.record import LogRecord
from streams import rebuild as rebuilding
from streams.metrics import WorkerMetrics
from streams.pages import folded
from streams.parking import Parking
from streams.rebuild import AlreadyBuilding, Untold, rebuild
from tests.projections.stories import a_season
from tests.streams.fakes import FakeBuilding, FakeDeadLetters, FakeLog, FakeSink, log_record

SEASON = a_season().events
WHOLE = folded({}, SEASON)
REACHED = {event.partition: event.position for event in SEASON}


class Setting:
    def __init__(self, log: FakeLog | None = None) -> None:
        self.log = log or FakeLog.of(SEASON)
        self.sink = FakeSink()
        metrics = WorkerMetrics(CollectorRegistry())
        self.parking = Parking("fake", self.log, FakeDeadLetters(), metrics)

    async def rebuild(self) -> FakeBuilding:
        await rebuild(
            self.sink,
            self.log,
            self.parking,
            lambda: nullcontext(enter_result=True),
            Untold(),
        )
        assert self.sink.building
        return self.sink.building


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuilding, "PAGE", 5)
    monkeypatch.setattr(rebuilding, "SAVE", 10)


async def test_the_whole_log_is_in_it_and_it_is_shown_only_then() -> None:
    building = await Setting().rebuild()
    assert (building.parts, building.positions) == (WHOLE, REACHED)
    assert (building.position, building.ready) == (SEASON[-1].position, True)


def during(step: str, do: Callable[[], None]) -> Callable[[str], None]:
    """Do something once, just before ``step``."""
    left = [do]

    def fail(at: str) -> None:
        if at == step and left:
            left.pop()()

    return fail


@pytest.mark.parametrize("step", ["build", "build apply", "save", "hand over"])
async def test_what_is_appended_until_the_handover_is_in_it_too(step: str) -> None:
    setting = Setting(FakeLog.of(SEASON[:20]))

    def append() -> None:
        setting.log.records += [log_record(event) for event in SEASON[20:]]

    setting.sink.fail = during(step, append)
    building = await setting.rebuild()
    assert (building.parts, building.positions) == (WHOLE, REACHED)


@pytest.mark.parametrize("step", ["build", "build apply", "save", "hand over"])
async def test_a_rebuild_that_fails_anywhere_is_gone_on_with(step: str) -> None:
    setting = Setting()

    def die() -> None:
        raise ConnectionError(step)

    setting.sink.fail = during(step, die)
    with pytest.raises(ConnectionError):
        await setting.rebuild()
    building = await setting.rebuild()
    assert (building.parts, building.positions) == (WHOLE, REACHED)


async def test_what_was_saved_is_not_read_again() -> None:
    class Watched(FakeLog):
        def read(self, after: int, limit: int) -> list[LogRecord]:
            behind.append(after)
            return super().read(after, limit)

    behind: list[int] = []
    setting = Setting(Watched([log_record(event) for event in SEASON]))
    saves: list[str] = []

    def fail(step: str) -> None:
        if step == "save":
            saves.append(step)
            if len(saves) == 3:
                raise ConnectionError(step)

    setting.sink.fail = fail
    with pytest.raises(ConnectionError):
        await setting.rebuild()
    behind.clear()
    building = await setting.rebuild()
    assert min(behind) == SEASON[19].position
    assert building.parts == WHOLE


async def test_a_second_rebuild_at_once_is_refused() -> None:
    setting = Setting()

    @contextmanager
    def taken() -> Generator[bool]:
        yield False

    with pytest.raises(AlreadyBuilding, match="another process builds fake"):
        await rebuild(setting.sink, setting.log, setting.parking, taken, Untold())
    assert setting.sink.building is None
