"""A complete platform for tests: own database and roles, topic, prefixes, ports and secrets."""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import AsyncIterator, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from projections.connect import connect_elasticsearch, connect_redis
from sojourn.migrate import migrate
from sojourn.settings import PREFIX, Settings, variable
from sojourn.topic import drop_topics
from stack.addresses import Addresses
from stack.ports import any_free


@dataclass(frozen=True)
class Platform:
    """``settings`` name everything; ``folder`` holds keys, logs and whatever a test writes."""

    name: str
    folder: Path
    settings: Settings

    @property
    def environment(self) -> dict[str, str]:
        """The environment in which our processes belong to this platform and to no other."""
        told = {
            variable(name): ",".join(str(each) for each in cast("tuple[object, ...]", value))
            if isinstance(value, tuple)
            else str(value)
            for name, value in self.settings
            if value is not None
        }
        ours = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        return {**ours, **told}


@contextmanager
def new_platform(servers: Addresses, folder: Path) -> Generator[Platform]:
    """A migrated platform with an empty log; all of it is dropped at the end."""
    name = f"t{uuid4().hex[:10]}"
    platform = Platform(name, folder, _settings(servers, name, folder))
    with psycopg.connect(servers.postgres_url, autocommit=True) as owner:
        owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        migrate(platform.settings, lambda _line: None)
        yield platform
    finally:
        # Anew, since a test may have restarted Postgres.
        with psycopg.connect(servers.postgres_url, autocommit=True) as owner:
            _drop_database(owner, name)
        drop_topics(servers.kafka_bootstrap, platform.settings.topic)
        asyncio.run(_drop_read_models(platform.settings))


def _settings(servers: Addresses, name: str, folder: Path) -> Settings:
    owner = conninfo_to_dict(servers.postgres_url)
    place = f"{owner['host']}:{owner['port']}/{name}"
    seed = os.urandom(32)
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    commands_port, queries_port = any_free(), any_free()
    return Settings(
        postgres_url=f"postgresql://{owner['user']}:{owner['password']}@{place}",
        postgres_commands_url=f"postgresql://{name}_commands:test@{place}",
        postgres_queries_url=f"postgresql://{name}_queries:test@{place}",
        postgres_workers_url=f"postgresql://{name}_workers:test@{place}",
        postgres_keys_url=f"postgresql://{name}_keys:test@{place}_keys",
        postgres_keys_queries_url=f"postgresql://{name}_keys_queries:test@{place}_keys",
        kafka_bootstrap=servers.kafka_bootstrap,
        redis_url=servers.redis_url,
        elasticsearch_url=servers.elasticsearch_url,
        signing_key_file=_key_file(folder / "signing.key", seed),
        verify_key_file=_key_file(folder / "verify.key", public),
        secret_key_file=_key_file(folder / "secret.key", os.urandom(32)),
        master_key_file=_key_file(folder / "master.key", os.urandom(32)),
        mail_folder=folder / "mail",
        topic=f"{name}.events",
        redis_prefix=name,
        index_prefix=name,
        group_prefix=name,
        quota_times=1_000,
        webhook_networks=(ip_network("127.0.0.0/8"),),
        gateway_port=any_free(),
        commands_port=commands_port,
        queries_port=queries_port,
        commands_upstream=f"http://127.0.0.1:{commands_port}",
        queries_upstream=f"http://127.0.0.1:{queries_port}",
    )


def _key_file(path: Path, key: bytes) -> Path:
    path.write_bytes(base64.b64encode(key))
    path.chmod(0o600)
    return path


def _drop_database(owner: psycopg.Connection, name: str) -> None:
    for each in (name, f"{name}_keys"):
        database = sql.Identifier(each)
        owner.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(database))
    for role in ("commands", "queries", "workers", "keys", "keys_queries"):
        owner.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(f"{name}_{role}")))


async def _drop_read_models(settings: Settings) -> None:
    redis = connect_redis(settings.need("redis_url"))
    for kept in (f"{settings.redis_prefix}:*", f"{settings.redis_prefix}-feed:*"):
        found: AsyncIterator[bytes] = cast("Any", redis).scan_iter(match=kept, count=1000)
        some: list[bytes] = []
        async for key in found:
            some.append(key)
            if len(some) == 1_000:
                await redis.unlink(*some)
                some.clear()
        if some:
            await redis.unlink(*some)
    await redis.aclose()
    elasticsearch = connect_elasticsearch(settings.need("elasticsearch_url"))
    indices: list[str] = list(await elasticsearch.indices.get(index=f"{settings.index_prefix}-*"))
    for index in indices:
        await elasticsearch.indices.delete(index=index)
    await elasticsearch.close()
