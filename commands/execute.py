"""Runs a use case: load, decide, append; on a conflict read the receipt, load and decide again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from time import monotonic
from typing import Generic, TypeVar

from uuid_utils.compat import uuid7

from commands.context import Context
from commands.receipts import InProgress, KeyReused, ReceiptRequest, StoredResponse
from commands.turns import Turns
from commands.work import Work
from domain.calendar.facts import NightsHeld, RangeBlocked
from domain.refusals import EmailTaken, NightsTaken, Refusal
from eventlog.append import (
    Append,
    Appended,
    AppendFailed,
    ClaimsOverlap,
    CredentialExists,
    Receipt,
    ReceiptExists,
)
from eventlog.application import EventLog, LogUnavailable
from eventlog.committer import QueueFull
from eventlog.partitioner import partition_of

M = TypeVar("M")
R = TypeVar("R")

DEADLINE = 10.0
"""Seconds in which a command is decided again and again before it gives up."""


class Unavailable(Exception):
    """The command was not carried out, for no fault of its own: try again in a moment."""


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


class Commands:
    """Executes use cases against one log."""

    def __init__(self, log: EventLog, *, deadline: float = DEADLINE) -> None:
        self._log = log
        self._deadline = deadline
        self._turns = Turns()

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
        causation_id = new_causation(context)
        give_up = monotonic() + self._deadline
        try:
            while True:
                if replayed := self._replay(context.receipt):
                    response, positions = replayed
                    return Outcome(
                        result=None, response=response, positions=positions, replayed=True
                    )
                try:
                    return self._attempt(handle, message, context, respond, causation_id)
                except Refusal:
                    # The same command, sent twice at once, may have got here first: what looks
                    # taken is taken by itself.
                    if self._receipt(context.receipt) is None:
                        raise
                except AppendFailed as conflict:
                    if monotonic() > give_up:
                        busy = isinstance(conflict, ReceiptExists)
                        raise (InProgress() if busy else Unavailable()) from conflict
        except (LogUnavailable, QueueFull) as error:
            raise Unavailable(str(error)) from error

    def _replay(self, asked: ReceiptRequest | None) -> tuple[StoredResponse, dict[int, int]] | None:
        receipt = self._receipt(asked)
        if receipt is None or asked is None:
            return None
        if receipt.fingerprint != asked.fingerprint:
            raise KeyReused
        response = StoredResponse(
            status=receipt.status, body=receipt.body, headers=dict(receipt.headers)
        )
        return response, dict(receipt.positions)

    def _receipt(self, asked: ReceiptRequest | None) -> Receipt | None:
        return self._log.receipt(asked.account_id, asked.key) if asked else None

    def _attempt(
        self,
        handle: Callable[[M, Work], R],
        message: M,
        context: Context,
        respond: Callable[[R], StoredResponse] | None,
        causation_id: str,
    ) -> Outcome[R]:
        with ExitStack() as until_known:
            return self._in_turn(handle, message, context, respond, causation_id, until_known)

    def _in_turn(
        self,
        handle: Callable[[M, Work], R],
        message: M,
        context: Context,
        respond: Callable[[R], StoredResponse] | None,
        causation_id: str,
        until_known: ExitStack,
    ) -> Outcome[R]:
        taken: list[Lock] = []

        def take_turn(stream: str) -> None:
            if taken:
                return
            waited = not (lock := self._turns.take(stream, timeout=0))
            if waited:
                lock = self._turns.take(stream, self._deadline)
                # The time of the decision is the time at which its turn has come.
                work.now = self._now(context)
            if lock:
                until_known.callback(lock.release)
                taken.append(lock)

        work = Work(self._log, context, self._now(context), take_turn=take_turn)
        result = handle(message, work)
        response = respond(result) if respond else None
        positions = {} if work.writes else self._seen(work)
        append = append_of(work, context, causation_id, response, positions)
        if append.writes or append.receipt:
            positions = self._store(append).positions or positions
        return Outcome(result=result, response=response, positions=positions)

    def _now(self, context: Context) -> datetime:
        return context.at or self._log.now()

    def _store(self, append: Append) -> Appended:
        try:
            return self._log.append(append)
        except CredentialExists:
            raise EmailTaken from None
        except ClaimsOverlap as overlap:
            # The table refuses what the decision allowed: the decision was wrong, or the claims
            # moved. The dates are not to be had either way.
            raise _taken(append) from overlap

    def _seen(self, work: Work) -> dict[int, int]:
        return {
            partition_of(key): position
            for key, position in self._log.last_positions(work.reads).items()
        }


def new_causation(context: Context) -> str:
    """A command's own id, which says whether it had a key."""
    kind = "keyed-command" if context.receipt else "command"
    return f"{kind}:{uuid7()}"


def append_of(
    work: Work,
    context: Context,
    causation_id: str,
    response: StoredResponse | None,
    positions: dict[int, int],
) -> Append:
    """What ``work`` has decided, with the answer of a keyed command.

    ``positions`` are what the answer saw when nothing was decided.
    """
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
    return Append(
        writes=tuple(work.writes),
        reads=work.reads,
        occurred_at=work.now,
        actor=context.actor_name,
        correlation_id=context.correlation_id,
        causation_id=causation_id,
        receipt=receipt,
        credential=work.credential,
        holds=work.holds,
    )


def _taken(append: Append) -> Exception:
    for write in append.writes:
        for event in write.events:
            if isinstance(event, NightsHeld | RangeBlocked):
                return NightsTaken(listing_id=event.listing_id, nights=tuple(event.stay.nights()))
    return Unavailable()
