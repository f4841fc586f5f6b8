"""All about me, to take along."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Request, Response
from uuid_utils.compat import uuid7

from api.assembly import ordered_router
from api.commanding import Side, stored
from api.conventions.callers import Caller
from api.conventions.guards import guards, signed_in
from api.representations.export import Export
from api.representations.values import Empty
from commands.receipts import StoredResponse
from commands.request_export import RequestExport, request_export
from domain.account.state import Export as DomainExport

router = ordered_router("me")


@router.post(
    "/v1/me/exports", summary="Ask for all about me", status_code=202, response_model=Export
)
@guards(signed_in)
async def ask(
    request: Request, side: Side, caller: Caller, body: Annotated[Empty | None, Body()] = None
) -> Response:
    """Have an archive made of your account, bookings, messages, reviews, wishes and payments."""
    message = RequestExport(account_id=caller, export_id=uuid7())
    return await side.carry_out(request, request_export, message, _asked)


def _asked(export: DomainExport) -> StoredResponse:
    return stored(Export.of(export), 202, location=f"/v1/me/exports/{export.id}")
