"""Joining, and what administrators let people do."""

from __future__ import annotations

from uuid import UUID

from fastapi import Request, Response
from uuid_utils.compat import uuid7

from api.assembly import ordered_router
from api.commanding import Side, done, stored
from api.conventions.callers import Caller
from api.conventions.guards import guards, has_role, names_account, signed_in
from api.representations.account import Account, Registration, RoleGrant
from api.secrets import hash_email
from commands.grant_role import GrantRole, grant_role
from commands.receipts import StoredResponse
from commands.register_account import RegisterAccount, register_account
from commands.versioned import Versioned
from commands.withdraw_role import WithdrawRole, withdraw_role
from domain.account.facts import Role
from domain.account.state import Account as DomainAccount

router = ordered_router("accounts")


@router.post("/v1/accounts", summary="Create an account", status_code=201, response_model=Account)
async def register(request: Request, side: Side, body: Registration) -> Response:
    """Join; you may book and host at once."""
    email_hash = hash_email(side.sign_in.secret, body.email)
    message = RegisterAccount(
        account_id=uuid7(),
        name=body.name,
        email=body.email,
        email_hash=email_hash,
        password_hash=await side.sign_in.passwords.hash(body.password),
    )
    # Nobody has an account yet, so that an Idempotency-Key is the e-mail address's.
    return await side.carry_out(
        request, register_account, message, _joined, account=UUID(bytes=email_hash[:16])
    )


@router.post(
    "/v1/accounts/{account_id}/roles", summary="Give a person a role", response_model=Account
)
@guards(signed_in, has_role("admin"), names_account)
async def grant(
    request: Request, side: Side, caller: Caller, account_id: UUID, body: RoleGrant
) -> Response:
    """Let a person do more."""
    message = GrantRole(account_id=account_id, role=body.role)
    return await side.carry_out(request, grant_role, message, _shown)


@router.delete(
    "/v1/accounts/{account_id}/roles/{role}", summary="Take a role from a person", status_code=204
)
@guards(signed_in, has_role("admin"), names_account)
async def withdraw(
    request: Request, side: Side, caller: Caller, account_id: UUID, role: Role
) -> Response:
    """Let a person do less."""
    message = WithdrawRole(account_id=account_id, role=role)
    return await side.carry_out(request, withdraw_role, message, done)


def _joined(account: Versioned[DomainAccount]) -> StoredResponse:
    page = Account.of(account.state, account.version)
    return stored(page, 201, version=account.version, location="/v1/me")


def _shown(account: Versioned[DomainAccount]) -> StoredResponse:
    return stored(Account.of(account.state, account.version), version=account.version)
