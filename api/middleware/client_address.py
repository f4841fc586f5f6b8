"""Behind proxies of ours the client is who they say it is; nobody else is believed."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

FORWARDED_FOR = "X-Forwarded-For"
LOOPBACK = ("127.0.0.0/8", "::1/128")


class ClientAddress:
    """Takes the last address in X-Forwarded-For that is not one of the ``trusted`` networks."""

    def __init__(self, app: ASGIApp, trusted: Iterable[str] = LOOPBACK) -> None:
        self._app = app
        self._trusted = [ipaddress.ip_network(network) for network in trusted]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection (ASGI)."""
        peer = scope.get("client")
        if scope["type"] == "http" and peer and self._trusts(peer[0]):
            told = ",".join(Headers(scope=scope).getlist(FORWARDED_FOR)).split(",")
            for address in (each.strip() for each in reversed(told)):
                if not _is_address(address):
                    break
                scope["client"] = (address, 0)
                if not self._trusts(address):
                    break
        await self._app(scope, receive, send)

    def _trusts(self, address: str) -> bool:
        return _is_address(address) and any(
            ipaddress.ip_address(address) in network for network in self._trusted
        )


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
