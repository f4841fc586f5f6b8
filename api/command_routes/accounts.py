"""Joining, verifying an address, another name, and what administrators let people do."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Body, Request, Response
from pydantic import ValidationError
from uuid_utils.compat import uuid7

from api.assembly import ordered_router
from api.commanding import Side, done, nothing, promised, stored
from api.conventions.callers import Caller
from api.conventions.etags import named_versions
from api.conventions.guards import guards, has_role, if_match, is_me, names_account, signed_in
from api.conventions.idempotency import REPLAYED
from api.conventions.invalid_input import problem_of_validation
from api.merge_patch import merged, patch_schema
from api.representations.account import Account, Profile, Registration, RoleGrant, TokenBody
from api.representations.values import Empty
from api.secrets import hash_email
from commands.erase_account import EraseAccount, erase_account
from commands.grant_role import GrantRole, grant_role
from commands.receipts import StoredResponse
from commands.register_account import RegisterAccount, register_account
from commands.rename_account import RenameAccount, rename_account
from commands.verify_account import VerifyAccount, verify_account
from commands.versioned import Versioned
from commands.withdraw_role import WithdrawRole, withdraw_role
from domain.account.facts import Role
from domain.account.refusals import AccountErased
from domain.account.state import Account as DomainAccount

router = ordered_router("accounts")

PATCH_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "What is to change; the result is checked as a whole.",
        "content": {"application/json": {"schema": patch_schema(Profile)}},
    }
}


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
    joined = await side.carry_out(
        request, register_account, message, _joined, account=UUID(bytes=email_hash[:16])
    )
    if REPLAYED not in joined.headers:
        side.correspondence.ask_to_verify(message.account_id)
    return joined


@router.post(
    "/v1/accounts/verify",
    summary="Verify my e-mail address",
    status_code=204,
    response_class=Response,
)
async def verify(request: Request, side: Side, body: TokenBody) -> Response:
    """Show, with the token of a letter, that mail to your address arrives."""
    token = side.correspondence.tokens.read("verify e-mail", body.token)
    message = VerifyAccount(
        account_id=token.account_id, check=lambda account: token.check(account.email or "")
    )
    return await side.carry_out(request, verify_account, message, done, account=token.account_id)


@router.post(
    "/v1/accounts/verification",
    summary="Ask for a verification letter",
    status_code=202,
    response_class=Response,
)
@guards(signed_in)
async def verification(
    request: Request, side: Side, caller: Caller, body: Annotated[Empty | None, Body()] = None
) -> Response:
    """Have the letter sent again, unless your address is verified."""
    accepted = await side.carry_out(request, nothing, None, promised)
    if REPLAYED not in accepted.headers:
        side.correspondence.ask_to_verify(caller)
    return accepted


@router.patch(
    "/v1/me", summary="Change my account", response_model=Account, openapi_extra=PATCH_BODY
)
@guards(signed_in, is_me, if_match)
async def change_me(
    request: Request, side: Side, caller: Caller, body: Annotated[dict[str, Any], Body()]
) -> Response:
    """Go by another name."""

    def revise(account: DomainAccount) -> str:
        try:
            return Profile.model_validate(merged({"name": account.name}, body)).name
        except ValidationError as error:
            raise problem_of_validation(error) from None

    named = named_versions(request) or frozenset({0})
    message = RenameAccount(account_id=caller, named=named, revise=revise)
    return await side.carry_out(request, rename_account, message, _shown)


@router.delete("/v1/me", summary="Erase my account", status_code=204, response_class=Response)
@guards(signed_in)
async def erase_me(request: Request, side: Side, caller: Caller) -> Response:
    """Leave for good: what you wrote or are known by can be read no more, by anybody."""
    message = EraseAccount(account_id=caller)
    try:
        erased = await side.carry_out(request, erase_account, message, done)
    except AccountErased:
        # A repeat, as when an answer was lost: it is done to the end before it is told.
        erased = Response(status_code=204)
    await side.in_thread(lambda: side.forgetting.forget(caller))
    return erased


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
