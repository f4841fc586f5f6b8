"""How long nobody else may have a unit before and after a guest has it."""

from __future__ import annotations

from dataclasses import dataclass

DAY = 24 * 60
"""Minutes in a calendar day, however many the clocks give it: days are counted, not measured."""


@dataclass(frozen=True, kw_only=True)
class Buffers:
    """Minutes ``before`` and ``after``; of days, each counts as 1,440.

    Between two guests lies the greater of the one's ``after`` and the other's ``before``.
    """

    before: int = 0
    after: int = 0


NO_BUFFERS = Buffers()
