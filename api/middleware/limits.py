"""How much one address may ask of one process: so many requests at once, so many sign-ups a minute.

The limits stand well above what the API promises to admit (50 at once, 30 sign-ups a minute), since
an address is often a house, an office or a whole mobile network.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

from api.conventions.problems import Problem, problem_response
from api.middleware.headers import on_the_way_out

AT_ONCE = 250


@dataclass
class Quota:
    """``requests`` a ``window`` of seconds to one method and path, for each address."""

    name: str
    method: str
    path: str
    requests: int
    window: int = 60
    _ends: float = 0.0
    _spent: Counter[str] = field(default_factory=Counter[str])

    @property
    def policy(self) -> str:
        """The RateLimit-Policy header."""
        return f'"{self.name}";q={self.requests};w={self.window}'

    def take(self, client: str, now: float) -> tuple[int, int]:
        """What is left after this request (-1 when too many), and the seconds until it refills."""
        if now >= self._ends:
            self._ends = now + self.window
            self._spent.clear()
        self._spent[client] += 1
        left = max(-1, self.requests - self._spent[client])
        return left, math.ceil(self._ends - now)


def usual_quotas(times: int = 1) -> list[Quota]:
    """Sign-ups, guesses at passwords and tokens, and letters to people, each ``times`` its number.

    More than once suits networks where many people share an address.
    """
    return [
        Quota("sign-ups", "POST", "/v1/accounts", 240 * times),
        Quota("sign-ins", "POST", "/v1/token", 600 * times),
        Quota("verifications", "POST", "/v1/accounts/verify", 240 * times),
        Quota("verification letters", "POST", "/v1/accounts/verification", 60 * times),
        Quota("password letters", "POST", "/v1/password/forgot", 60 * times),
        Quota("password resets", "POST", "/v1/password/reset", 240 * times),
    ]


class Limits:
    """429 with Retry-After to the address that asks too much."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        at_once: int = AT_ONCE,
        quotas: list[Quota] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._at_once = at_once
        self._quotas = {(quota.method, quota.path): quota for quota in quotas or []}
        self._clock = clock
        self._busy: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection (ASGI)."""
        if scope["type"] != "http" or scope["path"].startswith(("/health/", "/metrics")):
            await self._app(scope, receive, send)
            return
        client = scope["client"][0] if scope.get("client") else "unknown"
        if self._busy[client] >= self._at_once:
            policy = f'"requests";q={self._at_once}'
            detail = f"More than {self._at_once} requests at once from one address."
            refusal = too_many(detail, policy, '"requests";r=0', 1)
            await problem_response(refusal)(scope, receive, send)
            return
        self._busy[client] += 1
        try:
            await self._within_quota(client, scope, receive, send)
        finally:
            self._busy[client] -= 1
            if not self._busy[client]:
                del self._busy[client]

    async def _within_quota(self, client: str, scope: Scope, receive: Receive, send: Send) -> None:
        quota = self._quotas.get((scope["method"], scope["path"]))
        if quota is None:
            await self._app(scope, receive, send)
            return
        left, seconds = quota.take(client, self._clock())
        limit = f'"{quota.name}";r={max(left, 0)};t={seconds}'
        if left < 0:
            detail = f"At most {quota.requests} {quota.name} in {quota.window} s from one address."
            refusal = too_many(detail, quota.policy, limit, seconds)
            await problem_response(refusal)(scope, receive, send)
            return

        def tell(headers: MutableHeaders) -> None:
            headers["RateLimit-Policy"] = quota.policy
            headers["RateLimit"] = limit

        await self._app(scope, receive, on_the_way_out(send, tell))


def too_many(detail: str, policy: str, limit: str, seconds: int) -> Problem:
    """429, with when to come again."""
    headers = {"Retry-After": str(seconds), "RateLimit-Policy": policy, "RateLimit": limit}
    return Problem(429, "too_many_requests", detail, headers=headers)
