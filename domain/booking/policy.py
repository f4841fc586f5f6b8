"""How much of a booking goes back to the guest, by how long before check-in it is cancelled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.refusals import InvalidOffer

WHOLE = 10_000
"""All of a line, in ten-thousandths."""

MOST_TIERS = 10
EARLIEST_TIER = 24 * 730


@dataclass(frozen=True, kw_only=True)
class RefundTier:
    """From ``hours_before`` check-in and earlier, ``share`` ten-thousandths go back."""

    hours_before: int
    share: int


@dataclass(frozen=True, kw_only=True)
class CancellationPolicy:
    """Named tiers, the earliest first; after the last nothing goes back.

    Who cancels within ``grace_hours`` of booking, and at least ``grace_before`` hours before
    check-in, gets everything back whatever the tiers say.
    """

    name: str
    tiers: tuple[RefundTier, ...]
    grace_hours: int = 0
    grace_before: int = 0

    def check(self) -> None:
        """Raise :class:`InvalidOffer` for tiers out of order or shares that grow over time.

        Only what a host chooses is checked: what was agreed once stands as it is.
        """
        if not 1 <= len(self.name) <= 40:
            raise InvalidOffer(field="cancellation_policy.name", why="must have 1 to 40 characters")
        if len(self.tiers) > MOST_TIERS:
            raise InvalidOffer(field="cancellation_policy.tiers", why=f"are at most {MOST_TIERS}")
        for tier in self.tiers:
            if not (0 <= tier.hours_before <= EARLIEST_TIER and 0 <= tier.share <= WHOLE):
                raise InvalidOffer(
                    field="cancellation_policy.tiers",
                    why=f"need hours from 0 to {EARLIEST_TIER} and shares from 0 to {WHOLE}",
                )
        for earlier, later in zip(self.tiers, self.tiers[1:], strict=False):
            if earlier.hours_before <= later.hours_before or earlier.share < later.share:
                raise InvalidOffer(
                    field="cancellation_policy.tiers",
                    why="must come earliest first, and refund no more towards check-in",
                )
        if self.grace_hours < 0 or self.grace_before < 0:
            raise InvalidOffer(field="cancellation_policy.grace_hours", why="can't be negative")

    def share_at(self, now: datetime, check_in: datetime, booked_at: datetime) -> int:
        """The ten-thousandths of each line refunded to a guest who cancels at ``now``."""
        if now <= self._grace_ends(check_in, booked_at):
            return WHOLE
        for tier in self.tiers:
            if now <= check_in - timedelta(hours=tier.hours_before):
                return tier.share
        return 0

    def valid_until(self, now: datetime, check_in: datetime, booked_at: datetime) -> datetime:
        """Until when the share that holds at ``now`` holds, ``now`` itself when it is the last."""
        ends = [check_in - timedelta(hours=tier.hours_before) for tier in self.tiers]
        ends.append(self._grace_ends(check_in, booked_at))
        share = self.share_at(now, check_in, booked_at)
        changing = (
            end
            for end in sorted(ends)
            if now <= end
            and self.share_at(end + timedelta(microseconds=1), check_in, booked_at) != share
        )
        return next(changing, now)

    def _grace_ends(self, check_in: datetime, booked_at: datetime) -> datetime:
        """The last instant of grace; before ``booked_at`` when there is none."""
        if not self.grace_hours:
            return booked_at - timedelta(microseconds=1)
        return min(
            booked_at + timedelta(hours=self.grace_hours),
            check_in - timedelta(hours=self.grace_before),
        )


def _tiers(*tiers: tuple[int, int]) -> tuple[RefundTier, ...]:
    return tuple(RefundTier(hours_before=hours, share=share) for hours, share in tiers)


FLEXIBLE = CancellationPolicy(name="flexible", tiers=_tiers((24, WHOLE), (0, 5_000)))
"""All back until a day before check-in, half until check-in, nothing after."""

MODERATE = CancellationPolicy(name="moderate", tiers=_tiers((5 * 24, WHOLE), (0, 5_000)))
"""All back until five days before check-in, half until check-in, nothing after."""

STRICT = CancellationPolicy(
    name="strict", tiers=_tiers((7 * 24, 5_000)), grace_hours=48, grace_before=14 * 24
)
"""Half back until a week before check-in; all within two days of booking, if two weeks ahead."""

NON_REFUNDABLE = CancellationPolicy(name="non_refundable", tiers=())
"""Nothing back, whenever the guest cancels."""

READY_MADE = {policy.name: policy for policy in (FLEXIBLE, MODERATE, STRICT, NON_REFUNDABLE)}
"""The policies that a host may choose by name."""
