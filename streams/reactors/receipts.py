"""What reactors have done, kept for ever in Postgres, and how far they have come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, LiteralString, Self

from psycopg.rows import TupleRow

from eventlog.connections import open_pool
from projections.applied import Positions

Kept = Literal["done", "pending", "refused"]

_FIND: Final[LiteralString] = (
    "SELECT position FROM reactions WHERE reactor = %s AND position = ANY(%s)"
)
# What is done stays done, whoever comes late with an older view.
_KEEP: Final[LiteralString] = (
    "INSERT INTO reactions (reactor, position, stream, outcome, detail) VALUES (%s, %s, %s, %s, %s)"
    " ON CONFLICT (reactor, position) DO UPDATE SET outcome = excluded.outcome,"
    " detail = excluded.detail, asked_at = now() WHERE reactions.outcome = 'pending'"
)
_OPEN: Final[LiteralString] = (
    "SELECT position FROM reactions WHERE reactor = %s AND outcome = 'pending'"
    " ORDER BY asked_at LIMIT %s"
)
_APPLIED: Final[LiteralString] = (
    "SELECT partition, position FROM reactor_positions WHERE reactor = %s"
)
_ADVANCE: Final[LiteralString] = (
    "INSERT INTO reactor_positions (reactor, partition, position)"
    " SELECT %s, * FROM unnest(%s::int[], %s::bigint[])"
    " ON CONFLICT (reactor, partition) DO UPDATE SET"
    " position = greatest(reactor_positions.position, excluded.position)"
)


@dataclass(frozen=True, kw_only=True)
class Reaction:
    """What came of an event; ``detail`` says more where somebody may want to know."""

    position: int
    stream: str
    outcome: Kept
    detail: str = ""


class Receipts:
    """One reactor's; calls block."""

    def __init__(self, url: str, reactor: str, *, pool_size: int = 4) -> None:
        self._reactor = reactor
        self._pool = open_pool(url, most=pool_size)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.close()

    def kept(self, positions: Iterable[int]) -> set[int]:
        """Those of ``positions`` that have a receipt."""
        return {row[0] for row in self._rows(_FIND, [self._reactor, list(positions)])}

    def keep(self, reaction: Reaction) -> None:
        """Keep the receipt; one that was pending takes the new outcome, others stay."""
        values = [
            self._reactor,
            reaction.position,
            reaction.stream,
            reaction.outcome,
            reaction.detail,
        ]
        with self._pool.connection() as connection:
            connection.execute(_KEEP, values, prepare=True)

    def open(self, limit: int) -> list[int]:
        """The positions whose outcome is not known yet, those asked about longest ago first."""
        return [row[0] for row in self._rows(_OPEN, [self._reactor, limit])]

    def applied(self) -> dict[int, int]:
        """How far each partition is applied."""
        return {row[0]: row[1] for row in self._rows(_APPLIED, [self._reactor])}

    def advance(self, positions: Positions) -> None:
        """Everything up to ``positions`` has been reacted to; never goes back."""
        if positions:
            values = [self._reactor, list(positions), list(positions.values())]
            with self._pool.connection() as connection:
                connection.execute(_ADVANCE, values, prepare=True)

    def _rows(self, statement: LiteralString, values: Sequence[object]) -> list[TupleRow]:
        with self._pool.connection() as connection:
            return connection.execute(statement, values, prepare=True).fetchall()
