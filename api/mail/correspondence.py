"""Which letter goes to whom; nobody waits for it, and nobody learns whether there was one."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from uuid import UUID

from anyio import to_thread

from api.conventions.sight import Sight
from api.mail.letters import Letters
from api.mail.mailer import Mailer
from api.mail.outbox import Outbox
from api.secrets import hash_email
from api.sign_in.accounts import Credentials
from api.sign_in.letter_tokens import LIFETIMES, LetterTokens, Purpose


@dataclass(frozen=True)
class Correspondence:
    """Everything a letter needs; ``secret`` keys the hashes of e-mail addresses."""

    sight: Sight
    credentials: Credentials
    tokens: LetterTokens
    letters: Letters
    mailer: Mailer
    outbox: Outbox
    secret: bytes

    def ask_to_verify(self, account_id: UUID) -> None:
        """Soon write to the account's address, unless it is verified or there is none."""

        async def write() -> None:
            found = await self.sight.account(account_id)
            if found is None or found[0].email is None or found[0].verified:
                return
            email = found[0].email
            token = self.tokens.write("verify e-mail", account_id, email)
            await self._send(self.letters.verification(email, token, _hours("verify e-mail")))

        self.outbox.put(account_id.bytes, write)

    def offer_new_password(self, typed: str) -> None:
        """Soon write to whoever signs in with the address that somebody ``typed``, if anybody.

        The letter goes to the address on record: two spellings of one hash may be two mailboxes.
        """
        email_hash = hash_email(self.secret, typed)

        async def write() -> None:
            kept = await self.credentials.by_email(email_hash)
            found = await self.sight.account(kept[0]) if kept else None
            if kept is None or found is None or found[0].email is None:
                return
            account_id, password_hash = kept
            token = self.tokens.write("reset password", account_id, password_hash)
            await self._send(
                self.letters.password_reset(found[0].email, token, _hours("reset password"))
            )

        self.outbox.put(email_hash, write)

    async def _send(self, letter: EmailMessage) -> None:
        await to_thread.run_sync(self.mailer.send, letter)


def _hours(purpose: Purpose) -> int:
    return int(LIFETIMES[purpose].total_seconds() // 3600)
