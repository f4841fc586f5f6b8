"""Sends one webhook over HTTP: to public addresses only, without following anybody elsewhere."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from domain.refusals import InvalidOffer
from domain.webhook.addresses import Network, address_in, check_url, may_reach
from streams.webhooks.schedule import Answer

WITHIN = 15.0
"""Seconds that a receiver has for its whole answer."""

KEPT = 1_024
"""How many bytes of an answer's body are read and kept."""

USER_AGENT = "Sojourn-Webhooks/1"


class Forbidden(OSError):
    """The receiver's name leads where nothing may be sent."""


class GuardedResolver(AbstractResolver):
    """Finds only addresses that may be reached; it is these that are connected to."""

    def __init__(self, networks: Sequence[Network]) -> None:
        self._networks = networks
        self._found = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The public addresses of ``host``; raises Forbidden when it has others only."""
        found = await self._found.resolve(host, port, family)
        public = [each for each in found if self._may(each["host"])]
        if not public:
            raise Forbidden(errno.EACCES, f"{host} leads to a private network")
        return public

    async def close(self) -> None:
        """Nothing is open."""

    def _may(self, host: str) -> bool:
        # A scope, as in fe80::1%eth0, is of our own network anyway.
        address = address_in(host.partition("%")[0])
        return address is not None and may_reach(address, self._networks)


class Sender:
    """Posts webhooks; ``networks`` may be reached beside the public ones."""

    def __init__(self, networks: Sequence[Network] = (), *, within: float = WITHIN) -> None:
        self._networks = networks
        self._within = within
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        # A name is looked up for every connection, and no connection is kept for the next: what
        # a name led to when it was looked at before says nothing.
        connector = aiohttp.TCPConnector(
            limit=0,
            resolver=GuardedResolver(self._networks),
            use_dns_cache=False,
            force_close=True,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            timeout=aiohttp.ClientTimeout(total=self._within),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": USER_AGENT},
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session:
            await self._session.close()

    async def send(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """What the receiver at ``url`` answers to ``body``; never raises for what it does."""
        assert self._session is not None, "a sender is entered first"
        try:
            # An IP address is no name to look up, and a setting may have changed meanwhile.
            check_url(url, self._networks)
            async with self._session.post(
                url, data=body, headers=headers, allow_redirects=False
            ) as answer:
                text = (await answer.content.read(KEPT)).decode(errors="replace")
                # Postgres can't store it.
                text = text.replace("\0", "\ufffd")
                return Answer(
                    status=answer.status,
                    body=text,
                    problem="" if answer.status < 300 else _said(answer),
                    retry_after=_seconds(answer.headers.get("Retry-After", "")),
                )
        except InvalidOffer as refused:
            return Answer(problem=f"the address {refused.why}")
        except TimeoutError:
            return Answer(problem=f"no answer within {self._within:g} s")
        except (aiohttp.ClientError, OSError, asyncio.IncompleteReadError, ValueError) as error:
            return Answer(problem=f"{type(error).__name__}: {error}"[:300])


def _said(answer: aiohttp.ClientResponse) -> str:
    if answer.status < 400:
        return "redirects are not followed"
    return f"{answer.status} {answer.reason or ''}".strip()


def _seconds(given: str) -> timedelta | None:
    if not given.isdecimal() or len(given) > 9:
        return None
    return timedelta(seconds=int(given))
