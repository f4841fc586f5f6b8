"""What a check counted, and what it found wrong."""

from __future__ import annotations

from dataclasses import dataclass, field

KEPT = 20
"""How many violations of one invariant are kept in words; all are counted."""


@dataclass
class Findings:
    """One invariant of the pipeline: what was looked at, and what breaks it."""

    invariant: int
    promise: str
    counts: dict[str, int] = field(default_factory=dict[str, int])
    violations: list[str] = field(default_factory=list[str])
    total: int = 0

    def count(self, what: str, by: int = 1) -> None:
        """Take note of ``by`` things that were looked at."""
        self.counts[what] = self.counts.get(what, 0) + by

    def found(self, violation: str) -> None:
        """Take note of something that breaks the invariant."""
        self.total += 1
        if len(self.violations) < KEPT:
            self.violations.append(violation)

    @property
    def line(self) -> str:
        """The one line about this invariant."""
        counted = ", ".join(f"{number:,} {what}" for what, number in self.counts.items())
        verdict = "holds" if not self.total else f"VIOLATED {self.total:,} times"
        return f"{self.invariant}  {self.promise}: {verdict} ({counted or 'nothing to look at'})"
