"""Runs a use case: load, decide, append; on a conflict read the receipt, load and decide again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from threading import Lock
from time import monotonic
from typing import Any, Generic, TypeVar, cast
from uuid import UUID

from uuid_utils.compat import uuid7

from commands.at_once import KnownLog, Unread
from commands.context import Context
from commands.receipts import InProgress, KeyReused, ReceiptRequest, StoredResponse
from commands.turns import Turns
from commands.work import Work
from domain.account.refusals import AccountErased
from domain.calendar.facts import ClaimMoved, NightsHeld, OfferHeld, RangeBlocked
from domain.refusals import EmailTaken, NightsTaken, Refusal
from eventlog.append import (
    Append,
    AppendFailed,
    ClaimsOverlap,
    CredentialExists,
    Receipt,
    ReceiptExists,
)
from eventlog.application import EventLog, LogUnavailable, Pending
from eventlog.committer import QueueFull
from eventlog.partitioner import partition_of
from eventlog.personal.answers import opened_answer, sealed_answer
from eventlog.personal.keys import Erased
from eventlog.personal.pool import KeysUnavailable
from eventlog.recent import Known

M = TypeVar("M")
R = TypeVar("R")

DEADLINE = 10.0
"""Seconds in which a command is decided again and again before it gives up."""


class Unavailable(Exception):
    """The command could not be carried out in time, or whether it was is not known: try again.

    Under its key a command that was carried out after all gets its first answer.
    """


@dataclass(frozen=True, kw_only=True)
class Outcome(Generic[R]):
    """What became of a command.

    ``positions`` is, for each partition of the event topic, how far a reader must have come to see
    the effect. A replayed command has its first ``response`` and no ``result``.
    """

    result: R | None
    response: StoredResponse | None
    positions: dict[int, int]
    replayed: bool = False


@dataclass(frozen=True)
class Asked(Generic[M, R]):
    """A command with all that carrying it out takes; ``causation_id`` is its own id."""

    handle: Callable[[M, Work], R]
    message: M
    context: Context
    respond: Callable[[R], StoredResponse] | None = None
    causation_id: str = field(init=False)

    def __post_init__(self) -> None:
        kind = "keyed-command" if self.context.receipt else "command"
        object.__setattr__(self, "causation_id", f"{kind}:{uuid7()}")


@dataclass(frozen=True)
class Verified:
    """These versions were the streams' own at this time, and ``on`` what they amounted to."""

    reads: dict[str, int]
    on: dict[str, Known[Any]]
    at: datetime

    def covers(self, work: Work) -> bool:
        """Whether ``work`` was decided on the very same, and not before that time."""
        same = all(work.on.get(stream) is known for stream, known in self.on.items())
        on_time = work.context.at is not None or self.at <= work.now
        return same and on_time and self.reads == work.reads


class Unverified(Exception):
    """The command was refused on versions that are only now known to be true: decide again."""

    def __init__(self, refused: Verified) -> None:
        super().__init__()
        self.refused = refused


@dataclass(frozen=True)
class _Submitted(Generic[R]):
    """A command that was decided and waits to be stored."""

    work: Work
    append: Append
    waiting: Pending
    result: R
    response: StoredResponse | None


class Commands:
    """Executes use cases against one log."""

    def __init__(self, log: EventLog, *, deadline: float = DEADLINE) -> None:
        self._log = log
        self._deadline = deadline
        self._turns = Turns()

    def standing(self, account_id: UUID, streams: Sequence[str]) -> dict[int, int]:
        """By partition, the position of the last event of ``streams``, which never end.

        Raises AccountErased when the account is no more.
        """
        if self._log.is_erased(account_id):
            raise AccountErased
        return self._last_of(streams)

    def execute(
        self,
        handle: Callable[[M, Work], R],
        message: M,
        context: Context,
        respond: Callable[[R], StoredResponse] | None = None,
    ) -> Outcome[R]:
        """Carry out ``message``, once whatever is repeated, and store the answer with its effect.

        Raises a domain Refusal, :class:`KeyReused`, :class:`InProgress` or :class:`Unavailable`.
        """
        asked = Asked(handle, message, context, respond)
        give_up = monotonic() + self._deadline
        refused: Verified | None = None
        careful = False
        try:
            if context.actor and self._log.is_erased(context.actor):
                raise AccountErased
            while True:
                work = Work(self._log, context, context.at or self._log.clock(), careful=careful)
                try:
                    return self._attempt(asked, work, refused, give_up)
                except Unverified as unverified:
                    refused = unverified.refused
                    if monotonic() > give_up:
                        raise Unavailable from unverified
                except ReceiptExists as exists:
                    if replayed := self._replay(context.receipt):
                        return replayed
                    if monotonic() > give_up:
                        raise InProgress from exists
                except AppendFailed as conflict:
                    careful = True
                    if monotonic() > give_up:
                        raise Unavailable from conflict
        except (LogUnavailable, QueueFull, KeysUnavailable) as error:
            raise Unavailable(str(error)) from error
        except Erased:
            raise AccountErased from None

    async def at_once(
        self,
        handle: Callable[[M, Work], R],
        message: M,
        context: Context,
        respond: Callable[[R], StoredResponse] | None = None,
    ) -> Outcome[R] | None:
        """As :meth:`execute` in an event loop, where it decides without a thread and then awaits.

        None when that does not do: :meth:`execute` it in a thread, nothing has happened yet.
        Raises :class:`Unavailable`, and a Refusal that the log itself has told.
        """
        now = context.at or self._log.clock_if_known()
        if now is None:
            return None
        asked = Asked(handle, message, context, respond)
        work = Work(cast("EventLog", KnownLog(self._log)), context, now)
        with ExitStack() as turn:
            work.take_turn = partial(self._take_free_turn, turn)
            try:
                if context.actor and work.log.is_erased(context.actor):
                    return None
                result = handle(message, work)
                if not work.writes:
                    return None
                response = respond(result) if respond else None
                give_up = monotonic() + self._deadline
                submitted = self._submit(asked, work, result, response, give_up)
            except (Unread, Refusal, Erased):
                # A refusal counts only once the log has said that it rests on true versions.
                return None
        await submitted.waiting.known()
        try:
            return self._conclude(submitted)
        except AppendFailed:
            return None
        except LogUnavailable as error:
            raise Unavailable(str(error)) from error

    def replayed(self, asked: ReceiptRequest | None) -> Outcome[Any] | None:
        """The first answer, when the keyed command ran before.

        Raises :class:`KeyReused` or :class:`Unavailable`.
        """
        try:
            return self._replay(asked)
        except (LogUnavailable, KeysUnavailable) as error:
            raise Unavailable(str(error)) from error
        except Erased:
            raise AccountErased from None

    def _attempt(
        self, asked: Asked[M, R], work: Work, refused: Verified | None, give_up: float
    ) -> Outcome[R]:
        with ExitStack() as turn:
            self._take_turns(work, turn, refused)
            try:
                result = asked.handle(asked.message, work)
            except Refusal as refusal:
                turn.close()
                raise self._verified(asked, work, refused) or refusal from None
            response = asked.respond(result) if asked.respond else None
            submitted = self._submit(asked, work, result, response, give_up)
        return self._conclude(submitted)

    def _submit(
        self,
        asked: Asked[M, R],
        work: Work,
        result: R,
        response: StoredResponse | None,
        give_up: float,
    ) -> _Submitted[R]:
        append = append_of(work, asked, response, {} if work.writes else self._last_of(work.reads))
        try:
            waiting = self._log.submit(append, work.decided, give_up)
        except QueueFull as error:
            raise Unavailable("too many commands wait") from error
        return _Submitted(work, append, waiting, result, response)

    def _conclude(self, submitted: _Submitted[R]) -> Outcome[R]:
        work, append = submitted.work, submitted.append
        try:
            appended = self._log.outcome(submitted.waiting, work.decided, work.on)
        except CredentialExists:
            raise EmailTaken from None
        except ClaimsOverlap as overlap:
            # The table refuses what the decision allowed: the decision was wrong, or the claims
            # moved. The dates are not to be had either way.
            raise _taken(append) from overlap
        positions = appended.positions or (append.receipt.positions if append.receipt else {})
        if not work.writes and not append.receipt:
            positions = self._last_of(work.reads)
        return Outcome(
            result=submitted.result, response=submitted.response, positions=dict(positions)
        )

    def _take_free_turn(self, until_submitted: ExitStack, stream: str) -> None:
        """The turn if nobody has it; raises Unread, as a thread that has it may be reading."""
        lock = self._turns.take(stream, 0)
        if lock is None:
            raise Unread(stream)
        until_submitted.callback(lock.release)

    def _take_turns(self, work: Work, until_submitted: ExitStack, refused: Verified | None) -> None:
        """Give ``work`` its one turn when it asks, and the time at which that has come."""
        taken: list[Lock] = []
        if refused:
            _not_before(refused.at, work)

        def take_turn(stream: str) -> None:
            if taken:
                return
            if lock := self._turns.take(stream, self._deadline):
                until_submitted.callback(lock.release)
                taken.append(lock)
                _not_before(self._log.clock(), work)

        work.take_turn = take_turn

    def _verified(
        self, asked: Asked[M, R], work: Work, refused: Verified | None
    ) -> Unverified | None:
        """None when the log is still as ``work`` saw it when it was refused, at a true time.

        Raises ReceiptExists or VersionConflict when it is not, as an append does.
        """
        if refused and refused.covers(work):
            return None
        waiting = self._log.submit(append_of(work, asked, None, {}, writes=False), {})
        appended = self._log.outcome(waiting, {}, work.on)
        return Unverified(Verified(dict(work.reads), dict(work.on), appended.recorded_at))

    def _replay(self, asked: ReceiptRequest | None) -> Outcome[Any] | None:
        receipt = self._log.receipt(asked.account_id, asked.key) if asked else None
        if receipt is None or asked is None:
            return None
        if receipt.fingerprint != asked.fingerprint:
            raise KeyReused
        receipt = opened_answer(receipt, self._log.sealing)
        response = StoredResponse(
            status=receipt.status, body=receipt.body, headers=dict(receipt.headers)
        )
        return Outcome(
            result=None, response=response, positions=dict(receipt.positions), replayed=True
        )

    def _last_of(self, streams: Iterable[str]) -> dict[int, int]:
        positions: dict[int, int] = {}
        for key, position in self._log.last_positions(streams).items():
            # Several keys may share a partition.
            partition = partition_of(key)
            positions[partition] = max(position, positions.get(partition, 0))
        return positions


def _not_before(moment: datetime, work: Work) -> None:
    """A decision is not older than what it rests on, unless an import says when it was taken."""
    if work.context.at is None:
        work.now = max(work.now, moment)


def append_of(
    work: Work,
    asked: Asked[Any, Any],
    response: StoredResponse | None,
    positions: dict[int, int],
    *,
    writes: bool = True,
) -> Append:
    """What ``work`` has decided, with the answer of a keyed command.

    ``positions`` are what the answer saw when nothing was decided; without ``writes`` it is only
    checked that what was read is true.
    """
    context = asked.context
    receipt = None
    if context.receipt and response:
        receipt = Receipt(
            account_id=context.receipt.account_id,
            key=context.receipt.key,
            fingerprint=context.receipt.fingerprint,
            status=response.status,
            headers=response.headers,
            body=response.body,
            positions=positions,
        )
        person = work.person or context.actor or receipt.account_id
        receipt = sealed_answer(receipt, person, work.log.sealing)
    return Append(
        writes=tuple(work.writes) if writes else (),
        reads=work.reads,
        occurred_at=work.now,
        actor=context.actor_name,
        correlation_id=context.correlation_id,
        causation_id=asked.causation_id,
        receipt=receipt,
        credential=work.credential if writes else None,
        holds=work.holds if writes else {},
        key=(context.receipt.account_id, context.receipt.key) if context.receipt else None,
        roots={stream: known.root for stream, known in {**work.decided, **work.on}.items()},
    )


def _taken(append: Append) -> Exception:
    for write in append.writes:
        for event in write.events:
            if isinstance(event, NightsHeld | OfferHeld | RangeBlocked | ClaimMoved):
                return NightsTaken(listing_id=event.listing_id, nights=tuple(event.stay.nights()))
    return Unavailable()
