"""One command over HTTP: who asks, why and under which key; the stored answer and its position."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar
from uuid import UUID

from anyio import CapacityLimiter, to_thread
from fastapi import Depends, Request, Response
from pydantic import BaseModel

from api.conventions.bearer import Clock, utc_now
from api.conventions.etags import etag_of
from api.conventions.idempotency import REPLAYED, fingerprint, key_in
from api.conventions.reading import TOLD, asked_positions
from api.mail.correspondence import Correspondence
from api.positions import Positions, encode_positions, merge_positions
from api.representations.values import page_of
from api.sign_in.grants import SignIn
from commands.context import Context
from commands.execute import Commands, Outcome
from commands.receipts import ReceiptRequest, StoredResponse
from commands.webhooks.deliveries import Deliveries
from commands.work import Work
from domain.webhook.addresses import Network
from eventlog.personal.forgetting import Forgetting

M = TypeVar("M")
R = TypeVar("R")

AT_ONCE = 64
"""How many commands wait in threads, because something has to be read for them."""


@dataclass(frozen=True)
class CommandSide:
    """What the endpoints of the command app call; ``key`` is that of request fingerprints.

    ``forgetting`` finishes the erasure of a person. ``webhook_keys`` are those with which payment
    providers sign, by the provider's name. Webhooks may go to ``webhook_networks`` beside the
    public ones, and ``webhook_secrets_key`` is that from which their secrets follow.
    ``verified_only``: booking takes a verified e-mail address.
    """

    commands: Commands
    sign_in: SignIn
    correspondence: Correspondence
    key: bytes
    forgetting: Forgetting
    deliveries: Deliveries
    webhook_secrets_key: bytes
    webhook_networks: Sequence[Network] = ()
    webhook_keys: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    verified_only: bool = False
    clock: Clock = utc_now
    limiter: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(AT_ONCE))

    async def carry_out(
        self,
        request: Request,
        handle: Callable[[M, Work], R],
        message: M,
        respond: Callable[[R], StoredResponse],
        *,
        account: UUID | None = None,
        long: bool = False,
    ) -> Response:
        """The answer to ``message``; keys are the caller's, or ``account``'s when nobody called.

        What may take ``long`` to decide is kept out of the event loop.

        Raises what :meth:`commands.execute.Commands.execute` raises.
        """
        caller: UUID | None = request.state.caller
        context = Context(
            actor=caller,
            correlation_id=request.state.correlation_id,
            receipt=await self.receipt(request, caller or account),
        )
        execution = (handle, message, context, respond)
        outcome = None if long else await self.commands.at_once(*execution)
        if outcome is None:
            outcome = await self.in_thread(lambda: self.commands.execute(*execution))
        return self.answer(request, outcome)

    async def in_thread(self, call: Callable[[], R]) -> R:
        """What ``call``, which blocks, returns."""
        return await to_thread.run_sync(call, limiter=self.limiter, abandon_on_cancel=True)

    def answer(self, request: Request, outcome: Outcome[Any]) -> Response:
        """What the client is told of ``outcome``."""
        assert outcome.response is not None, "a command is answered by what respond made"
        positions = merge_positions([outcome.positions, asked_positions(request) or {}])
        headers = {**outcome.response.headers, TOLD: encode_positions(positions)}
        if outcome.replayed:
            headers[REPLAYED] = "true"
        return Response(
            outcome.response.body,
            outcome.response.status,
            headers,
            media_type="application/json" if outcome.response.body else None,
        )

    async def receipt(self, request: Request, account: UUID | None) -> ReceiptRequest | None:
        """The key of the request and what it asks, if it has one."""
        key = key_in(request) if request.method == "POST" else None
        if key is None or account is None:
            return None
        asked = fingerprint(self.key, request.method, request.url.path, await request.body())
        return ReceiptRequest(account_id=account, key=key, fingerprint=asked)

    async def standing(self, caller: UUID, *streams: str) -> Positions:
        """How far the log goes in ``streams``; raises AccountErased for who is no more."""
        return await self.in_thread(lambda: self.commands.standing(caller, streams))


async def _side_of(request: Request) -> CommandSide:
    side: CommandSide = request.app.state.side
    return side


Side = Annotated[CommandSide, Depends(_side_of)]


def stored(
    page: BaseModel, status: int = 200, *, version: int | None = None, location: str | None = None
) -> StoredResponse:
    """``page`` as the answer to a command, with its ETag and Location."""
    body = page_of(page)
    headers: dict[str, Any] = {}
    if version is not None:
        headers["ETag"] = etag_of(version, body)
    if location is not None:
        headers["Location"] = location
    return StoredResponse(status=status, body=body, headers=headers)


def nothing(_message: object, _work: Work) -> None:
    """A command that changes nothing in the log; a key still makes its repeats alike."""


def promised(_result: object) -> StoredResponse:
    """202: it will be done, or not, behind the scenes."""
    return StoredResponse(status=202, body=b"", headers={})


def done(_result: object) -> StoredResponse:
    """204: it is done, and there is nothing to show."""
    return StoredResponse(status=204, body=b"", headers={})
