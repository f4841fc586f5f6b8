"""Faults of the servers: restarted, crashed, paused, emptied, full, refusing."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
from redis import Redis

from tests.api.people import join, offer
from tests.faults.suite.registry import fault
from tests.faults.suite.scene import Scene, Skip


@fault("Kafka restarted")
def kafka_restarted(scene: Scene) -> None:
    """Kafka is killed, and comes back."""
    scene.let_work(20, 60)
    scene.own.down("kafka", signal.SIGKILL)
    scene.let_work(20, 60)
    scene.own.up("kafka")
    scene.let_work(20, 60)


@fault("Kafka paused")
def kafka_paused(scene: Scene) -> None:
    """Kafka stands still for longer than the relay's producer tries to deliver (30 s)."""
    scene.let_work(20, 60)
    scene.own.pause("kafka")
    try:
        scene.pass_time(35)
    finally:
        scene.own.resume("kafka")
    scene.let_work(20, 60)


@fault("Postgres crashed")
def postgres_crashed(scene: Scene) -> None:
    """Postgres stops at once, without a checkpoint, and recovers from its log; twice."""
    for _ in range(2):
        scene.let_work(20, 60)
        scene.own.restart("postgres", signal.SIGQUIT)
    scene.let_work(20, 60)


@fault("Redis emptied")
def redis_emptied(scene: Scene) -> None:
    """FLUSHALL: the pages are built anew by themselves; until then a read is 503, never 404."""
    redis: Any = Redis.from_url(scene.own.addresses.redis_url)  # pyright: ignore[reportUnknownMemberType] - half typed
    with reading_all_along(scene) as answers:
        for _ in range(2):
            scene.let_work(20, 60)
            redis.flushall()
            scene.processes.until(
                lambda: bool(answers) and answers[-1] == 200, "the pages did not come back"
            )
    assert set(answers) <= {200, 503}, f"a reader saw {sorted(set(answers))}"
    scene.note(f"{answers.count(503)} of {len(answers)} reads 503")


@fault("Elasticsearch down")
def elasticsearch_down(scene: Scene) -> None:
    """Elasticsearch is killed, and comes back after a while."""
    scene.let_work(20, 60)
    scene.own.down("elasticsearch", signal.SIGKILL)
    scene.pass_time(60)
    scene.own.up("elasticsearch")
    scene.let_work(20, 60)


@fault("Elasticsearch refuses writes")
def elasticsearch_refuses(scene: Scene) -> None:
    """The index takes no writes, as when its disk is nearly full, and then takes them again."""
    url, index = scene.own.addresses.elasticsearch_url, scene.platform.settings.index_prefix
    for block in ("write", "read_only_allow_delete"):
        settings = f"{url}/{index}-*/_settings"
        scene.let_work(20, 60)
        answer = httpx.put(settings, json={f"index.blocks.{block}": True}, timeout=30)
        assert answer.is_success, answer.text
        scene.let_work(60, 120)
        scene.pass_time(3)
        httpx.put(settings, json={f"index.blocks.{block}": None}, timeout=30)
    scene.let_work(20, 60)


@fault("disk full for Kafka")
def disk_full_for_kafka(scene: Scene) -> None:
    """Kafka finds no room, gives up, and is started again when there is some."""
    with no_room_in(scene, "kafka"):
        scene.pass_time(10)
    scene.note("it gave up" if scene.own.gave_up("kafka") else "it stayed up")
    scene.own.restart("kafka")
    scene.let_work(20, 60)


@fault("disk full for Postgres")
def disk_full_for_postgres(scene: Scene) -> None:
    """Postgres finds no room, and goes on when there is some, by itself or started again."""
    with no_room_in(scene, "postgres"):
        scene.pass_time(10)
    scene.note("it gave up" if scene.own.gave_up("postgres") else "it stayed up")
    scene.own.restart("postgres")
    scene.let_work(20, 60)


@contextmanager
def reading_all_along(scene: Scene) -> Generator[list[int]]:
    """The status of each read of one published listing, by somebody who never stops."""
    answers: list[int] = []
    done = threading.Event()
    url = scene.processes.url("gateway") or ""
    with httpx.Client(base_url=url, timeout=30) as http:
        page = f"/v1/listings/{offer(join(http, 'Hedda'))}"
        scene.processes.until(lambda: http.get(page).status_code == 200, "no page to read")

        def read() -> None:
            while not done.wait(0.005):
                with suppress(httpx.TransportError):
                    answers.append(http.get(page).status_code)

        reading = threading.Thread(target=read)
        reading.start()
        try:
            yield answers
        finally:
            done.set()
            reading.join()


@contextmanager
def no_room_in(scene: Scene, server: str) -> Generator[None]:
    """The disk of ``server``, which must be a small one of its own, is full."""
    folder = scene.own.home / server
    if not os.path.ismount(folder):
        raise Skip("it needs a small disk of the server's own: run as root")
    scene.let_work(20, 60)
    ballast = Path(folder) / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"\0" * (1 << 16))
    try:
        yield
    finally:
        ballast.unlink()
