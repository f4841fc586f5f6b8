"""Who forgot a password chooses another by a letter; nobody learns who has an account."""

from __future__ import annotations

from anyio import from_thread
from fastapi import Request, Response

from api.assembly import ordered_router
from api.commanding import Side, done
from api.representations.account import AddressBody, ResetBody
from api.sign_in.form import NO_STORE
from api.sign_in.letter_tokens import LetterToken
from commands.work import Work
from domain.account.refusals import LinkSpent

router = ordered_router("accounts")


@router.post(
    "/v1/password/forgot",
    summary="Ask for a new password",
    status_code=202,
    response_class=Response,
)
async def forgot(request: Request, side: Side, body: AddressBody) -> Response:
    """Have a letter sent to whoever signs in with the address, if anybody does."""
    side.correspondence.offer_new_password(body.email)
    return Response(status_code=202, headers=NO_STORE)


@router.post(
    "/v1/password/reset",
    summary="Choose a new password",
    status_code=204,
    response_class=Response,
)
async def reset(request: Request, side: Side, body: ResetBody) -> Response:
    """Choose a new password with the token of a letter; all your sessions end."""
    token = side.correspondence.tokens.read("reset password", body.token)
    chosen = await side.sign_in.passwords.hash(body.password)
    credentials = side.sign_in.credentials

    def replace(token: LetterToken, _work: Work) -> None:
        kept = from_thread.run(credentials.password_of, token.account_id)
        if kept is None:
            raise LinkSpent
        token.check(kept)
        # Of two who use one token at once, one finds what it is bound to already replaced.
        if not from_thread.run(credentials.replace_password, token.account_id, kept, chosen):
            raise LinkSpent

    return await side.carry_out(request, replace, token, done, account=token.account_id, long=True)
