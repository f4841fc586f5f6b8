"""Ordered lists in Redis: newest first, a page at a time, joined to their documents on reading."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
    """Up to ``limit`` wanted documents of ``owner``'s list; see :func:`merged_page_of`."""
    return await merged_page_of(
        generations,
        lists=[(model, str(owner))],
        kind=kind,
        limit=limit,
        cursor=cursor,
        wanted=wanted,
    )


async def merged_page_of(
    generations: Generations,
    *,
    lists: Sequence[tuple[str, str]],
    kind: PartKind[S],
    limit: int,
    cursor: int | None,
    wanted: Callable[[S], bool] = lambda _state: True,
) -> Page[S]:
    """Up to ``limit`` wanted documents of ``lists`` that were listed before ``cursor``.

    A list is its model and its owner. Those that are in several lists must be there once. The
    cursor is the position at which the last item was listed; it never changes, so that pages
    stay apart however the list grows.
    """
    items: list[Part[S]] = []
    last = before = cursor
    while True:
        entries = await listed(generations, lists, limit + 1, before)
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
    generations: Generations, lists: Sequence[tuple[str, str]], count: int, before: int | None
) -> list[tuple[str, int]]:
    """The next ``count`` entries of all ``lists`` together, the latest first."""
    highest = "+inf" if before is None else f"({before}"

    def fill(pipeline: Pipeline, keys: Keys) -> None:
        for model, owner in lists:
            pipeline.zrevrangebyscore(  # pyright: ignore[reportUnknownMemberType] - a callable's result
                keys.document(model, owner), highest, "-inf", start=0, num=count, withscores=True
            )

    found = [
        (member.decode(), int(score))
        for entries in await generations.ask(fill)
        for member, score in entries
    ]
    return sorted(found, key=lambda entry: entry[1], reverse=True)[:count]
