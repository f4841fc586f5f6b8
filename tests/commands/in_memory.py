"""The use cases on a log in memory: the same handlers and decisions, without a server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import Any, cast
from uuid import UUID

from commands.execute import Asked, Outcome
from commands.receipts import KeyReused, ReceiptRequest, StoredResponse
from commands.work import Work
from domain.account.state import evolve as evolve_account
from domain.booking.state import evolve as evolve_booking
from domain.calendar.state import evolve as evolve_calendar
from domain.conversation.state import evolve as evolve_conversation
from domain.events import Event
from domain.listing.state import evolve as evolve_listing
from domain.promotion.state import evolve as evolve_promotion
from domain.quote.state import evolve as evolve_quote
from domain.refusals import Refusal
from domain.review.state import evolve as evolve_review
from domain.streams import category
from domain.waitlist.state import evolve as evolve_waitlist
from eventlog.append import StreamWrite
from eventlog.application import EventLog
from eventlog.personal.sealing import Sealing
from eventlog.recent import Known, Root
from tests.keyring import sealing

EVOLVE: dict[str, Callable[[Any, Any], Any]] = {
    "listing": evolve_listing,
    "calendar": evolve_calendar,
    "quote": evolve_quote,
    "booking": evolve_booking,
    "account": evolve_account,
    "waitlist": evolve_waitlist,
    "review": evolve_review,
    "conversation": evolve_conversation,
    "promotion": evolve_promotion,
}


@dataclass(frozen=True)
class Happened:
    """One event, as the log would have it."""

    stream: str
    event: Event
    occurred_at: datetime
    actor: str
    key: str


@dataclass
class InMemory:
    """Carries out one command after the other; ``happened`` is its log."""

    happened: list[Happened] = field(default_factory=list[Happened])
    streams: dict[str, Known[Any]] = field(default_factory=dict[str, Known[Any]])
    receipts: dict[tuple[UUID, str], tuple[ReceiptRequest, StoredResponse]] = field(
        default_factory=dict[tuple[UUID, str], tuple[ReceiptRequest, StoredResponse]]
    )
    turn: Lock = field(default_factory=Lock)
    sealing: Sealing = field(default_factory=sealing)

    def execute(self, asked: Sequence[Asked[Any, Any]]) -> list[Outcome[Any]]:
        """See :meth:`commands.together.Together.execute`."""
        done: list[Outcome[Any]] = []
        with self.turn:
            for each in asked:
                try:
                    done.append(self._execute(each))
                except (Refusal, KeyReused):
                    if not done:
                        raise
                    break
        return done

    def _execute(self, asked: Asked[Any, Any]) -> Outcome[Any]:
        context, key = asked.context, asked.context.receipt
        assert key is not None, "only keyed commands go together"
        if found := self.receipts.get((key.account_id, key.key)):
            if found[0].fingerprint != key.fingerprint:
                raise KeyReused
            return Outcome(result=None, response=found[1], positions={}, replayed=True)
        now = context.at or datetime.now(UTC)
        work = Work(cast("EventLog", self), context, now)
        result = asked.handle(asked.message, work)
        for write in work.writes:
            self._store(write, now, context.actor_name)
        assert asked.respond is not None, "keyed commands are answered"
        response = asked.respond(result)
        self.receipts[key.account_id, key.key] = (key, response)
        return Outcome(result=result, response=response, positions={})

    def latest(
        self, stream: str, evolve: object, *, settled: bool = False, blank: object = None
    ) -> Known[Any] | None:
        """See :meth:`eventlog.application.EventLog.latest`."""
        assert evolve is EVOLVE[category(stream)], f"{stream} is folded by its own evolve"
        found = self.streams.get(stream)
        return Known(0, blank, Root()) if found is None and blank is not None else found

    def load(self, stream: str, evolve: object) -> Known[Any] | None:
        """See :meth:`eventlog.application.EventLog.load`."""
        assert evolve is EVOLVE[category(stream)], f"{stream} is folded by its own evolve"
        return self.streams.get(stream)

    def waitlists_of(self, guest_id: UUID) -> list[str]:
        """See :meth:`eventlog.application.EventLog.waitlists_of`."""
        return [
            name
            for name, each in self.streams.items()
            if category(name) == "waitlist"
            and any(entry.guest_id == guest_id for entry in each.state.entries.values())
        ]

    def states(self, of: str) -> Iterator[Any]:
        """The states of every stream of a category."""
        return (each.state for name, each in self.streams.items() if category(name) == of)

    def _store(self, write: StreamWrite, now: datetime, actor: str) -> None:
        found = self.streams.get(write.stream)
        version, state = (found.version, found.state) if found else (0, None)
        assert version == write.expected, f"{write.stream} has moved"
        for event in write.events:
            state = EVOLVE[category(write.stream)](state, event)
            self.happened.append(Happened(write.stream, event, now, actor, write.key))
        self.streams[write.stream] = Known(version + len(write.events), state, Root())
