"""What the platform asks of a payment provider, whoever it is.

Every call carries an idempotency key: the same key is the same call, however often it is made, and
gets the same outcome or a later one. A call that can't be made raises ``ProviderUnavailable``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.booking.payment_facts import NextAction
from domain.money import Money


@dataclass(frozen=True, kw_only=True)
class Charge:
    """A guest's payment; ``asked_at`` is when it was recorded that it is wanted."""

    booking_id: UUID
    payment_id: UUID
    method: str
    amount: Money
    asked_at: datetime


@dataclass(frozen=True, kw_only=True)
class Return:
    """Some of a captured payment, back to the guest; ``reference`` is the payment's, if known."""

    booking_id: UUID
    refund_id: UUID
    payment_id: UUID
    method: str
    reference: str | None
    amount: Money


@dataclass(frozen=True, kw_only=True)
class Transfer:
    """A host's share of what ``method`` brought."""

    booking_id: UUID
    payout_id: UUID
    host_id: UUID
    method: str
    amount: Money


@dataclass(frozen=True, kw_only=True)
class Done:
    """It is done, under the provider's ``reference``."""

    reference: str


@dataclass(frozen=True, kw_only=True)
class Refused:
    """It will not be done, for a reason with a stable code and a sentence for the person."""

    code: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Pending:
    """The outcome comes as a webhook, perhaps after the guest did something; ask again to know."""

    action: NextAction | None = None


Outcome = Done | Refused | Pending


class ProviderUnavailable(Exception):
    """The provider did not answer: nothing is known, and the call has to be made again."""


class PaymentProvider(Protocol):
    """See the module."""

    @property
    def name(self) -> str:
        """What the provider is called in the path of its webhooks."""
        ...

    def takes(self, method: str) -> bool:
        """Whether ``method`` is one of the provider's."""
        ...

    async def authorise(self, key: str, charge: Charge) -> Outcome:
        """Set the guest's money aside."""
        ...

    async def capture(self, key: str, charge: Charge, reference: str) -> Outcome:
        """Take the money that was set aside under ``reference``."""
        ...

    async def refund(self, key: str, back: Return) -> Outcome:
        """Give money back to the guest."""
        ...

    async def pay_out(self, key: str, transfer: Transfer) -> Outcome:
        """Give the host their share."""
        ...


def provider_of(method: str, among: Sequence[PaymentProvider]) -> PaymentProvider | None:
    """Who takes ``method``, if anybody does."""
    return next((provider for provider in among if provider.takes(method)), None)
