"""Why somebody is not let in, or not further."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from domain.refusals import Refusal


@dataclass(eq=False, kw_only=True)
class EmailUnverified(Refusal):
    """Booking takes an account whose e-mail address is verified."""

    code = "email_unverified"
    says = "Verify your e-mail address before you book: ask for the link again if it is lost."


@dataclass(eq=False, kw_only=True)
class AccountErased(Refusal):
    """Nothing more happens in the name of a person who is erased."""

    code = "account_erased"
    says = "This account is erased."


@dataclass(eq=False, kw_only=True)
class TooManyExports(Refusal):
    """A person has a few exports at a time, each for a week."""

    code = "too_many_exports"
    says = "You have {maximum} exports already: take one of them, or wait until one has expired."

    maximum: int


@dataclass(eq=False, kw_only=True)
class BookingsOpen(Refusal):
    """Who has bookings to come or money under way, as guest or host, is not erased yet."""

    code = "bookings_open"
    says = (
        "You still have bookings to come or money under way: cancel or complete them, or wait"
        " for the money, then ask again."
    )

    bookings: tuple[UUID, ...]


@dataclass(eq=False, kw_only=True)
class LinkSpent(Refusal):
    """The token of an e-mail has expired, was used, or is not one of ours."""

    code = "link_spent"
    says = "The link has expired or was used; ask for a new one."
