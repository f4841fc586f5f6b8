"""Commands that follow each other: each decided on what those before it decided, stored at once.

For imports, whose commands on one calendar would otherwise wait for one commit each. Whatever does
not go together is carried out alone, as any command is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from commands.context import Context
from commands.execute import Commands, Outcome, Unavailable, append_of, new_causation
from commands.receipts import StoredResponse
from commands.versioned import Versioned
from commands.work import Work
from domain.refusals import Refusal
from eventlog.append import Append, Appended
from eventlog.application import EventLog, LogUnavailable
from eventlog.committer import MAX_BATCH


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One keyed command; see :meth:`commands.execute.Commands.execute`."""

    handle: Callable[[Any, Work], Any]
    message: Any
    context: Context
    respond: Callable[[Any], StoredResponse]


class Together:
    """Executes commands in their order, as many at a time as go together."""

    def __init__(self, log: EventLog, commands: Commands) -> None:
        self._log = log
        self._commands = commands

    def execute(self, asked: Sequence[Asked]) -> list[Outcome[Any]]:
        """Carry out the first of ``asked``, and those after it that go together with it.

        The outcomes of as many as were carried out, at least one. Raises what
        :meth:`commands.execute.Commands.execute` raises for the first.
        """
        decided, appends = self._decide(asked[:MAX_BATCH])
        try:
            stored = self._log.append_all(appends) if appends else []
        except LogUnavailable as error:
            raise Unavailable(str(error)) from error
        done = list(takewhile(lambda each: isinstance(each, Appended), stored))
        if not done:
            first = asked[0]
            return [
                self._commands.execute(first.handle, first.message, first.context, first.respond)
            ]
        return [
            Outcome(result=result, response=response, positions=appended.positions)
            for (result, response), appended in zip(decided, done, strict=False)
            if isinstance(appended, Appended)
        ]

    def _decide(
        self, asked: Sequence[Asked]
    ) -> tuple[list[tuple[Any, StoredResponse]], list[Append]]:
        known: dict[str, Versioned[Any]] = {}
        decided: list[tuple[Any, StoredResponse]] = []
        appends: list[Append] = []
        for each in asked:
            try:
                work = Work(
                    self._log, each.context, each.context.at or self._log.now(), known=known
                )
                result = each.handle(each.message, work)
            except Refusal:
                # Once all before it is stored it comes first: then the refusal counts.
                break
            except LogUnavailable as error:
                raise Unavailable(str(error)) from error
            response = each.respond(result)
            decided.append((result, response))
            appends.append(append_of(work, each.context, new_causation(each.context), response, {}))
            known |= work.seen
        return decided, appends
