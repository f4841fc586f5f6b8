"""Guests look for listings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import Query, Request, Response

from api.assembly import ordered_router
from api.conventions.callers import CallerIfAny
from api.conventions.cursors import DEFAULT_LIMIT, CursorText, Limit
from api.conventions.problems import invalid
from api.conventions.reading import catch_up
from api.querying import FRESH, Side, answer
from api.representations.search import SearchPage, SuggestionItem, Suggestions
from api.representations.search_question import SearchQuestion
from projections.listing_search.criteria import Cursor
from projections.listing_search.queries import search
from projections.listing_search.suggest import suggest

router = ordered_router("search")

LIST = "search"
T = TypeVar("T")


@router.get("/v1/listings", summary="Search listings", response_model=SearchPage)
async def listings(
    request: Request,
    side: Side,
    caller: CallerIfAny,
    question: Annotated[SearchQuestion, Query()],
    limit: Limit = DEFAULT_LIMIT,
    cursor: CursorText = None,
) -> Response:
    """The published listings that suit."""
    near = _parsed("near", question.place, "must be latitude,longitude in degrees")
    box = _parsed("bbox", question.window, "must be west,south,east,north in degrees")
    after: Cursor | None = None
    if cursor is not None:
        plain = str(side.cursors.read(LIST, cursor))
        after = _parsed("cursor", lambda: Cursor.decode(plain), "this is no cursor of this list")
    blamed = "cursor" if after else ("radius_km" if question.radius_km is not None else "sort")
    criteria = _parsed(blamed, lambda: question.criteria(near, box, limit, after), "")
    told = await catch_up(request, side.search_applied)
    found = await search(side.search, side.search_prefix, criteria, side.clock())
    following = side.cursors.write(LIST, found.next.encode()) if found.next else None
    page = SearchPage.of(found, following, side.degraded.of("search"))
    return answer(request, page, told, cache=FRESH)


@router.get("/v1/suggest", summary="Suggest places and listings", response_model=Suggestions)
async def suggestions(
    request: Request,
    side: Side,
    caller: CallerIfAny,
    q: Annotated[str, Query(min_length=1, max_length=100)],
    limit: Limit = 10,
) -> Response:
    """What somebody who has typed this much might mean."""
    told = await catch_up(request, side.search_applied)
    found = await suggest(side.search, side.search_prefix, q, limit=limit)
    page = Suggestions(items=[SuggestionItem.of(each) for each in found])
    return answer(request, page, told, cache=FRESH)


def _parsed(field: str, parse: Callable[[], T], message: str) -> T:
    try:
        return parse()
    except ValueError as error:
        raise invalid(field, f"bad_{field}", message or str(error)) from None
