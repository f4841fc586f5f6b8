"""A follower ends with what the log says, whatever came, came twice, or never came."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import nullcontext
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from domain.streams import listing_stream
from projections.documents import PartKey
from projections.listing_page.projector import LISTING as PAGE
from streams import follower as following
from streams.dead_letters.letter import Letter
from streams.follower import Follower
from streams.metrics import WorkerMetrics
from streams.overdue import PATIENCE, Overdue
from streams.pages import folded
from tests.domain.facts import LISTING
from tests.projections.stories import a_season
from tests.streams.fakes import FakeDeadLetters, FakeLog, FakeSink

SEASON = a_season().events
WHOLE = folded({}, SEASON)
REACHED = {event.partition: event.position for event in SEASON}


class Setting:
    """A follower with its surroundings."""

    def __init__(self, log: FakeLog | None = None) -> None:
        self.log = log or FakeLog.of(SEASON)
        self.sink = FakeSink()
        self.letters = FakeDeadLetters()
        self.registry = CollectorRegistry()
        self.follower = Follower(self.sink, self.log, self.letters, WorkerMetrics(self.registry))

    @property
    def dead(self) -> list[Letter]:
        return self.letters.kept

    def count(self, name: str) -> float:
        return self.registry.get_sample_value(f"sojourn_worker_{name}_total") or 0


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following.Backoff, "failed", lambda _self, _error: 0.0)  # type: ignore[arg-type]


async def test_records_become_the_documents_of_the_log() -> None:
    setting = Setting()
    await setting.follower.follow(setting.log.topic())
    assert (setting.sink.parts, setting.sink.positions) == (WHOLE, REACHED)
    assert setting.log.reads == 0


@pytest.mark.parametrize("mine", [True, False], ids=["it builds", "it waits for another"])
async def test_who_builds_or_waits_for_who_builds_is_not_stuck(mine: bool) -> None:  # noqa: FBT001
    setting = Setting()
    metrics = WorkerMetrics(CollectorRegistry())
    metrics.watch_committed(lambda: 1_000.0, lambda: 7)
    turns = iter([False, True])
    follower = Follower(
        setting.sink,
        setting.log,
        setting.letters,
        metrics,
        stopping=lambda: next(turns, True),
        alone=lambda: nullcontext(enter_result=mine),
    )
    setting.sink.flush()
    assert metrics.stuck_for() == 1_000
    assert await follower.follow([]) is mine
    assert metrics.stuck_for() < 500


async def test_the_topic_read_twice_from_the_start_changes_nothing() -> None:
    setting = Setting()
    topic = setting.log.topic()
    for records in (topic[:9], topic, topic[4:12], topic):
        await setting.follower.follow(records)
    assert (setting.sink.parts, setting.sink.positions) == (WHOLE, REACHED)


async def test_what_the_topic_lost_comes_from_the_log() -> None:
    setting = Setting()
    topic = setting.log.topic()
    await setting.follower.follow(topic[:5] + topic[9:])
    assert (setting.sink.parts, setting.sink.positions) == (WHOLE, REACHED)
    assert setting.log.reads > 0
    assert setting.count("healed_events") > 0


class Slow(Setting):
    """The topic has more than it brings."""

    def __init__(self, settled: frozenset[int] = frozenset(REACHED)) -> None:
        super().__init__()
        self.registry = CollectorRegistry()
        self.now = 0.0
        self.published: dict[int, int] = {}
        overdue = Overdue(lambda: self.published, settled.__contains__, lambda: self.now)
        metrics = WorkerMetrics(self.registry)
        self.follower = Follower(self.sink, self.log, self.letters, metrics, overdue=overdue.look)

    async def look(self, now: float) -> None:
        self.now = now
        await self.follower.follow([])


async def test_what_the_topic_has_and_never_brings_comes_from_the_log() -> None:
    setting = Slow()
    topic = setting.log.topic()
    await setting.follower.follow(topic[:-2])
    await setting.look(0)
    setting.published = REACHED
    await setting.look(10)
    await setting.look(10 + PATIENCE - 0.1)
    assert setting.log.reads == 0
    await setting.look(10 + PATIENCE)
    assert (setting.sink.parts, setting.sink.positions) == (WHOLE, REACHED)
    assert setting.count("healed_events") == 2


async def test_what_comes_by_itself_is_waited_for() -> None:
    setting = Slow()
    [(partition, _)] = Counter(event.partition for event in SEASON).most_common(1)
    setting.published = {partition: REACHED[partition]}
    coming = [record for record in setting.log.topic() if record.partition == partition]
    for number, record in enumerate(coming):
        await setting.follower.follow([record])
        await setting.look(number * (PATIENCE - 0.1))
    assert setting.sink.positions == setting.published
    assert setting.log.reads == 0


async def test_what_the_topic_still_has_is_left_to_it() -> None:
    settled, *others = sorted(REACHED)
    setting = Slow(frozenset({settled}))
    setting.published = REACHED
    for now in (0, PATIENCE, 2 * PATIENCE):
        await setting.look(now)
    assert setting.sink.positions == {settled: REACHED[settled]}
    assert others


async def test_a_sink_that_fails_is_tried_again_until_it_works() -> None:
    setting = Setting()
    failures = Counter({"ask": 2, "apply": 3, "applied": 2, "advance": 2})

    def fail(step: str) -> None:
        if failures[step]:
            failures[step] -= 1
            raise ConnectionError(step)

    setting.sink.fail = fail
    await setting.follower.follow(setting.log.topic())
    assert (setting.sink.parts, setting.sink.positions) == (WHOLE, REACHED)
    assert setting.count("retries") == 9


async def test_read_models_that_are_gone_are_built_from_the_log_by_themselves() -> None:
    setting = Setting()
    topic = setting.log.topic()
    await setting.follower.follow(topic[:8])
    setting.sink.flush()
    await setting.follower.follow([])
    assert (setting.sink.parts, setting.sink.positions) == (WHOLE, REACHED)
    await setting.follower.follow(topic[8:])
    assert setting.sink.parts == WHOLE


async def test_a_document_that_lost_its_past_gets_it_back() -> None:
    setting = Setting()
    topic = setting.log.topic()
    await setting.follower.follow(topic[:-1])
    del setting.sink.parts[PartKey(PAGE, str(LISTING))]
    await setting.follower.follow(topic[-1:])
    assert setting.sink.parts == WHOLE


@pytest.mark.parametrize("value", [b"", b"\xff\x00", b"{}", b"[1"])
async def test_a_record_mangled_on_the_way_is_kept_apart_and_read_from_the_log(
    value: bytes,
) -> None:
    setting = Setting()
    topic = setting.log.topic()
    mangled = replace(topic[3], value=value)
    await setting.follower.follow([*topic[:3], mangled, *topic[4:]])
    assert [letter.record for letter in setting.dead] == [mangled]
    assert (setting.sink.parts, setting.sink.positions) == (WHOLE, REACHED)


async def test_a_record_without_headers_is_kept_apart_and_read_from_the_log() -> None:
    setting = Setting()
    topic = setting.log.topic()
    await setting.follower.follow([*topic[:3], replace(topic[3], headers=[]), *topic[4:]])
    assert len(setting.dead) == 1
    assert (setting.sink.parts, setting.sink.positions) == (WHOLE, REACHED)


async def test_a_record_that_claims_a_position_the_log_has_not_moves_nothing() -> None:
    setting = Setting()
    topic = setting.log.topic()
    forged = replace(topic[0], value=b"?", headers=[("position", b"999999")])
    await setting.follower.follow([forged])
    assert setting.sink.positions.get(forged.partition, 0) <= REACHED[forged.partition]
    await setting.follower.follow(topic)
    assert (setting.sink.parts, setting.sink.positions) == (WHOLE, REACHED)


async def test_an_unreadable_record_is_kept_once_however_often_the_batch_is_tried() -> None:
    setting = Setting()
    topic = setting.log.topic()
    failing = iter([True, True, True])

    def fail(step: str) -> None:
        if step == "apply" and next(failing, False):
            raise ConnectionError(step)

    setting.sink.fail = fail
    await setting.follower.follow([*topic[:2], replace(topic[2], value=b"?"), *topic[3:]])
    assert len(setting.dead) == 1
    await setting.follower.follow([replace(topic[2], value=b"?")])
    assert len(setting.dead) == 1


async def test_a_stream_with_an_unreadable_event_stops_there_and_the_others_go_on() -> None:
    log = FakeLog.of(SEASON)
    stream = listing_stream(LISTING)
    at = next(i for i, record in enumerate(log.records) if record.type == "listing.priced.v1")
    log.records[at] = replace(log.records[at], type="listing.unheard_of.v9")
    setting = Setting(log)
    await setting.follower.follow(log.topic())
    stopped = log.records[at].version - 1
    part = setting.sink.parts[PartKey(PAGE, str(LISTING))]
    assert part.version == stopped
    readable = [e for e in SEASON if not (e.stream == stream and e.version > stopped)]
    assert setting.sink.parts == folded({}, readable)
    assert setting.sink.positions == REACHED
    poison, *others = setting.dead
    assert (poison.kind, poison.version) == ("poison", stopped + 1)
    assert poison.because == "cannot decode 'listing.unheard_of.v9': no event has this name"
    assert poison.data == log.records[at].data
    assert {letter.kind for letter in others} == {"behind"}
    assert await setting.letters.parked() == {stream: stopped + 1}


@settings(deadline=None, max_examples=30)
@given(data=st.data())
def test_any_batches_with_losses_and_repeats_end_in_the_documents_of_the_log(
    data: st.DataObject,
) -> None:
    setting = Setting()
    topic = setting.log.topic()

    async def live() -> None:
        at = 0
        while at < len(topic):
            size = data.draw(st.integers(1, 8))
            batch = [r for r in topic[at : at + size] if data.draw(st.integers(0, 9))]
            at = max(at + size - data.draw(st.integers(0, size - 1)), 1)
            await setting.follower.follow(batch)
        for partition in REACHED:
            await setting.follower.follow([r for r in topic if r.partition == partition][-1:])

    asyncio.run(live())
    assert (setting.sink.parts, setting.sink.positions) == (WHOLE, REACHED)
