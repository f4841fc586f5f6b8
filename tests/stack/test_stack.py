"""All four servers start on a bare machine, keep their data, and leave nothing behind."""

from __future__ import annotations

import http.client
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg
import pytest
import redis
from kafka import KafkaAdminClient
from kafka.admin import NewTopic

from stack import Addresses, start_servers
from stack.addresses import VARIABLES
from stack.processes import MARK
from stack.state import read_state

pytestmark = [pytest.mark.servers, pytest.mark.timeout(600)]
SEARCH = {"settings": {"number_of_replicas": 0}}


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that another account can enter, unlike pytest's own when root runs the tests."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "home"


def own_environment() -> dict[str, str]:
    """Ours, without the servers that it may name."""
    return {name: value for name, value in os.environ.items() if name not in VARIABLES.values()}


def processes_of(home: Path) -> list[str]:
    found: list[str] = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == str(home):
                found.append(process.name())
        except psutil.Error:
            continue
    return found


def ask(addresses: Addresses, method: str, path: str, body: object = None) -> int:
    parts = urlsplit(addresses.elasticsearch_url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    try:
        headers = {"content-type": "application/json"}
        connection.request(method, path, json.dumps(body) if body else None, headers)
        return connection.getresponse().status
    finally:
        connection.close()


def write_everywhere(addresses: Addresses) -> None:
    with psycopg.connect(addresses.postgres_url) as postgres:
        postgres.execute("CREATE EXTENSION btree_gist")
        postgres.execute("CREATE EXTENSION pg_stat_statements")
        postgres.execute("CREATE TABLE kept AS SELECT 7 AS value")
    with redis.Redis.from_url(addresses.redis_url) as valkey:  # pyright: ignore[reportUnknownMemberType] - redis types keywords loosely
        valkey.set("kept", "7")
    admin = KafkaAdminClient(bootstrap_servers=addresses.kafka_bootstrap)
    admin.create_topics(  # pyright: ignore[reportUnknownMemberType] - untyped in kafka-python
        [NewTopic("kept", num_partitions=3, replication_factor=1)]
    )
    admin.close()
    assert ask(addresses, "PUT", "/kept", SEARCH) == 200
    assert ask(addresses, "PUT", "/kept/_doc/1?refresh=true", {"value": 7}) == 201


def read_everywhere(addresses: Addresses) -> None:
    with psycopg.connect(addresses.postgres_url) as postgres:
        assert postgres.execute("SELECT value FROM kept").fetchone() == (7,)
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            assert postgres.execute(f"SHOW {setting}").fetchone() == ("on",)
    with redis.Redis.from_url(addresses.redis_url) as valkey:  # pyright: ignore[reportUnknownMemberType] - redis types keywords loosely
        assert valkey.get("kept") == b"7"
    admin = KafkaAdminClient(bootstrap_servers=addresses.kafka_bootstrap)
    assert "kept" in admin.list_topics()
    admin.close()
    assert ask(addresses, "GET", "/kept/_doc/1") == 200


def test_data_outlives_a_stop_and_no_process_does(home: Path) -> None:
    with start_servers(home, environ=own_environment(), ports="free") as stack:
        write_everywhere(stack.addresses)
        first = stack.addresses
        assert processes_of(home)
    assert processes_of(home) == []
    with start_servers(home, environ=own_environment(), ports="free") as stack:
        assert stack.addresses == first
        read_everywhere(stack.addresses)
    assert processes_of(home) == []
    state = read_state(home)
    assert state is not None
    assert state.phase == "stopped"
