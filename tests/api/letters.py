"""The letters that a running platform has written, found by their reader."""

from __future__ import annotations

import time
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

PATIENCE = 20.0


@dataclass(frozen=True)
class Mailbox:
    """The folder of a platform's e-mails."""

    folder: Path

    def to(self, email: str) -> list[EmailMessage]:
        """What was written to ``email``, the earliest first."""
        found = [
            message_from_bytes(path.read_bytes(), policy=policy.default)
            for path in sorted(self.folder.glob("*.eml"))
        ]
        return [letter for letter in found if letter["To"] == email]

    def wait(self, email: str, count: int = 1) -> list[str]:
        """The tokens of the first ``count`` letters to ``email``, as soon as they are there."""
        give_up = time.monotonic() + PATIENCE
        while len(letters := self.to(email)) < count:
            assert time.monotonic() < give_up, f"{len(letters)} of {count} letters have come"
            time.sleep(0.02)
        return [token_in(letter) for letter in letters[:count]]


def token_in(letter: EmailMessage) -> str:
    """The token that people are to copy."""
    return next(
        line.strip() for line in letter.get_content().splitlines() if line.startswith("    ")
    )
