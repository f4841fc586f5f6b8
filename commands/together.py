"""Commands that follow each other: each decided on what those before it decided, stored at once.

For imports, whose commands on one calendar would otherwise wait for one commit each. Whatever does
not go together is carried out alone, as any command is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from commands.execute import Asked, Commands, Outcome, append_of
from commands.receipts import StoredResponse
from commands.work import Work
from domain.refusals import Refusal
from eventlog.append import AppendFailed
from eventlog.application import EventLog, LogUnavailable, Pending
from eventlog.committer import QueueFull
from eventlog.personal.keys import Erased
from eventlog.personal.pool import KeysUnavailable


@dataclass(frozen=True)
class _Submitted:
    """A command that was decided and waits to be stored."""

    work: Work
    waiting: Pending
    result: Any
    response: StoredResponse | None


class Together:
    """Executes commands that have keys in their order, as many at a time as go together."""

    def __init__(self, log: EventLog, commands: Commands) -> None:
        self._log = log
        self._commands = commands

    def execute(self, asked: Sequence[Asked[Any, Any]]) -> list[Outcome[Any]]:
        """Carry out the first of ``asked``, and those after it that go together with it.

        The outcomes of as many as were carried out, at least one; to ask for the others again is
        harmless. Raises what :meth:`commands.execute.Commands.execute` raises for the first.
        """
        if done := self._outcomes(self._submit(asked)):
            return done
        first = asked[0]
        return [self._commands.execute(first.handle, first.message, first.context, first.respond)]

    def _submit(self, asked: Sequence[Asked[Any, Any]]) -> list[_Submitted]:
        submitted: list[_Submitted] = []
        for each in asked:
            try:
                work = Work(self._log, each.context, each.context.at or self._log.clock())
                result = each.handle(each.message, work)
                response = each.respond(result) if each.respond else None
                append = append_of(work, each, response, {})
                waiting = self._log.submit(append, work.decided)
            except (Refusal, LogUnavailable, QueueFull, KeysUnavailable, Erased):
                # It is asked again when all before it is stored: what it is told then counts.
                break
            submitted.append(_Submitted(work, waiting, result, response))
        return submitted

    def _outcomes(self, submitted: Sequence[_Submitted]) -> list[Outcome[Any]]:
        """Those of the first ones, up to one that failed; each is waited for."""
        done: list[Outcome[Any]] = []
        failed = False
        for each in submitted:
            try:
                appended = self._log.outcome(each.waiting, each.work.decided, each.work.on)
            except (AppendFailed, LogUnavailable):
                failed = True
            else:
                outcome = Outcome[Any](
                    result=each.result, response=each.response, positions=appended.positions
                )
                done += [] if failed else [outcome]
        return done
