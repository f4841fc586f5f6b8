"""How much of a booking goes back to the guest, by how long before check-in it is cancelled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, kw_only=True)
class RefundTier:
    """From ``hours_before`` check-in and earlier, ``share`` ten-thousandths go back."""

    hours_before: int
    share: int


@dataclass(frozen=True, kw_only=True)
class CancellationPolicy:
    """Named tiers, the earliest first; after the last nothing goes back."""

    name: str
    tiers: tuple[RefundTier, ...]

    def share_at(self, now: datetime, check_in: datetime) -> int:
        """The ten-thousandths of each line refunded to a guest who cancels at ``now``."""
        for tier in self.tiers:
            if now <= check_in - timedelta(hours=tier.hours_before):
                return tier.share
        return 0

    def valid_until(self, now: datetime, check_in: datetime) -> datetime:
        """Until when the share that holds at ``now`` holds, ``now`` itself when it is the last."""
        ends = (check_in - timedelta(hours=tier.hours_before) for tier in self.tiers)
        return min((end for end in ends if now <= end), default=now)


FLEXIBLE = CancellationPolicy(
    name="flexible",
    tiers=(RefundTier(hours_before=24, share=10_000), RefundTier(hours_before=0, share=5_000)),
)
"""All back until a day before check-in, half until check-in, nothing after."""
