"""`sojourn accounts grant` and `withdraw`: whoever is found by an address may do more or less."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg

from api.secrets import hash_email
from api.sign_in.accounts import FIND_ACCOUNT
from commands.context import Context
from commands.grant_role import GrantRole, grant_role
from commands.withdraw_role import WithdrawRole, withdraw_role
from domain.account.facts import Role
from sojourn.errors import Stop
from sojourn.settings import Settings, load_settings
from sojourn.terminal import out
from sojourn.wiring import commands

CONTEXT = Context(process="sojourn accounts", correlation_id="sojourn-accounts")


def change_role(email: str, role: Role, *, give: bool) -> None:
    """Grant or withdraw ``role``; raises Stop when nobody signs in with ``email``."""
    settings = load_settings()
    account_id = account_with(settings, email)
    if account_id is None:
        raise Stop(f"nobody signs in with {email}: register the account first")
    with commands(settings) as ready:
        if give:
            granting = GrantRole(account_id=account_id, role=role)
            result = ready.execute(grant_role, granting, CONTEXT).result
        else:
            withdrawing = WithdrawRole(account_id=account_id, role=role)
            result = ready.execute(withdraw_role, withdrawing, CONTEXT).result
    assert result is not None, "a command without a key is never replayed"
    out.print(f"{email} may now act as: {', '.join(sorted(result.state.roles)) or 'nobody'}")


def account_with(settings: Settings, email: str) -> UUID | None:
    """The account that signs in with ``email``, if there is one."""
    hashed = hash_email(settings.key("secret_key_file"), email)
    with psycopg.connect(settings.need("postgres_commands_url"), connect_timeout=5) as connection:
        found: Any = connection.execute(FIND_ACCOUNT, [hashed]).fetchone()
    return found[0] if found else None
