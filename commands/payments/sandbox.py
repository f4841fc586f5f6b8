"""The provider that is built in: no money moves, and the method says what becomes of it.

It keeps nothing: what it answers follows from the method and the time alone, so it is the same in
every process and after every restart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from commands.payments.notices import encode
from commands.payments.provider import (
    Charge,
    Done,
    Outcome,
    Pending,
    Refused,
    Return,
    Transfer,
)
from commands.payments.webhooks import Webhook
from domain.booking.notices import (
    Authorised,
    Captured,
    Declined,
    DisputeEnded,
    DisputeOpened,
    Notice,
)
from domain.booking.payment_facts import NextAction

NAME: Final = "sandbox"
DECLINED: Final = Refused(code="card_declined", why="The bank declined the card.")

Announce = Callable[[float, Sequence[Webhook]], None]
"""Sends webhooks one after another, so many seconds from now."""

_METHOD = re.compile(
    r"sandbox(?::(?P<plain>decline|challenge|repeat|reorder|twice|recover|refund-fails"
    r"|payout-fails|dispute(?:-won|-lost)?)|:(?P<waits>delay|silent):(?P<seconds>\d{1,3}))?"
)


@dataclass(frozen=True)
class Manner:
    """What a method asks for: ``what`` happens, after ``seconds`` where it is a delay."""

    what: str
    seconds: int = 0


def manner_of(method: str) -> Manner | None:
    """What ``method`` asks for, None when it is no method of the sandbox."""
    match = _METHOD.fullmatch(method)
    if match is None:
        return None
    if match["waits"]:
        return Manner(match["waits"], int(match["seconds"]))
    return Manner(match["plain"] or "approve")


def reference_of(payment_id: UUID) -> str:
    """What the sandbox calls a payment of ours."""
    return f"{NAME}-{payment_id}"


class Sandbox:
    """See :class:`commands.payments.provider.PaymentProvider`."""

    name = NAME

    def __init__(
        self, announce: Announce, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._announce = announce
        self._clock = clock

    def takes(self, method: str) -> bool:
        """See the port."""
        return manner_of(method) is not None

    async def authorise(self, key: str, charge: Charge) -> Outcome:
        """See the port."""
        manner = manner_of(charge.method)
        assert manner is not None, "a provider is asked for its own methods"
        reference = reference_of(charge.payment_id)
        match manner.what:
            case "decline":
                return DECLINED
            case "challenge":
                url = f"/v1/sandbox/challenges/{charge.booking_id}/{charge.payment_id}"
                return Pending(action=NextAction(kind="challenge", url=url))
            case "silent" | "delay" | "repeat" | "reorder" | "twice" | "recover":
                waits = timedelta(seconds=max(manner.seconds, 1))
                if self._clock() >= charge.asked_at + waits:
                    return Done(reference=reference)
                if told := _told(manner.what, charge):
                    self._announce(float(manner.seconds), told)
                return Pending()
            case _:
                return Done(reference=reference)

    async def capture(self, key: str, charge: Charge, reference: str) -> Outcome:
        """See the port."""
        manner = manner_of(charge.method)
        if manner and manner.what.startswith("dispute"):
            self._announce(0.5, _disputed(manner.what, charge))
        return Done(reference=reference)

    async def refund(self, key: str, back: Return) -> Outcome:
        """See the port."""
        if manner_of(back.method) == Manner("refund-fails"):
            return Refused(code="account_closed", why="The guest's account is closed.")
        return Done(reference=f"{NAME}-{back.refund_id}")

    async def pay_out(self, key: str, transfer: Transfer) -> Outcome:
        """See the port."""
        if manner_of(transfer.method) == Manner("payout-fails"):
            return Refused(code="account_closed", why="The host's account is closed.")
        return Done(reference=f"{NAME}-{transfer.payout_id}")


def _told(what: str, charge: Charge) -> list[Webhook]:
    """The webhooks that end a pending authorisation: the sandbox captures at once then."""
    reference = reference_of(charge.payment_id)
    captured = Captured(payment_id=charge.payment_id, reference=reference, amount=charge.amount)
    authorised = Authorised(payment_id=charge.payment_id, reference=reference)
    declined = Declined(payment_id=charge.payment_id, code=DECLINED.code, why=DECLINED.why)
    doubled = Captured(
        payment_id=charge.payment_id, reference=f"{reference}-again", amount=charge.amount
    )
    told: dict[str, list[Notice]] = {
        "delay": [captured],
        "repeat": [captured, captured],
        "reorder": [captured, authorised],
        "twice": [captured, doubled],
        "recover": [declined, captured],
    }
    return [_webhook(charge, notice) for notice in told.get(what, [])]


def _disputed(what: str, charge: Charge) -> list[Webhook]:
    dispute = f"{reference_of(charge.payment_id)}-dispute"
    opened = DisputeOpened(
        payment_id=charge.payment_id, dispute=dispute, amount=charge.amount, why="fraudulent"
    )
    told: list[Notice] = [opened]
    for outcome in ("won", "lost"):
        if what == f"dispute-{outcome}":
            ended = DisputeEnded(
                payment_id=charge.payment_id,
                dispute=dispute,
                amount=charge.amount,
                why="fraudulent",
                outcome=outcome,
            )
            told.append(ended)
    return [_webhook(charge, notice) for notice in told]


def _webhook(charge: Charge, notice: Notice) -> Webhook:
    """Its id follows from what it tells, so that telling it again is a repeat."""
    suffix = getattr(notice, "reference", "") or getattr(notice, "dispute", "")
    identity = f"{type(notice).__name__.lower()}-{charge.payment_id}-{suffix}"
    return Webhook(id=identity[:255], body=encode(charge.booking_id, notice))
