"""Faults of our own processes: killed, doubled, read twice, an hour wrong."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from kafka import KafkaConsumer
from kafka.structs import OffsetAndMetadata, TopicPartition

from eventlog.partitioner import PARTITIONS
from tests.faults.suite.registry import fault
from tests.faults.suite.scene import OURS, Scene, Skip
from tests.faults.traffic import traffic

WORKERS = ("worker pages", "worker search", "worker reactors")


@fault("killed", short=True)
def killed(scene: Scene) -> None:
    """Each process of ours by kill -9, in a random order, at a random moment."""
    for victim in scene.chance.sample(OURS, len(OURS)):
        scene.let_work(5, 40)
        scene.kill_and_start(victim)


@fault("connections cut", short=True)
def connections_cut(scene: Scene) -> None:
    """Whatever is connected to Postgres loses its connection, several times."""
    cut = 0
    for _ in range(6):
        scene.let_work(10, 40)
        with scene.owner() as owner:
            rows = owner.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            ).fetchall()
            cut += len(rows)
    scene.note(f"{cut} connections")


@fault("two relays", short=True)
def two_relays(scene: Scene) -> None:
    """A second relay stands by, and takes over when the first is killed."""
    with scene.one_more("relay"):
        scene.let_work(20, 60)
        scene.kill("relay")
        scene.let_work(20, 60)
        scene.processes.start("relay")
        scene.let_work(20, 60)


@fault("workers added and removed")
def workers_added(scene: Scene) -> None:
    """Every sink gets a second worker, and loses it again, once well and once by kill -9."""
    for well in (True, False):
        with scene.one_more(*WORKERS) as more:
            scene.let_work(60, 120)
            if well:
                for name in WORKERS:
                    more.stop(name)
            scene.kills += 0 if well else len(WORKERS)
        scene.let_work(20, 60)


@fault("topic read twice")
def topic_read_twice(scene: Scene) -> None:
    """The offsets of every sink go back to the beginning: all of the topic comes again."""
    scene.let_work(20, 60)
    settings = scene.platform.settings
    for name in WORKERS:
        scene.processes.stop(name)
        group = f"{settings.group_prefix}.{name.split()[1]}"
        consumer: Any = KafkaConsumer(
            bootstrap_servers=settings.need("kafka_bootstrap"), group_id=group
        )
        start: dict[Any, Any] = {
            TopicPartition(settings.topic, number): OffsetAndMetadata(0, "", -1)
            for number in range(PARTITIONS)
        }
        consumer.assign(list(start))
        consumer.commit(start)
        consumer.close(autocommit=False)
        scene.processes.start(name)
    scene.let_work(20, 60)


@fault("clock an hour off")
def clock_an_hour_off(scene: Scene) -> None:
    """Relay, workers and timers believe that it is an hour later, then an hour earlier."""
    library = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
    if library is None:
        raise Skip("it needs libfaketime: apt install libfaketime")
    wrong = ("relay", *WORKERS, "timers")
    for offset in ("+1h", "-1h"):
        os.environ.update(LD_PRELOAD=str(library), FAKETIME=offset, DONT_FAKE_MONOTONIC="1")
        try:
            for name in wrong:
                scene.processes.stop(name)
                scene.processes.start(name)
        finally:
            for name in ("LD_PRELOAD", "FAKETIME", "DONT_FAKE_MONOTONIC"):
                del os.environ[name]
        scene.let_work(60, 120)
    for name in wrong:
        scene.processes.stop(name)
        scene.processes.start(name)


@fault("stress")
def stress(scene: Scene) -> None:
    """Hundreds of people at once while processes are killed and connections cut."""
    url = scene.processes.url("gateway") or ""
    with traffic(url, scene.journal, scene.chance.randrange(1_000_000), people=200):
        for _ in range(4):
            scene.let_work(200, 400)
            scene.kill_and_start(scene.chance.choice(OURS))
            with scene.owner() as owner:
                owner.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
