"""What a verification found, invariant by invariant, and its verdict."""

from __future__ import annotations

from dataclasses import dataclass, field

from sojourn.verify.findings import Findings
from sojourn.verify.order import Order
from sojourn.verify.parked import Parked


@dataclass
class Verification:
    """``events`` is the position up to which the log was looked at."""

    events: int
    order: Order = field(default_factory=Order)
    claims: Findings = field(default_factory=lambda: Findings(2, "no two live claims overlap"))
    documents: Findings = field(
        default_factory=lambda: Findings(4, "every document is the fold of its events")
    )
    receipts: Findings = field(
        default_factory=lambda: Findings(5, "receipts and events belong together")
    )
    timers: Findings = field(
        default_factory=lambda: Findings(7, "the timers are those that the log sets")
    )
    personal: Findings = field(
        default_factory=lambda: Findings(8, "what is personal is sealed, and the erased are gone")
    )
    lag: list[str] = field(default_factory=list[str])
    parked: list[Parked] = field(default_factory=list[Parked])

    @property
    def findings(self) -> list[Findings]:
        """By invariant."""
        return [
            self.order.findings,
            self.claims,
            self.documents,
            self.receipts,
            self.timers,
            self.personal,
        ]

    @property
    def first(self) -> str | None:
        """The first violation, by invariant; none when everything holds."""
        return next((each.violations[0] for each in self.findings if each.violations), None)

    @property
    def verdict(self) -> str:
        """The last line."""
        if self.first:
            return f"verify: VIOLATED — {self.first}"
        compared = sum(
            number for what, number in self.documents.counts.items() if what.startswith("documents")
        )
        streams = len(self.order.versions)
        apart = f", {len(self.parked):,} parked" if self.parked else ""
        return (
            f"verify: clean — {self.events:,} events, {streams:,} streams,"
            f" {compared:,} documents{apart}"
        )
