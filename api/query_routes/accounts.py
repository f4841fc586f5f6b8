"""Administrators find accounts."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request, Response

from api.assembly import ordered_router
from api.conventions.callers import Caller
from api.conventions.guards import guards, has_role, signed_in
from api.conventions.reading import catch_up
from api.querying import Side, answer
from api.representations.account import Account, Accounts
from api.secrets import hash_email

router = ordered_router("accounts")


@router.get("/v1/accounts", summary="Find an account by e-mail address", response_model=Accounts)
@guards(signed_in, has_role("admin"))
async def by_email(
    request: Request,
    side: Side,
    caller: Caller,
    email: Annotated[str, Query(min_length=1, max_length=254)],
) -> Response:
    """The account that signs in with an e-mail address, if there is one."""
    told = await catch_up(request, side.applied)
    account_id = await side.addresses.account_of(hash_email(side.secret, email))
    found = await side.account(account_id) if account_id else None
    return answer(request, Accounts(items=[Account.of(*found)] if found else []), told)
