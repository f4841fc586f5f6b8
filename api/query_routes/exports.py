"""All about me, as I asked for it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from anyio import to_thread
from fastapi import Request, Response

from api.assembly import ordered_router
from api.conventions.callers import Caller
from api.conventions.guards import guards, signed_in
from api.conventions.reading import catch_up
from api.querying import Side, answer
from api.representations.export import Export
from domain.refusals import NoSuch

router = ordered_router("me")


@router.get("/v1/me/exports/{export_id}", summary="Take all about me", response_model=Export)
@guards(signed_in)
async def show(request: Request, side: Side, caller: Caller, export_id: UUID) -> Response:
    """What you asked for, for a week, once it is ready."""
    told = await catch_up(request, side.applied)
    account = await side.account(caller)
    wanted = account[0].open_exports(side.clock()) if account else ()
    export = next((each for each in wanted if each.id == export_id), None)
    if export is None:
        raise NoSuch(what="export", id=str(export_id))
    archive = await to_thread.run_sync(side.exports.find, export_id, side.sealing)
    data = msgspec.json.decode(archive, type=dict[str, Any]) if archive else None
    return answer(request, Export.of(export, data), told)
