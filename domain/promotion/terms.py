"""What a promotion gives, and to whom: everything its maker says, checked as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from domain.booking.policy import WHOLE
from domain.money import Money
from domain.refusals import InvalidOffer

MOST_REDEMPTIONS = 10_000
"""How often a promotion may be redeemed at most, whoever makes it."""

MOST_LISTINGS = 100
LONGEST_MINIMUM = 730


@dataclass(frozen=True, kw_only=True)
class PromotionTerms:
    """Either ``share`` ten-thousandths or the fixed ``amount`` comes off; none means no limit.

    Booking is possible from ``valid_from`` up to but not including ``valid_until``. The nights lie
    within those from ``stay_from`` up to the departure on ``stay_to``. No ``listings`` means all.
    """

    share: int | None = None
    amount: Money | None = None
    redemptions: int = MOST_REDEMPTIONS
    redemptions_per_guest: int | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    stay_from: date | None = None
    stay_to: date | None = None
    minimum_nights: int = 1
    minimum_total: Money | None = None
    listings: tuple[UUID, ...] = ()

    def check(self) -> None:
        """Raise InvalidOffer for terms under which nobody could ever save anything.

        Only what is made is checked: what was promised once stands as it is.
        """
        if (self.share is None) == (self.amount is None):
            raise InvalidOffer(field="share", why="or amount is needed, and not both")
        if self.share is not None:
            _range("share", self.share, 1, WHOLE)
        if self.amount is not None and self.amount.amount <= 0:
            raise InvalidOffer(field="amount", why="must be more than nothing")
        _range("redemptions", self.redemptions, 1, MOST_REDEMPTIONS)
        if self.redemptions_per_guest is not None:
            _range("redemptions_per_guest", self.redemptions_per_guest, 1, self.redemptions)
        if self.valid_from and self.valid_until and self.valid_until <= self.valid_from:
            raise InvalidOffer(field="valid_until", why="must be after valid_from")
        if self.stay_from and self.stay_to and self.stay_to <= self.stay_from:
            raise InvalidOffer(field="stay_to", why="must be after stay_from")
        _range("minimum_nights", self.minimum_nights, 1, LONGEST_MINIMUM)
        if self.minimum_total is not None:
            self._check_minimum_total(self.minimum_total)
        if len(set(self.listings)) != len(self.listings) or len(self.listings) > MOST_LISTINGS:
            raise InvalidOffer(field="listings", why=f"are up to {MOST_LISTINGS} different ones")

    def _check_minimum_total(self, minimum: Money) -> None:
        if minimum.amount < 0:
            raise InvalidOffer(field="minimum_total", why="can't be negative")
        if self.amount is not None and minimum.currency != self.amount.currency:
            raise InvalidOffer(field="minimum_total", why="must be in the currency of amount")


def _range(field: str, number: int, least: int, most: int) -> None:
    if not least <= number <= most:
        raise InvalidOffer(field=field, why=f"must be from {least} to {most}")
