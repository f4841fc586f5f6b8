"""A host sets what the listings that they begin from now on ask and charge."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.versioned import Versioned
from commands.work import Work
from domain.account import decisions
from domain.account.state import Account
from domain.refusals import StaleVersion
from domain.rules.document import Rules


@dataclass(frozen=True, kw_only=True)
class SetDefaultRules:
    """Begin listings with ``rules``, if the account still has version ``expected``."""

    account_id: UUID
    expected: int
    rules: Rules


def set_default_rules(message: SetDefaultRules, work: Work) -> Versioned[Account]:
    """Raises NoSuch, StaleVersion and what the decision raises."""
    account = work.account(message.account_id)
    if account.version != message.expected:
        raise StaleVersion(expected=message.expected, actual=account.version)
    return work.record(account, decisions.set_default_rules(account.state, message.rules))
