"""Where the four servers answer, and the environment variables that say so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

VARIABLES = {
    "postgres_url": "SOJOURN_POSTGRES_URL",
    "kafka_bootstrap": "SOJOURN_KAFKA_BOOTSTRAP",
    "redis_url": "SOJOURN_REDIS_URL",
    "elasticsearch_url": "SOJOURN_ELASTICSEARCH_URL",
}


@dataclass(frozen=True)
class Addresses:
    """One address a server; `postgres_url` carries the owner's credential."""

    postgres_url: str
    kafka_bootstrap: str
    redis_url: str
    elasticsearch_url: str

    def environment(self) -> dict[str, str]:
        """The same as `SOJOURN_*` variables."""
        return {VARIABLES[field]: value for field, value in asdict(self).items()}


def named_in(environ: Mapping[str, str]) -> dict[str, str]:
    """The addresses that `environ` names, by field; an empty variable names nothing."""
    return {field: environ[name] for field, name in VARIABLES.items() if environ.get(name)}
