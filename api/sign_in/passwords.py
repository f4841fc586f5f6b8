"""Passwords are kept as argon2id hashes, made few at a time so that they don't starve the rest."""

from __future__ import annotations

from anyio import CapacityLimiter, to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP's second choice: 19 MiB, two passes, one lane.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

# A hash of nothing anyone knows, so that an unknown address takes as long as a wrong password.
_NOBODY = (
    "$argon2id$v=19$m=19456,t=2,p=1$c29qb3Vybi1ub2JvZHktMQ$"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)


class Passwords:
    """Makes and checks hashes, ``at_once`` of them in parallel."""

    def __init__(self, at_once: int = 2) -> None:
        self._limiter = CapacityLimiter(at_once)

    async def hash(self, password: str) -> str:
        """The hash to keep of ``password``."""
        return await to_thread.run_sync(_HASHER.hash, password, limiter=self._limiter)

    async def fits(self, password: str, kept: str | None) -> bool:
        """Whether ``password`` is the one of the hash; as slow when there is no hash."""
        fits = await to_thread.run_sync(_verify, kept or _NOBODY, password, limiter=self._limiter)
        return fits and kept is not None


def _verify(kept: str, password: str) -> bool:
    try:
        return _HASHER.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False
