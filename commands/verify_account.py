"""A person shows that mail reaches them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from commands.versioned import Versioned
from commands.work import Work
from domain.account.decisions import verify
from domain.account.state import Account


@dataclass(frozen=True, kw_only=True)
class VerifyAccount:
    """Mail reached the account's person, says what ``check`` does not refuse."""

    account_id: UUID
    check: Callable[[Account], None]


def verify_account(message: VerifyAccount, work: Work) -> Versioned[Account]:
    """Raises LinkSpent when that is known already, and what ``check`` raises."""
    account = work.account(message.account_id)
    message.check(work.readable(account.state, account.stream))
    return work.record(account, verify(account.state))
