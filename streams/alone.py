"""One process at a time builds a store's read models: a lock that dies with its process."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from typing import Final, LiteralString

import psycopg

_LOCK: Final[LiteralString] = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"


def alone_by(url: str, sink: str) -> Callable[[], AbstractContextManager[bool]]:
    """See :class:`streams.rebuild.Alone`; by a session in Postgres, of whichever role."""

    @contextmanager
    def alone() -> Generator[bool]:
        with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
            row = connection.execute(_LOCK, [f"rebuild {sink}"]).fetchone()
            yield row is not None and bool(row[0])

    return alone
