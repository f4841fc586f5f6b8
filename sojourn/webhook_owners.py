"""What the webhooks' process asks and tells of the owners of endpoints."""

from __future__ import annotations

import logging
from smtplib import SMTPException
from uuid import UUID

from api.mail.letters import Letters
from api.mail.mailer import Mailer
from commands.context import Context
from commands.disable_webhook import DisableWebhook, disable_webhook
from commands.execute import Commands
from domain.account.state import Account, evolve
from domain.streams import account_stream
from domain.webhook.facts import DisabledBecause
from domain.webhook.state import Endpoint
from eventlog.application import EventLog
from eventlog.personal.keys import KeysUnavailable

logger = logging.getLogger(__name__)

WHY: dict[DisabledBecause, str] = {
    "gone": "the server there answered 410: it wants no more",
    "failing": "nothing has been taken there for three days",
    "owner": "you said so",
}


class Owners:
    """Calls block."""

    def __init__(self, log: EventLog, commands: Commands, letters: Letters, mailer: Mailer) -> None:
        self._log = log
        self._commands = commands
        self._letters = letters
        self._mailer = mailer

    def may_hear(self, endpoint: Endpoint) -> bool:
        """Whether the owner still has the role that the endpoint's scope takes."""
        account = self._account(endpoint.owner_id)
        return account is not None and (endpoint.scope == "host" or "admin" in account.roles)

    def disable(self, endpoint_id: UUID, why: DisabledBecause) -> None:
        """Record that nothing more is sent to an endpoint, and write to its owner.

        A letter that can't be sent is not tried again: the endpoint itself says so, too.
        """
        context = Context(process="webhooks", correlation_id=f"webhook-{endpoint_id}")
        message = DisableWebhook(endpoint_id=endpoint_id, why=why)
        endpoint = self._commands.execute(disable_webhook, message, context).result
        if endpoint is None:
            return
        logger.warning("webhook endpoint %s is disabled: %s", endpoint_id, WHY[why])
        try:
            if email := self._email(endpoint.owner_id):
                self._mailer.send(
                    self._letters.webhook_disabled(email, endpoint.url, str(endpoint_id), WHY[why])
                )
        except (OSError, SMTPException, KeysUnavailable):
            logger.exception("the owner of webhook endpoint %s was not told", endpoint_id)

    def _email(self, account_id: UUID) -> str | None:
        account = self._account(account_id)
        if account is None or account.erased:
            return None
        return self._log.sealing.readable(account, account_stream(account_id)).email

    def _account(self, account_id: UUID) -> Account | None:
        loaded = self._log.load(account_stream(account_id), evolve)
        return loaded.state if loaded else None
