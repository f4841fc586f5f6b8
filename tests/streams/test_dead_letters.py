"""What can't be applied parks its stream for one sink; all else goes on, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pytest
from prometheus_client import CollectorRegistry

from domain.booking.facts import PaymentCaptured
from domain.recorded import Recorded
from projections.booking.projector import BOOKING
from projections.documents import PartKey
from projections.parts import Refused
from streams import follower as following
from streams.dead_letters.letter import Letter
from streams.follower import Follower
from streams.metrics import WorkerMetrics
from streams.pages import folded
from tests.projections.stories import a_season
from tests.streams.fakes import FakeDeadLetters, FakeLog, FakeSink

SEASON = a_season().events
WHOLE = folded({}, SEASON)
REACHED = {event.partition: event.position for event in SEASON}
POISON = next(event for event in SEASON if isinstance(event.event, PaymentCaptured))
OTHERS = [
    event
    for event in SEASON
    if not (event.stream == POISON.stream and event.version >= POISON.version)
]
BEHIND = [
    event.position
    for event in SEASON
    if event.stream == POISON.stream and event.version > POISON.version
]


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following.Backoff, "failed", lambda _self, _error: 0.0)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Projector:
    """Ways to break the projector of bookings for one kind of event, and to mend it."""

    break_it: Callable[[], None]
    mend_it: Callable[[], None]


@pytest.fixture
def projector(monkeypatch: pytest.MonkeyPatch) -> Projector:
    sound = BOOKING._evolve  # pyright: ignore[reportPrivateUsage] - taken apart

    def broken(state: object, event: object) -> object:
        if isinstance(event, PaymentCaptured):
            raise KeyError("Ada Lovelace")
        return sound(state, event)  # type: ignore[arg-type]

    return Projector(
        break_it=lambda: monkeypatch.setattr(BOOKING, "_evolve", broken),
        mend_it=lambda: monkeypatch.setattr(BOOKING, "_evolve", sound),
    )


class RefusingSink(FakeSink):
    """A store that refuses whatever the poison event makes, without saying which that is."""

    refusing = True

    async def apply(self, events: Sequence[Recorded]) -> None:
        if self.refusing and any(event.position == POISON.position for event in events):
            raise Refused("a document is too long")
        await super().apply(events)

    async def refold(self, events: Sequence[Recorded]) -> None:
        if self.refusing and any(event.position == POISON.position for event in events):
            raise Refused("a document is too long")
        await super().refold(events)


class Setting:
    def __init__(self, sink: FakeSink | None = None) -> None:
        self.log = FakeLog.of(SEASON)
        self.sink = sink or FakeSink()
        self.letters = FakeDeadLetters()
        self.registry = CollectorRegistry()
        self.metrics = WorkerMetrics(self.registry)
        self.follower = self.another()

    def another(self, *, owns: bool = True) -> Follower:
        return Follower(
            self.sink, self.log, self.letters, self.metrics, owns=lambda _partition: owns
        )

    def kept(self, kind: str) -> list[Letter]:
        found = {
            letter.position: letter
            for letter, state in self.letters.states.values()
            if letter.kind == kind and state != "applied"
        }
        return [*found.values()]


def test_the_story_has_events_behind_the_poison() -> None:
    assert BEHIND


async def test_a_projector_that_fails_parks_the_stream_and_all_others_go_on(
    projector: Projector,
) -> None:
    setting = Setting()
    projector.break_it()
    await setting.follower.follow(setting.log.topic())
    assert setting.sink.parts == folded({}, OTHERS)
    assert setting.sink.positions == REACHED
    [poison] = setting.kept("poison")
    assert (poison.stream, poison.version) == (POISON.stream, POISON.version)
    assert [letter.position for letter in setting.kept("behind")] == BEHIND
    assert setting.registry.get_sample_value("sojourn_worker_parked_streams") == 1


async def test_a_dead_letter_tells_no_value_of_the_event(
    projector: Projector,
) -> None:
    setting = Setting()
    projector.break_it()
    await setting.follower.follow(setting.log.topic())
    [poison] = setting.kept("poison")
    assert poison.because.startswith("KeyError in test_dead_letters.py")
    assert "Ada" not in poison.because
    row = next(row for row in setting.log.records if row.position == POISON.position)
    assert (poison.data, poison.type) == (row.data, row.type)


async def test_a_refused_document_is_traced_to_its_event_and_parks_its_stream() -> None:
    setting = Setting(RefusingSink())
    await setting.follower.follow(setting.log.topic())
    assert setting.sink.parts == folded({}, OTHERS)
    assert setting.sink.positions == REACHED
    [refused] = setting.kept("refused")
    assert refused.position == POISON.position


async def test_whoever_takes_over_keeps_the_stream_parked(
    projector: Projector,
) -> None:
    setting = Setting()
    projector.break_it()
    topic = setting.log.topic()
    at = next(i for i, row in enumerate(setting.log.records) if row.position == POISON.position)
    await setting.follower.follow(topic[: at + 1])
    await setting.another().follow(topic[at + 1 :])
    assert setting.sink.parts == folded({}, OTHERS)
    assert [letter.position for letter in setting.kept("behind")] == BEHIND


async def test_a_retry_makes_the_documents_anew_and_the_stream_goes_on(
    projector: Projector,
) -> None:
    setting = Setting()
    projector.break_it()
    topic = setting.log.topic()
    cut = next(i for i, row in enumerate(setting.log.records) if row.position == BEHIND[-1])
    await setting.follower.follow(topic[:cut])
    projector.mend_it()
    setting.letters.ask_again()
    await setting.follower.follow([])
    assert await setting.letters.parked() == {}
    await setting.follower.follow(topic[cut:])
    assert setting.sink.parts == WHOLE
    assert {state for _, state in setting.letters.states.values()} == {"applied"}
    assert setting.registry.get_sample_value("sojourn_worker_parked_streams") == 0


async def test_a_retry_of_what_still_fails_parks_it_again(
    projector: Projector,
) -> None:
    setting = Setting()
    projector.break_it()
    await setting.follower.follow(setting.log.topic())
    before = await setting.letters.parked()
    setting.letters.ask_again()
    await setting.follower.follow([])
    assert await setting.letters.parked() == before
    assert await setting.letters.to_retry() == {}
    assert [letter.position for letter in setting.kept("behind")] == BEHIND
    assert setting.sink.parts == folded({}, OTHERS)


async def test_what_the_store_refused_and_takes_now_is_stored() -> None:
    sink = RefusingSink()
    setting = Setting(sink)
    await setting.follower.follow(setting.log.topic())
    setting.letters.ask_again()
    await setting.follower.follow([])
    assert [letter.position for letter in setting.kept("refused")] == [POISON.position]
    sink.refusing = False
    setting.letters.ask_again()
    await setting.follower.follow([])
    assert setting.sink.parts == WHOLE
    assert await setting.letters.parked() == {}


async def test_a_retry_replaces_what_a_wrong_projector_made(
    projector: Projector,
) -> None:
    setting = Setting()
    projector.break_it()
    await setting.follower.follow(setting.log.topic())
    key = PartKey(BOOKING, POISON.stream.removeprefix("booking-"))
    wrong = setting.sink.parts[key]
    setting.sink.parts[key] = replace(wrong, state=replace(wrong.state, guests=99))
    projector.mend_it()
    setting.letters.ask_again()
    await setting.follower.follow([])
    assert setting.sink.parts == WHOLE


async def test_only_the_owner_of_the_partition_tries_again(
    projector: Projector,
) -> None:
    setting = Setting()
    projector.break_it()
    await setting.follower.follow(setting.log.topic())
    projector.mend_it()
    setting.letters.ask_again()
    await setting.another(owns=False).follow([])
    assert setting.sink.parts == folded({}, OTHERS)
    await setting.another().follow([])
    assert setting.sink.parts == WHOLE


async def test_letters_are_safe_before_the_position_moves_over_their_events(
    projector: Projector,
) -> None:
    setting = Setting()
    projector.break_it()
    failures = iter([True, True])

    def fail(_step: str) -> None:
        if next(failures, False):
            assert setting.sink.positions == {}
            raise ConnectionError("the table is down")

    setting.letters.fail = fail
    await setting.follower.follow(setting.log.topic())
    assert setting.sink.positions == REACHED
    assert len(setting.kept("poison")) == 1


async def test_a_rebuild_leaves_parked_streams_parked(
    projector: Projector,
) -> None:
    setting = Setting()
    projector.break_it()
    await setting.follower.follow(setting.log.topic())
    setting.sink.flush()
    await setting.follower.follow([])
    assert setting.sink.parts == folded({}, OTHERS)
    assert setting.sink.positions == REACHED
