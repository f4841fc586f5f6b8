"""Where to cut a connection to Postgres: each a rule for :class:`tests.faults.wire.Wire`."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from tests.faults.wire import Message, Rule, Side, Wire


def before_commit(message: Message) -> int | None:
    """The server never hears of the commit."""
    return 0 if message.runs(b"COMMIT") else None


def after_commit(message: Message) -> int | None:
    """The commit is done, and nobody is told."""
    return 0 if message.answers_commit else None


def amid(table: str) -> Rule:
    """The server gets half of what inserts into ``table``."""

    def rule(message: Message) -> int | None:
        inserts = message.runs(b"INSERT INTO " + table.encode())
        return len(message.data) // 2 if inserts else None

    return rule


def once(rule: Rule, *, at: int = 1) -> Rule:
    """The cut of ``rule``, the ``at``-th time only; whoever comes back afterwards is served."""
    lock = threading.Lock()
    times = 0

    def rule_once(message: Message) -> int | None:
        nonlocal times
        with lock:
            keep = rule(message)
            times += keep is not None
            return keep if times == at else None

    return rule_once


def for_good(wire: Wire, rule: Rule) -> Rule:
    """The cut of ``rule``, and from then on Postgres is gone for whoever asks."""

    def rule_for_good(message: Message) -> int | None:
        keep = 0 if wire.closed else rule(message)
        wire.closed = keep is not None
        return keep

    return rule_for_good


def at_byte(side: Side, number: int) -> Rule:
    """After so many bytes that ``side`` sends from now on, on whichever connection."""
    seen = 0

    def rule(message: Message) -> int | None:
        nonlocal seen
        if message.side != side:
            return None
        before, seen = seen, seen + len(message.data)
        return number - before if before <= number < seen else None

    return rule


@dataclass
class Gate:
    """Holds back the first message that ``rule`` is for, until it is opened."""

    rule: Rule
    reached: threading.Event = field(default_factory=threading.Event)
    opened: threading.Event = field(default_factory=threading.Event)

    def __call__(self, message: Message) -> int | None:
        """See :data:`Rule`."""
        if not self.reached.is_set() and self.rule(message) is not None:
            self.reached.set()
            self.opened.wait(60)
        return None
