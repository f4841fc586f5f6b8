"""`sojourn demo`: one account a role, made once, with passwords that are no secret."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid5

import anyio
import msgspec
from rich.table import Table

from api.secrets import hash_email
from api.sign_in.passwords import Passwords
from commands.context import Context
from commands.execute import Commands
from commands.grant_role import GrantRole, grant_role
from commands.receipts import ReceiptRequest, StoredResponse
from commands.register_account import RegisterAccount, register_account
from commands.versioned import Versioned
from domain.account.facts import Role
from domain.account.state import Account
from domain.refusals import EmailTaken
from sojourn.settings import load_settings
from sojourn.terminal import out
from sojourn.wiring import commands

NAMESPACE = UUID("5a0c8d3e-6a5e-5b0e-8c53-0d6f4c1b2a97")


@dataclass(frozen=True)
class DemoAccount:
    """Somebody to sign in as."""

    role: Role
    name: str

    @property
    def email(self) -> str:
        """An address that belongs to nobody (RFC 2606)."""
        return f"{self.role}@example.com"

    @property
    def password(self) -> str:
        """Public on purpose, and long enough to be one."""
        return f"demo-{self.role}-password"

    @property
    def id(self) -> UUID:
        """Always the same, so that a second run finds the first."""
        return uuid5(NAMESPACE, self.email)


ACCOUNTS = (
    DemoAccount("guest", "Gunnel Guest"),
    DemoAccount("host", "Hedda Host"),
    DemoAccount("auditor", "Axel Auditor"),
    DemoAccount("analyst", "Anna Analyst"),
    DemoAccount("admin", "Ada Admin"),
)


def run() -> None:
    """Make what is missing of the accounts and show all of them."""
    settings = load_settings()
    secret = settings.key("secret_key_file")
    table = Table(title="Demo sign-ins: public, never for real people", title_justify="left")
    for column in ("role", "e-mail", "password"):
        table.add_column(column)
    with commands(settings) as ready:
        for account in ACCOUNTS:
            made = make(ready, account, secret)
            password = account.password if made else "somebody else has this address"
            table.add_row(account.role, account.email, password)
    out.print(table)


def make(ready: Commands, account: DemoAccount, secret: bytes) -> bool:
    """Whether the account is there with its role; not when its address is somebody else's."""
    receipt = ReceiptRequest(account_id=account.id, key="demo:register", fingerprint=b"demo")
    context = Context(process="sojourn demo", correlation_id="sojourn-demo", receipt=receipt)
    registering = RegisterAccount(
        account_id=account.id,
        name=account.name,
        email=account.email,
        email_hash=hash_email(secret, account.email),
        password_hash=anyio.run(Passwords().hash, account.password),
    )
    try:
        ready.execute(register_account, registering, context, _answer)
    except EmailTaken:
        return False
    granting = Context(process="sojourn demo", correlation_id="sojourn-demo")
    ready.execute(grant_role, GrantRole(account_id=account.id, role=account.role), granting)
    return True


def _answer(result: Versioned[Account]) -> StoredResponse:
    body = msgspec.json.encode({"id": result.state.id, "version": result.version})
    return StoredResponse(status=201, body=body, headers={})
