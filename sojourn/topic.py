"""The event topic and its dead letters exist, with the one partition count they may ever have."""

from __future__ import annotations

from typing import Any, cast

from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError, TopicAlreadyExistsError

from eventlog.partitioner import PARTITIONS
from sojourn.errors import Stop
from streams.topics import dead_letters_of

FOREVER = {"retention.ms": "-1", "retention.bytes": "-1", "cleanup.policy": "delete"}


def ensure_topics(bootstrap: str, topic: str, *, replication: int, min_insync: int) -> list[str]:
    """Make ``topic`` and its dead letters where they are not there yet; which were made.

    Nothing in them is ever forgotten. Raises Stop for a topic with another partition count, since
    order per key would be lost, and when Kafka does not answer.
    """
    names = [topic, dead_letters_of(topic)]
    try:
        admin = _connect(bootstrap)
        try:
            made = [name for name in names if _create(admin, name, replication, min_insync)]
            if made:
                admin.wait_for_topics(made)
            counts = {found["name"]: len(found["partitions"])
                      for found in admin.describe_topics(names)}  # fmt: skip
        finally:
            admin.close()
    except KafkaError as error:
        raise Stop(f"Kafka at {bootstrap} did not make the topic {topic}: {error}") from None
    for name, count in counts.items():
        if count != PARTITIONS:
            raise Stop(
                f"the topic {name} has {count} partitions and must have {PARTITIONS}, for ever:"
                " name another in SOJOURN_TOPIC, or delete this one if nothing needs it"
            )
    return made


def drop_topics(bootstrap: str, topic: str) -> None:
    """Remove them; for tests, as the platform never does."""
    admin = _connect(bootstrap)
    try:
        admin.delete_topics([topic, dead_letters_of(topic)], raise_errors=False)
    finally:
        admin.close()


def _create(admin: Any, topic: str, replication: int, min_insync: int) -> bool:
    wanted = {
        "num_partitions": PARTITIONS,
        "replication_factor": replication,
        "configs": {**FOREVER, "min.insync.replicas": str(min_insync)},
    }
    try:
        admin.create_topics({topic: wanted})
    except TopicAlreadyExistsError:
        return False
    return True


def _connect(bootstrap: str) -> Any:
    make = cast("Any", KafkaAdminClient)  # the library has no types
    return make(bootstrap_servers=bootstrap.split(","), client_id="sojourn-migrate")
