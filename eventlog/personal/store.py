"""The keys of people, in a database of their own: made once, and gone for good when erased."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, LiteralString, Self
from uuid import UUID

from eventlog.personal.master import Wrapped
from eventlog.personal.pool import outages, small_pool

FIND: LiteralString = "SELECT person, wrapped, master FROM personal_keys WHERE person = ANY(%b)"
MAKE: LiteralString = (
    "INSERT INTO personal_keys (person, wrapped, master) VALUES (%s, %s, %s)"
    " ON CONFLICT (person) DO NOTHING"
)
# The row stays without its key, so that nobody makes another for the same person.
ERASE: LiteralString = (
    "INSERT INTO personal_keys (person, erased_at) VALUES (%s, clock_timestamp())"
    " ON CONFLICT (person) DO UPDATE SET wrapped = NULL, master = NULL,"
    " erased_at = excluded.erased_at WHERE personal_keys.erased_at IS NULL"
)
REWRAP: LiteralString = (
    "UPDATE personal_keys SET wrapped = %s, master = %s WHERE person = %s AND wrapped = %s"
)
OTHERS: LiteralString = (
    "SELECT person, wrapped, master FROM personal_keys WHERE master <> %s ORDER BY person LIMIT %s"
)
COUNTS: LiteralString = (
    "SELECT coalesce(master, ''), count(*) FROM personal_keys GROUP BY master ORDER BY master"
)


@dataclass(frozen=True)
class Kept:
    """A person's row: their wrapped key, none once they are erased."""

    person: UUID
    wrapped: Wrapped | None


class KeyStore:
    """Reads and writes the keys' table through a small pool; calls block.

    Each raises :class:`KeysUnavailable` when the database does not answer in time.
    """

    def __init__(self, url: str) -> None:
        self._pool = small_pool(url, 4)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._pool.close()

    def find(self, people: Sequence[UUID]) -> list[Kept]:
        """The rows of ``people``; those who never had a key have none."""
        return [_kept(row) for row in self._rows(FIND, [list(people)])]

    def make(self, person: UUID, wrapped: Wrapped) -> None:
        """Keep the key, unless the person has one or is erased."""
        self._change(MAKE, [person, wrapped.data, wrapped.master])

    def erase(self, person: UUID) -> None:
        """From now on there is no key, and never will be; erased already, nothing happens."""
        self._change(ERASE, [person])

    def wrapped_by_others(self, master: str, limit: int) -> list[Kept]:
        """Up to ``limit`` keys that another master key than ``master`` wraps."""
        return [_kept(row) for row in self._rows(OTHERS, [master, limit])]

    def rewrap(self, kept: Kept, wrapped: Wrapped) -> None:
        """Put ``wrapped`` in the place of what was ``kept``, unless it is erased by now."""
        before = kept.wrapped.data if kept.wrapped else None
        self._change(REWRAP, [wrapped.data, wrapped.master, kept.person, before])

    def counts(self) -> dict[str, int]:
        """How many keys each master key wraps, by its name; nobody's are the erased."""
        return dict(self._rows(COUNTS, []))

    def _rows(self, statement: LiteralString, values: Sequence[object]) -> list[Any]:
        with outages(), self._pool.connection() as connection:
            return connection.execute(statement, values, prepare=True).fetchall()

    def _change(self, statement: LiteralString, values: Sequence[object]) -> None:
        with outages(), self._pool.connection() as connection:
            connection.execute(statement, values, prepare=True)


def _kept(row: tuple[Any, ...]) -> Kept:
    person, wrapped, master = row
    return Kept(person, None if wrapped is None else Wrapped(bytes(wrapped), master))
