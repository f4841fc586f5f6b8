"""Which claims a calendar lays aside, so that years of guests do not slow down the next one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from domain.buffers import Buffers
from domain.calendar.claim import Claim, reach

KEPT_FOR: Final = 45
"""Days that a claim which is over is kept among those to come. Holds tell the time by their end,
which is at most 14 days ahead: what was over less than a month ago is never laid aside."""

AT_ONCE: Final = 7
"""Claims are laid aside a week's at a time, since that copies all that were laid aside before."""

Claims = dict[UUID, Claim]


class Sorting:
    """A calendar's claims while a fact changes them: those to come, and the past."""

    def __init__(self, claims: Claims, past: Claims, past_until: date | None) -> None:
        self.claims = dict(claims)
        self.past = past
        self.past_until = past_until

    def add(self, claim: Claim) -> None:
        """Have a new claim; the next time that some are laid aside may be its."""
        self.claims[claim.id] = claim

    def drop(self, claim_ids: Iterable[UUID]) -> None:
        """Have none of these."""
        for claim_id in claim_ids:
            self.claims.pop(claim_id, None)
            if claim_id in self.past:
                self.past = {key: claim for key, claim in self.past.items() if key != claim_id}

    def change(self, claim_id: UUID, **changes: Any) -> None:
        """Change a claim, if it is there."""
        claim = self.claims.get(claim_id) or self.past.get(claim_id)
        if claim is None:
            return
        changed = replace(claim, **changes)
        if self.past_until and changed.over_by(self.past_until):
            self.claims.pop(claim_id, None)
            self.past = {**self.past, claim_id: changed}
        else:
            self.drop([claim_id])
            self.claims[claim_id] = changed

    def lay_aside(self, told: datetime, buffers: Buffers) -> None:
        """Lay aside what was over long before ``told``, and so far back that no guest meets it."""
        day = told.toordinal() - KEPT_FOR - reach(buffers)
        known = self.past_until.toordinal() if self.past_until else 0
        if day < known + AT_ONCE:
            return
        self.past_until = until = date.fromordinal(day)
        over = {key: claim for key, claim in self.claims.items() if claim.over_by(until)}
        if over:
            self.past = {**self.past, **over}
            self.claims = {key: claim for key, claim in self.claims.items() if key not in over}
