"""Ordered lists in Redis: newest first, a page at a time, joined to their documents on reading."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from redis.asyncio.client import Pipeline

from projections.documents import PartKey, read_parts
from projections.generation import Generations, Keys
from projections.parts import Part, PartKind

S = TypeVar("S")


@dataclass(frozen=True)
class Page(Generic[S]):
    """Some items of a list, and the cursor of those behind them, none at the end."""

    items: list[Part[S]]
    next: int | None


async def page_of(
    generations: Generations,
    *,
    model: str,
    owner: UUID,
    kind: PartKind[S],
    limit: int,
    cursor: int | None,
    wanted: Callable[[S], bool] = lambda _state: True,
) -> Page[S]:
    """Up to ``limit`` wanted documents of ``owner``'s list that were listed before ``cursor``.

    The cursor is the position at which the last item was listed; it never changes, so that pages
    stay apart however the list grows.
    """
    items: list[Part[S]] = []
    last = before = cursor
    while True:
        entries = await listed(generations, model, str(owner), limit + 1, before)
        keys = [PartKey(kind, member) for member, _ in entries]
        parts = await read_parts(generations, keys) if keys else {}
        for key, (_, position) in zip(keys, entries, strict=True):
            before = position
            part = parts.get(key)
            if part is None or not wanted(part.state):
                continue
            if len(items) == limit:
                return Page(items, last)
            items.append(part)
            last = position
        if len(entries) <= limit:
            return Page(items, None)


async def listed(
    generations: Generations, model: str, owner: str, count: int, before: int | None
) -> list[tuple[str, int]]:
    """Up to ``count`` members of a list with their places, newest first, from before ``before``."""
    highest = "+inf" if before is None else f"({before}"

    def fill(pipeline: Pipeline, keys: Keys) -> None:
        pipeline.zrevrangebyscore(  # pyright: ignore[reportUnknownMemberType] - a callable's result
            keys.document(model, owner), highest, "-inf", start=0, num=count, withscores=True
        )

    [found] = await generations.ask(fill)
    return [(member.decode(), int(score)) for member, score in found]
