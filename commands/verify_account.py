"""A person shows that mail reaches them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.versioned import Versioned
from commands.work import Work
from domain.account.decisions import verify
from domain.account.state import Account


@dataclass(frozen=True, kw_only=True)
class VerifyAccount:
    """Mail to ``email`` reached the account's person."""

    account_id: UUID
    email: str


def verify_account(message: VerifyAccount, work: Work) -> Versioned[Account]:
    """Raises LinkSpent when that is known already, or the address is another by now."""
    account = work.account(message.account_id)
    return work.record(account, verify(account.state, message.email))
