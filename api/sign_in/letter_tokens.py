"""Tokens of letters: signed, expiring, and good only while what they were made for stands.

Each is bound to a fact that its use changes: that makes it good once, and worthless when the fact
changes otherwise.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

import jwt

from api.conventions.bearer import NAME, Clock, utc_now
from api.secrets import key_for
from domain.account.refusals import LinkSpent

Purpose = Literal["verify e-mail", "reset password"]

LIFETIMES: dict[Purpose, timedelta] = {
    "verify e-mail": timedelta(hours=48),
    "reset password": timedelta(hours=1),
}


@dataclass(frozen=True)
class LetterToken:
    """Whose token it is; ``binds`` compares what it was bound to."""

    account_id: UUID
    digest: str
    key: bytes

    def check(self, bound_to: str) -> None:
        """Raise LinkSpent unless the token was made for ``bound_to``."""
        if not hmac.compare_digest(self.digest, _digest(self.key, bound_to)):
            raise LinkSpent


class LetterTokens:
    """Makes and reads tokens; each purpose has a key of its own, made of ``secret``."""

    def __init__(self, secret: bytes, clock: Clock = utc_now) -> None:
        self._secret = secret
        self._clock = clock

    def write(self, purpose: Purpose, account_id: UUID, bound_to: str) -> str:
        """A token for the account that is good while ``bound_to`` stands."""
        key = self._key(purpose)
        claims = {
            "sub": str(account_id),
            "aud": f"{NAME} {purpose}",
            "exp": self._clock() + LIFETIMES[purpose],
            "for": _digest(key, bound_to),
        }
        return jwt.encode(claims, key, algorithm="HS256")

    def read(self, purpose: Purpose, token: str) -> LetterToken:
        """Whose token it is, still to be checked; raises LinkSpent."""
        key = self._key(purpose)
        try:
            claims = jwt.decode(
                token.strip(),
                key,
                algorithms=["HS256"],
                audience=f"{NAME} {purpose}",
                options={"require": ["sub", "aud", "exp", "for"], "verify_exp": False},
            )
            expires = float(claims["exp"])
            found = LetterToken(UUID(claims["sub"]), str(claims["for"]), key)
        except (jwt.PyJWTError, ValueError):
            raise LinkSpent from None
        if self._clock().timestamp() >= expires:
            raise LinkSpent
        return found

    def _key(self, purpose: Purpose) -> bytes:
        return key_for(self._secret, f"letters: {purpose}")


def _digest(key: bytes, bound_to: str) -> str:
    return hmac.new(key, bound_to.encode(), hashlib.sha256).hexdigest()
