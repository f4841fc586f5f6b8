"""Access tokens: who someone is, for ten minutes, signed with Ed25519; never what they may do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from api.conventions.problems import Problem

NAME = "sojourn"
"""Issuer and audience of every token."""

LIFETIME = timedelta(minutes=10)
LEEWAY = timedelta(seconds=2)
"""How far the clocks of issuer and verifier may differ."""

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The current instant."""
    return datetime.now(UTC)


class TokenIssuer:
    """Signs access tokens; ``seed`` is the 32 bytes of an Ed25519 private key."""

    def __init__(self, seed: bytes, clock: Clock = utc_now) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self._clock = clock

    def issue(self, account_id: UUID) -> str:
        """A token that says its bearer is ``account_id``."""
        return self.sign({"sub": str(account_id)}, NAME, LIFETIME)

    def sign(self, claims: Mapping[str, str], audience: str, lifetime: timedelta) -> str:
        """A token with ``claims`` and an id of its own, which is good for one audience only."""
        now = self._clock()
        usual = {
            "iat": now,
            "exp": now + lifetime,
            "jti": str(uuid4()),
            "iss": NAME,
            "aud": audience,
        }
        return jwt.encode({**claims, **usual}, self._key, algorithm="EdDSA")

    @property
    def public_key(self) -> bytes:
        """The 32 bytes with which the tokens are verified."""
        return self._key.public_key().public_bytes_raw()


class TokenVerifier:
    """Tells who bears a token; ``public_key`` is the 32 bytes of an Ed25519 public key."""

    def __init__(self, public_key: bytes) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(public_key)

    def caller(self, authorization: list[str]) -> UUID | None:
        """Who the Authorization headers say is calling, None without one; 401 when untrue."""
        if not authorization:
            return None
        scheme, _, token = authorization[0].strip().partition(" ")
        if len(authorization) > 1 or scheme.lower() != "bearer" or not token:
            raise unauthenticated("Send one Authorization header: Bearer and an access token.")
        try:
            return UUID(self.claims(token.strip(), NAME)["sub"])
        except jwt.ExpiredSignatureError:
            raise unauthenticated(
                "The access token has expired; get a new one with your refresh token."
            ) from None
        except (jwt.PyJWTError, ValueError):
            raise unauthenticated("The access token is not valid.") from None

    def claims(self, token: str, audience: str) -> dict[str, Any]:
        """What ``token`` says to ``audience``; raises jwt.PyJWTError when it is not true now."""
        return jwt.decode(
            token,
            self._key,
            algorithms=["EdDSA"],
            audience=audience,
            issuer=NAME,
            leeway=LEEWAY,
            options={"require": ["sub", "iat", "exp", "jti"]},
        )


def unauthenticated(detail: str, *, token_given: bool = True) -> Problem:
    """401, in the words of RFC 6750."""
    challenge = f'Bearer realm="{NAME}"'
    if token_given:
        challenge += ', error="invalid_token"'
    code = "invalid_token" if token_given else "unauthenticated"
    return Problem(401, code, detail, headers={"WWW-Authenticate": challenge})


def sign_in_first() -> Problem:
    """401: the endpoint is for people who are signed in."""
    return unauthenticated("Sign in first: POST /v1/token.", token_given=False)
