"""Who asks, because of what, and under which key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from commands.receipts import ReceiptRequest


@dataclass(frozen=True, kw_only=True)
class Context:
    """``actor`` is the signed-in account, if any; ``process`` names ours when it is none.

    ``at`` is the decision's *now* when an import lives through what happened then; it is the
    database's clock otherwise, and when things are recorded always is.
    """

    actor: UUID | None = None
    process: str = "anonymous"
    correlation_id: str
    receipt: ReceiptRequest | None = None
    at: datetime | None = None

    @property
    def actor_name(self) -> str:
        """The actor as the log records it."""
        return str(self.actor) if self.actor else self.process
