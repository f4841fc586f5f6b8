"""What the platform writes to people, and the tokens in it."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from urllib.parse import quote

# Names are not in them: anyone may join under any name with anyone's address.
VERIFY = """\
Hello,

somebody, we hope you, has joined Sojourn with this e-mail address. Please confirm that it is
yours:

{how}

This is good for {hours} hours and once. If it was not you, leave this letter alone.
"""

RESET = """\
Hello,

somebody, we hope you, wants to choose a new password for your account at Sojourn:

{how}

This is good for {hours} hours and once. If it was not you, leave this letter alone: your password
stands as it is.
"""


DISABLED = """\
Hello,

Sojourn has stopped sending webhooks to

    {url}

since {why}. When it works again, enable the endpoint {endpoint}. What
waited to be sent is in the list of its deliveries, and can be sent again one by one. What happens
until then is not kept for it: read the bookings themselves.
"""


@dataclass(frozen=True)
class Letters:
    """Letters from ``sender``; links in them begin with ``links``, where there are pages for them.

    Without, people copy the token.
    """

    sender: str
    links: str | None = None

    def verification(self, email: str, token: str, hours: int) -> EmailMessage:
        """Asks whoever reads it to show that they do."""
        text = VERIFY.format(how=self._how("verify-email", token), hours=hours)
        return self._letter(email, "Confirm your e-mail address", text)

    def password_reset(self, email: str, token: str, hours: int) -> EmailMessage:
        """Lets whoever reads it choose a new password."""
        text = RESET.format(how=self._how("reset-password", token), hours=hours)
        return self._letter(email, "Choose a new password", text)

    def webhook_disabled(self, email: str, url: str, endpoint: str, why: str) -> EmailMessage:
        """Tells whoever is to be told of things that they are told no longer, and ``why``."""
        text = DISABLED.format(url=url, endpoint=endpoint, why=why)
        return self._letter(email, "Your webhooks have stopped", text)

    def _how(self, page: str, token: str) -> str:
        if self.links is None:
            return f"    {token}"
        # Behind the hash, so that no server's log and no Referer header gets the token.
        link = f"{self.links.rstrip('/')}/{page}#token={quote(token)}"
        return f"    {link}\n\nor enter this where you are asked for it:\n\n    {token}"

    def _letter(self, email: str, subject: str, text: str) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self.sender
        message["To"] = email
        message["Subject"] = subject
        message["Date"] = formatdate(usegmt=True)
        domain = parseaddr(self.sender)[1].rpartition("@")[2]
        message["Message-ID"] = make_msgid(domain=domain or None)
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        return message
