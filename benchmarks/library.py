"""A floor of the write path: what the event library does by default."""

from __future__ import annotations

from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from psycopg.conninfo import conninfo_to_dict


class Thing(Aggregate):
    """Something with one event."""

    @event("Made")
    def __init__(self, text: str) -> None:
        self.text = text


class LibraryDefault:
    """Saves two aggregates at a time with the library as it comes."""

    def __init__(self, owner_url: str, connections: int) -> None:
        parts = {name: str(value) for name, value in conninfo_to_dict(owner_url).items()}
        self._application: Application[UUID] = Application(
            {
                "PERSISTENCE_MODULE": "eventsourcing.postgres",
                "POSTGRES_DBNAME": parts["dbname"],
                "POSTGRES_HOST": parts["host"],
                "POSTGRES_PORT": parts["port"],
                "POSTGRES_USER": parts["user"],
                "POSTGRES_PASSWORD": parts["password"],
                "POSTGRES_POOL_SIZE": str(connections),
            }
        )

    def save_two(self, _number: int) -> None:
        """One command: two aggregates, one event each."""
        self._application.save(Thing("calendar"), Thing("booking"))

    def close(self) -> None:
        """Give the connections back."""
        self._application.close()
