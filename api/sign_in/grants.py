"""A password or a refresh token is exchanged for an access token and the next refresh token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel

from api.conventions.bearer import LIFETIME, TokenIssuer
from api.secrets import hash_email
from api.sign_in.accounts import Credentials
from api.sign_in.form import OAuthError, required
from api.sign_in.passwords import Passwords
from api.sign_in.sessions import Sessions


class Tokens(BaseModel):
    """What a grant gives."""

    access_token: str
    refresh_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a scheme, no secret
    expires_in: int = int(LIFETIME.total_seconds())


@dataclass(frozen=True)
class SignIn:
    """Everything a sign-in needs; ``secret`` keys the hashes of e-mail addresses."""

    credentials: Credentials
    sessions: Sessions
    passwords: Passwords
    issuer: TokenIssuer
    secret: bytes

    async def grant(self, fields: dict[str, str]) -> Tokens:
        """The tokens that the form asks for; raises :class:`OAuthError`."""
        match required(fields, "grant_type"):
            case "password":
                return await self._by_password(
                    required(fields, "username"), required(fields, "password")
                )
            case "refresh_token":
                return await self._by_refresh(required(fields, "refresh_token"))
            case other:
                raise OAuthError("unsupported_grant_type", f"There is no grant {other[:50]!r}.")

    async def _by_password(self, username: str, password: str) -> Tokens:
        found = await self.credentials.by_email(hash_email(self.secret, username))
        kept = found[1] if found else None
        refresh = None
        if await self.passwords.fits(password, kept) and found is not None:
            refresh = await self.sessions.open(*found)
        if refresh is None or found is None:
            raise OAuthError("invalid_grant", "The e-mail address or the password is wrong.")
        account_id = found[0]
        return Tokens(access_token=self.issuer.issue(account_id), refresh_token=refresh)

    async def _by_refresh(self, token: str) -> Tokens:
        rotated = await self.sessions.rotate(token)
        if rotated is None:
            raise OAuthError("invalid_grant", "The refresh token is used, revoked or unknown.")
        account_id, following = rotated
        return Tokens(access_token=self.issuer.issue(account_id), refresh_token=following)
