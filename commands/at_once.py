"""A command in an event loop is decided on the spot if nothing has to be read: no thread waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from eventlog.application import EventLog
from eventlog.recent import Known


class Unread(Exception):
    """Something would have to be read or waited for first: carry the command out in a thread."""


class KnownLog:
    """The log as far as this process knows it, in the shape that a command's work asks for."""

    def __init__(self, log: EventLog) -> None:
        self._log = log

    def latest(
        self, stream: str, _evolve: Callable[..., Any], *, settled: bool = False
    ) -> Known[Any]:
        """See :meth:`eventlog.application.EventLog.latest`; raises Unread when it is not known."""
        known = None if settled else self._log.known(stream)
        if known is None:
            raise Unread
        return known

    def __getattr__(self, name: str) -> NoReturn:
        raise Unread(name)
