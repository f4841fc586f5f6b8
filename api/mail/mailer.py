"""How e-mails leave: through a server that speaks SMTP, or as files in a folder."""

from __future__ import annotations

import logging
import os
import smtplib
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Literal, Protocol
from uuid import uuid4

_log = logging.getLogger("sojourn.mail")

Security = Literal["starttls", "tls", "none"]


class Mailer(Protocol):
    """Takes finished e-mails."""

    def send(self, message: EmailMessage) -> None:
        """Hand ``message`` over, or raise OSError or SMTPException."""
        ...


class NoMailer:
    """Where no way is set: e-mails go nowhere, and the log says so."""

    def send(self, message: EmailMessage) -> None:
        """See :class:`Mailer`."""
        _log.warning("an e-mail was not sent, as neither an SMTP server nor a folder is set")


class FolderMailer:
    """Writes each e-mail into ``folder``, for its owner alone, and logs the path."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: EmailMessage) -> None:
        """See :class:`Mailer`."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}-{uuid4().hex[:8]}"
        path, unfinished = self._folder / f"{name}.eml", self._folder / f".{name}"
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(message.as_bytes(policy=SMTP))
        # Whoever looks into the folder never sees half an e-mail.
        unfinished.rename(path)
        _log.info("wrote an e-mail to %s", path)


@dataclass(frozen=True, kw_only=True)
class SmtpMailer:
    """Hands each e-mail to the server at ``host`` on a connection of its own."""

    host: str
    port: int
    security: Security = "starttls"
    user: str | None = None
    password: str = ""
    timeout: float = 10.0

    def send(self, message: EmailMessage) -> None:
        """See :class:`Mailer`."""
        server = self._connect()
        try:
            if self.security == "starttls":
                server.starttls()
            if self.user is not None:
                server.login(self.user, self.password)
            server.send_message(message)
        finally:
            # What was sent is sent, even when the server hangs up without a good-bye.
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()

    def _connect(self) -> smtplib.SMTP:
        connect = smtplib.SMTP_SSL if self.security == "tls" else smtplib.SMTP
        return connect(self.host, self.port, timeout=self.timeout)
