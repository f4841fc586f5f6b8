"""`sojourn` of newer code: its documents have another shape, and take their time to be built."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from domain.recorded import Recorded
from projections import generation
from projections.listing_search import index

SHAPE = "99"
PAGE = 50
"""How many events are read at once."""

PAUSE = 0.2
"""Seconds that they take."""


def slow(apply: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., Any]:
    """The same, as if there were far more."""

    async def slowly(self: object, events: Sequence[Recorded]) -> None:
        await asyncio.sleep(PAUSE)
        await apply(self, events)

    return slowly


if __name__ == "__main__":
    # Before anybody imports them by name.
    generation.CURRENT = SHAPE  # pyright: ignore[reportConstantRedefinition] - newer on purpose
    index.CURRENT = SHAPE  # type: ignore[misc]

    from sojourn.cli import main
    from streams import rebuild
    from streams.pages_building import PagesBuilding
    from streams.search_building import SearchBuilding

    rebuild.PAGE = PAGE  # type: ignore[misc]
    rebuild.SAVE = 4 * PAGE  # type: ignore[misc]
    PagesBuilding.apply = slow(PagesBuilding.apply)
    SearchBuilding.apply = slow(SearchBuilding.apply)
    main()
